#include "services/report/model/pages/key_figure.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/base/numbers/percent.h"
#include "services/report/model/figures/change_rule.h"
#include "services/report/model/figures/two_years.h"
#include "services/report/model/words.h"

namespace welfare::report {
namespace {

// 30自治体のうち23
std::string OutOf(int count, int base, std::string_view noun) {
  return std::to_string(base) + std::string(noun) + "のうち" +
         std::to_string(count);
}

// A cell of the value; who answered at all has none of its own.
std::optional<ValueCell> CellOf(const IndicatorValue& value,
                                std::string_view key) {
  if (const ValueCell* const cell = value.FindCell(key); cell != nullptr) {
    return *cell;
  }
  if (key != "answered" || IsValueMeasure(value.measure)) return std::nullopt;
  ValueCell answered;
  answered.key = key;
  answered.count = value.answered;
  answered.base = value.base;
  return answered;
}

// The share of a cell of last year, in words; nothing where it bears none.
std::string LastYear(const IndicatorValue& value, std::string_view cell,
                     std::string_view noun) {
  const std::optional<ValueCell> before = CellOf(value, cell);
  if (!before.has_value() || before->base < kFewestForPercent) return "";
  return YearWords(value.reference_year) + "　" +
         *base::FormatPercent(before->count, before->base) + "%（" +
         OutOf(before->count, before->base, noun) + "）";
}

}  // namespace

std::optional<KeyFigure> MakeKeyFigure(const Snapshot& snapshot,
                                       const TemplateKey& key) {
  KeyFigure result;
  result.label = key.label;
  if (key.figure == "returns.all") {
    int expected = 0;
    int received = 0;
    for (const ProgressGroup& group : snapshot.progress) {
      expected += group.expected;
      received += group.received;
    }
    if (expected < kFewestForPercent) return std::nullopt;
    result.number = *base::FormatPercent(received, expected);
    result.unit = "%";
    result.detail = OutOf(received, expected, "");
    return result;
  }
  const std::size_t dot = key.figure.find('.');
  const auto found = snapshot.values.find(key.figure.substr(0, dot));
  if (found == snapshot.values.end()) return std::nullopt;
  const IndicatorValue& value = found->second;
  const std::string cell_key =
      dot == std::string::npos ? "" : key.figure.substr(dot + 1);
  const std::optional<ValueCell> cell = CellOf(value, cell_key);
  if (!cell.has_value() || Has(cell->flags, CellFlag::kNoValue)) {
    return std::nullopt;
  }
  if (Has(cell->flags, CellFlag::kLowerBound)) result.before = "少なくとも";
  if (IsValueMeasure(value.measure)) {
    if (!cell->value.has_value() || cell->base == 0) return std::nullopt;
    result.number = PrintedNumber(*cell->value);
    result.unit = value.unit;
    result.detail = "数値を答えた" + std::to_string(cell->count) + key.noun;
    return result;
  }
  if (cell->base < kFewestForPercent) return std::nullopt;
  result.number = *base::FormatPercent(cell->count, cell->base);
  result.unit = "%";
  result.detail = OutOf(cell->count, cell->base, key.noun);
  const TwoYears years = BothYears(snapshot, value);
  if (years.previous != nullptr) {
    result.last_year = LastYear(*years.previous, cell_key, key.noun);
  }
  if (!result.last_year.empty() &&
      !WhyChangeIsUnknown(years, cell_key).empty()) {
    // The note below the figure says why; here is room for a line.
    result.last_year =
        YearWords(years.previous->reference_year) + "　比べられない";
  }
  return result;
}

}  // namespace welfare::report
