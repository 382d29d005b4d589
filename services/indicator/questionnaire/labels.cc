#include "services/indicator/questionnaire/labels.h"

#include <array>
#include <utility>

#include "services/base/time/era.h"

namespace welfare::indicator {
namespace {

std::string EraYear(base::FiscalYear year) {
  std::string text = YearLabel(year);
  constexpr std::string_view kSuffix = "年度";
  if (text.ends_with(kSuffix)) text.resize(text.size() - kSuffix.size());
  return text;
}

}  // namespace

std::string YearLabel(base::FiscalYear year) {
  return base::FormatFiscalYear(year, base::EraStyle::kLong);
}

std::string FillYears(std::string_view text, base::FiscalYear fiscal_year,
                      int offset) {
  const std::array<std::pair<std::string_view, int>, 3> placeholders = {
      {{"{ref_fy_ja}", offset}, {"{fy_ja}", 0}, {"{previous_fy_ja}", -1}}};
  std::string filled(text);
  for (const auto& [placeholder, years] : placeholders) {
    std::size_t at = filled.find(placeholder);
    if (at == std::string::npos) continue;
    const std::string year = EraYear(fiscal_year + years);
    for (; at != std::string::npos; at = filled.find(placeholder, at)) {
      filled.replace(at, placeholder.size(), year);
      at += year.size();
    }
  }
  return filled;
}

}  // namespace welfare::indicator
