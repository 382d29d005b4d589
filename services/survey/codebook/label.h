// Placeholders in the texts of a questionnaire.
//
// `{ref_fy_ja}` stands for the year the answers speak of, 令和7: the round's
// fiscal year plus the item's `reference_year_offset`. It may stand in the
// label of a question, of a section and of a choice. A section's title and a
// choice's label are shown with an item, so each has a year to speak of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/base/time/fiscal_year.h"

namespace welfare::survey {

inline constexpr std::string_view kReferenceYear = "{ref_fy_ja}";

// Returns the placeholders of `text` that nothing fills, as they are written:
// `{x}`, `${x}`, and a brace that is never closed. None of these may stand in a
// label; an empty list means that all of the text can be shown.
std::vector<std::string> UnknownPlaceholders(std::string_view text);

// Returns `text` with the reference year filled in, in the era form without
// 年度: `{ref_fy_ja}年度` of 2025 is 令和7年度.
std::string FillReferenceYear(std::string_view text, base::FiscalYear year);

// Returns whether `text` names the reference year.
inline bool NamesReferenceYear(std::string_view text) {
  return text.find(kReferenceYear) != std::string_view::npos;
}

}  // namespace welfare::survey
