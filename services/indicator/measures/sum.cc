// SUM: total, mean, median and maximum of the numbers that were given.
#include <string_view>

#include "services/base/numbers/rational.h"
#include "services/indicator/measures/item_method.h"
#include "services/indicator/measures/measures.h"

namespace welfare::indicator {
namespace {

using base::Rational;

// Nothing beyond 64 bits.
std::optional<Rational> TotalOf(const RowNumbers& numbers) {
  std::optional<Rational> total = Rational(0);
  for (const auto& [number, row] : numbers) {
    if (total.has_value()) total = Rational::Add(*total, Rational(number));
  }
  return total;
}

// REQUIRES: there are numbers.
std::optional<Rational> MedianOf(const RowNumbers& numbers) {
  const std::size_t half = numbers.size() / 2;
  const Rational upper(numbers[half].first);
  if (numbers.size() % 2 == 1) return upper;
  const auto both = Rational::Add(Rational(numbers[half - 1].first), upper);
  if (!both.has_value()) return std::nullopt;
  return Rational::Divide(*both, Rational(2));
}

class SumMeasure final : public ItemMethod {
  bool TakesNumbers() const override { return true; }

  void AddCells(const Definition& /*definition*/, const Item& /*item*/,
                const std::vector<Column>& columns, const Bitmap& members,
                FigureSets& sets) const override {
    const RowNumbers numbers = NumbersOf(columns.front(), members);
    const auto put = [&sets](std::string_view key, std::string_view label,
                             std::optional<Rational> value,
                             bool quotient) -> FigureSets::Cell& {
      // Numbers are over those who gave one.
      FigureSets::Cell& cell = sets.Add(std::string(key), std::string(label),
                                        sets.answered, sets.answered);
      cell.number = true;
      cell.value = value;
      cell.quotient = quotient;
      return cell;
    };
    std::optional<Rational> total;
    std::optional<Rational> mean;
    std::optional<Rational> median;
    std::optional<Rational> largest;
    if (!numbers.empty()) {
      total = TotalOf(numbers);
      const auto size = static_cast<std::int64_t>(numbers.size());
      if (total.has_value()) mean = Rational::Divide(*total, Rational(size));
      median = MedianOf(numbers);
      largest = Rational(numbers.back().first);
    }
    put("total", "合計", total, false);
    put("mean", "平均", mean, true);
    put("median", "中央値", median, true);
    FigureSets::Cell& max = put("max", "最大", largest, false);
    max.in = Bitmap(members.size());
    for (const auto& [number, row] : numbers) {
      if (number == numbers.back().first) max.in.Set(row);
    }
  }
};

}  // namespace

const MeasureMethod& SumMethod() {
  static const SumMeasure method;
  return method;
}

}  // namespace welfare::indicator
