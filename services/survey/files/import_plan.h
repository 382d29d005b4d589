// What a batch asks to be stored, checked against codebooks and populations.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/base/time/date.h"
#include "services/importing/strategy.h"
#include "services/survey/files/batch_rejects.h"
#include "services/survey/files/stray_rows.h"
#include "services/survey/files/submission_csv.h"
#include "services/survey/mapping/cell_mapper.h"
#include "services/survey/round/opened_round.h"
#include "services/survey/submission/overlay.h"
#include "services/survey/submission/plain_answers.h"
#include "services/survey/submission/submission.h"

namespace welfare::survey {

// Returns the rounds that a batch names.
std::set<base::RoundName> RoundsOf(const ImportBatch& batch);

// The rounds that a batch names, or NOT_FOUND as their looking up said.
using NamedRounds = std::map<base::RoundName, absl::StatusOr<OpenedRound>>;

// A batch checked against codebooks and frames; only the state of rounds and
// submissions is still open, which ImportRun decides on. Used by one thread,
// while the texts that the batch was read from are there.
class ImportPlan {
 public:
  // What the records of a submission say of it: that it was accepted, and when
  // it was received.
  struct Marks {
    bool accepted = false;
    std::optional<base::Date> received_on = {};
  };
  // One submission that may be stored.
  struct Entry {
    SubmissionRecords records;
    std::vector<Answer> answers;
    // For each record the answer it gave, as an index.
    std::vector<std::size_t> answer_of;
    // Answers that no record gave: texts that would be blank, as indices.
    std::vector<std::size_t> blanks;
    // With a strategy, in the place of these three: what each record says; or,
    // where nothing can be wrong with any, what the submission holds of which
    // nothing is stored.
    std::vector<LaidRow> laid = {};
    Marks marks = {};
    std::optional<PlainAnswers> plain = {};
    CellTexts texts = nullptr;  // of `plain`, beside the batch
  };

  // Checks `batch`, whose rounds are `found`. Everything that a repeat would
  // find again is decided here. `unplaced_items`: what rows of other batches
  // name whose respondent cannot be told. `strategy`: how the records are laid
  // over what is stored, which is left to ImportRun. `mapping`: how the records
  // are read, by which they are of its codebook; null: as they stand.
  // REQUIRES: `mapping` outlives the object, and comes with a strategy.
  ImportPlan(const NamedRounds& found, ImportBatch batch,
             std::span<const std::string> unplaced_items = {},
             importing::Strategy strategy = importing::Strategy::kOwn,
             const AnswerMapping* mapping = nullptr);

  // Those that nothing speaks against so far, each respondent once.
  std::span<const Entry> entries() const { return entries_; }
  // The rounds that are there.
  const std::map<base::RoundName, OpenedRound>& rounds() const {
    return rounds_;
  }
  // All that is refused already.
  const BatchRejects& rejects() const { return rejects_; }
  // Records of answers, refused or not.
  int rows() const { return batch_.rows; }
  // Whether a header tells no respondent, and so may belong to anybody.
  bool has_stray_headers() const { return !batch_.stray_headers.empty(); }

  importing::Strategy strategy() const { return strategy_; }
  // What each record of a submission with `plain` says.
  std::vector<LaidRow> ReadLaid(const Entry& entry) const;
  // The group of each record of answers, from the first.
  std::span<const RecordGroup> groups() const { return batch_.groups; }
  // Records of items that the mapping leaves out, by group; they change
  // nothing.
  const std::map<RecordGroup, int>& dropped() const { return dropped_; }
  // The cell of a record in a column that a fault names; empty where its cells
  // are not kept.
  std::string CellAt(const AnswerRecord& record, std::string_view column) const;
  // Refuses a submission to which a record that tells no respondent may belong,
  // where `blanks` are places that it would lose, in `rejects`. Returns whether
  // it did.
  bool RefuseIfItMayLackARow(const Entry& entry,
                             const std::vector<std::string>& blanks,
                             BatchRejects& rejects) const;

  // What rows of this batch name whose respondent cannot be told, at most
  // `most` items, or `*`.
  std::vector<std::string> UnplacedItems(std::size_t most) const {
    return strays_.Items(most);
  }

 private:
  std::vector<SubmissionRecords> Merge(std::vector<SubmissionRecords> all);
  // Refuses the records, or checks them.
  void Take(SubmissionRecords records, const NamedRounds& found);
  struct Rows;
  // Reads the records of a submission; refuses all where there are too many.
  std::optional<Rows> ReadRows(const SubmissionRecords& records,
                               const OpenedRound& opened);
  // Refuses one of them.
  void Refuse(const SubmissionRecords& records, std::size_t at,
              std::string_view value, const base::Violation& fault, Rows& rows,
              std::span<const std::string> candidates = {});
  // What a row that names `item` is known by, where its respondent is not.
  std::string StrayItem(std::string_view item) const;
  // The cells of one of them, read by the mapping.
  AnswerCells MapCells(const SubmissionRecords& records, std::size_t at,
                       Rows& rows);
  // Reads what the records say of their submission, which is one thing.
  Marks ReadMarks(const SubmissionRecords& records, Rows& rows);
  // Takes the records out that the mapping leaves out.
  void Drop(SubmissionRecords& records);
  // Says that one of them may be anybody's.
  void AddStray(const SubmissionRecords& records, std::size_t at,
                const Rows& rows);
  void Check(SubmissionRecords records, const OpenedRound& opened);
  // Takes a submission with a strategy as it stands, where nothing can be wrong
  // with it.
  bool TakePlain(SubmissionRecords& records, const OpenedRound& opened);
  // Checks one with a strategy: whatever needs no stored state.
  void CheckLaid(SubmissionRecords records, const OpenedRound& opened);
  void RefuseThoseThatMayLackARow();
  std::optional<int> FindNaming(const StrayRows& strays,
                                const base::SubmissionName& name) const;
  // Adds the rows of a submission to the strays, each with `key`.
  void AddStrays(const SubmissionRecords& records, const StrayKey& key);

  const importing::Strategy strategy_;
  ImportBatch batch_;  // without its submissions
  std::map<base::RoundName, OpenedRound> rounds_;
  std::vector<Entry> entries_;
  BatchRejects rejects_;
  StrayRows strays_;
  std::optional<CellMapper> mapper_;
  std::map<RecordGroup, int> dropped_;
  std::map<base::RoundName, PlainReader> plain_;
  std::vector<RowCells> cells_;  // of one submission
};

}  // namespace welfare::survey
