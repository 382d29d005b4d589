// Whether a template fits what a questionnaire gives: the figures and cells it
// names. Asked of a codebook before it is published, and of a round when its
// report is made.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/report/snapshot/snapshot.h"
#include "services/report/template/placeholder.h"
#include "services/report/template/template.h"

namespace welfare::report {

// What of an indicator a template can name.
struct IndicatorShape {
  std::optional<Measure> measure;
  // Cells that only answers make (ranks, classes of a number): any may be
  // named.
  bool any_cell = false;
  std::vector<std::string> cells;
  bool multiple_answer = false;  // one respondent may stand in several cells
};
using IndicatorShapes = std::map<std::string, IndicatorShape, std::less<>>;

// Returns the shapes of computed values.
IndicatorShapes ShapesOf(const IndicatorValues& values);

// One place of a template that does not fit.
struct Misfit {
  enum class Reason {
    kIndicatorMissing,  // INDICATOR_NOT_IN_CODEBOOK
    kCellMissing,       // CELL_NOT_IN_CODEBOOK
    kFormOfMeasure,     // FORM_NOT_OF_MEASURE: a percent of a total
    kDonutOfMultiple,   // DONUT_OF_MULTIPLE_ANSWERS: they have no whole
  };
  Reason reason = Reason::kIndicatorMissing;
  std::string place;    // `pages[4].headline`
  std::string subject;  // `plan_formulated`, `plan_formulated.formulated`
};

std::string_view ReasonName(Misfit::Reason reason);
// Why it does not fit, one sentence; without the place.
std::string DescribeMisfit(const Misfit& misfit);
// The same in Japanese, as the beginning of a sentence: 〜がないため、
std::string CauseInJapanese(const Misfit& misfit);

// Returns why a placeholder cannot be filled from `shapes`, without a place;
// nothing where it can.
std::optional<Misfit> FindMisfit(const Placeholder& placeholder,
                                 const IndicatorShapes& shapes);
// The same of an indicator that a block shows.
std::optional<Misfit> FindMisfit(std::string_view indicator,
                                 const IndicatorShapes& shapes);

// Returns every place of `report_template` that does not fit. Placeholders of
// the year before are none: a line about a year that did not ask is left out.
std::vector<Misfit> FindMisfits(const ReportTemplate& report_template,
                                const IndicatorShapes& shapes);

}  // namespace welfare::report
