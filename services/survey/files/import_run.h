// What becomes of a checked batch on one state of the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/base/time/clock.h"
#include "services/importing/outcome.h"
#include "services/importing/strategy.h"
#include "services/survey/files/batch_rejects.h"
#include "services/survey/files/import_plan.h"
#include "services/survey/round/round.h"
#include "services/survey/submission/intake.h"

namespace welfare::survey {

// What became of a batch; the records counted are those of answers.
struct ImportOutcome : importing::ImportOutcome {
  // Rounds of the batch with their revisions afterwards.
  std::map<base::RoundName, std::int64_t> rounds = {};
  // With a strategy: the counts by group, the first changes, and the values
  // that no record names and that are taken back.
  std::map<RecordGroup, importing::ImportCounts> groups = {};
  std::vector<importing::Change> changes = {};
  int omitted_deleted = 0;
};

// Decides the submissions of a plan one by one. Pure: whoever calls it reads
// what the store holds of each and writes what is decided. Made anew for each
// run of a transaction; used by one thread.
class ImportRun {
 public:
  // `rounds` are those of the plan as they are now, in a transaction of `now`.
  // `show_changes`: so many changes are kept.
  // REQUIRES: `plan` outlives the object.
  ImportRun(const ImportPlan& plan,
            const std::map<base::RoundName, Round>& rounds, base::Timestamp now,
            int show_changes = 0);

  // What of a submission's header an entry sends.
  static SubmissionInput HeaderOf(const ImportPlan::Entry& entry);

  // Returns what is to be stored of an entry; nothing where it is refused.
  absl::StatusOr<std::optional<PlannedChange>> Decide(
      const ImportPlan::Entry& entry, const Standing& standing);

  // Whether an entry says what the submission `head` holds, whose answers need
  // not be read; then it is counted, and nothing is to be stored of it.
  bool TakeUnchanged(const ImportPlan::Entry& entry, const Submission& head);

  // What has become of the batch so far, but for the revisions.
  ImportOutcome outcome() const;

 private:
  // Decide with a strategy, of an entry with answers.
  absl::StatusOr<std::optional<PlannedChange>> DecideLaid(
      const ImportPlan::Entry& entry, const Standing& standing);
  // The same of an entry that is plain where nothing is stored.
  absl::StatusOr<std::optional<PlannedChange>> DecidePlain(
      const ImportPlan::Entry& entry);
  // Counts the records of an entry, which all have one outcome.
  void CountAll(const ImportPlan::Entry& entry,
                int importing::ImportCounts::*outcome);
  // Refuses an entry where its plan failed; else returns the failure.
  absl::Status RefuseFailed(const ImportPlan::Entry& entry,
                            const absl::Status& failure);
  // Refuses what laying an entry over the submission has found wrong.
  void RefuseLaid(const ImportPlan::Entry& entry, const Overlay& overlay);
  // Counts and shows what laying it has changed. `is_news`: so are rows that
  // are equal.
  void TakeLaid(const ImportPlan::Entry& entry, const Overlay& overlay,
                bool is_news);
  // Refuses an entry that would lose what the submission holds, because the
  // file has no row of it.
  bool RefuseLoss(const ImportPlan::Entry& entry, const Submission& stored);
  // Counts the records of an entry by what they change.
  void Count(const ImportPlan::Entry& entry, const Standing& standing,
             const Submission& next);

  const ImportPlan& plan_;
  std::map<base::RoundName, OpenedRound> rounds_;
  const base::Timestamp now_;
  const std::size_t show_changes_;
  BatchRejects rejects_;
  importing::ImportCounts counts_;                         // but for `rejected`
  std::map<RecordGroup, importing::ImportCounts> groups_;  // the same
  std::vector<importing::Change> changes_;
  int omitted_deleted_ = 0;
};

}  // namespace welfare::survey
