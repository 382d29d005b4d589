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
// With a strategy: both of them, in this order.
constexpr std::array<std::string_view, 10> kMunicipalityLaid = {
    "name",
    "kana",
    "name_en",
    "type",
    "area",
    "council_name",
    "council_name_checked",
    "population_band",
    "first_fiscal_year",
    "operation"};

using importing::Strategy;

// Reads the cells of a record by what a strategy makes of blanks.
class LaidCells {
 public:
  LaidCells(const importing::TableReader& table, const text::CsvRecord& record,
            Strategy strategy, RecordFaults& faults)
      : table_(table), record_(record), strategy_(strategy), faults_(faults) {}

  std::string_view At(std::size_t column) const {
    return table_.Optional(record_, column).value_or("");
  }
  // A value that there must be one of: nothing where it is left out.
  template <typename Read>
  auto Fact(std::size_t column, const Read& read)
      -> std::optional<typename decltype(read(""))::value_type> {
    const std::string_view cell = At(column);
    const bool clears = importing::IsClear(cell);
    if (clears || text::IsBlank(cell)) {
      if (clears || strategy_ == Strategy::kReplace) {
        faults_.Add(kMunicipalityLaid[column], cell, ValueMissing());
      }
      return std::nullopt;
    }
    return faults_.Take(kMunicipalityLaid[column], cell, read(cell));
  }
  // A text that there need be none of: empty where it is taken back.
  template <typename Read>
  std::optional<std::string> Text(std::size_t column, const Read& read) {
    const std::string_view cell = At(column);
    if (text::IsBlank(cell) && strategy_ == Strategy::kMerge) {
      return std::nullopt;
    }
    if (text::IsBlank(cell) || importing::IsClear(cell)) return "";
    return faults_.Take(kMunicipalityLaid[column], cell, read(cell));
  }

 private:
  const importing::TableReader& table_;
  const text::CsvRecord& record_;
  const Strategy strategy_;
  RecordFaults& faults_;
};

MunicipalityStatement ReadLaid(LaidCells cells, RecordFaults& faults) {
  const auto text = [](std::string_view cell) {
    return KeepText(cell, kMaxNameBytes);
  };
  MunicipalityStatement says;
  says.name = cells.Fact(0, text);
  says.kana =
      cells.Fact(1, [](std::string_view cell) { return KeepKana(cell); });
  says.name_en = cells.Fact(2, text);
  says.type = cells.Fact(3, [](std::string_view cell) {
    return ParseMunicipalityType(text::FoldWord(cell));
  });
  says.area =
      cells.Fact(4, [](std::string_view cell) { return ReadArea(cell); });
  says.council_name = cells.Text(5, text);
  if (const std::string_view checked = cells.At(6); !text::IsBlank(checked)) {
    const auto stated =
        faults.Take("council_name_checked", checked, text::ReadYesNo(checked));
    if (!says.council_name || !says.council_name->empty()) {
      says.council_name_checked = stated;
    }
  }
  if (says.council_name && says.council_name->empty()) {
    says.council_name_checked = false;
  }
  says.population_band = cells.Text(
      7, [](std::string_view cell) { return ReadPopulationBand(cell); });
  return says;
}

// The column that a new municipality lacks; empty: none.
std::string_view LackOf(const MunicipalityStatement& says) {
  if (!says.name) return "name";
  if (!says.kana) return "kana";
  if (!says.name_en) return "name_en";
  if (!says.type) return "type";
  return says.area ? "" : "area";
}

// The facts of the year from which a record speaks, or of the last.
std::optional<MunicipalityFacts> FactsOf(const Draft& draft,
                                         const MunicipalityRow& row) {
  const Municipality* found = draft.FindMunicipality(*row.subject.code);
  if (found == nullptr || found->deleted || found->periods.empty()) {
    return std::nullopt;
  }
  return row.valid_from ? found->Nearest(*row.valid_from).facts
                        : found->Last().facts;
}

void ShowChanges(ImportPlanner& planner, const MunicipalityRow& row,
                 const std::optional<MunicipalityFacts>& before,
                 const std::optional<MunicipalityFacts>& after) {
  const std::string resource =
      "municipalities/" + planner.IdOf(*row.subject.code).ToString();
  const auto show = [&](std::string_view column, const auto& text) {
    planner.Show(row.origin, resource, column,
                 before ? std::string(text(*before)) : std::string(),
                 after ? std::string(text(*after)) : std::string());
  };
  using Facts = MunicipalityFacts;
  show("name", [](const Facts& f) { return f.name; });
  show("kana", [](const Facts& f) { return f.kana; });
  show("name_en", [](const Facts& f) { return f.name_en; });
  show("type", [](const Facts& f) { return ToString(f.type); });
  show("area", [](const Facts& f) { return f.area; });
  show("council_name", [](const Facts& f) { return f.council_name; });
  show("council_name_checked",
       [](const Facts& f) { return f.council_name_checked ? "yes" : "no"; });
  show("population_band", [](const Facts& f) { return f.population_band; });
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
  const bool usual = !says.council_name || says.council_name->empty();
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
                               const Provenance& provenance,
                               Strategy strategy) {
  // What is not there any more need not be taken back again.
  if (strategy == Strategy::kDelete &&
      draft.FindMunicipality(*row.subject.code) == nullptr) {
    return Outcome::kUnchanged;
  }
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
  return row.deletes ? Delete(planner.draft(), row, provenance,
                              planner.options().strategy)
                     : Put(planner.draft(), row, provenance);
}

}  // namespace

absl::Status ParseMunicipalities(const importing::CsvText& text,
                                 SeenRecords& seen, Strategy strategy,
                                 ParsedBatch<MunicipalityRow>& batch) {
  const bool laid = strategy != Strategy::kOwn;
  // Where the optional columns begin.
  const std::size_t first = laid ? kMunicipalityColumns.size() : 0;
  const auto read = [&](const importing::TableReader& table,
                        const text::CsvRecord& record,
                        const RecordOrigin& origin, RecordFaults& faults,
                        std::vector<MunicipalityRow>& good) {
    const auto cell = [&](std::size_t column) {
      return table.Required(record, column);
    };
    MunicipalityRow row{.origin = origin, .subject = {}, .says = {}};
    const std::string_view column = kMunicipalitySubjects[table.chosen()];
    const auto key = ReadSubject(table, record, column, faults, row.subject);
    if (const auto year = table.Optional(record, first + 2);
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
    row.deletes =
        laid ? strategy == Strategy::kDelete
             : ReadOperation(table.Optional(record, 3), "delete", faults);
    if (row.deletes) {
      if (!faults.any()) good.push_back(std::move(row));
      return;
    }
    MunicipalityStatement& says = row.says;
    if (laid) {
      says = ReadLaid(LaidCells(table, record, strategy, faults), faults);
      if (!faults.any()) good.push_back(std::move(row));
      return;
    }
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
  importing::TableFormat format{.required = kMunicipalityColumns,
                                .optional = kMunicipalityOptional,
                                .one_of = kMunicipalitySubjects};
  if (laid) {
    format.required = {};
    format.optional = kMunicipalityLaid;
  }
  return ReadBatch<MunicipalityRow>(text, format, read, batch);
}

ImportPlan PlanMunicipalities(const History& current,
                              const ParsedBatch<MunicipalityRow>& batch,
                              const ImportOptions& options) {
  ImportPlanner planner(current, batch.rows, batch.rejects, options);
  const Provenance provenance{.note = "", .reason = options.reason};
  for (const MunicipalityRow& row : batch.good) {
    const auto before = FactsOf(planner.draft(), row);
    if (const std::string_view lack = LackOf(row.says);
        !before && !row.deletes && !lack.empty()) {
      planner.Refuse(row.origin, lack, "", ValueMissing());
      continue;
    }
    const absl::StatusOr<Outcome> outcome = Plan(planner, row, provenance);
    if (outcome.ok()) {
      planner.Count(*outcome);
      if (options.show_changes > 0) {
        ShowChanges(planner, row, before, FactsOf(planner.draft(), row));
      }
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
