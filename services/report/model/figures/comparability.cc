#include "services/report/model/figures/comparability.h"

#include "services/report/model/words.h"

namespace welfare::report {
namespace {

using Break = Comparability::Break;

std::string_view BreakWords(Break broken) {
  switch (broken) {
    case Break::kNone:
      break;
    case Break::kWording:
      return "設問の文言が変わった";
    case Break::kClasses:
      return "区分が変わった";
    case Break::kPopulation:
      return "対象が変わった";
  }
  return "";
}

}  // namespace

std::string WhyNotDeclared(const Comparabilities& declared,
                           std::string_view indicator, int fiscal_year) {
  const auto found = declared.find(indicator);
  if (found == declared.end()) return "比べられると定められていない";
  if (found->second.broken != Break::kNone) {
    return std::string(BreakWords(found->second.broken));
  }
  if (fiscal_year - 1 < found->second.since) {
    return YearWords(found->second.since) + "の調査から比べられる";
  }
  return "";
}

std::string WhyNotCompared(const Comparabilities& declared,
                           const TwoYears& years) {
  std::string why =
      WhyNotDeclared(declared, years.value.id, years.value.fiscal_year);
  if (!why.empty()) return why;
  if (years.remeasured) return "集計の方法が異なる";
  if (years.previous == nullptr) return "";
  if (years.previous->population_id != years.value.population_id) {
    return "対象の定義が異なる";
  }
  if (years.previous->multiple_answer != years.value.multiple_answer) {
    return "答え方（単数・複数）が異なる";
  }
  return "";
}

std::string BrokenNote(const Comparabilities& declared,
                       std::string_view indicator, int fiscal_year) {
  const auto found = declared.find(indicator);
  if (found == declared.end() || found->second.broken == Break::kNone) {
    return "";
  }
  return YearWords(fiscal_year - 1) + "の調査とは" +
         std::string(BreakWords(found->second.broken)) +
         "ため、並べて示さない（" + found->second.note + "）。";
}

}  // namespace welfare::report
