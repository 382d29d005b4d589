// Years in labels.
#pragma once

#include <string>
#include <string_view>

#include "services/base/time/fiscal_year.h"

namespace welfare::indicator {

// Returns `text` with its years filled in, in the era form without 年度:
//   {fy_ja}           the round's fiscal year, 令和7
//   {previous_fy_ja}  the year before, 令和6
//   {ref_fy_ja}       the year the answers speak of: the round's plus `offset`
// Other braces stay as they are.
std::string FillYears(std::string_view text, base::FiscalYear fiscal_year,
                      int offset);

// Returns `令和7年度`.
std::string YearLabel(base::FiscalYear year);

}  // namespace welfare::indicator
