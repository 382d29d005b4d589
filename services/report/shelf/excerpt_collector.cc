#include "services/report/shelf/excerpt_collector.h"

#include <map>
#include <optional>
#include <utility>

#include "services/base/error.h"

namespace welfare::report {

absl::StatusOr<ExcerptCollector::Collected> ExcerptCollector::Collect(
    const platform::CallContext& call, const base::RoundName& round,
    const std::vector<std::string>& ids, std::int64_t data_version,
    const std::string& data_incarnation) {
  Collected collected;
  WELFARE_ASSIGN_OR_RETURN(
      const auto found,
      store_.Find(round.survey, round.fiscal_year.value(), ids, call.limits));
  for (const std::string& id : ids) {
    const auto one = found.find(id);
    const Excerpt* const excerpt = one == found.end() ? nullptr : &one->second;
    std::optional<Hindrance> hindrance = FindHindrance(excerpt);
    if (!hindrance.has_value()) {
      WELFARE_ASSIGN_OR_RETURN(
          const std::optional<SourceAnswer> source,
          survey_.FindAnswer(call, excerpt->SubmissionName(), excerpt->item,
                             data_version, data_incarnation));
      hindrance = FindHindrance(excerpt, source);
    }
    if (hindrance.has_value()) {
      collected.hindered.push_back({id, HindranceWords(*hindrance),
                                    HindranceWordsJa(*hindrance)});
    } else {
      collected.excerpts.push_back(*excerpt);
    }
  }
  return collected;
}

}  // namespace welfare::report
