// The rows of a round as expressions see them.
#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "services/base/expression/expression.h"
#include "services/indicator/round/round_table.h"

namespace welfare::indicator {

// One row as expressions see it. Used by one thread.
class TableRow final : public base::ExpressionRow {
 public:
  // `table` outlives this. `first_program_year`: before it nobody implements,
  // whatever is on record.
  TableRow(const RoundTable& table, std::size_t row,
           std::optional<int> first_program_year)
      : table_(table), row_(row), first_program_year_(first_program_year) {}

  const base::Value& item(std::size_t index) const override;
  base::Truth registry(base::RegistryFact fact, int offset) const override;
  int fiscal_year() const override {
    return table_.header().fiscal_year.value();
  }

 private:
  const RoundTable& table_;
  std::size_t row_;
  std::optional<int> first_program_year_;
  mutable std::map<std::size_t, base::Value> values_;
};

// A round, and the law its rows are read by. Both are of whoever made the view,
// which outlives it.
struct RoundView {
  const RoundTable& table;
  // See TableRow.
  std::optional<int> first_program_year;

  TableRow RowOf(std::size_t row) const {
    return TableRow(table, row, first_program_year);
  }
};

}  // namespace welfare::indicator
