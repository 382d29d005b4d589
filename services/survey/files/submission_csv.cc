#include "services/survey/files/submission_csv.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "services/base/error.h"
#include "services/importing/error_table.h"
#include "services/importing/errors.h"
#include "services/importing/table_reader.h"
#include "services/survey/files/import_faults.h"
#include "services/survey/submission/validation.h"
#include "services/survey/text_limits.h"
#include "services/text/characters.h"
#include "services/text/csv.h"
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
// With a strategy.
constexpr std::array<std::string_view, 5> kLaidKeyColumns = {
    "survey", "fiscal_year", "municipality_code", "respondent_kind", "item_id"};
constexpr std::array<std::string_view, 6> kLaidColumns = {
    "value", "other_text", "absence", "state", "synthetic", "received_on"};
// What a batch may name; no country has so many respondents, and no survey so
// many years.
constexpr std::size_t kMostSubmissions = 100'000;
constexpr std::size_t kMostRounds = 2'000;

std::string_view KeyCell(const text::CsvHeader& header,
                         const text::CsvRecord& record, std::size_t column) {
  const std::size_t at = header.index(column);
  return at < record.cells.size() ? std::string_view(record.cells[at])
                                  : std::string_view();
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
// `again` may read records that are like the last one before they are looked
// at.
template <typename Again, typename Take>
absl::Status ReadTable(const importing::CsvText& input, std::string_view field,
                       const importing::TableFormat& format, const Again& again,
                       const Take& take) {
  WELFARE_ASSIGN_OR_RETURN(importing::TableReader table,
                           importing::TableReader::Open(input, field, format));
  importing::CsvFaults faults;
  const auto place = [&](std::size_t line) {
    return std::string(field) + ":" + std::to_string(line);
  };
  text::CsvRecord record;
  while (true) {
    if (again(table)) continue;
    const auto found = table.Next(record);
    if (!found.ok()) {
      faults.Add(base::ViolationOf(place(table.line()), found.status()));
      continue;
    }
    if (!*found) return faults.Take();
    if (table.raw().find('\n') != std::string_view::npos) {
      const auto cell =
          text::FindSwallowedRecord(record, [&](std::string_view line) {
            return LooksLikeRecord(table.columns(), record, line);
          });
      if (cell) {
        faults.Add(base::MakeViolation(importing::Fault("QUOTE_OVER_RECORDS"),
                                       place(record.cell_lines[*cell])));
        continue;
      }
    }
    if (faults.empty()) take(table, record);
  }
}

// Collects the records of a batch by submission.
class BatchReader {
 public:
  BatchReader(const importing::CsvText& answers,
              const importing::CsvText& headers,
              const importing::RejectList::Position& after,
              importing::Strategy strategy)
      : answers_(answers),
        headers_(headers),
        required_(strategy == importing::Strategy::kOwn
                      ? std::span<const std::string_view>(kAnswerColumns)
                      : kLaidKeyColumns),
        optional_(strategy == importing::Strategy::kOwn
                      ? std::span<const std::string_view>(kMarkColumns)
                      : kLaidColumns) {
    batch_.rejects = importing::RejectList(
        after,
        {std::string(answers.source_file), std::string(headers.source_file)});
  }

  absl::StatusOr<ImportBatch> Read() {
    if (!answers_.csv.empty() || headers_.csv.empty()) {
      WELFARE_RETURN_IF_ERROR(ReadTable(
          answers_, "batch", {.required = required_, .optional = optional_},
          [this](importing::TableReader& table) {
            return ReadAnswerAgain(table);
          },
          [this](const importing::TableReader& table, text::CsvRecord& record) {
            ReadAnswer(table, record);
          }));
    }
    last_ = nullptr;
    if (!headers_.csv.empty()) {
      WELFARE_RETURN_IF_ERROR(ReadTable(
          headers_, "headers", {.required = kHeaderColumns},
          [](importing::TableReader&) { return false; },
          [this](const importing::TableReader& table, text::CsvRecord& record) {
            ReadHeader(table, record);
          }));
    }
    if (too_many_) {
      return importing::CsvInvalid(
          {base::MakeViolation(ImportFault("TOO_MANY_SUBMISSIONS"), "batch")});
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

  // Adds a fault of the record that `table` has just read.
  void AddReject(importing::Table kind, const importing::TableReader& table,
                 std::string_view value, const base::Violation& fault) {
    // A header is personal data.
    const bool personal = kind == importing::Table::kHeaders;
    batch_.rejects.Add({.table = kind,
                        .line = table.line(),
                        .record = table.number(),
                        .raw = personal ? std::string_view() : table.raw()},
                       value, fault);
  }

  // Finds the group of a record by what its key names. A key that cannot be
  // read is kept as a stray of `item`; its faults are named where `show`.
  Group* FindGroup(importing::Table kind, const importing::TableReader& table,
                   const text::CsvRecord& record, std::string_view item,
                   bool show) {
    const text::CsvHeader& columns = table.columns();
    // Rows of a submission stand together, so most have the key of the last.
    bool again = last_ != nullptr;
    for (std::size_t k = 0; again && k < kKeyColumns; ++k) {
      again = KeyCell(columns, record, k) == last_key_[k];
    }
    if (again) return last_;
    const std::string survey = text::FoldWord(KeyCell(columns, record, 0));
    const std::string_view code_text = KeyCell(columns, record, 2);
    const auto year = text::ReadFiscalYear(KeyCell(columns, record, 1));
    const auto code = text::ReadMunicipalityCode(code_text);
    const auto who =
        base::ParseRespondentKind(text::FoldWord(KeyCell(columns, record, 3)));
    bool good = true;
    const auto check = [&](std::size_t column, const absl::Status& status) {
      if (status.ok()) return;
      good = false;
      if (!show) return;
      AddReject(kind, table, KeyCell(columns, record, column),
                base::ViolationOf(kAnswerColumns[column], status));
    };
    const absl::Status survey_id = base::CheckResourceId(survey);
    check(0, survey_id);
    check(1, year.status());
    check(2, code.status());
    check(3, who.status());
    if (!good) {
      StrayKey key;
      if (survey_id.ok()) key.survey = survey;
      if (year.ok()) key.fiscal_year = *year;
      if (who.ok()) key.kind = *who;
      key.codes =
          code.ok() ? std::vector{*code} : CodesMeant(code_text, code.status());
      (kind == importing::Table::kHeaders ? batch_.stray_headers
                                          : batch_.strays)
          .Add(key, text::FoldWord(item), static_cast<int>(table.line()));
      return nullptr;
    }
    base::SubmissionName name{
        .survey = survey,
        .fiscal_year = *year,
        .respondent = {.municipality = *code, .kind = *who}};
    rounds_.insert(name.parent());
    if (groups_.size() > kMostSubmissions || rounds_.size() > kMostRounds) {
      too_many_ = true;
      return nullptr;
    }
    last_ = &groups_[name];
    for (std::size_t k = 0; k < kKeyColumns; ++k) {
      last_key_[k] = KeyCell(columns, record, k);
    }
    last_name_ = std::move(name);
    last_prefix_ = PrefixOf(columns, record.raw);
    return last_;
  }

  // The text of a key that other records may begin with; empty: they are read
  // cell by cell.
  static std::string_view PrefixOf(const text::CsvHeader& columns,
                                   std::string_view raw) {
    if (raw.find('"') != std::string_view::npos) return {};
    std::size_t end = 0;
    for (std::size_t k = 0; k < kKeyColumns; ++k) {
      if (columns.index(k) >= kKeyColumns) return {};
      end = raw.find(',', end) + 1;
      if (end == 0) return {};
    }
    return raw.substr(0, end);
  }

  // Reads a record of the submission of the last one.
  bool ReadAnswerAgain(importing::TableReader& table) {
    if (last_prefix_.empty() || batch_.rows == 0 ||
        !table.NextPlain(last_prefix_, kKeyColumns)) {
      return false;
    }
    ++batch_.rows;
    batch_.groups.push_back({.fiscal_year = last_name_->fiscal_year.value(),
                             .kind = last_name_->respondent.kind});
    SubmissionOf(*last_).answers.push_back(
        {.raw = table.raw(),
         .line = table.line(),
         .record = table.number(),
         .behind_key = static_cast<std::uint32_t>(last_prefix_.size())});
    return true;
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

  // Looks for a record with too few or too many cells. Its key, where it has
  // one, tells which submission would lack it; which item it is cannot be told.
  bool CheckCells(importing::Table kind, const importing::TableReader& table,
                  text::CsvRecord& record) {
    const auto fault = table.CheckCells(record);
    if (!fault) return true;
    AddReject(kind, table, "", *fault);
    Group* group =
        FindGroup(kind, table, record, StrayRows::kAnyItem, /*show=*/false);
    if (group != nullptr) group->broken = true;
    return false;
  }

  void ReadAnswer(const importing::TableReader& table,
                  text::CsvRecord& record) {
    constexpr importing::Table kKind = importing::Table::kRecords;
    if (++batch_.rows == 1) {
      const text::CsvHeader& columns = table.columns();
      for (std::size_t i = 0; i < batch_.columns.size(); ++i) {
        const std::size_t column = kKeyColumns + i;
        if (column < required_.size()) {
          batch_.columns[i] = columns.index(column);
        } else if (column - required_.size() < optional_.size()) {
          batch_.columns[i] = columns.optional_index(column - required_.size());
        }
      }
    }
    batch_.groups.push_back({});
    if (!CheckCells(kKind, table, record)) return;
    Group* group =
        FindGroup(kKind, table, record, table.Required(record, kKeyColumns),
                  /*show=*/true);
    if (group == nullptr) return;
    batch_.groups.back() = {.fiscal_year = last_name_->fiscal_year.value(),
                            .kind = last_name_->respondent.kind};
    SubmissionOf(*group).answers.push_back(
        {.raw = record.raw, .line = record.line, .record = table.number()});
  }

  void ReadHeader(const importing::TableReader& table,
                  text::CsvRecord& record) {
    constexpr importing::Table kKind = importing::Table::kHeaders;
    if (!CheckCells(kKind, table, record)) return;
    Group* group = FindGroup(kKind, table, record, "", /*show=*/true);
    if (group == nullptr) return;
    SubmissionRecords& submission = SubmissionOf(*group);
    const auto refuse = [&](std::string_view value,
                            const base::Violation& fault) {
      AddReject(kKind, table, value, fault);
      group->broken = true;
    };
    if (submission.header) {
      refuse("", base::MakeViolation(ImportFault("HEADER_REPEATED"), ""));
      return;
    }
    HeaderRecord result{
        .line = record.line,
        .record = table.number(),
        .contact = {.department = std::string(table.Required(record, 4)),
                    .contact = std::string(table.Required(record, 5))},
        .received_on = std::nullopt};
    for (const base::Violation& violation : CheckContact(result.contact)) {
      refuse("", violation);
    }
    const std::string_view day = table.Required(record, 6);
    if (!IsBlank(day)) {
      const auto date = text::ReadDate(day);
      if (!date.ok()) {
        refuse(day, base::ViolationOf("received_on", date.status()));
        return;
      }
      result.received_on = *date;
    }
    submission.header = std::move(result);
  }

  const importing::CsvText& answers_;
  const importing::CsvText& headers_;
  const std::span<const std::string_view> required_;
  const std::span<const std::string_view> optional_;
  ImportBatch batch_;
  std::map<base::SubmissionName, Group> groups_;
  std::set<base::RoundName> rounds_;
  bool too_many_ = false;
  // The group found last, its key as text and what that names.
  Group* last_ = nullptr;
  std::array<std::string, kKeyColumns> last_key_;
  std::optional<base::SubmissionName> last_name_;
  std::string_view last_prefix_;  // of its records of answers, or empty
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

absl::StatusOr<ImportBatch> ReadImportBatch(
    const importing::CsvText& answers, const importing::CsvText& headers,
    const importing::RejectList::Position& after,
    importing::Strategy strategy) {
  return BatchReader(answers, headers, after, strategy).Read();
}

CellReader::CellReader(const ImportBatch& batch) : columns_(batch.columns) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!columns_[i]) continue;
    if (*columns_[i] >= targets_.size()) {
      targets_.resize(*columns_[i] + 1, columns_.size());
    }
    targets_[*columns_[i]] = i;
  }
}

AnswerCells CellReader::Read(const AnswerRecord& record) {
  AnswerCells cells;
  const std::array<std::string_view*, 7> targets = {
      &cells.item,  &cells.value,     &cells.other_text, &cells.absence,
      &cells.state, &cells.synthetic, &cells.received_on};
  if (record.behind_key > 0) {
    std::string_view rest = record.raw.substr(record.behind_key);
    for (std::size_t at = kKeyColumns; true; ++at) {
      const std::size_t comma = rest.find(',');
      if (at < targets_.size() && targets_[at] < targets.size()) {
        *targets[targets_[at]] = rest.substr(0, comma);
      }
      if (comma == std::string_view::npos) return cells;
      rest.remove_prefix(comma + 1);
    }
  }
  text::SplitRecord(record.raw, cells_, unquoted_);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (columns_[i] && *columns_[i] < cells_.size()) {
      *targets[i] = cells_[*columns_[i]];
    }
  }
  return cells;
}

SentAnswer ToSent(const Codebook& codebook, PlaceFinder& places,
                  const AnswerCells& cells, bool& unknown_absence,
                  std::optional<std::size_t>& at) {
  SentAnswer sent;
  sent.item = text::FoldWord(cells.item);
  if (const std::size_t slash = sent.item.find('/');
      slash != std::string::npos) {
    sent.row = sent.item.substr(slash + 1);
    sent.item.resize(slash);
  }
  sent.other_text = cells.other_text;
  at = places.Find(sent.item, sent.row);
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
  const auto index =
      at ? std::optional(codebook.place(*at).item) : codebook.Find(sent.item);
  sent.value = std::string(cells.value);
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
