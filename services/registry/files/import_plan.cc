#include "services/registry/files/import_plan.h"

#include <utility>

#include "services/base/error.h"
#include "services/registry/faults.h"
#include "services/text/visible.h"

namespace welfare::registry {

ImportPlanner::ImportPlanner(const History& current, int rows,
                             const importing::RejectList& faults,
                             const ImportOptions& options)
    : options_(options), draft_(current) {
  plan_.counts.rows = rows;
  plan_.rejects = faults;
}

base::MunicipalityCode ImportPlanner::IdOf(
    const base::MunicipalityCode& code) const {
  const Municipality* found = draft_.FindMunicipality(code);
  return found == nullptr ? code : found->first_code;
}

absl::Status ImportPlanner::CheckFirst(std::string key,
                                       const RecordOrigin& origin) {
  if (options_.keys_before != nullptr) {
    const auto before = options_.keys_before->find(key);
    if (before != options_.keys_before->end()) {
      return DuplicateRecord(before->second);
    }
  }
  const auto [entry, added] =
      plan_.keys.try_emplace(std::move(key), origin.line);
  return added ? absl::OkStatus() : DuplicateRecord(entry->second);
}

void ImportPlanner::Show(const RecordOrigin& origin, std::string_view resource,
                         std::string_view column, std::string_view before,
                         std::string_view after) {
  if (before == after ||
      plan_.shown.size() >= static_cast<std::size_t>(options_.show_changes)) {
    return;
  }
  plan_.shown.push_back(
      {.line = origin.line,
       .resource = std::string(resource),
       .item = std::string(column),
       .before = text::Shorten(before, importing::kChangeBytesShown),
       .after = text::Shorten(after, importing::kChangeBytesShown)});
}

void ImportPlanner::Count(Outcome outcome) {
  switch (outcome) {
    case Outcome::kCreated:
      ++plan_.counts.created;
      return;
    case Outcome::kUpdated:
      ++plan_.counts.updated;
      return;
    case Outcome::kUnchanged:
      ++plan_.counts.unchanged;
      return;
    case Outcome::kDeleted:
      ++plan_.counts.deleted;
      return;
  }
}

void ImportPlanner::Refuse(const RecordOrigin& origin, std::string_view column,
                           std::string_view value, const absl::Status& fault) {
  plan_.rejects.Add(origin.place(), value, base::ViolationOf(column, fault));
}

ImportPlan ImportPlanner::Finish() {
  const int rows = plan_.counts.rows;
  const int faulty = plan_.rejects.records();
  if (options_.whole && faulty > 0) {
    plan_.counts = {.rows = rows, .rejected = rows};
    plan_.rejected_as_whole = rows - faulty;
  } else {
    plan_.counts.rejected = faulty;
    plan_.changes = draft_.TakeChanges();
  }
  return std::move(plan_);
}

std::string_view ColumnOf(const absl::Status& fault, const RecordSubject& who,
                          std::string_view otherwise) {
  const std::string reason = base::ReasonOf(fault);
  for (const std::string_view about_subject :
       {"DUPLICATE_RECORD", "MUNICIPALITY_NOT_FOUND",
        "MUNICIPALITY_NOT_IN_YEAR", "CODE_RETIRED", "MUNICIPALITY_IN_USE",
        "NAME_UNKNOWN", "NAME_AMBIGUOUS"}) {
    if (reason == about_subject) return who.column;
  }
  return otherwise;
}

}  // namespace welfare::registry
