#include "services/survey/files/batch_rejects.h"

#include <cstddef>

namespace welfare::survey {

void BatchRejects::Add(const AnswerRecord& record, std::string_view column,
                       std::string_view value, std::string_view reason,
                       std::string_view message) {
  list_.Add({.source_file = answers_file_,
             .line = record.line,
             .record = record.record,
             .column = column,
             .value = value,
             .reason = reason,
             .message = message,
             .raw = record.raw});
}

void BatchRejects::Add(const HeaderRecord& header, std::string_view column,
                       std::string_view value, std::string_view reason,
                       std::string_view message) {
  list_.Add({.header = true,
             .source_file = headers_file_,
             .line = header.line,
             .record = header.record,
             .column = column,
             .value = value,
             .reason = reason,
             .message = message});
}

void BatchRejects::RefuseAll(const SubmissionRecords& records,
                             std::string_view column, std::string_view value,
                             std::string_view reason,
                             std::string_view message) {
  for (const AnswerRecord& record : records.answers) {
    Add(record, column, value, reason, message);
  }
  if (records.answers.empty() && records.header) {
    Add(*records.header, column, value, reason, message);
  }
  refused_rows_ += static_cast<int>(records.answers.size());
}

void BatchRejects::RefuseBeside(const SubmissionRecords& records,
                                const std::set<std::size_t>& faulty) {
  for (std::size_t i = 0; i < records.answers.size(); ++i) {
    if (faulty.contains(i)) continue;
    Add(records.answers[i], "", "", kSubmissionRejected, kWrongBeside);
  }
  refused_rows_ += static_cast<int>(records.answers.size());
}

}  // namespace welfare::survey
