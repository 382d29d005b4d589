// Submissions in files: answers in long form, and headers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/base/time/date.h"
#include "services/importing/csv_text.h"
#include "services/importing/reject_list.h"
#include "services/importing/strategy.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/files/stray_rows.h"
#include "services/survey/submission/contact.h"
#include "services/survey/submission/submission.h"

namespace welfare::survey {

// One record of answers; its cells are read when they are needed, because a
// batch has more records than fit in memory cell by cell.
struct AnswerRecord {
  std::string_view raw;
  std::size_t line = 0;
  int record = 0;
  // Where the cells behind its key begin, if it has no quote; 0: read them all.
  std::uint32_t behind_key = 0;
};

// The cells of a record of answers beside its key. What the file has no column
// for is empty.
struct AnswerCells {
  std::string_view item;  // `item` or `item/row`
  std::string_view value;
  std::string_view other_text;
  std::string_view absence;
  std::string_view state;
  std::string_view synthetic;
  std::string_view received_on = {};  // with a strategy
};

// One record of headers. Department and contact are personal data.
struct HeaderRecord {
  std::size_t line = 0;
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

// Where the cells of AnswerCells stand in a record, in their order.
using AnswerColumns = std::array<std::optional<std::size_t>, 7>;

// Whose record it is, as far as accounts go; by default nobody's.
struct RecordGroup {
  int fiscal_year = 0;
  std::optional<base::RespondentKind> kind = {};

  friend auto operator<=>(const RecordGroup&, const RecordGroup&) = default;
};

// A batch as read.
struct ImportBatch {
  int rows = 0;                     // records of answers
  std::vector<RecordGroup> groups;  // of each of them
  AnswerColumns columns = {};
  std::vector<SubmissionRecords> submissions;  // each once, by what it names
  importing::RejectList rejects;
  // Rows of answers whose key cannot be read.
  StrayRows strays;
  // The same of headers; items mean nothing.
  StrayRows stray_headers;
};

// Texts of cells, which stay where they are.
using CellTexts = std::shared_ptr<const std::deque<std::string>>;

// Reads the cells of records again. They are valid as long as the reader and
// the text that the batch was read from. Used by one thread.
class CellReader {
 public:
  // `batch` outlives the reader.
  explicit CellReader(const ImportBatch& batch);

  AnswerCells Read(const AnswerRecord& record);

  // Hands over the texts that do not stand in a record as they are read: its
  // cells are valid as long as they. Null: there are none.
  CellTexts TakeTexts() {
    if (unquoted_.empty()) return nullptr;
    return std::make_shared<const std::deque<std::string>>(
        std::move(unquoted_));
  }

 private:
  const AnswerColumns& columns_;
  std::vector<std::size_t> targets_;     // by column: which of columns_ it is
  std::vector<std::string_view> cells_;  // of the last record
  std::deque<std::string> unquoted_;
};

// Reads a batch, whose texts the caller keeps alive as long as anything that
// was read from them. One of them may be empty. Faults that need no codebook
// become rejects, of which those after `after` are kept: CSV_CELLS, NAME_ID
// (survey), FISCAL_YEAR_FORMAT, FISCAL_YEAR_RANGE, CODE_FORMAT,
// CODE_AMBIGUOUS, CODE_PREFECTURE, CHECK_DIGIT, RESPONDENT_KIND, TEXT_TOO_LONG,
// TEXT_INVALID (of a header), DATE_FORMAT, DATE_INVALID, HEADER_REPEATED. Rows
// that name one submission in several spellings are rows of that submission.
// With a strategy, the columns behind `item_id` may be absent.
//
// Errors:
//   INVALID_ARGUMENT, CSV_INVALID: a header line is wrong, or the text is no
//   CSV, or a quote is opened in one record and closed in another
//   (QUOTE_OVER_RECORDS, with the line where it was opened); with the first
//   violations and their number.
absl::StatusOr<ImportBatch> ReadImportBatch(
    const importing::CsvText& answers, const importing::CsvText& headers,
    const importing::RejectList::Position& after = {},
    importing::Strategy strategy = importing::Strategy::kOwn);

// Returns the record as an answer that somebody sent. A value is read by the
// type of its item; what cannot be read stays text, for validation to refuse.
// An absence that is no kind at all is nothing and named by `unknown_absence`.
// `places` are those of `codebook`; `place`: that of the record, if it has one.
SentAnswer ToSent(const Codebook& codebook, PlaceFinder& places,
                  const AnswerCells& cells, bool& unknown_absence,
                  std::optional<std::size_t>& place);

// The column at fault for a reason of validation: `value`, `absence`, ...
std::string_view ColumnOf(std::string_view reason);

}  // namespace welfare::survey
