// Submissions in files: answers in long form, and headers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/date.h"
#include "services/base/resource_name.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/submission/submission.h"

namespace welfare::survey {

// One fault of one refused record.
struct ImportReject {
  std::string source_file;
  int line = 0;        // physical line on which the record starts
  int record = 0;      // number within the batch, from 1
  std::string column;  // empty where the whole record is at fault
  std::string value;
  std::string reason;
  std::string message;
  std::string raw;  // the record as it stood; empty for headers

  friend bool operator==(const ImportReject&, const ImportReject&) = default;
};

// A text to read: the header line, then whole records.
struct CsvText {
  std::string csv;
  int first_line = 2;  // physical line of the first record
  std::string source_file;
};

// One record of answers.
struct AnswerRecord {
  int line = 0;
  int record = 0;
  std::string raw;
  std::string item;  // `item` or `item/row`
  std::string value;
  std::string other_text;
  std::string absence;
};

// One record of headers. Department and contact are personal data.
struct HeaderRecord {
  int line = 0;
  int record = 0;
  Contact contact;
  std::optional<base::Date> received_on;
};

// All records of one submission, in the order of the file.
struct SubmissionRecords {
  base::SubmissionName name;
  std::vector<AnswerRecord> answers;
  std::optional<HeaderRecord> header;
  // Some record of it is refused, so the whole is.
  bool refused = false;
};

// A batch as read.
struct ImportBatch {
  std::string source_file;   // of the answers
  std::string headers_file;  // of the headers
  int rows = 0;              // records of answers
  std::vector<SubmissionRecords> submissions;
  std::vector<ImportReject> rejects;
  // Records of answers refused already.
  int refused_rows = 0;
};

// Reads a batch. `headers` may have an empty text. Faults that need no
// codebook become rejects: CSV_CELLS, NAME_ID (survey), FISCAL_YEAR_FORMAT,
// FISCAL_YEAR_RANGE, CODE_FORMAT, CODE_AMBIGUOUS, CODE_PREFECTURE, CHECK_DIGIT,
// RESPONDENT_KIND, DATE_FORMAT, DATE_INVALID, HEADER_REPEATED.
//
// Errors:
//   INVALID_ARGUMENT, CSV_INVALID: a header line is wrong, or the text is no
//   CSV; with every violation.
absl::StatusOr<ImportBatch> ReadImportBatch(const CsvText& answers,
                                            const CsvText& headers);

// Returns the record as an answer that somebody sent. A value is read by the
// type of its item; what cannot be read stays text, for validation to refuse.
// An absence that is no kind at all is nothing and named by `unknown_absence`.
SentAnswer ToSent(const Codebook& codebook, const AnswerRecord& record,
                  bool& unknown_absence);

// The column at fault for a reason of validation: `value`, `absence`, ...
std::string_view ColumnOf(std::string_view reason);

}  // namespace welfare::survey
