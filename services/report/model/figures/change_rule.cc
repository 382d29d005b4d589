#include "services/report/model/figures/change_rule.h"

#include <algorithm>
#include <cstdint>

#include "services/report/model/words.h"

namespace welfare::report {
namespace {

// Up to this part of a base, in hundredths, the unknown are left aside. Surveys
// that are held to a response of 85 of 100 to each question look at what is
// missing below that.
constexpr std::int64_t kLeftAsideHundredths = 15;

// The cell of a text, which says whether there is one: of who left it blank,
// that is known.
constexpr std::string_view kWritten = "answered";

bool MostIsUnknown(const YearShare& share) {
  return std::int64_t{2} * share.unknown > share.base;
}

// Whether the highest share that is possible in `one` is less than the least in
// `other`.
bool IsBelow(const YearShare& one, const YearShare& other) {
  return (std::int64_t{one.count} + one.unknown) * other.base <
         std::int64_t{other.count} * one.base;
}

// Whether the year has a share of the class: what is a bound has none.
bool HasShare(const ValueCell* cell) {
  return cell != nullptr && cell->base > 0 &&
         !Has(cell->flags, CellFlag::kNoValue) &&
         !Has(cell->flags, CellFlag::kLowerBound);
}

YearShare ShareOf(const IndicatorValue& value, const ValueCell& cell) {
  return {cell.count, cell.base, UnknownIn(value, cell)};
}

// 令和6年度は37のうち36が不詳, by the kinds there are.
std::string UnknownWords(const IndicatorValue& value, const ValueCell& cell) {
  std::string kinds;
  for (const base::Absence kind : AbsencesInBase(value)) {
    kinds += (kinds.empty() ? "" : "・") + std::string(base::ToJapanese(kind));
  }
  return YearWords(value.fiscal_year) + "は" + std::to_string(cell.base) +
         "のうち" + (cell.base == value.base ? "" : "多くとも") +
         std::to_string(UnknownIn(value, cell)) + "が" + kinds;
}

}  // namespace

bool MuchIsUnknown(const YearShare& share) {
  return std::int64_t{100} * share.unknown > kLeftAsideHundredths * share.base;
}

bool ChangeCanBeSaid(const YearShare& now, const YearShare& before) {
  if (!MuchIsUnknown(now) && !MuchIsUnknown(before)) return true;
  if (MostIsUnknown(now) || MostIsUnknown(before)) return false;
  return IsBelow(now, before) || IsBelow(before, now);
}

int UnknownIn(const IndicatorValue& value, const ValueCell& cell) {
  // An option of a question may be called the same; a text has no other cell.
  if (cell.key == kWritten && value.cells.size() == 1) return 0;
  int unknown = 0;
  for (const base::Absence kind : AbsencesInBase(value)) {
    unknown += value.CountOf(kind);
  }
  // Who is counted is known.
  return std::min(unknown, cell.base - cell.count);
}

std::string WhyChangeIsUnknown(const TwoYears& years, const CellPair& pair) {
  if (!HasShare(pair.now) || !HasShare(pair.before)) return "";
  const YearShare now = ShareOf(years.value, *pair.now);
  const YearShare before = ShareOf(*years.previous, *pair.before);
  if (ChangeCanBeSaid(now, before)) return "";
  std::string why;
  if (MuchIsUnknown(now)) why = UnknownWords(years.value, *pair.now);
  if (MuchIsUnknown(before)) {
    if (!why.empty()) why += "、";
    why += UnknownWords(*years.previous, *pair.before);
  }
  return why;
}

std::string WhyChangeIsUnknown(const TwoYears& years, std::string_view key) {
  if (years.previous == nullptr || IsValueMeasure(years.value.measure)) {
    return "";
  }
  CellPair pair;
  pair.now = years.value.FindCell(key);
  pair.before = years.previous->FindCell(key);
  return WhyChangeIsUnknown(years, pair);
}

std::string WhyNoChange(const TwoYears& years, const CellPair& pair) {
  const int year = years.value.fiscal_year;
  if (pair.before == nullptr) return YearWords(year - 1) + "の調査にない区分";
  if (pair.now == nullptr) return YearWords(year) + "の調査にない区分";
  for (const ValueCell* cell : {pair.now, pair.before}) {
    if (Has(cell->flags, CellFlag::kNoValue)) return "値がない";
    if (Has(cell->flags, CellFlag::kLowerBound)) return "下限値を含む";
    if (cell->base == 0) return "母数が0";
    if (cell->base < kFewestForPercent) return "母数が10未満";
  }
  return WhyChangeIsUnknown(years, pair);
}

std::string UnknownChangeNote(const TwoYears& years) {
  if (years.previous == nullptr || IsValueMeasure(years.value.measure)) {
    return "";
  }
  std::string first;
  bool some = false;  // whether another class has a difference
  for (const CellPair& pair : years.Cells()) {
    const std::string why = WhyNoChange(years, pair);
    if (why.empty()) some = true;
    if (!first.empty() || why.empty()) continue;
    if (why == WhyChangeIsUnknown(years, pair)) first = why;
  }
  if (first.empty()) return "";
  return YearWords(years.value.fiscal_year - 1) + "の調査からの増減" +
         (some ? "を示さない区分がある（" : "は示さない（") + first + "）。";
}

}  // namespace welfare::report
