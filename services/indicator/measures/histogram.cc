// HISTOGRAM: how many numbers fall into each class, or are each value.
#include "services/indicator/measures/item_method.h"
#include "services/indicator/measures/measures.h"

namespace welfare::indicator {
namespace {

// A class for every value that was given.
std::vector<HistogramClass> EveryValue(const RowNumbers& numbers) {
  std::vector<HistogramClass> classes;
  for (const auto& [number, row] : numbers) {
    if (classes.empty() || classes.back().from != number) {
      classes.push_back({number, number});
    }
  }
  return classes;
}

class HistogramMeasure final : public ItemMethod {
  bool TakesNumbers() const override { return true; }

  void AddCells(const Definition& definition, const Item& /*item*/,
                const std::vector<Column>& columns, const Bitmap& members,
                FigureSets& sets) const override {
    const RowNumbers numbers = NumbersOf(columns.front(), members);
    for (const HistogramClass& one : definition.classes.empty()
                                         ? EveryValue(numbers)
                                         : definition.classes) {
      Bitmap in(members.size());
      for (const auto& [number, row] : numbers) {
        if (number >= one.from && (!one.to.has_value() || number <= *one.to)) {
          in.Set(row);
        }
      }
      sets.Add(one.Key(), one.Label(), std::move(in), sets.base);
    }
    sets.partition = true;
  }
};

}  // namespace

const MeasureMethod& HistogramMethod() {
  static const HistogramMeasure method;
  return method;
}

}  // namespace welfare::indicator
