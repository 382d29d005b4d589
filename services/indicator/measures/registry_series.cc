// REGISTRY_SERIES: of whom the registry says a fact, year by year.
#include "services/indicator/errors.h"
#include "services/indicator/measures/measures.h"
#include "services/indicator/questionnaire/labels.h"

namespace welfare::indicator {
namespace {

using base::RegistryFact;
using base::Truth;

// Whether a series of `fact` counts `code` in `year`.
Truth IsIn(const RegistryHistory& history, SeriesFact fact,
           const std::string& code, int year) {
  switch (fact) {
    case SeriesFact::kImplementing:
      return history.Fact(code, year, RegistryFact::kImplementing);
    case SeriesFact::kPreparation:
      return history.Fact(code, year, RegistryFact::kPreparation);
    case SeriesFact::kNewcomer:
      break;
  }
  return history.IsNewcomer(code, year);
}

class RegistrySeriesMeasure final : public MeasureMethod {
 public:
  // It reads no answers.
  void Bind(const Questionnaire& /*questionnaire*/,
            BoundIndicator& /*bound*/) const override {}

  absl::Status Resolve(const BoundIndicator& bound, const RoundView& round,
                       const RegistryHistory* history,
                       FigureSets& sets) const override {
    const Definition& definition = *bound.definition;
    const Bitmap& members = bound.population->members;
    if (history == nullptr) {
      return FiguresInconsistent(definition.id,
                                 "computed without the registry");
    }
    sets.base = members;
    const int last = round.table.header().fiscal_year.value();
    for (int year = definition.from_year; year <= last; ++year) {
      const Bitmap nobody(members.size());
      FigureSets::Cell& cell = sets.Add(
          std::to_string(year), YearLabel(base::FiscalYear::FromChecked(year)),
          nobody, members);
      cell.undecided = nobody;
      for (std::size_t row = 0; row < members.size(); ++row) {
        if (!members.Test(row)) continue;
        const std::string code =
            round.table.rows()[row].respondent.municipality.ToString();
        switch (IsIn(*history, definition.fact, code, year)) {
          case Truth::kTrue:
            cell.in.Set(row);
            break;
          case Truth::kUnknown:
            cell.undecided.Set(row);
            break;
          case Truth::kFalse:
            break;
        }
      }
      // The value's own absences are those of the round's year.
      if (year == last) {
        sets.Absent(base::Absence::kUnknown) = cell.undecided;
        sets.answered = members - cell.undecided;
      }
    }
    if (sets.cells.empty()) sets.answered = members;
    return absl::OkStatus();
  }

  std::string Reason(const BoundIndicator& bound, const RoundView& /*round*/,
                     const FigureSets& sets, std::size_t row,
                     std::optional<std::size_t> cell) const override {
    if (!cell.has_value()) return "registry UNKNOWN";
    const FigureSets::Cell& one = sets.cells[*cell];
    std::string reason = "registry " + one.key + ": ";
    reason += ToString(bound.definition->fact);
    if (one.in.Test(row)) return reason + " yes";
    return reason + (one.undecided.Test(row) ? " UNKNOWN" : " no");
  }
};

}  // namespace

const MeasureMethod& RegistrySeriesMethod() {
  static const RegistrySeriesMeasure method;
  return method;
}

}  // namespace welfare::indicator
