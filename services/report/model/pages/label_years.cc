#include "services/report/model/pages/label_years.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "services/report/model/words.h"

namespace welfare::report {
namespace {

// `令和7`, as labels of a questionnaire want it.
std::string EraYear(int year) {
  std::string words = YearWords(year);
  constexpr std::string_view kSuffix = "年度";
  if (words.ends_with(kSuffix)) words.resize(words.size() - kSuffix.size());
  return words;
}

// Fills the years a label may name; see FindRawPlaceholder for the rest.
void FillYears(std::string& label, const IndicatorValue& value) {
  const std::array<std::pair<std::string_view, int>, 3> years = {
      {{"{ref_fy_ja}", value.reference_year},
       {"{fy_ja}", value.fiscal_year},
       {"{previous_fy_ja}", value.fiscal_year - 1}}};
  for (const auto& [name, year] : years) {
    for (std::size_t at = label.find(name); at != std::string::npos;
         at = label.find(name, at)) {
      label.replace(at, name.size(), EraYear(year));
    }
  }
}

}  // namespace

void FillYears(IndicatorValues& values) {
  for (auto& [id, value] : values) {
    FillYears(value.label, value);
    FillYears(value.population_label, value);
    for (ValueCell& cell : value.cells) FillYears(cell.label, value);
  }
}

}  // namespace welfare::report
