// What is refused of a batch: records for faults of their own, and whole
// submissions.
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "services/base/error.h"
#include "services/importing/reject_list.h"
#include "services/survey/files/submission_csv.h"

namespace welfare::survey {

// Writes the rejects of one batch. Copies are independent. Used while the texts
// of the batch are there.
class BatchRejects {
 public:
  // Goes on after what reading a batch has refused.
  explicit BatchRejects(const importing::RejectList& list) : list_(list) {}

  // A fault of one record, at the column `fault.field`; whether the record is
  // refused is said apart.
  // `candidates`: what may have been meant.
  void Add(const AnswerRecord& record, std::string_view value,
           const base::Violation& fault,
           std::span<const std::string> candidates = {});
  void Add(const HeaderRecord& header, std::string_view value,
           const base::Violation& fault);

  // Refuses every record of a submission for one reason that is not its own. A
  // header that stands alone is named instead.
  void RefuseAll(const SubmissionRecords& records, std::string_view value,
                 const base::Violation& fault);
  // The same for a reason that is of no column.
  void RefuseAll(const SubmissionRecords& records,
                 const base::ViolationRow& fault,
                 const base::ErrorWords& words = {});
  // Refuses every record of a submission of which those in `faulty`, by their
  // index, have faults of their own that were added.
  void RefuseBeside(const SubmissionRecords& records,
                    const std::set<std::size_t>& faulty);

  const importing::RejectList& list() const { return list_; }

 private:
  importing::RejectList list_;
};

}  // namespace welfare::survey
