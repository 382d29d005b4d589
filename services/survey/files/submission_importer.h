#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/clock.h"
#include "services/survey/files/submission_csv.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/store.h"
#include "services/survey/submission/intake.h"

namespace welfare::survey {

// Five disjoint outcomes of the records of answers:
// rows = created + updated + unchanged + deleted + rejected.
struct ImportCounts {
  int rows = 0;
  int created = 0;
  int updated = 0;
  int unchanged = 0;
  int deleted = 0;
  int rejected = 0;
};

// What became of a batch.
struct ImportOutcome {
  ImportCounts counts;
  std::vector<ImportReject> rejects;  // answers first, in file order
  std::int64_t revision = 0;          // of the last round it names
  // Rounds of the batch with their revisions afterwards.
  std::map<base::RoundName, std::int64_t> rounds;
};

// A batch checked against codebooks and frames; only the state of rounds and
// submissions is still open. Used by one thread.
class ImportPlan {
 public:
  // Checks `batch`. Everything that a repeat would find again is decided here.
  static absl::StatusOr<ImportPlan> Make(StoreReader& store,
                                         PinnedContent& content,
                                         ImportBatch batch);

  // Decides the rest on one state of the store and, with a `writer`, does it.
  // May be called again after a rollback.
  absl::StatusOr<ImportOutcome> Run(StoreReader& store, StoreWriter* writer,
                                    base::Timestamp now) const;

 private:
  // One submission that may be stored.
  struct Ready {
    SubmissionRecords records;
    std::vector<Answer> answers;
    // For each record the answer it gave, as an index.
    std::vector<std::size_t> answer_of;
  };

  ImportBatch batch_;
  std::map<base::RoundName, OpenedRound> rounds_;
  std::vector<Ready> ready_;
  std::vector<ImportReject> rejects_;
  int refused_rows_ = 0;
};

}  // namespace welfare::survey
