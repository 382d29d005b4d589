// Whether last year may stand beside this year, by what the template of a round
// declares: one reading for reports and for feedback sheets.
#pragma once

#include <string>
#include <string_view>

#include "services/report/model/figures/two_years.h"
#include "services/report/template/template.h"

namespace welfare::report {

// Returns why the rounds of `fiscal_year` and of the year before cannot be
// compared in `indicator`, as far as it is declared:
// `比べられると定められていない`; empty where they can.
std::string WhyNotDeclared(const Comparabilities& declared,
                           std::string_view indicator, int fiscal_year);

// Returns the same of figures, which may also have been computed otherwise.
std::string WhyNotCompared(const Comparabilities& declared,
                           const TwoYears& years);

// Returns the note in the place of last year's values:
// `令和6年度の調査とは設問の文言が変わったため、並べて示さない（策定中を分けた）。`
// Empty where nothing broke.
std::string BrokenNote(const Comparabilities& declared,
                       std::string_view indicator, int fiscal_year);

}  // namespace welfare::report
