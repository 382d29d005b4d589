// RANK: the highest distinct numbers, and who gave them.
#include "services/base/numbers/rational.h"
#include "services/indicator/measures/item_method.h"
#include "services/indicator/measures/measures.h"

namespace welfare::indicator {
namespace {

class RankMeasure final : public ItemMethod {
  bool TakesNumbers() const override { return true; }

  void AddCells(const Definition& definition, const Item& /*item*/,
                const std::vector<Column>& columns, const Bitmap& members,
                FigureSets& sets) const override {
    RowNumbers numbers = NumbersOf(columns.front(), members);
    for (int rank = 1; rank <= definition.ranks; ++rank) {
      Bitmap holders(members.size());
      std::optional<base::Rational> value;
      if (!numbers.empty()) {
        const std::int64_t highest = numbers.back().first;
        value = base::Rational(highest);
        while (!numbers.empty() && numbers.back().first == highest) {
          holders.Set(numbers.back().second);
          numbers.pop_back();
        }
      }
      FigureSets::Cell& cell =
          sets.Add("rank_" + std::to_string(rank),
                   std::to_string(rank) + "番目", holders, sets.answered);
      cell.number = true;
      cell.value = value;
    }
  }
};

}  // namespace

const MeasureMethod& RankMethod() {
  static const RankMeasure method;
  return method;
}

}  // namespace welfare::indicator
