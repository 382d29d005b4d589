#include "services/survey/files/submission_csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

#include "services/base/error.h"
#include "services/survey/errors.h"
#include "services/survey/submission/validation.h"
#include "services/text/csv.h"

namespace welfare::survey {
namespace {

// The first four are the key of a submission in both files.
constexpr std::array<std::string_view, 8> kAnswerColumns = {
    "survey",  "fiscal_year", "municipality_code", "respondent_kind",
    "item_id", "value",       "other_text",        "absence"};
constexpr std::array<std::string_view, 7> kHeaderColumns = {
    "survey",     "fiscal_year", "municipality_code", "respondent_kind",
    "department", "contact",     "received_on"};
constexpr std::size_t kKeyColumns = 4;

// A table read strictly: a text that is no CSV is refused as a whole, because
// nobody could say to which submission a broken record belongs.
struct Table {
  std::optional<text::CsvHeader> header;
  std::vector<text::CsvRecord> records;  // without the header
};

absl::StatusOr<Table> ReadTable(const CsvText& input, std::string_view field,
                                std::span<const std::string_view> columns) {
  // The header line stands before the first record, whatever line that is.
  const std::size_t first =
      input.first_line > 1 ? static_cast<std::size_t>(input.first_line) - 1 : 1;
  text::CsvReader reader(input.csv, first);
  Table table;
  std::vector<base::Violation> violations;
  while (true) {
    auto record = reader.Next();
    if (!record.ok()) {
      violations.push_back(
          {.field =
               std::string(field) + ":" + std::to_string(reader.last_line()),
           .reason = base::ReasonOf(record.status()),
           .description = std::string(base::MessageOf(record.status()))});
      continue;
    }
    if (!record->has_value()) break;
    if (table.header) {
      table.records.push_back(**std::move(record));
      continue;
    }
    auto header = text::CsvHeader::Make(**record, columns);
    if (!header.ok()) {
      const auto details = base::GetErrorDetails(header.status());
      if (details) {
        for (base::Violation violation : details->violations) {
          violation.field = std::string(field) + ": " + violation.field;
          violations.push_back(std::move(violation));
        }
      }
      return CsvInvalid(std::move(violations));
    }
    table.header = *std::move(header);
  }
  if (!violations.empty()) return CsvInvalid(std::move(violations));
  if (!table.header) {
    return CsvInvalid({{.field = std::string(field),
                        .reason = "CSV_HEADER",
                        .description = "Begin with the header line."}});
  }
  return table;
}

// Collects the records of a batch by submission.
class BatchReader {
 public:
  explicit BatchReader(const CsvText& answers, const CsvText& headers)
      : answers_(answers), headers_(headers) {
    batch_.source_file = answers.source_file;
    batch_.headers_file = headers.source_file;
  }

  absl::StatusOr<ImportBatch> Read() {
    WELFARE_ASSIGN_OR_RETURN(const Table answers,
                             ReadTable(answers_, "batch", kAnswerColumns));
    Table headers;
    if (!headers_.csv.empty()) {
      WELFARE_ASSIGN_OR_RETURN(headers,
                               ReadTable(headers_, "headers", kHeaderColumns));
    }
    batch_.rows = static_cast<int>(answers.records.size());
    for (std::size_t i = 0; i < answers.records.size(); ++i) {
      ReadAnswer(*answers.header, answers.records[i], static_cast<int>(i) + 1);
    }
    for (std::size_t i = 0; i < headers.records.size(); ++i) {
      ReadHeader(*headers.header, headers.records[i], static_cast<int>(i) + 1);
    }
    RefuseBroken();
    return std::move(batch_);
  }

 private:
  // One submission by the text of its key, right or wrong.
  struct Group {
    std::optional<std::size_t> at;  // in batch_.submissions, when the key reads
    bool broken = false;
  };

  void AddReject(const CsvText& file, const text::CsvRecord& record, int number,
                 bool show, std::string_view column, std::string_view value,
                 std::string_view reason, std::string_view message) {
    batch_.rejects.push_back(
        {.source_file = file.source_file,
         .line = static_cast<int>(record.line),
         .record = number,
         .column = std::string(column),
         .value = std::string(value),
         .reason = std::string(reason),
         .message = std::string(message),
         .raw = show ? std::string(record.raw) : std::string()});
  }

  // Finds the group of a record by its key. A key that cannot be read is
  // rejected here, at each of its records.
  Group* FindGroup(const CsvText& file, const text::CsvHeader& header,
                   const text::CsvRecord& record, int number, bool show) {
    std::string key;
    for (std::size_t k = 0; k < kKeyColumns; ++k) {
      key += header.required(record, k);
      key += '\x1f';
    }
    const auto [it, fresh] = groups_.try_emplace(std::move(key));
    Group& group = it->second;
    if (group.at) return &group;
    const auto survey = header.required(record, 0);
    const auto year = base::FiscalYear::Parse(header.required(record, 1));
    const auto code = base::MunicipalityCode::Parse(header.required(record, 2));
    const auto kind = base::ParseRespondentKind(header.required(record, 3));
    bool good = true;
    const auto check = [&](std::size_t column, const absl::Status& status) {
      if (status.ok()) return;
      good = false;
      AddReject(file, record, number, show, kAnswerColumns[column],
                header.required(record, column), base::ReasonOf(status),
                base::MessageOf(status));
    };
    check(0, base::CheckResourceId(survey));
    check(1, year.status());
    check(2, code.status());
    check(3, kind.status());
    if (!good) return nullptr;
    group.at = batch_.submissions.size();
    batch_.submissions.push_back(
        {.name = {.survey = std::string(survey),
                  .fiscal_year = *year,
                  .respondent = {.municipality = *code, .kind = *kind}},
         .answers = {},
         .header = std::nullopt});
    return &group;
  }

  // A record with too few or too many cells. Its key, where it has one, tells
  // which submission would lack it.
  bool CheckCells(const CsvText& file, const text::CsvHeader& header,
                  const text::CsvRecord& record, int number, bool show) {
    if (record.cells.size() == header.size()) return true;
    AddReject(file, record, number, show, "", "", "CSV_CELLS",
              "The record has " + std::to_string(record.cells.size()) +
                  " cells, the header " + std::to_string(header.size()) + ".");
    text::CsvRecord padded = record;
    padded.cells.resize(std::max(header.size(), record.cells.size()));
    std::string key;
    for (std::size_t k = 0; k < kKeyColumns; ++k) {
      key += header.required(padded, k);
      key += '\x1f';
    }
    groups_.try_emplace(std::move(key)).first->second.broken = true;
    return false;
  }

  void ReadAnswer(const text::CsvHeader& header, const text::CsvRecord& record,
                  int number) {
    if (!CheckCells(answers_, header, record, number, true)) {
      ++batch_.refused_rows;
      return;
    }
    Group* group = FindGroup(answers_, header, record, number, true);
    if (group == nullptr) {
      ++batch_.refused_rows;
      return;
    }
    batch_.submissions[*group->at].answers.push_back(
        {.line = static_cast<int>(record.line),
         .record = number,
         .raw = std::string(record.raw),
         .item = std::string(header.required(record, 4)),
         .value = std::string(header.required(record, 5)),
         .other_text = std::string(header.required(record, 6)),
         .absence = std::string(header.required(record, 7))});
  }

  void ReadHeader(const text::CsvHeader& header, const text::CsvRecord& record,
                  int number) {
    if (!CheckCells(headers_, header, record, number, false)) return;
    Group* group = FindGroup(headers_, header, record, number, false);
    if (group == nullptr) return;
    SubmissionRecords& submission = batch_.submissions[*group->at];
    HeaderRecord result{
        .line = static_cast<int>(record.line),
        .record = number,
        .contact = {.department = std::string(header.required(record, 4)),
                    .contact = std::string(header.required(record, 5))},
        .received_on = std::nullopt};
    const std::string_view day = header.required(record, 6);
    if (submission.header) {
      AddReject(headers_, record, number, false, "", "", "HEADER_REPEATED",
                "The submission has two header records.");
      group->broken = true;
      return;
    }
    if (!day.empty()) {
      const auto date = base::Date::Parse(day);
      if (!date.ok()) {
        AddReject(headers_, record, number, false, "received_on", day,
                  base::ReasonOf(date.status()),
                  base::MessageOf(date.status()));
        group->broken = true;
        return;
      }
      result.received_on = *date;
    }
    submission.header = std::move(result);
  }

  void RefuseBroken() {
    for (const auto& [key, group] : groups_) {
      if (group.broken && group.at) {
        batch_.submissions[*group.at].refused = true;
      }
    }
  }

  const CsvText& answers_;
  const CsvText& headers_;
  ImportBatch batch_;
  std::map<std::string, Group> groups_;
};

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
                                            const CsvText& headers) {
  return BatchReader(answers, headers).Read();
}

SentAnswer ToSent(const Codebook& codebook, const AnswerRecord& record,
                  bool& unknown_absence) {
  SentAnswer sent;
  sent.provenance = Provenance::kImported;
  const std::size_t slash = record.item.find('/');
  sent.item = record.item.substr(0, slash);
  if (slash != std::string::npos) sent.row = record.item.substr(slash + 1);
  sent.other_text = record.other_text;
  unknown_absence = false;
  if (!record.absence.empty()) {
    const auto absence = base::ParseAbsence(record.absence);
    if (absence.ok()) {
      sent.absence = *absence;
    } else {
      unknown_absence = true;
    }
  }
  if (record.value.empty()) return sent;
  const auto index = codebook.Find(sent.item);
  sent.value = record.value;
  if (!index) return sent;
  switch (codebook.item(*index).type) {
    case AnswerType::kSingle:
    case AnswerType::kMultiple:
      sent.value = SplitCodes(record.value);
      break;
    case AnswerType::kInteger: {
      std::int64_t number = 0;
      const char* end = record.value.data() + record.value.size();
      const auto [at, error] =
          std::from_chars(record.value.data(), end, number);
      if (error == std::errc::result_out_of_range) {
        sent.value = kLargestNumber + 1;  // refused as NUMBER_RANGE
      } else if (error == std::errc() && at == end) {
        sent.value = number;
      }
      break;
    }
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
