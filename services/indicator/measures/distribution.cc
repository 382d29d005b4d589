// DISTRIBUTION: how many chose each option, filled in each row of a table, or
// wrote a text.
#include "services/indicator/measures/item_method.h"
#include "services/indicator/measures/measures.h"
#include "services/indicator/round/answer_words.h"

namespace welfare::indicator {
namespace {

OptionRole RoleOf(const Option& option) {
  if (option.takes_text || option.code == "other") return OptionRole::kOther;
  return option.exclusive ? OptionRole::kNone : OptionRole::kAnswer;
}

class DistributionMeasure final : public ItemMethod {
  bool TakesNumbers() const override { return false; }

  void AddCells(const Definition& /*definition*/, const Item& item,
                const std::vector<Column>& columns, const Bitmap& members,
                FigureSets& sets) const override {
    if (item.type == Item::Type::kText) {
      sets.Add(std::string(kAnswered), std::string(kAnsweredLabel),
               sets.answered, sets.base);
      return;
    }
    const bool table = item.type == Item::Type::kTable;
    for (std::size_t i = 0; i < item.options.size(); ++i) {
      const Bitmap& chosen =
          table ? columns[i].answered : columns.front().planes[i];
      FigureSets::Cell& cell =
          sets.Add(item.options[i].code, item.options[i].label,
                   chosen & members, sets.base);
      if (!table) cell.role = RoleOf(item.options[i]);
    }
    sets.partition = item.type == Item::Type::kSingle;
  }
};

}  // namespace

const MeasureMethod& DistributionMethod() {
  static const DistributionMeasure method;
  return method;
}

}  // namespace welfare::indicator
