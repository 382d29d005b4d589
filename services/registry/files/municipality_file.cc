#include "services/registry/files/municipality_file.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/names/municipality_code.h"
#include "services/registry/faults.h"
#include "services/registry/files/record_reader.h"
#include "services/registry/history/draft.h"
#include "services/registry/history/plans.h"
#include "services/registry/municipality/text_rules.h"
#include "services/text/characters.h"
#include "services/text/csv.h"
#include "services/text/value_readers.h"

namespace welfare::registry {
namespace {

// Columns that name the municipality; a file has exactly one of them.
constexpr std::array<std::string_view, 3> kMunicipalitySubjects = {
    "code", "code5", kResourceColumn};
constexpr std::array<std::string_view, 6> kMunicipalityColumns = {
    "name", "kana", "name_en", "type", "area", "council_name"};
constexpr std::array<std::string_view, 4> kMunicipalityOptional = {
    "council_name_checked", "population_band", "first_fiscal_year",
    "operation"};

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

// Says what one record does, or why it may not.
absl::StatusOr<Outcome> Plan(ImportPlanner& planner, const MunicipalityRow& row,
                             const Provenance& provenance) {
  // Two codes of one municipality are two statements, each of the years in
  // which it was held; two resource names are not.
  const base::MunicipalityCode subject = row.subject.column == kResourceColumn
                                             ? planner.IdOf(*row.subject.code)
                                             : *row.subject.code;
  WELFARE_RETURN_IF_ERROR(planner.CheckFirst(
      subject.ToString() + "/" +
          (row.valid_from.has_value() ? row.valid_from->ToString() : ""),
      row.origin));
  return row.deletes ? Delete(planner.draft(), row, provenance)
                     : Put(planner.draft(), row, provenance);
}

}  // namespace

absl::Status ParseMunicipalities(const importing::CsvText& text,
                                 SeenRecords& seen,
                                 ParsedBatch<MunicipalityRow>& batch) {
  const auto read = [&seen](const importing::TableReader& table,
                            const text::CsvRecord& record,
                            const RecordOrigin& origin, RecordFaults& faults,
                            std::vector<MunicipalityRow>& good) {
    const auto cell = [&](std::size_t column) {
      return table.Required(record, column);
    };
    MunicipalityRow row{.origin = origin, .subject = {}, .says = {}};
    const std::string_view column = kMunicipalitySubjects[table.chosen()];
    const auto key = ReadSubject(table, record, column, faults, row.subject);
    if (const auto year = table.Optional(record, 2);
        year.has_value() && !text::IsBlank(*year)) {
      row.valid_from =
          faults.Take("first_fiscal_year", *year, text::ReadFiscalYear(*year));
    }
    if (key.has_value()) {
      const std::string from =
          row.valid_from.has_value() ? row.valid_from->ToString() : "";
      CheckDuplicate(*key + "/" + from, origin, column, row.subject.text, seen,
                     faults);
    }
    row.deletes = ReadOperation(table.Optional(record, 3), "delete", faults);
    if (row.deletes) {
      if (!faults.any()) good.push_back(std::move(row));
      return;
    }
    MunicipalityStatement& says = row.says;
    says.name =
        faults.TakeRequired("name", cell(0), KeepText(cell(0), kMaxNameBytes));
    says.kana = faults.TakeRequired("kana", cell(1), KeepKana(cell(1)));
    says.name_en = faults.TakeRequired("name_en", cell(2),
                                       KeepText(cell(2), kMaxNameBytes));
    says.type = faults.Take("type", cell(3),
                            ParseMunicipalityType(text::FoldWord(cell(3))));
    says.area = faults.Take("area", cell(4), ReadArea(cell(4)));
    says.council_name = faults.TakeText("council_name", cell(5), kMaxNameBytes);
    const std::optional<std::string_view> checked = table.Optional(record, 0);
    if (checked.has_value()) {
      const auto stated = faults.Take("council_name_checked", *checked,
                                      text::ReadYesNo(*checked));
      if (!says.council_name->empty()) says.council_name_checked = stated;
    }
    if (says.council_name->empty()) says.council_name_checked = false;
    if (const auto band = table.Optional(record, 1);
        band.has_value() && !text::IsBlank(*band)) {
      says.population_band =
          faults.Take("population_band", *band, ReadPopulationBand(*band));
    }
    if (!faults.any()) good.push_back(std::move(row));
  };
  return ReadBatch<MunicipalityRow>(text,
                                    {.required = kMunicipalityColumns,
                                     .optional = kMunicipalityOptional,
                                     .one_of = kMunicipalitySubjects},
                                    read, batch);
}

ImportPlan PlanMunicipalities(const History& current,
                              const ParsedBatch<MunicipalityRow>& batch,
                              const ImportOptions& options) {
  ImportPlanner planner(current, batch.rows, batch.rejects, options);
  const Provenance provenance{.note = "", .reason = options.reason};
  for (const MunicipalityRow& row : batch.good) {
    const absl::StatusOr<Outcome> outcome = Plan(planner, row, provenance);
    if (outcome.ok()) {
      planner.Count(*outcome);
      continue;
    }
    planner.Refuse(
        row.origin,
        ColumnOf(outcome.status(), row.subject, row.deletes ? "operation" : ""),
        row.subject.text, outcome.status());
  }
  return planner.Finish();
}

}  // namespace welfare::registry
