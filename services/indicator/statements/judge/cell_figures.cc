#include "services/indicator/statements/judge/cell_figures.h"

#include <utility>

#include "services/base/error.h"
#include "services/indicator/statements/not_computed.h"

namespace welfare::indicator {

std::string CellFigure::Text() const {
  return value.has_value() ? *value : ShareWords(count, base);
}

std::optional<std::vector<CellFigure>> FindCells(const PublishedRow& row,
                                                 int year,
                                                 OpenReading& reading) {
  const FigureSource& source = row.source;
  const auto refuse = [&reading](NotComputed reason) {
    reading.Refuse(std::move(reason));
    return std::nullopt;
  };
  const auto round = row.inputs.rounds.find(year);
  if (round == row.inputs.rounds.end()) {
    return refuse(NoRound(year, row.inputs.planned.contains(year)));
  }
  const auto figures =
      round->second->Compute(source.indicator, row.inputs.history);
  if (!figures.ok()) {
    return refuse(
        IndicatorMisfits(source.indicator, base::MessageOf(figures.status())));
  }
  if (const PopulationSet* population =
          round->second->FindPopulation(figures->population)) {
    reading.shown().population = population;
  }
  if (!row.figure.populations.empty() && row.figure.denominator.has_value() &&
      row.figure.populations.front() != figures->population) {
    return refuse(
        AnotherPopulation(figures->population, row.figure.populations.front()));
  }
  std::vector<CellFigure> cells;
  for (const FigureCell& cell : figures->cells) {
    if (!source.cell.empty() && cell.key != source.cell) continue;
    cells.push_back(
        {cell.label, cell.count, cell.base, cell.value, cell.undecided});
    if (cell.value.has_value()) continue;
    if (figures->measure == Measure::kSum ||
        figures->measure == Measure::kRank) {
      return refuse(NoNumber(cell.Has(CellFlag::kUndefined)));
    }
  }
  for (const base::Absence kind : base::kAllAbsences) {
    if (source.cell == base::ToString(kind)) {
      cells.push_back({std::string(base::ToJapanese(kind)),
                       figures->Absent(kind), figures->base, std::nullopt});
    }
  }
  if (cells.empty()) return refuse(NoCell(source.cell));
  return cells;
}

}  // namespace welfare::indicator
