#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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
  RejectList rejects;
  std::int64_t revision = 0;  // of the last round it names
  // Rounds of the batch with their revisions afterwards.
  std::map<base::RoundName, std::int64_t> rounds;
};

// A batch checked against codebooks and frames; only the state of rounds and
// submissions is still open. Used by one thread, while the texts that the batch
// was read from are there.
class ImportPlan {
 public:
  // Checks `batch`. Everything that a repeat would find again is decided here.
  // `unplaced_items`: what rows of other batches name whose respondent cannot
  // be told.
  static absl::StatusOr<ImportPlan> Make(
      StoreReader& store, PinnedContent& content, ImportBatch batch,
      std::span<const std::string> unplaced_items = {});

  // Decides the rest on one state of the store and, with a `writer`, does it.
  // May be called again after a rollback.
  absl::StatusOr<ImportOutcome> Run(StoreReader& store, StoreWriter* writer,
                                    base::Timestamp now) const;

  // What rows of this batch name whose respondent cannot be told, at most
  // `most` items, or `*`.
  std::vector<std::string> UnplacedItems(std::size_t most) const {
    return strays_.Items(most);
  }

 private:
  // One submission that may be stored.
  struct Ready {
    SubmissionRecords records;
    std::vector<Answer> answers;
    // For each record the answer it gave, as an index.
    std::vector<std::size_t> answer_of;
    // Answers that no record gave: texts that would be blank, as indices.
    std::vector<std::size_t> blanks;
  };

  std::vector<SubmissionRecords> Merge(std::vector<SubmissionRecords> all);
  std::optional<int> FindNaming(const StrayRows& strays,
                                const base::SubmissionName& name) const;
  void Check(SubmissionRecords records, const OpenedRound& opened);
  void RefuseThoseThatMayLackARow();

  // Refuses a submission that would lose what it holds, because the file has
  // no row of it.
  bool RefuseLoss(const Ready& ready, const Submission& stored,
                  ImportOutcome& outcome) const;

  // Refuses every record of a submission for one reason that is not its own,
  // and returns their number. A header that stands alone is named instead.
  int RefuseAll(const SubmissionRecords& records, std::string_view column,
                std::string_view value, std::string_view reason,
                std::string_view message, RejectList& rejects) const;
  // The same while the plan is made.
  void Refuse(const SubmissionRecords& records, std::string_view column,
              std::string_view value, std::string_view reason,
              std::string_view message);
  void AddReject(const AnswerRecord& record, std::string_view column,
                 std::string_view value, std::string_view reason,
                 std::string_view message, RejectList& rejects) const;

  // Adds the rows of a submission to the strays, each with `key`.
  void AddStrays(const SubmissionRecords& records, const StrayKey& key);

  ImportBatch batch_;  // without its submissions
  std::map<base::RoundName, OpenedRound> rounds_;
  std::vector<Ready> ready_;
  RejectList rejects_;
  StrayRows strays_;
  int refused_rows_ = 0;
};

}  // namespace welfare::survey
