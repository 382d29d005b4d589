// What the records of a file would do to one state of the registry. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "services/base/names/municipality_code.h"
#include "services/importing/outcome.h"
#include "services/importing/reject_list.h"
#include "services/importing/strategy.h"
#include "services/registry/files/parsed_batch.h"
#include "services/registry/history/draft.h"
#include "services/registry/history/history.h"
#include "services/registry/history/plans.h"

namespace welfare::registry {

// Records by what they speak of, as resolved, each with its line: a file may
// name one municipality by several codes and names.
using RecordKeys = std::map<std::string, std::size_t>;

// What records do to the registry: the good ones change it, the faults of the
// others are the rejects, in file order.
struct ImportPlan : importing::ImportOutcome {
  Changes changes;
  // The first of them, cell by cell.
  std::vector<importing::Change> shown = {};
  // Of these records; those of later batches of the file must not be among
  // them.
  RecordKeys keys;
};

// How records are taken.
struct ImportOptions {
  // Why they are imported. Status records may replace, contradict or take back
  // what is on record only with one, which is kept with those that do;
  // municipalities are taken back only with one.
  std::string reason = {};
  // All or nothing: where one record is refused, so are the others, and nothing
  // changes.
  bool whole = false;
  importing::Strategy strategy = importing::Strategy::kOwn;
  // So many changed cells are shown.
  int show_changes = 0;
  // Of the batches of the file before; outlives the call.
  const RecordKeys* keys_before = nullptr;
};

// Makes the plan of a batch, record by record, on one draft. Used by one
// thread.
class ImportPlanner {
 public:
  // The batch has `rows` records, and those with `faults` among them. `current`
  // and `options` outlive the planner.
  ImportPlanner(const History& current, int rows,
                const importing::RejectList& faults,
                const ImportOptions& options);

  Draft& draft() { return draft_; }
  const ImportOptions& options() const { return options_; }

  // The resource id of the municipality that holds, or ever held, `code`; a
  // code that nobody held stays as it is.
  base::MunicipalityCode IdOf(const base::MunicipalityCode& code) const;

  // Notes what a record speaks of. Fails where the file has spoken of it
  // before, by whatever name.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason DUPLICATE_RECORD.
  absl::Status CheckFirst(std::string key, const RecordOrigin& origin);

  // Shows that a record changes a cell of `resource`, where it does.
  void Show(const RecordOrigin& origin, std::string_view resource,
            std::string_view column, std::string_view before,
            std::string_view after);

  // Counts what became of a record.
  void Count(Outcome outcome);

  // Adds a refusal of a record.
  void Refuse(const RecordOrigin& origin, std::string_view column,
              std::string_view value, const absl::Status& fault);

  // Returns the plan: the refused records counted, a page of the rejects, and
  // the changes; none where the file is taken as a whole and a record was
  // refused. Ends the planner.
  ImportPlan Finish();

 private:
  const ImportOptions& options_;
  Draft draft_;
  ImportPlan plan_;
};

// The column a refusal is about.
std::string_view ColumnOf(const absl::Status& fault, const RecordSubject& who,
                          std::string_view otherwise);

}  // namespace welfare::registry
