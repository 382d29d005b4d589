#include "services/survey/store/sql/sql_change.h"

#include "services/base/error.h"

namespace welfare::survey {
namespace {

using platform::Query;
using platform::Row;

constexpr Query kNextId{
    "next_id",
    "UPDATE counters SET value = value + $2 WHERE name = $1 RETURNING value"};

// Also the lock that hands revisions out one after another on every engine.
constexpr Query kNextRevision{
    "next_round_revision",
    "UPDATE rounds SET revision = revision + $3, update_micros = $2"
    " WHERE round_id = $1 RETURNING revision"};
constexpr Query kFindRoundId{
    "find_round_id",
    "SELECT round_id FROM rounds WHERE survey = $1 AND fiscal_year = $2"};

}  // namespace

absl::Status SqlChange::Execute(
    const Query& query, const std::vector<platform::Parameter>& parameters) {
  return transaction().Execute(query, parameters).status();
}

absl::StatusOr<std::int64_t> SqlChange::NextId(std::string_view counter,
                                               std::int64_t count) {
  return transaction().Get(kNextId, {counter, count}, [count](const Row& row) {
    return row.Int64(0) - count + 1;
  });
}

absl::StatusOr<std::optional<std::int64_t>> SqlChange::FindRoundId(
    const base::RoundName& name) {
  const auto known = round_ids_.find(name);
  if (known != round_ids_.end()) return known->second;
  WELFARE_ASSIGN_OR_RETURN(
      const std::optional<std::int64_t> id,
      transaction().Find(kFindRoundId, {name.survey, name.fiscal_year.value()},
                         [](const Row& row) { return row.Int64(0); }));
  if (id) round_ids_.emplace(name, *id);
  return id;
}

absl::StatusOr<std::int64_t> SqlChange::NextRevision(std::int64_t round_id,
                                                     std::int64_t count) {
  made_revision_ = true;
  return transaction().Get(
      kNextRevision, {round_id, time().micros(), count},
      [count](const Row& row) { return row.Int64(0) - count + 1; });
}

}  // namespace welfare::survey
