#include "services/survey/files/submission_csv.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "services/base/error.h"
#include "services/survey/errors.h"
#include "services/survey/submission/validation.h"
#include "services/survey/text_limits.h"
#include "services/text/characters.h"
#include "services/text/csv.h"
#include "services/text/encoding.h"
#include "services/text/value_readers.h"

namespace welfare::survey {
namespace {

// The first four are the key of a submission in both files.
constexpr std::array<std::string_view, 8> kAnswerColumns = {
    "survey",  "fiscal_year", "municipality_code", "respondent_kind",
    "item_id", "value",       "other_text",        "absence"};
// What an export adds.
constexpr std::array<std::string_view, 2> kMarkColumns = {"state", "synthetic"};
constexpr std::array<std::string_view, 7> kHeaderColumns = {
    "survey",     "fiscal_year", "municipality_code", "respondent_kind",
    "department", "contact",     "received_on"};
constexpr std::size_t kKeyColumns = 4;
// What a batch may name; no country has so many respondents, and no survey so
// many years.
constexpr std::size_t kMostSubmissions = 100'000;
constexpr std::size_t kMostRounds = 2'000;
// Violations of a text that is no CSV; the rest are counted.
constexpr std::size_t kMostViolations = 1'000;

std::string KeyCell(const text::CsvHeader& header,
                    const text::CsvRecord& record, std::size_t column) {
  const std::size_t at = header.index(column);
  return at < record.cells.size() ? record.cells[at] : std::string();
}

// Whether `line`, out of a cell of `record`, begins like a record of the same
// survey and of some year.
bool LooksLikeRecord(const text::CsvHeader& header,
                     const text::CsvRecord& record, std::string_view line) {
  const std::vector<std::string_view> cells = text::SplitLine(line);
  const std::size_t survey = header.index(0);
  const std::size_t year = header.index(1);
  if (std::max(survey, year) >= cells.size()) return false;
  const std::string own = text::FoldWord(KeyCell(header, record, 0));
  return !own.empty() && text::FoldWord(cells[survey]) == own &&
         text::ReadFiscalYear(cells[year]).ok();
}

// Reads a table record by record. A text that is no CSV is refused as a whole,
// because nobody could say to which submission a broken record belongs.
template <typename Take>
absl::Status ReadTable(const CsvText& input, std::string_view field,
                       std::span<const std::string_view> columns,
                       std::span<const std::string_view> optional,
                       const Take& take) {
  // The header line stands before the first record, whatever line that is.
  const std::size_t first =
      input.first_line > 1 ? static_cast<std::size_t>(input.first_line) - 1 : 1;
  text::CsvReader reader(text::SkipByteOrderMark(input.csv), first);
  std::optional<text::CsvHeader> header;
  std::vector<base::Violation> violations;
  std::size_t total = 0;
  const auto refuse = [&](std::size_t line, std::string reason,
                          std::string description) {
    ++total;
    if (violations.size() == kMostViolations) return;
    violations.push_back(
        {.field = std::string(field) + ":" + std::to_string(line),
         .reason = std::move(reason),
         .description = std::move(description)});
  };
  int number = 0;
  while (true) {
    auto record = reader.Next();
    if (!record.ok()) {
      refuse(reader.last_line(), base::ReasonOf(record.status()),
             std::string(base::MessageOf(record.status())));
      continue;
    }
    if (!record->has_value()) break;
    if (header) {
      if ((*record)->raw.find('\n') != std::string_view::npos) {
        const auto cell =
            text::FindSwallowedRecord(**record, [&](std::string_view line) {
              return LooksLikeRecord(*header, **record, line);
            });
        if (cell) {
          refuse((*record)->cell_lines[*cell], "QUOTE_OVER_RECORDS",
                 "A quote opened here takes the records after it into one "
                 "cell; close or remove it.");
          continue;
        }
      }
      ++number;
      static_cast<void>(header->Fit(**record));
      if (violations.empty()) take(*header, **record, number);
      continue;
    }
    auto made = text::CsvHeader::Make(**record, columns, optional);
    if (!made.ok()) {
      const auto details = base::GetErrorDetails(made.status());
      if (details) {
        for (base::Violation violation : details->violations) {
          ++total;
          if (violations.size() == kMostViolations) continue;
          violation.field = std::string(field) + ": " +
                            Shorten(violation.field, kValueBytesShown);
          violations.push_back(std::move(violation));
        }
      }
      return CsvInvalid(std::move(violations), total);
    }
    header = *std::move(made);
  }
  if (!violations.empty()) return CsvInvalid(std::move(violations), total);
  if (!header) {
    return CsvInvalid({{.field = std::string(field),
                        .reason = "CSV_HEADER",
                        .description = "Begin with the header line."}});
  }
  return absl::OkStatus();
}

// Collects the records of a batch by submission.
class BatchReader {
 public:
  BatchReader(const CsvText& answers, const CsvText& headers,
              const RejectList::Position& after)
      : answers_(answers), headers_(headers) {
    batch_.source_file = answers.source_file;
    batch_.headers_file = headers.source_file;
    batch_.rejects = RejectList(after);
  }

  absl::StatusOr<ImportBatch> Read() {
    if (!answers_.csv.empty() || headers_.csv.empty()) {
      WELFARE_RETURN_IF_ERROR(ReadTable(
          answers_, "batch", kAnswerColumns, kMarkColumns,
          [this](const text::CsvHeader& header, const text::CsvRecord& record,
                 int number) { ReadAnswer(header, record, number); }));
    }
    last_ = nullptr;
    if (!headers_.csv.empty()) {
      WELFARE_RETURN_IF_ERROR(ReadTable(
          headers_, "headers", kHeaderColumns, {},
          [this](const text::CsvHeader& header, const text::CsvRecord& record,
                 int number) { ReadHeader(header, record, number); }));
    }
    if (too_many_) {
      return CsvInvalid({{.field = "batch",
                          .reason = "TOO_MANY_SUBMISSIONS",
                          .description = "The batch names more submissions "
                                         "than any round has; send fewer."}});
    }
    for (const auto& [name, group] : groups_) {
      if (group.broken && group.at) {
        batch_.submissions[*group.at].refused = true;
      }
    }
    return std::move(batch_);
  }

 private:
  // One submission, by what its key names.
  struct Group {
    std::optional<std::size_t> at;  // in batch_.submissions
    bool broken = false;
  };

  void AddReject(bool header, const text::CsvRecord& record, int number,
                 std::string_view column, std::string_view value,
                 std::string_view reason, std::string_view message) {
    // A header is personal data, and so is what it says.
    batch_.rejects.Add(
        {.header = header,
         .source_file = header ? batch_.headers_file : batch_.source_file,
         .line = static_cast<int>(record.line),
         .record = number,
         .column = column,
         .value = value,
         .reason = reason,
         .message = message,
         .raw = header ? std::string_view() : record.raw});
  }

  // Finds the group of a record by what its key names. A key that cannot be
  // read is kept as a stray of `item`; its faults are named where `show`.
  Group* FindGroup(const text::CsvHeader& columns,
                   const text::CsvRecord& record, int number, bool header,
                   std::string_view item, bool show) {
    std::string text;
    for (std::size_t k = 0; k < kKeyColumns; ++k) {
      text += KeyCell(columns, record, k);
      text += '\x1f';
    }
    // Rows of a submission stand together, so most have the key of the last.
    if (last_ != nullptr && text == last_key_) return last_;
    const std::string survey = text::FoldWord(KeyCell(columns, record, 0));
    const std::string code_text = KeyCell(columns, record, 2);
    const auto year = text::ReadFiscalYear(KeyCell(columns, record, 1));
    const auto code = text::ReadMunicipalityCode(code_text);
    const auto kind =
        base::ParseRespondentKind(text::FoldWord(KeyCell(columns, record, 3)));
    bool good = true;
    const auto check = [&](std::size_t column, const absl::Status& status) {
      if (status.ok()) return;
      good = false;
      if (!show) return;
      AddReject(header, record, number, kAnswerColumns[column],
                KeyCell(columns, record, column), base::ReasonOf(status),
                base::MessageOf(status));
    };
    const absl::Status survey_id = base::CheckResourceId(survey);
    check(0, survey_id);
    check(1, year.status());
    check(2, code.status());
    check(3, kind.status());
    if (!good) {
      StrayKey key;
      if (survey_id.ok()) key.survey = survey;
      if (year.ok()) key.fiscal_year = *year;
      if (kind.ok()) key.kind = *kind;
      key.codes =
          code.ok() ? std::vector{*code} : CodesMeant(code_text, code.status());
      (header ? batch_.stray_headers : batch_.strays)
          .Add(key, item, static_cast<int>(record.line));
      return nullptr;
    }
    base::SubmissionName name{
        .survey = survey,
        .fiscal_year = *year,
        .respondent = {.municipality = *code, .kind = *kind}};
    rounds_.insert(name.parent());
    if (groups_.size() > kMostSubmissions || rounds_.size() > kMostRounds) {
      too_many_ = true;
      return nullptr;
    }
    last_ = &groups_[name];
    last_key_ = std::move(text);
    last_name_ = std::move(name);
    return last_;
  }

  // The submission of the group found last.
  SubmissionRecords& SubmissionOf(Group& group) {
    if (!group.at) {
      group.at = batch_.submissions.size();
      batch_.submissions.push_back(
          {.name = *last_name_, .answers = {}, .header = std::nullopt});
    }
    return batch_.submissions[*group.at];
  }

  // A record with too few or too many cells. Its key, where it has one, tells
  // which submission would lack it; which item it is cannot be told.
  bool CheckCells(const text::CsvHeader& columns, const text::CsvRecord& record,
                  int number, bool header) {
    const bool fits = record.cells.size() == columns.size();
    if (fits && !columns.FindUnnamed(record)) return true;
    AddReject(header, record, number, "", "", "CSV_CELLS",
              fits ? "A cell stands in a column without name; name the column "
                     "or empty the cell."
                   : "The record has " + std::to_string(record.cells.size()) +
                         " cells, the header " +
                         std::to_string(columns.size()) + ".");
    Group* group = FindGroup(columns, record, number, header,
                             StrayRows::kAnyItem, /*show=*/false);
    if (group != nullptr) group->broken = true;
    return false;
  }

  void ReadAnswer(const text::CsvHeader& columns, const text::CsvRecord& record,
                  int number) {
    if (number == 1) {
      for (std::size_t i = 0; i < batch_.columns.size(); ++i) {
        const std::size_t column = kKeyColumns + i;
        batch_.columns[i] =
            column < kAnswerColumns.size()
                ? columns.index(column)
                : columns.optional_index(column - kAnswerColumns.size());
      }
    }
    ++batch_.rows;
    Group* group = nullptr;
    if (CheckCells(columns, record, number, false)) {
      group = FindGroup(columns, record, number, false,
                        text::FoldWord(columns.required(record, kKeyColumns)),
                        /*show=*/true);
    }
    if (group == nullptr) {
      ++batch_.refused_rows;
      return;
    }
    SubmissionOf(*group).answers.push_back(
        {.raw = record.raw,
         .line = static_cast<int>(record.line),
         .record = number});
  }

  void ReadHeader(const text::CsvHeader& columns, const text::CsvRecord& record,
                  int number) {
    if (!CheckCells(columns, record, number, true)) return;
    Group* group = FindGroup(columns, record, number, true, "", /*show=*/true);
    if (group == nullptr) return;
    SubmissionRecords& submission = SubmissionOf(*group);
    const auto refuse = [&](std::string_view column, std::string_view value,
                            std::string_view reason, std::string_view message) {
      AddReject(true, record, number, column, value, reason, message);
      group->broken = true;
    };
    if (submission.header) {
      refuse("", "", "HEADER_REPEATED",
             "The submission has two header records.");
      return;
    }
    HeaderRecord result{
        .line = static_cast<int>(record.line),
        .record = number,
        .contact = {.department = std::string(columns.required(record, 4)),
                    .contact = std::string(columns.required(record, 5))},
        .received_on = std::nullopt};
    for (const base::Violation& violation : CheckContact(result.contact)) {
      refuse(violation.field, "", violation.reason, violation.description);
    }
    const std::string_view day = columns.required(record, 6);
    if (!IsBlank(day)) {
      const auto date = text::ReadDate(day);
      if (!date.ok()) {
        refuse("received_on", day, base::ReasonOf(date.status()),
               base::MessageOf(date.status()));
        return;
      }
      result.received_on = *date;
    }
    submission.header = std::move(result);
  }

  const CsvText& answers_;
  const CsvText& headers_;
  ImportBatch batch_;
  std::map<base::SubmissionName, Group> groups_;
  std::set<base::RoundName> rounds_;
  bool too_many_ = false;
  // The group found last, its key as text and what that names.
  Group* last_ = nullptr;
  std::string last_key_;
  std::optional<base::SubmissionName> last_name_;
};

// REQUIRES: `text` is folded.
Codes SplitCodes(std::string_view text) {
  Codes codes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) codes.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return codes;
}

}  // namespace

absl::StatusOr<ImportBatch> ReadImportBatch(const CsvText& answers,
                                            const CsvText& headers,
                                            const RejectList::Position& after) {
  return BatchReader(answers, headers, after).Read();
}

AnswerCells ImportBatch::ReadCells(const AnswerRecord& record) const {
  text::CsvReader reader(record.raw);
  // It was read before, so it is a record.
  const auto again = reader.Next();
  AnswerCells cells;
  if (!again.ok() || !again->has_value()) return cells;
  const std::array<std::string*, 6> targets = {
      &cells.item,    &cells.value, &cells.other_text,
      &cells.absence, &cells.state, &cells.synthetic};
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (columns[i]) *targets[i] = (*again)->cells[*columns[i]];
  }
  return cells;
}

SentAnswer ToSent(const Codebook& codebook, const AnswerCells& cells,
                  bool& unknown_absence) {
  SentAnswer sent;
  sent.provenance = Provenance::kImported;
  const std::string place = text::FoldWord(cells.item);
  const std::size_t slash = place.find('/');
  sent.item = place.substr(0, slash);
  if (slash != std::string::npos) sent.row = place.substr(slash + 1);
  sent.other_text = cells.other_text;
  unknown_absence = false;
  if (!IsBlank(cells.absence)) {
    const auto absence = base::ParseAbsence(text::FoldWord(cells.absence));
    if (absence.ok()) {
      sent.absence = *absence;
    } else {
      unknown_absence = true;
    }
  }
  if (IsBlank(cells.value)) return sent;
  const auto index = codebook.Find(sent.item);
  sent.value = cells.value;
  if (!index) return sent;
  switch (codebook.item(*index).type) {
    case AnswerType::kSingle:
    case AnswerType::kMultiple:
      sent.value = SplitCodes(text::FoldWord(cells.value));
      break;
    // Read where answers are judged, as if they had come in JSON.
    case AnswerType::kInteger:
    case AnswerType::kText:
    case AnswerType::kTable:
      break;
  }
  return sent;
}

std::string_view ColumnOf(std::string_view reason) {
  if (reason == reason::kUnknownItem || reason == reason::kRowUnknown ||
      reason == reason::kDuplicateAnswer ||
      reason == reason::kNotAskedByRouting ||
      reason == reason::kAnswerMissing) {
    return "item_id";
  }
  if (reason == reason::kWrongRespondentKind) return "respondent_kind";
  if (reason == reason::kAbsenceAndValue ||
      reason == reason::kAbsenceNotSendable ||
      reason == reason::kAbsenceNotOffered) {
    return "absence";
  }
  if (reason == reason::kOtherTextRequired ||
      reason == reason::kOtherTextUnexpected) {
    return "other_text";
  }
  return "value";
}

}  // namespace welfare::survey
