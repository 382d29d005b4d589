#include "services/registry/files/status_file.h"

#include <array>
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

// The resource id of the municipality a record names.
absl::StatusOr<base::MunicipalityCode> Resolve(ImportPlanner& planner,
                                               const StatusRow& row) {
  if (row.subject.code.has_value()) return planner.IdOf(*row.subject.code);
  WELFARE_ASSIGN_OR_RETURN(
      const Municipality* found,
      ResolveName(planner.draft(), row.subject.text, row.fiscal_year));
  return found->first_code;
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
  return row.retracts ? Retract(planner.draft(), row, municipality, reason)
                      : Put(planner.draft(), row, municipality, reason);
}

}  // namespace

absl::Status ParseStatusRecords(const importing::CsvText& text,
                                const ProgramCatalog& catalog,
                                SeenRecords& seen,
                                ParsedBatch<StatusRow>& batch) {
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
        ReadOperation(table.Optional(record, 0), "retract", faults);
    StatusFacts facts;
    std::string note;
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
  return ReadBatch<StatusRow>(text,
                              {.required = kStatusColumns,
                               .optional = kStatusOptional,
                               .one_of = kStatusSubjects},
                              read, batch);
}

ImportPlan PlanStatusRecords(const History& current,
                             const ParsedBatch<StatusRow>& batch,
                             const ImportOptions& options) {
  ImportPlanner planner(current, batch.rows, batch.rejects, options);
  for (const StatusRow& row : batch.good) {
    const absl::StatusOr<Outcome> outcome = Plan(planner, row);
    if (outcome.ok()) {
      planner.Count(*outcome);
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
