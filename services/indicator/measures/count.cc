// COUNT: of whom the condition of each cell is true.
#include <set>

#include "services/indicator/definition/bound_truth.h"
#include "services/indicator/errors.h"
#include "services/indicator/measures/measures.h"
#include "services/indicator/questionnaire/labels.h"
#include "services/indicator/round/answer_words.h"

namespace welfare::indicator {
namespace {

using base::Absence;
using base::Truth;

// What one cell says of one member.
struct CellTruth {
  Truth truth = Truth::kFalse;
  // The first absence among the items the cell reads, in codebook order.
  std::optional<Absence> absence;
  bool reads_answers = false;
};

CellTruth TruthOf(const CellDefinition& definition,
                  const BoundIndicator::Cell& cell, const RoundTable& table,
                  const TableRow& values, std::size_t row) {
  const std::optional<Absence>& wanted = definition.absence;
  CellTruth result;
  bool asked = false;
  for (const std::size_t item : cell.items) {
    result.reads_answers = true;
    if (table.questionnaire().items()[item].type == Item::Type::kTable) {
      continue;
    }
    const auto kind = table.column(item).AbsenceOf(row);
    if (wanted.has_value()) {
      if (kind == wanted) result.truth = Truth::kTrue;
      asked = asked || !kind.has_value() || base::StaysInBase(*kind);
    }
    if (!result.absence.has_value()) result.absence = kind;
  }
  if (!wanted.has_value()) {
    result.truth = cell.condition->EvaluateTruth(values);
  } else if (!asked) {
    result.truth = Truth::kUnknown;
  }
  return result;
}

void BindCell(const CellDefinition& cell, const Questionnaire& questionnaire,
              BoundIndicator& bound) {
  BoundIndicator::Cell one;
  const std::string place = bound.Where() + "." + cell.key;
  if (!cell.condition.empty()) {
    one.condition =
        BindTruth(cell.condition, questionnaire, place, bound.violations);
    if (one.condition.has_value()) one.items = one.condition->items();
  }
  for (const std::string& name : cell.items) {
    const auto position = questionnaire.FindItem(name);
    if (!position.has_value()) {
      bound.violations.push_back(ItemUnknown(bound.Where(), name));
    } else if (questionnaire.items()[*position].type == Item::Type::kTable) {
      // A table has no absence of its own.
      bound.violations.push_back(
          ItemTypeMisfit(bound.Where(), name, ToString(Measure::kCount)));
    } else {
      one.items.push_back(*position);
    }
  }
  if (!cell.within.empty()) {
    one.within = BindTruth(cell.within, questionnaire, place, bound.violations);
  }
  bound.cells.push_back(std::move(one));
}

class CountMeasure final : public MeasureMethod {
 public:
  void Bind(const Questionnaire& questionnaire,
            BoundIndicator& bound) const override {
    for (const CellDefinition& cell : bound.definition->cells) {
      BindCell(cell, questionnaire, bound);
    }
  }

  absl::Status Resolve(const BoundIndicator& bound, const RoundView& round,
                       const RegistryHistory* /*history*/,
                       FigureSets& sets) const override {
    const Definition& definition = *bound.definition;
    const Bitmap& members = bound.population->members;
    for (const CellDefinition& cell : definition.cells) {
      const Bitmap nobody(members.size());
      sets.Add(cell.key,
               FillYears(cell.label, round.table.header().fiscal_year,
                         definition.reference_year_offset),
               nobody, nobody);
    }
    std::vector<Truth> within(definition.cells.size(), Truth::kTrue);
    for (std::size_t row = 0; row < members.size(); ++row) {
      if (members.Test(row)) Place(bound, round, row, within, sets);
    }
    return absl::OkStatus();
  }

  // The answers and facts that the cell, or any of them, reads.
  std::string Reason(const BoundIndicator& bound, const RoundView& round,
                     const FigureSets& /*sets*/, std::size_t row,
                     std::optional<std::size_t> cell) const override {
    std::set<std::size_t> items;
    std::set<base::RegistryReference> facts;
    for (std::size_t i = 0; i < bound.cells.size(); ++i) {
      if (cell.has_value() && i != *cell) continue;
      const BoundIndicator::Cell& one = bound.cells[i];
      items.insert(one.items.begin(), one.items.end());
      for (const auto* expression : {&one.condition, &one.within}) {
        if (!expression->has_value()) continue;
        facts.insert((*expression)->registry().begin(),
                     (*expression)->registry().end());
      }
    }
    std::string reason;
    const auto add = [&reason](const std::string& part) {
      if (!reason.empty()) reason += "; ";
      reason += part;
    };
    for (const std::size_t item : items) {
      add(round.table.questionnaire().items()[item].id + ": " +
          AnswerInWords(round.table, item, row));
    }
    const int year = round.table.header().fiscal_year.value();
    for (const base::RegistryReference& fact : facts) {
      const Truth truth = round.RowOf(row).registry(fact.fact, fact.offset);
      add("registry " + std::string(base::ToString(fact.fact)) + " FY" +
          std::to_string(year + fact.offset) + ": " +
          std::string(base::ToString(truth)));
    }
    return reason;
  }

 private:
  // Puts one member into the sets. `within` has a place for each cell, and is
  // overwritten.
  static void Place(const BoundIndicator& bound, const RoundView& round,
                    std::size_t row, std::vector<Truth>& within,
                    FigureSets& sets) {
    const TableRow values = round.RowOf(row);
    // The first absence among the items a cell reads explains why the cell is
    // undecided.
    std::optional<Absence> absence;
    bool reads_answers = false;
    bool in_any = false;
    bool decided = true;
    // Whoever belongs in no part (no record says in which) has answered all the
    // same, or not: then every cell is asked, and none counts the answer.
    bool placed = false;
    for (std::size_t i = 0; i < bound.cells.size(); ++i) {
      const BoundIndicator::Cell& cell = bound.cells[i];
      within[i] = cell.within.has_value() ? cell.within->EvaluateTruth(values)
                                          : Truth::kTrue;
      placed = placed || within[i] == Truth::kTrue;
    }
    for (std::size_t i = 0; i < bound.cells.size(); ++i) {
      if (placed && within[i] != Truth::kTrue) continue;
      const CellTruth one = TruthOf(bound.definition->cells[i], bound.cells[i],
                                    round.table, values, row);
      reads_answers = reads_answers || one.reads_answers;
      if (!absence.has_value()) absence = one.absence;
      if (one.truth == Truth::kTrue) {
        in_any = true;
        if (within[i] == Truth::kTrue) sets.cells[i].in.Set(row);
      }
      decided = decided && one.truth != Truth::kUnknown;
    }
    // Without a submission nothing is known, whatever the conditions say of
    // absences.
    if (reads_answers && !round.table.counted().Test(row)) {
      absence = Absence::kUnitNonresponse;
      in_any = false;
      decided = false;
      for (FigureSets::Cell& cell : sets.cells) {
        Bitmap only(sets.base.size());
        only.Set(row);
        cell.in -= only;
      }
    }
    if (decided || in_any) {
      sets.answered.Set(row);
      sets.base.Set(row);
    } else {
      const Absence kind = absence.value_or(Absence::kUnknown);
      sets.Absent(kind).Set(row);
      if (!base::StaysInBase(kind)) return;
      sets.base.Set(row);
    }
    for (std::size_t i = 0; i < bound.cells.size(); ++i) {
      if (within[i] == Truth::kTrue) sets.cells[i].base.Set(row);
    }
  }
};

}  // namespace

const MeasureMethod& CountMethod() {
  static const CountMeasure method;
  return method;
}

}  // namespace welfare::indicator
