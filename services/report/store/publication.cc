#include "services/report/store/publication.h"

#include "services/report/errors.h"

namespace welfare::report {

absl::Status CheckAudience(std::string_view report, Audience audience,
                           PublishLevel level) {
  const bool everybodys =
      level == PublishLevel::kAggregate || level == PublishLevel::kPublic;
  return audience == Audience::kStakeholders && everybodys
             ? AudienceWider(report, vocabulary::ToString(level))
             : absl::OkStatus();
}

absl::StatusOr<PublishPlan> PlanPublish(
    std::string_view report, ReportState state, Edition edition,
    std::string_view corrects, const std::optional<LastPublished>& last) {
  if (state != ReportState::kCreated) {
    return ReportStateWrong(report, ToString(state));
  }
  const bool after_final =
      last.has_value() && last->edition != Edition::kProvisional;
  const auto refuse = [&] {
    return EditionOrder(report, ToString(edition),
                        last.has_value() ? last->name : "-");
  };
  PublishPlan plan;
  plan.state = StateOf(edition);
  switch (edition) {
    case Edition::kNone:
      return EditionMissing(report);
    case Edition::kProvisional:
      if (after_final) return refuse();
      break;
    case Edition::kFinal:
      if (after_final) return refuse();
      break;
    case Edition::kCorrected:
      if (!after_final || last->name != corrects) return refuse();
      break;
  }
  if (last.has_value()) {
    plan.number = last->number + 1;
    if (!last->withdrawn || edition == Edition::kCorrected) {
      plan.supersedes = last->name;
    }
  }
  return plan;
}

}  // namespace welfare::report
