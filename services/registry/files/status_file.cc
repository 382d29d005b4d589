#include "services/registry/files/status_file.h"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/names/municipality_code.h"
#include "services/base/names/resource_name.h"
#include "services/registry/faults.h"
#include "services/registry/files/record_reader.h"
#include "services/registry/history/draft.h"
#include "services/registry/history/plans.h"
#include "services/registry/history/resolve_name.h"
#include "services/registry/municipality/text_rules.h"
#include "services/registry/program/status_rules.h"
#include "services/text/characters.h"
#include "services/text/csv.h"
#include "services/text/value_readers.h"

namespace welfare::registry {
namespace {

// Columns that name the municipality; a file has exactly one of them.
constexpr std::array<std::string_view, 4> kStatusSubjects = {
    "municipality_code", "municipality_code5", kResourceColumn,
    "municipality_name"};
constexpr std::array<std::string_view, 5> kStatusColumns = {
    "program", "fiscal_year", "implementing", "preparation", "note"};
constexpr std::array<std::string_view, 1> kStatusOptional = {"operation"};
// With a strategy.
constexpr std::array<std::string_view, 2> kStatusLaidKey = {"program",
                                                            "fiscal_year"};
constexpr std::array<std::string_view, 4> kStatusLaid = {
    "implementing", "preparation", "note", "operation"};

using importing::Strategy;

// Fills what the record leaves as it is. Fails where nothing is on record.
absl::StatusOr<StatusRow> Complete(const Draft& draft, StatusRow row,
                                   const base::MunicipalityCode& municipality) {
  if (!row.keeps_implementing && !row.keeps_preparation && !row.keeps_note) {
    return row;
  }
  const StatusRecord* stored =
      draft.FindStatus(row.program, municipality, row.fiscal_year);
  if (stored == nullptr) {
    if (row.keeps_implementing || row.keeps_preparation) return ValueMissing();
    return row;
  }
  if (row.keeps_implementing)
    row.facts.implementing = stored->facts.implementing;
  if (row.keeps_preparation) row.facts.preparation = stored->facts.preparation;
  if (row.keeps_note) row.note = stored->note;
  WELFARE_RETURN_IF_ERROR(CheckFacts(row.facts));
  return row;
}

absl::StatusOr<Outcome> Put(Draft& draft, const StatusRow& said,
                            const base::MunicipalityCode& municipality,
                            const std::string& reason) {
  WELFARE_ASSIGN_OR_RETURN(const StatusRow row,
                           Complete(draft, said, municipality));
  return RecordStatus(draft, row.program, municipality,
                      {.fiscal_year = row.fiscal_year,
                       .facts = row.facts,
                       .note = row.note,
                       .reason = reason,
                       .correction = !reason.empty(),
                       .reason_of_corrections = true,
                       .takes_note_back = row.says_note},
                      "");
}

absl::StatusOr<Outcome> Retract(Draft& draft, const StatusRow& row,
                                const base::MunicipalityCode& municipality,
                                const std::string& reason, Strategy strategy) {
  // What is not there any more need not be taken back again.
  if (strategy == Strategy::kDelete &&
      draft.FindStatus(row.program, municipality, row.fiscal_year) == nullptr &&
      draft.FindMunicipality(municipality) != nullptr) {
    return Outcome::kUnchanged;
  }
  if (reason.empty()) return ReasonRequired("correction_reason");
  WELFARE_ASSIGN_OR_RETURN(const StatusRecord record,
                           RetractStatus(draft, row.program, municipality,
                                         row.fiscal_year, "", reason));
  return record.retracted ? Outcome::kDeleted : Outcome::kUpdated;
}

// The resource id of the municipality a record names.
absl::StatusOr<base::MunicipalityCode> Resolve(ImportPlanner& planner,
                                               const StatusRow& row) {
  if (row.subject.code.has_value()) return planner.IdOf(*row.subject.code);
  WELFARE_ASSIGN_OR_RETURN(
      const Municipality* found,
      ResolveName(planner.draft(), row.subject.text, row.fiscal_year));
  return found->first_code;
}

// Reads what a record with a strategy says beside its key.
void ReadLaid(const importing::TableReader& table,
              const text::CsvRecord& record, Strategy strategy,
              RecordFaults& faults, StatusRow& row) {
  const auto cell = [&](std::size_t column) {
    return table.Optional(record, column).value_or("");
  };
  // Whether a fact is left as it is; one cannot be taken back alone.
  const auto keeps = [&](std::size_t column) {
    const std::string_view text = cell(column);
    const bool clears = importing::IsClear(text);
    if (!clears && !text::IsBlank(text)) return false;
    if (clears || strategy == Strategy::kReplace) {
      faults.Add(kStatusLaid[column], text, ValueMissing());
    }
    return true;
  };
  row.keeps_implementing = keeps(0);
  if (!row.keeps_implementing) {
    if (const auto read =
            faults.Take("implementing", cell(0),
                        ParseImplementing(text::FoldWord(cell(0))))) {
      row.facts.implementing = *read;
    }
  }
  row.keeps_preparation = keeps(1);
  if (!row.keeps_preparation) {
    if (const auto read =
            faults.Take("preparation", cell(1),
                        ParsePreparation(text::FoldWord(cell(1))))) {
      row.facts.preparation = *read;
    }
  }
  const std::string_view note = cell(2);
  row.keeps_note = text::IsBlank(note) && strategy == Strategy::kMerge;
  row.says_note = !row.keeps_note;
  if (!importing::IsClear(note)) {
    row.note = faults.TakeText("note", note, kMaxNoteBytes);
  }
  if (row.keeps_implementing || row.keeps_preparation || faults.any()) return;
  if (absl::Status fault = CheckFacts(row.facts); !fault.ok()) {
    faults.Add("preparation", cell(1), fault);
  }
}

// What is on record of what a record speaks of, if anything.
std::optional<StatusRecord> RecordOf(ImportPlanner& planner,
                                     const StatusRow& row) {
  const auto municipality = Resolve(planner, row);
  if (!municipality.ok()) return std::nullopt;
  const StatusRecord* stored =
      planner.draft().FindStatus(row.program, *municipality, row.fiscal_year);
  if (stored == nullptr) return std::nullopt;
  return *stored;
}

void ShowChanges(ImportPlanner& planner, const StatusRow& row,
                 const std::optional<StatusRecord>& before,
                 const std::optional<StatusRecord>& after) {
  if (!before && !after) return;
  const std::string resource =
      "programs/" + row.program + "/municipalities/" +
      (before ? before : after)->municipality.ToString() + "/" +
      row.fiscal_year.ToString();
  const auto show = [&](std::string_view column, const auto& text) {
    planner.Show(row.origin, resource, column,
                 before ? text(*before) : std::string(),
                 after ? text(*after) : std::string());
  };
  show("implementing", [](const StatusRecord& record) {
    return FileWord(record.facts.implementing);
  });
  show("preparation", [](const StatusRecord& record) {
    return FileWord(record.facts.preparation);
  });
  show("note", [](const StatusRecord& record) { return record.note; });
}

// Says what one record does, or why it may not.
absl::StatusOr<Outcome> Plan(ImportPlanner& planner, const StatusRow& row) {
  WELFARE_ASSIGN_OR_RETURN(const base::MunicipalityCode municipality,
                           Resolve(planner, row));
  WELFARE_RETURN_IF_ERROR(planner.CheckFirst(row.program + "/" +
                                                 municipality.ToString() + "/" +
                                                 row.fiscal_year.ToString(),
                                             row.origin));
  const std::string& reason = planner.options().reason;
  return row.retracts ? Retract(planner.draft(), row, municipality, reason,
                                planner.options().strategy)
                      : Put(planner.draft(), row, municipality, reason);
}

}  // namespace

absl::Status ParseStatusRecords(const importing::CsvText& text,
                                const ProgramCatalog& catalog,
                                SeenRecords& seen, Strategy strategy,
                                ParsedBatch<StatusRow>& batch) {
  const bool laid = strategy != Strategy::kOwn;
  const auto read = [&](const importing::TableReader& table,
                        const text::CsvRecord& record,
                        const RecordOrigin& origin, RecordFaults& faults,
                        std::vector<StatusRow>& good) {
    const auto cell = [&](std::size_t column) {
      return table.Required(record, column);
    };
    RecordSubject subject;
    const std::string_view column = kStatusSubjects[table.chosen()];
    const std::string program = text::FoldWord(cell(0));
    const bool program_ok = base::IsResourceId(program);
    if (!program_ok) faults.Add("program", cell(0), ProgramInvalid(cell(0)));
    const auto key = ReadSubject(table, record, column, faults, subject);
    const auto year =
        faults.Take("fiscal_year", cell(1), text::ReadFiscalYear(cell(1)));
    if (program_ok) {
      if (absl::Status fault = catalog.Check(program); !fault.ok()) {
        faults.Add("program", cell(0), fault);
      } else if (year.has_value()) {
        fault = catalog.Check(program, *year);
        if (!fault.ok()) faults.Add("fiscal_year", cell(1), fault);
      }
    }
    if (program_ok && key.has_value() && year.has_value()) {
      CheckDuplicate(program + "/" + *key + "/" + year->ToString(), origin, "",
                     "", seen, faults);
    }
    const bool retracts =
        laid ? strategy == Strategy::kDelete
             : ReadOperation(table.Optional(record, 0), "retract", faults);
    StatusFacts facts;
    std::string note;
    if (laid && !retracts) {
      StatusRow row{.origin = origin,
                    .program = program,
                    .subject = std::move(subject),
                    .fiscal_year = year.value_or(kAlways),
                    .facts = {},
                    .note = {}};
      ReadLaid(table, record, strategy, faults, row);
      if (!faults.any()) good.push_back(std::move(row));
      return;
    }
    if (!retracts) {
      const auto implementing = faults.Take(
          "implementing", cell(2), ParseImplementing(text::FoldWord(cell(2))));
      const auto preparation = faults.Take(
          "preparation", cell(3), ParsePreparation(text::FoldWord(cell(3))));
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
                    .program = program,
                    .subject = std::move(subject),
                    .fiscal_year = *year,
                    .retracts = retracts,
                    .facts = facts,
                    .note = std::move(note)});
  };
  importing::TableFormat format{.required = kStatusColumns,
                                .optional = kStatusOptional,
                                .one_of = kStatusSubjects};
  if (laid) {
    format.required = kStatusLaidKey;
    format.optional = kStatusLaid;
  }
  return ReadBatch<StatusRow>(text, format, read, batch);
}

ImportPlan PlanStatusRecords(const History& current,
                             const ParsedBatch<StatusRow>& batch,
                             const ImportOptions& options) {
  ImportPlanner planner(current, batch.rows, batch.rejects, options);
  for (const StatusRow& row : batch.good) {
    std::optional<StatusRecord> before;
    if (options.show_changes > 0) before = RecordOf(planner, row);
    const absl::StatusOr<Outcome> outcome = Plan(planner, row);
    if (outcome.ok()) {
      planner.Count(*outcome);
      if (options.show_changes > 0) {
        ShowChanges(planner, row, before, RecordOf(planner, row));
      }
      continue;
    }
    const std::string_view column =
        ColumnOf(outcome.status(), row.subject,
                 row.retracts ? "operation" : "implementing");
    planner.Refuse(row.origin, column,
                   column == row.subject.column ? row.subject.text
                   : row.retracts               ? "retract"
                                  : FileWord(row.facts.implementing),
                   outcome.status());
  }
  return planner.Finish();
}

}  // namespace welfare::registry
