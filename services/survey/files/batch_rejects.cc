#include "services/survey/files/batch_rejects.h"

#include "services/survey/files/import_faults.h"

namespace welfare::survey {

void BatchRejects::Add(const AnswerRecord& record, std::string_view value,
                       const base::Violation& fault,
                       std::span<const std::string> candidates) {
  list_.Add({.line = record.line, .record = record.record, .raw = record.raw},
            value, fault, candidates);
}

void BatchRejects::Add(const HeaderRecord& header, std::string_view value,
                       const base::Violation& fault) {
  list_.Add({.table = importing::Table::kHeaders,
             .line = header.line,
             .record = header.record},
            value, fault);
}

void BatchRejects::RefuseAll(const SubmissionRecords& records,
                             std::string_view value,
                             const base::Violation& fault) {
  for (const AnswerRecord& record : records.answers) {
    Add(record, value, fault);
  }
  if (records.answers.empty() && records.header) {
    Add(*records.header, value, fault);
  }
}

void BatchRejects::RefuseAll(const SubmissionRecords& records,
                             const base::ViolationRow& fault,
                             const base::ErrorWords& words) {
  RefuseAll(records, "", base::MakeViolation(fault, "", words));
}

void BatchRejects::RefuseBeside(const SubmissionRecords& records,
                                const std::set<std::size_t>& faulty) {
  const base::Violation beside =
      base::MakeViolation(ImportFault("SUBMISSION_REJECTED"), "");
  for (std::size_t i = 0; i < records.answers.size(); ++i) {
    if (!faulty.contains(i)) Add(records.answers[i], "", beside);
  }
}

}  // namespace welfare::survey
