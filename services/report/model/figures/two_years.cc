#include "services/report/model/figures/two_years.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "services/report/model/words.h"

namespace welfare::report {
namespace {

// The number a class begins with: 6 of `6_or_more`, 2027 of `2027`.
std::int64_t FirstNumber(std::string_view key) {
  std::int64_t number = 0;
  std::from_chars(key.data(), key.data() + key.size(), number);
  return number;
}

bool CellsHaveOwnBases(const IndicatorValue& value) {
  return std::any_of(
      value.cells.begin(), value.cells.end(),
      [&](const ValueCell& cell) { return cell.base != value.base; });
}

}  // namespace

std::vector<CellPair> TwoYears::Cells() const {
  std::vector<CellPair> pairs;
  for (const ValueCell& cell : value.cells) {
    pairs.push_back(
        {cell.key, cell.label, &cell,
         previous == nullptr ? nullptr : previous->FindCell(cell.key)});
  }
  if (previous == nullptr) return pairs;
  // Where the next cell that only last year has is to stand.
  auto at = pairs.begin();
  for (const ValueCell& cell : previous->cells) {
    const auto found = std::find_if(
        pairs.begin(), pairs.end(),
        [&](const CellPair& pair) { return pair.key == cell.key; });
    if (found != pairs.end()) {
      at = found + 1;
    } else {
      at = pairs.insert(at, {cell.key, cell.label, nullptr, &cell}) + 1;
    }
  }
  if (value.measure == Measure::kHistogram) {
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const CellPair& a, const CellPair& b) {
                       return FirstNumber(a.key) < FirstNumber(b.key);
                     });
  }
  return pairs;
}

std::vector<base::Absence> TwoYears::AbsencesInBase() const {
  std::vector<base::Absence> kinds;
  for (const base::Absence kind : base::kAllAbsences) {
    if (!base::StaysInBase(kind)) continue;
    if (value.CountOf(kind) > 0 ||
        (previous != nullptr && previous->CountOf(kind) > 0)) {
      kinds.push_back(kind);
    }
  }
  return kinds;
}

bool TwoYears::HasOwnBases() const {
  return CellsHaveOwnBases(value) ||
         (previous != nullptr && CellsHaveOwnBases(*previous));
}

std::string TwoYears::YearHeading(const IndicatorValue& of) const {
  const bool only_one = synthetic != previous_synthetic && previous != nullptr;
  const bool marked = &of == previous ? previous_synthetic : synthetic;
  return YearWords(of.reference_year) + (only_one && marked ? "（架空）" : "");
}

TwoYears BothYears(const Snapshot& snapshot, const IndicatorValue& value) {
  TwoYears years{value};
  years.synthetic = snapshot.round.synthetic;
  const auto found = snapshot.previous_values.find(value.id);
  if (found == snapshot.previous_values.end()) return years;
  if (found->second.measure != value.measure) {
    years.remeasured = true;
    return years;
  }
  years.previous = &found->second;
  years.previous_synthetic =
      snapshot.previous_round.has_value() && snapshot.previous_round->synthetic;
  return years;
}

std::vector<base::Absence> AbsencesInBase(const IndicatorValue& value) {
  return TwoYears{value}.AbsencesInBase();
}

bool Has(const std::vector<CellFlag>& flags, CellFlag flag) {
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

bool HasInCells(const IndicatorValue& value, CellFlag flag) {
  return Has(value.flags, flag) ||
         std::any_of(
             value.cells.begin(), value.cells.end(),
             [flag](const ValueCell& cell) { return Has(cell.flags, flag); });
}

}  // namespace welfare::report
