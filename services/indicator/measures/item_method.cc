#include "services/indicator/measures/item_method.h"

#include <algorithm>

#include "services/indicator/errors.h"
#include "services/indicator/round/answer_words.h"

namespace welfare::indicator {

using base::Absence;

RowNumbers NumbersOf(const Column& column, const Bitmap& members) {
  RowNumbers numbers;
  for (std::size_t row = 0; row < members.size(); ++row) {
    if (members.Test(row) && column.answered.Test(row)) {
      numbers.emplace_back(column.integers[row], row);
    }
  }
  std::ranges::sort(numbers);
  return numbers;
}

void ItemMethod::Bind(const Questionnaire& questionnaire,
                      BoundIndicator& bound) const {
  const Definition& definition = *bound.definition;
  bound.item = questionnaire.FindItem(definition.item);
  if (!bound.item.has_value()) {
    bound.violations.push_back(ItemUnknown(bound.Where(), definition.item));
    return;
  }
  const Item& item = questionnaire.items()[*bound.item];
  if (TakesNumbers() != (item.type == Item::Type::kInteger)) {
    bound.violations.push_back(ItemTypeMisfit(bound.Where(), definition.item,
                                              ToString(definition.measure)));
  }
  if (bound.population != nullptr &&
      !item.Asks(bound.population->definition.respondent)) {
    bound.violations.push_back(ItemNotAsked(bound.Where(), definition.item));
  }
}

absl::Status ItemMethod::Resolve(const BoundIndicator& bound,
                                 const RoundView& round,
                                 const RegistryHistory* /*history*/,
                                 FigureSets& sets) const {
  const std::vector<Column>& columns = round.table.columns(*bound.item);
  const Bitmap& members = bound.population->members;
  // A table is answered when any of its rows is; otherwise the absence of its
  // first row speaks for it (routing is the same for all rows).
  for (const Column& column : columns) sets.answered |= column.answered;
  sets.answered &= members;
  for (const Absence kind : base::kAllAbsences) {
    sets.Absent(kind) =
        (columns.front().Absent(kind) & members) - sets.answered;
  }
  sets.base = sets.answered;
  for (const Absence kind : base::kAllAbsences) {
    if (base::StaysInBase(kind)) sets.base |= sets.Absent(kind);
  }
  AddCells(*bound.definition, round.table.questionnaire().items()[*bound.item],
           columns, members, sets);
  return absl::OkStatus();
}

std::string ItemMethod::Reason(const BoundIndicator& bound,
                               const RoundView& round,
                               const FigureSets& /*sets*/, std::size_t row,
                               std::optional<std::size_t> /*cell*/) const {
  return AnswerInWords(round.table, *bound.item, row);
}

}  // namespace welfare::indicator
