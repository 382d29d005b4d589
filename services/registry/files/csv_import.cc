#include "services/registry/files/csv_import.h"

#include <algorithm>
#include <array>
#include <utility>

#include "services/base/error.h"
#include "services/base/resource_name.h"
#include "services/base/utf8.h"
#include "services/registry/errors.h"
#include "services/registry/history/draft.h"
#include "services/registry/history/plans.h"
#include "services/registry/program/status_rules.h"
#include "services/text/csv.h"
#include "services/text/normalize.h"
#include "services/text/visible.h"

namespace welfare::registry {
namespace {

// Columns that name the municipality; a file has exactly one of them.
constexpr std::string_view kResourceColumn = "municipality";
constexpr std::array<std::string_view, 3> kMunicipalitySubjects = {
    "code", "code5", kResourceColumn};
constexpr std::array<std::string_view, 4> kStatusSubjects = {
    "municipality_code", "municipality_code5", kResourceColumn,
    "municipality_name"};
constexpr std::array<std::string_view, 6> kMunicipalityColumns = {
    "name", "kana", "name_en", "type", "area", "council_name"};
constexpr std::array<std::string_view, 4> kMunicipalityOptional = {
    "council_name_checked", "population_band", "first_fiscal_year",
    "operation"};
constexpr std::array<std::string_view, 5> kStatusColumns = {
    "program", "fiscal_year", "implementing", "preparation", "note"};
constexpr std::array<std::string_view, 1> kStatusOptional = {"operation"};

// Collects the faults of one record.
class RecordFaults {
 public:
  RecordFaults(const RecordOrigin& origin, RejectList& rejects)
      : origin_(origin), rejects_(rejects) {}

  void Add(std::string_view column, std::string_view value,
           const absl::Status& fault) {
    any_ = true;
    rejects_.Add(origin_, column, value, fault);
  }

  // Returns the value, or nothing after noting its fault.
  template <typename T>
  std::optional<T> Take(std::string_view column, std::string_view value,
                        absl::StatusOr<T> parsed) {
    if (!parsed.ok()) {
      Add(column, value, parsed.status());
      return std::nullopt;
    }
    return *std::move(parsed);
  }

  // Returns the text, after noting its faults.
  std::string TakeText(std::string_view column, std::string_view value,
                       std::size_t max_bytes) {
    if (absl::Status fault = CheckText(value, max_bytes); !fault.ok()) {
      Add(column, value, fault);
    }
    return std::string(value);
  }
  std::string TakeRequiredText(std::string_view column, std::string_view value,
                               std::size_t max_bytes) {
    if (value.empty()) Add(column, value, ValueMissing());
    return TakeText(column, value, max_bytes);
  }

  bool any() const { return any_; }

 private:
  const RecordOrigin& origin_;
  RejectList& rejects_;
  bool any_ = false;
};

// Whether every character is katakana, its long vowel mark or middle dot:
// U+30A1 to U+30FC, in UTF-8 three bytes from E3 82 A1 to E3 83 BC.
bool IsKatakana(std::string_view text) {
  if (text.size() % 3 != 0) return false;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const std::string_view character = text.substr(at, 3);
    if (character < "\xE3\x82\xA1" || character > "\xE3\x83\xBC") return false;
  }
  return true;
}

absl::StatusOr<bool> ParseYesNo(std::string_view text) {
  if (text == "yes") return true;
  if (text == "no") return false;
  return YesNoInvalid(text);
}

// The columns of one format.
struct Format {
  std::span<const std::string_view> required;
  std::span<const std::string_view> subjects;
  std::span<const std::string_view> optional;
};

// The header of a file, and how it names municipalities.
struct Header {
  text::CsvHeader columns;
  std::size_t subject = 0;   // index into Format::subjects
  std::size_t subjects = 0;  // their number

  std::string_view required(const text::CsvRecord& record,
                            std::size_t i) const {
    return columns.required(record, i);
  }
  std::string_view subject_cell(const text::CsvRecord& record) const {
    return columns.optional(record, subject).value_or("");
  }
  std::optional<std::string_view> optional(const text::CsvRecord& record,
                                           std::size_t i) const {
    return columns.optional(record, subjects + i);
  }
};

absl::StatusOr<Header> ReadHeader(const text::CsvRecord& record,
                                  const Format& format) {
  std::vector<std::string_view> optional(format.subjects.begin(),
                                         format.subjects.end());
  optional.insert(optional.end(), format.optional.begin(),
                  format.optional.end());
  auto columns = text::CsvHeader::Make(record, format.required, optional);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < format.subjects.size(); ++i) {
    if (std::find(record.cells.begin(), record.cells.end(),
                  format.subjects[i]) != record.cells.end()) {
      found.push_back(i);
    }
  }
  if (found.size() != 1) {
    return CsvSubjectColumns(format.subjects, columns.status());
  }
  if (!columns.ok()) return CsvInvalid(columns.status());
  return Header{.columns = *std::move(columns),
                .subject = found.front(),
                .subjects = format.subjects.size()};
}

// Reads the header and then each record, and hands records with the right
// number of cells to `read`.
template <typename Row, typename ReadRecord>
absl::StatusOr<ParsedBatch<Row>> ParseBatch(std::string_view csv,
                                            std::size_t first_line,
                                            const RejectList::Position& after,
                                            const Format& format,
                                            ReadRecord read) {
  text::CsvReader reader(csv);
  absl::StatusOr<std::optional<text::CsvRecord>> first = reader.Next();
  if (!first.ok()) return CsvInvalid(first.status());
  // An empty batch has an empty header: every column is missing.
  const text::CsvRecord header_record =
      first->has_value()
          ? **first
          : text::CsvRecord{.raw = {}, .cells = {""}, .cell_lines = {1}};
  WELFARE_ASSIGN_OR_RETURN(const Header header,
                           ReadHeader(header_record, format));
  ParsedBatch<Row> batch{.rows = 0, .good = {}, .rejects = RejectList(after)};
  std::size_t line_of_first = 0;
  while (true) {
    absl::StatusOr<std::optional<text::CsvRecord>> next = reader.Next();
    if (next.ok() && !next->has_value()) break;
    if (++batch.rows > kMostRecords) {
      return FileTooLarge("records", kMostRecords);
    }
    if (batch.rows == 1) line_of_first = reader.last_line();
    const RecordOrigin origin{
        .line = first_line + (reader.last_line() - line_of_first),
        .record = batch.rows,
        .raw = text::Shorten(reader.last_raw(), kRawBytesShown)};
    RecordFaults faults(origin, batch.rejects);
    if (!next.ok()) {
      faults.Add("", "", next.status());
      continue;
    }
    const text::CsvRecord& record = **next;
    if (record.cells.size() != header.columns.size()) {
      faults.Add("", "", CellCount(record.cells.size(), header.columns.size()));
      continue;
    }
    read(header, record, origin, faults, batch.good);
  }
  return batch;
}

// Reads the cell that names the municipality. Returns a key that is equal for
// the spellings of one code or name; nothing after a fault.
std::optional<std::string> ReadSubject(const Header& header,
                                       const text::CsvRecord& record,
                                       std::string_view column,
                                       RecordFaults& faults,
                                       RecordSubject& subject) {
  std::string_view cell = header.subject_cell(record);
  subject.column = std::string(column);
  subject.text = std::string(cell);
  if (column == "municipality_name") {
    // A key is made of names only: folding a whole file would take its time.
    const auto key =
        cell.size() > kMaxNameBytes
            ? absl::StatusOr<std::string>(TextInvalid(kMaxNameBytes))
            : text::NameKey(cell);
    if (cell.empty() || !key.ok()) {
      faults.Add(column, cell,
                 cell.empty() ? ValueMissing() : TextInvalid(kMaxNameBytes));
      return std::nullopt;
    }
    return *key;
  }
  constexpr std::string_view kCollection = "municipalities/";
  if (column == kResourceColumn && cell.starts_with(kCollection)) {
    cell.remove_prefix(kCollection.size());
  }
  subject.code = faults.Take(column, cell,
                             column.ends_with('5')
                                 ? base::MunicipalityCode::ParseFiveDigit(cell)
                                 : base::MunicipalityCode::Parse(cell));
  if (!subject.code.has_value()) return std::nullopt;
  return subject.code->ToString();
}

// Reads the optional cell `operation`: true for the other word than `set`.
bool ReadOperation(std::optional<std::string_view> cell, std::string_view word,
                   RecordFaults& faults) {
  if (!cell.has_value() || cell->empty() || *cell == "set") return false;
  if (*cell == word) return true;
  faults.Add("operation", *cell, OperationInvalid(*cell, word));
  return false;
}

// Notes a fault when the file held `key` before.
void CheckDuplicate(const std::string& key, const RecordOrigin& origin,
                    std::string_view column, std::string_view value,
                    SeenRecords& seen, RecordFaults& faults) {
  if (const auto line = seen.FindOrAdd(key, origin.line)) {
    faults.Add(column, value, DuplicateRecord(*line));
  }
}

template <typename Row>
ImportPlan StartPlan(const ParsedBatch<Row>& batch) {
  ImportPlan plan;
  plan.counts.rows = batch.rows;
  return plan;
}

void Count(Outcome outcome, ImportCounts& counts) {
  switch (outcome) {
    case Outcome::kCreated:
      ++counts.created;
      return;
    case Outcome::kUpdated:
      ++counts.updated;
      return;
    case Outcome::kUnchanged:
      ++counts.unchanged;
      return;
    case Outcome::kDeleted:
      ++counts.deleted;
      return;
  }
}

// Counts the refused records, shows a page of the rejects, and takes the
// changes; none where the file is taken as a whole and a record was refused.
void FinishPlan(const RejectList& rejects, const ImportOptions& options,
                Draft& draft, ImportPlan& plan) {
  const int rows = plan.counts.rows;
  if (options.whole && rejects.records() > 0) {
    plan.counts = {.rows = rows, .rejected = rows};
    plan.rejected_as_whole = rows - rejects.records();
  } else {
    plan.counts.rejected = rejects.records();
    plan.changes = draft.TakeChanges();
  }
  RejectList::Page page = rejects.Show();
  plan.rejects = std::move(page.rejects);
  plan.rejects_total = rejects.total();
  if (page.more) plan.rejects_go_on = page.last;
}

// Puts a municipality into the draft: creates it, or changes what differs.
absl::StatusOr<Outcome> Put(Draft& draft, const MunicipalityRow& row,
                            const Provenance& provenance) {
  const base::MunicipalityCode& code = *row.subject.code;
  if (draft.FindMunicipality(code) != nullptr) {
    return UpdateMunicipality(
        draft, {.code = code,
                .says = row.says,
                .valid_from = row.valid_from,
                .provenance = provenance,
                .says_code = row.subject.column != kResourceColumn});
  }
  const MunicipalityStatement& says = row.says;
  const bool usual = says.council_name->empty();
  WELFARE_RETURN_IF_ERROR(CreateMunicipality(
      draft,
      {.code = code,
       .name = *says.name,
       .kana = *says.kana,
       .name_en = *says.name_en,
       .type = *says.type,
       .area = *says.area,
       .population_band = says.population_band.value_or(""),
       .council_name =
           usual ? DefaultCouncilName(*says.name) : *says.council_name,
       .council_name_checked =
           !usual && says.council_name_checked.value_or(false)},
      row.valid_from.value_or(kAlways), provenance));
  return Outcome::kCreated;
}

absl::StatusOr<Outcome> Delete(Draft& draft, const MunicipalityRow& row,
                               const Provenance& provenance) {
  if (provenance.reason.empty()) return ReasonRequired("reason");
  WELFARE_RETURN_IF_ERROR(
      DeleteMunicipality(draft, *row.subject.code, "", provenance));
  return Outcome::kDeleted;
}

absl::StatusOr<Outcome> Put(Draft& draft, const StatusRow& row,
                            const base::MunicipalityCode& municipality,
                            const std::string& reason) {
  return RecordStatus(draft, row.program, municipality,
                      {.fiscal_year = row.fiscal_year,
                       .facts = row.facts,
                       .note = row.note,
                       .reason = reason,
                       .correction = !reason.empty(),
                       .reason_of_corrections = true},
                      "");
}

absl::StatusOr<Outcome> Retract(Draft& draft, const StatusRow& row,
                                const base::MunicipalityCode& municipality,
                                const std::string& reason) {
  if (reason.empty()) return ReasonRequired("correction_reason");
  WELFARE_ASSIGN_OR_RETURN(const StatusRecord record,
                           RetractStatus(draft, row.program, municipality,
                                         row.fiscal_year, "", reason));
  return record.retracted ? Outcome::kDeleted : Outcome::kUpdated;
}

// The resource id of the municipality that holds, or ever held, `code`; a code
// that nobody held stays as it is.
base::MunicipalityCode IdOf(const Draft& draft,
                            const base::MunicipalityCode& code) {
  const Municipality* found = draft.FindMunicipality(code);
  return found == nullptr ? code : found->first_code;
}

// The resource id of the municipality a record names.
absl::StatusOr<base::MunicipalityCode> Resolve(const Draft& draft,
                                               const StatusRow& row) {
  if (row.subject.code.has_value()) return IdOf(draft, *row.subject.code);
  WELFARE_ASSIGN_OR_RETURN(
      const Municipality* found,
      ResolveName(draft, row.subject.text, row.fiscal_year));
  return found->first_code;
}

// Notes what a record speaks of. Fails where the file has spoken of it before,
// by whatever name.
//
// Errors:
//   INVALID_ARGUMENT, reason DUPLICATE_RECORD.
absl::Status CheckFirst(std::string key, const RecordOrigin& origin,
                        const ImportOptions& options, ImportPlan& plan) {
  if (options.keys_before != nullptr) {
    const auto before = options.keys_before->find(key);
    if (before != options.keys_before->end()) {
      return DuplicateRecord(before->second);
    }
  }
  const auto [entry, added] =
      plan.keys.try_emplace(std::move(key), origin.line);
  return added ? absl::OkStatus() : DuplicateRecord(entry->second);
}

// The column a refusal is about.
std::string_view ColumnOf(const absl::Status& fault, const RecordSubject& who,
                          std::string_view otherwise) {
  const std::string reason = base::ReasonOf(fault);
  for (const std::string_view about_subject :
       {"DUPLICATE_RECORD", "MUNICIPALITY_NOT_FOUND",
        "MUNICIPALITY_NOT_IN_YEAR", "CODE_RETIRED", "MUNICIPALITY_IN_USE",
        "NAME_UNKNOWN", "NAME_AMBIGUOUS", "TEXT_INVALID"}) {
    if (reason == about_subject) return who.column;
  }
  return otherwise;
}

}  // namespace

std::optional<std::size_t> SeenRecords::FindOrAdd(const std::string& key,
                                                  std::size_t line) {
  const auto [entry, added] = lines_.try_emplace(key, line);
  if (added) return std::nullopt;
  return entry->second;
}

absl::Status CheckText(std::string_view text, std::size_t max_bytes) {
  const bool has_control =
      std::any_of(text.begin(), text.end(), [](char character) {
        return (character >= 0 && character < 0x20) || character == 0x7F;
      });
  if (text.size() > max_bytes || has_control || text::Trim(text) != text ||
      base::FindInvalidUtf8(text) != std::string_view::npos) {
    return TextInvalid(max_bytes);
  }
  return absl::OkStatus();
}

absl::Status CheckKana(std::string_view text) {
  return IsKatakana(text) ? absl::OkStatus() : KanaInvalid(text);
}

absl::Status CheckPopulationBand(std::string_view id) {
  return id.empty() || base::IsResourceId(id) ? absl::OkStatus()
                                              : BandInvalid(id);
}

absl::StatusOr<ParsedBatch<MunicipalityRow>> ParseMunicipalities(
    std::string_view csv, std::size_t first_line, SeenRecords& seen,
    const RejectList::Position& rejects_after) {
  const auto read = [&seen](const Header& header, const text::CsvRecord& record,
                            const RecordOrigin& origin, RecordFaults& faults,
                            std::vector<MunicipalityRow>& good) {
    const auto cell = [&](std::size_t column) {
      return header.required(record, column);
    };
    MunicipalityRow row{.origin = origin, .subject = {}, .says = {}};
    const std::string_view column = kMunicipalitySubjects[header.subject];
    const auto key = ReadSubject(header, record, column, faults, row.subject);
    if (const auto year = header.optional(record, 2);
        year.has_value() && !year->empty()) {
      row.valid_from = faults.Take("first_fiscal_year", *year,
                                   base::FiscalYear::Parse(*year));
    }
    if (key.has_value()) {
      const std::string from =
          row.valid_from.has_value() ? row.valid_from->ToString() : "";
      CheckDuplicate(*key + "/" + from, origin, column, row.subject.text, seen,
                     faults);
    }
    row.deletes = ReadOperation(header.optional(record, 3), "delete", faults);
    if (row.deletes) {
      if (!faults.any()) good.push_back(std::move(row));
      return;
    }
    MunicipalityStatement& says = row.says;
    says.name = faults.TakeRequiredText("name", cell(0), kMaxNameBytes);
    says.kana = faults.TakeRequiredText("kana", cell(1), kMaxNameBytes);
    if (absl::Status fault = CheckKana(*says.kana); !fault.ok()) {
      faults.Add("kana", *says.kana, fault);
    }
    says.name_en = faults.TakeRequiredText("name_en", cell(2), kMaxNameBytes);
    says.type = faults.Take("type", cell(3), ParseMunicipalityType(cell(3)));
    if (!IsArea(cell(4))) faults.Add("area", cell(4), AreaUnknown(cell(4)));
    says.area = std::string(cell(4));
    says.council_name = faults.TakeText("council_name", cell(5), kMaxNameBytes);
    const std::optional<std::string_view> checked = header.optional(record, 0);
    if (checked.has_value()) {
      const auto stated =
          faults.Take("council_name_checked", *checked, ParseYesNo(*checked));
      if (!says.council_name->empty()) says.council_name_checked = stated;
    }
    if (says.council_name->empty()) says.council_name_checked = false;
    if (const auto band = header.optional(record, 1);
        band.has_value() && !band->empty()) {
      if (absl::Status fault = CheckPopulationBand(*band); !fault.ok()) {
        faults.Add("population_band", *band, fault);
      }
      says.population_band = std::string(*band);
    }
    if (!faults.any()) good.push_back(std::move(row));
  };
  return ParseBatch<MunicipalityRow>(csv, first_line, rejects_after,
                                     {.required = kMunicipalityColumns,
                                      .subjects = kMunicipalitySubjects,
                                      .optional = kMunicipalityOptional},
                                     read);
}

absl::StatusOr<ParsedBatch<StatusRow>> ParseStatusRecords(
    std::string_view csv, std::size_t first_line, const ProgramCatalog& catalog,
    SeenRecords& seen, const RejectList::Position& rejects_after) {
  const auto read = [&](const Header& header, const text::CsvRecord& record,
                        const RecordOrigin& origin, RecordFaults& faults,
                        std::vector<StatusRow>& good) {
    const auto cell = [&](std::size_t column) {
      return header.required(record, column);
    };
    RecordSubject subject;
    const std::string_view column = kStatusSubjects[header.subject];
    const bool program_ok = base::IsResourceId(cell(0));
    if (!program_ok) faults.Add("program", cell(0), ProgramInvalid(cell(0)));
    const auto key = ReadSubject(header, record, column, faults, subject);
    const auto year =
        faults.Take("fiscal_year", cell(1), base::FiscalYear::Parse(cell(1)));
    if (program_ok) {
      if (absl::Status fault = catalog.Check(cell(0)); !fault.ok()) {
        faults.Add("program", cell(0), fault);
      } else if (year.has_value()) {
        fault = catalog.Check(cell(0), *year);
        if (!fault.ok()) faults.Add("fiscal_year", cell(1), fault);
      }
    }
    if (program_ok && key.has_value() && year.has_value()) {
      CheckDuplicate(std::string(cell(0)) + "/" + *key + "/" + year->ToString(),
                     origin, "", "", seen, faults);
    }
    const bool retracts =
        ReadOperation(header.optional(record, 0), "retract", faults);
    StatusFacts facts;
    std::string note;
    if (!retracts) {
      const auto implementing =
          faults.Take("implementing", cell(2), ParseImplementing(cell(2)));
      const auto preparation =
          faults.Take("preparation", cell(3), ParsePreparation(cell(3)));
      note = faults.TakeText("note", cell(4), kMaxNoteBytes);
      if (implementing.has_value() && preparation.has_value()) {
        facts = {*implementing, *preparation};
        if (absl::Status fault = CheckFacts(facts); !fault.ok()) {
          faults.Add("preparation", cell(3), fault);
        }
      }
    }
    if (faults.any()) return;
    good.push_back({.origin = origin,
                    .program = std::string(cell(0)),
                    .subject = std::move(subject),
                    .fiscal_year = *year,
                    .retracts = retracts,
                    .facts = facts,
                    .note = std::move(note)});
  };
  return ParseBatch<StatusRow>(csv, first_line, rejects_after,
                               {.required = kStatusColumns,
                                .subjects = kStatusSubjects,
                                .optional = kStatusOptional},
                               read);
}

ImportPlan PlanMunicipalities(const History& current,
                              const ParsedBatch<MunicipalityRow>& batch,
                              const ImportOptions& options) {
  ImportPlan plan = StartPlan(batch);
  RejectList rejects = batch.rejects;
  Draft draft(current);
  const Provenance provenance{.note = "", .reason = options.reason};
  for (const MunicipalityRow& row : batch.good) {
    // Two codes of one municipality are two statements, each of the years in
    // which it was held; two resource names are not.
    const base::MunicipalityCode& subject =
        row.subject.column == kResourceColumn ? IdOf(draft, *row.subject.code)
                                              : *row.subject.code;
    absl::StatusOr<Outcome> outcome = Outcome::kUnchanged;
    if (absl::Status first = CheckFirst(
            subject.ToString() + "/" +
                (row.valid_from.has_value() ? row.valid_from->ToString() : ""),
            row.origin, options, plan);
        !first.ok()) {
      outcome = std::move(first);
    } else {
      outcome = row.deletes ? Delete(draft, row, provenance)
                            : Put(draft, row, provenance);
    }
    if (outcome.ok()) {
      Count(*outcome, plan.counts);
    } else {
      RecordFaults(row.origin, rejects)
          .Add(ColumnOf(outcome.status(), row.subject,
                        row.deletes ? "operation" : ""),
               row.subject.text, outcome.status());
    }
  }
  FinishPlan(rejects, options, draft, plan);
  return plan;
}

ImportPlan PlanStatusRecords(const History& current,
                             const ParsedBatch<StatusRow>& batch,
                             const ImportOptions& options) {
  ImportPlan plan = StartPlan(batch);
  RejectList rejects = batch.rejects;
  Draft draft(current);
  for (const StatusRow& row : batch.good) {
    absl::StatusOr<Outcome> outcome = Outcome::kUnchanged;
    const auto code = Resolve(draft, row);
    absl::Status first;
    if (code.ok()) {
      first = CheckFirst(row.program + "/" + code->ToString() + "/" +
                             row.fiscal_year.ToString(),
                         row.origin, options, plan);
    }
    if (!code.ok()) {
      outcome = code.status();
    } else if (!first.ok()) {
      outcome = std::move(first);
    } else if (row.retracts) {
      outcome = Retract(draft, row, *code, options.reason);
    } else {
      outcome = Put(draft, row, *code, options.reason);
    }
    if (outcome.ok()) {
      Count(*outcome, plan.counts);
      continue;
    }
    const std::string_view column =
        ColumnOf(outcome.status(), row.subject,
                 row.retracts ? "operation" : "implementing");
    RecordFaults(row.origin, rejects)
        .Add(column,
             column == row.subject.column ? row.subject.text
             : row.retracts               ? "retract"
                            : std::string(ToString(row.facts.implementing)),
             outcome.status());
  }
  FinishPlan(rejects, options, draft, plan);
  return plan;
}

}  // namespace welfare::registry
