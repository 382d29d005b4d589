// What the measures over one item share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/indicator/measures/measure_method.h"

namespace welfare::indicator {

// The numbers that members answered, ascending, each with its row.
using RowNumbers = std::vector<std::pair<std::int64_t, std::size_t>>;

// Returns them. REQUIRES: the column is one of numbers.
RowNumbers NumbersOf(const Column& column, const Bitmap& members);

// A measure over the answers to one item: who answered, who is absent and why
// follow from the item; a measure adds its cells.
class ItemMethod : public MeasureMethod {
 public:
  void Bind(const Questionnaire& questionnaire,
            BoundIndicator& bound) const final;
  absl::Status Resolve(const BoundIndicator& bound, const RoundView& round,
                       const RegistryHistory* history,
                       FigureSets& sets) const final;
  // The answer in words.
  std::string Reason(const BoundIndicator& bound, const RoundView& round,
                     const FigureSets& sets, std::size_t row,
                     std::optional<std::size_t> cell) const final;

 private:
  // Whether it is over numbers; else over options, rows and texts.
  virtual bool TakesNumbers() const = 0;
  // Adds the cells; `columns` are those of `item`, a table's one for each row.
  virtual void AddCells(const Definition& definition, const Item& item,
                        const std::vector<Column>& columns,
                        const Bitmap& members, FigureSets& sets) const = 0;
};

}  // namespace welfare::indicator
