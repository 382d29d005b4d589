#include "services/survey/round/life_cycle.h"

#include <utility>

#include "services/survey/entity_tag.h"
#include "services/survey/error_table.h"
#include "services/survey/errors.h"
#include "services/survey/text_limits.h"

namespace welfare::survey {
namespace {

// The programme exists since April 2021 (Social Welfare Act 106-4), so rosters
// begin with that year; a round's frame carries them all.
constexpr int kFirstProgramYear = 2021;

absl::Status StateWrong(const Round& round, const Phrase& needed) {
  return RoundStateWrong(round.name, ToString(round.state), needed);
}

absl::Status CheckEtag(const Round& round, std::string_view etag) {
  return CheckEntityTag(etag, round.name.ToString(),
                        EntityTag(round.incarnation, round.revision));
}

bool SameOutline(const Round& a, const Round& b) {
  return a.display_name == b.display_name && a.purpose == b.purpose &&
         a.method == b.method && a.publisher == b.publisher &&
         a.window_start == b.window_start && a.window_end == b.window_end;
}

// The round in a state that it enters for this reason.
PlannedRound Enter(const Round& round, RoundState state,
                   std::string_view reason) {
  PlannedRound plan{.round = round, .changed = true};
  plan.round.state = state;
  plan.round.reason = std::string(reason);
  return plan;
}

}  // namespace

std::set<int> YearsToFreeze(base::FiscalYear fiscal_year,
                            std::span<const int> registry_offsets) {
  const int year = fiscal_year.value();
  std::set<int> years = {year};
  for (const int offset : registry_offsets) years.insert(year + offset);
  for (int known = kFirstProgramYear; known < year; ++known) {
    years.insert(known);
  }
  return years;
}

absl::Status CheckStatuses(std::span<const FrameRow> rows,
                           const std::set<base::MunicipalityCode>& named,
                           const base::ProgramName& program, int year) {
  std::set<base::MunicipalityCode> accepted = named;
  std::set<base::MunicipalityCode> unknown;
  for (const FrameRow& row : rows) {
    for (const base::MunicipalityCode& other : row.other_codes) {
      if (!named.contains(other)) continue;
      accepted.erase(other);
      accepted.insert(row.respondent.municipality);
    }
    if (row.Fact(base::RegistryFact::kImplementing, year) ==
        base::Truth::kUnknown) {
      unknown.insert(row.respondent.municipality);
    }
  }
  std::vector<base::Violation> violations;
  for (const base::MunicipalityCode& code : accepted) {
    if (unknown.contains(code)) continue;
    violations.push_back(base::MakeViolation(
        base::FindRow(kRoundTable, "STATUS_KNOWN"), "unknown_municipalities",
        {{"municipality", base::MunicipalityName{.code = code}.ToString()}}));
  }
  if (!violations.empty()) return RoundInvalid(std::move(violations));
  std::vector<std::string> missing;
  for (const base::MunicipalityCode& code : unknown) {
    if (accepted.contains(code)) continue;
    missing.push_back(base::MunicipalityName{.code = code}.ToString());
  }
  if (!missing.empty()) return StatusUnknown(program, year, missing);
  return absl::OkStatus();
}

absl::StatusOr<PlannedRound> PlanOpening(
    const Round& round, const std::optional<RegistryPin>& pin) {
  if (round.state == RoundState::kOpen) return PlannedRound{.round = round};
  if (round.state != RoundState::kPlanned || !pin) {
    return StateWrong(round, wanted::kPlanned);
  }
  PlannedRound plan = Enter(round, RoundState::kOpen, "");
  plan.round.registry_version = pin->version;
  plan.round.registry_incarnation = pin->incarnation;
  plan.round.pin_revision = -1;  // the revision that this makes
  plan.population = Frame(pin->rows);
  return plan;
}

absl::StatusOr<PlannedRound> PlanClosing(const Round& round) {
  if (round.state == RoundState::kPlanned)
    return StateWrong(round, wanted::kOpen);
  if (round.state != RoundState::kOpen) return PlannedRound{.round = round};
  return Enter(round, RoundState::kClosed, "");
}

absl::StatusOr<PlannedRound> PlanReopening(const Round& round,
                                           std::string_view etag,
                                           std::string_view reason) {
  WELFARE_RETURN_IF_ERROR(CheckEtag(round, etag));
  if (round.state == RoundState::kOpen) return PlannedRound{.round = round};
  if (round.state != RoundState::kClosed)
    return StateWrong(round, wanted::kClosed);
  return Enter(round, RoundState::kOpen, reason);
}

absl::StatusOr<PlannedRound> PlanOutline(const Round& round,
                                         std::string_view etag,
                                         const OutlineEdit& edit,
                                         std::string_view reason) {
  WELFARE_RETURN_IF_ERROR(CheckEtag(round, etag));
  if (round.state == RoundState::kFinal) {
    return StateWrong(round, wanted::kNotFinal);
  }
  PlannedRound plan{.round = round};
  Round& next = plan.round;
  if (edit.display_name) next.display_name = *edit.display_name;
  if (edit.purpose) next.purpose = *edit.purpose;
  if (edit.method) next.method = *edit.method;
  if (edit.publisher) next.publisher = *edit.publisher;
  if (edit.window_start) next.window_start = *edit.window_start;
  if (edit.window_end) next.window_end = *edit.window_end;
  std::vector<base::Violation> violations = edit.violations;
  if (auto violation = CheckLength("reason", reason, kLongestReason)) {
    violations.push_back(*std::move(violation));
  }
  for (base::Violation& violation : CheckRound(next)) {
    violations.push_back(std::move(violation));
  }
  if (!violations.empty()) return RoundInvalid(std::move(violations));
  if (SameOutline(round, next)) return PlannedRound{.round = round};
  next.reason = std::string(reason);
  plan.changed = true;
  return plan;
}

absl::StatusOr<PlannedRound> PlanDeletion(const Round& round,
                                          std::string_view etag,
                                          int submissions,
                                          std::string_view reason) {
  WELFARE_RETURN_IF_ERROR(CheckEtag(round, etag));
  if (round.state == RoundState::kFinal) {
    return StateWrong(round, wanted::kNotFinal);
  }
  if (submissions > 0) return RoundHasSubmissions(round.name, submissions);
  return Enter(round, RoundState::kDeleted, reason);
}

}  // namespace welfare::survey
