// What is refused of a batch: records for faults of their own, and whole
// submissions.
#pragma once

#include <set>
#include <string_view>

#include "services/survey/files/reject_list.h"
#include "services/survey/files/submission_csv.h"

namespace welfare::survey {

// The reason of a record without a fault of its own.
inline constexpr std::string_view kSubmissionRejected = "SUBMISSION_REJECTED";
inline constexpr std::string_view kWrongBeside =
    "Another record of this submission is wrong.";

// Writes the rejects of one batch and counts the records of answers that are
// refused. Copies are independent. Used while the texts of the batch are there.
class BatchRejects {
 public:
  BatchRejects() = default;
  // Goes on after what reading `batch` has refused.
  explicit BatchRejects(const ImportBatch& batch)
      : answers_file_(batch.source_file),
        headers_file_(batch.headers_file),
        list_(batch.rejects),
        refused_rows_(batch.refused_rows) {}

  // A fault of one record; whether the record is refused is said apart.
  void Add(const AnswerRecord& record, std::string_view column,
           std::string_view value, std::string_view reason,
           std::string_view message);
  void Add(const HeaderRecord& header, std::string_view column,
           std::string_view value, std::string_view reason,
           std::string_view message);

  // Refuses every record of a submission for one reason that is not its own. A
  // header that stands alone is named instead.
  void RefuseAll(const SubmissionRecords& records, std::string_view column,
                 std::string_view value, std::string_view reason,
                 std::string_view message);
  // Refuses every record of a submission of which those in `faulty`, by their
  // index, have faults of their own that were added.
  void RefuseBeside(const SubmissionRecords& records,
                    const std::set<std::size_t>& faulty);

  const RejectList& list() const { return list_; }
  int refused_rows() const { return refused_rows_; }

 private:
  std::string_view answers_file_;
  std::string_view headers_file_;
  RejectList list_;
  int refused_rows_ = 0;
};

}  // namespace welfare::survey
