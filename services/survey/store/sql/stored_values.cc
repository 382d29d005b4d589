#include "services/survey/store/sql/stored_values.h"

#include "services/survey/errors.h"

namespace welfare::survey {

std::optional<base::Timestamp> FindTime(const platform::Row& row, int column) {
  const auto micros = row.FindInt64(column);
  if (!micros) return std::nullopt;
  return base::Timestamp::FromMicros(*micros);
}

absl::StatusOr<std::optional<base::Date>> FindDate(const platform::Row& row,
                                                   int column) {
  if (row.IsNull(column)) return std::nullopt;
  const auto date = base::Date::Parse(row.TextView(column));
  if (!date.ok()) return StoredValueInvalid("date");
  return *date;
}

std::optional<std::string> ToText(const std::optional<base::Date>& date) {
  if (!date) return std::nullopt;
  return date->ToString();
}

}  // namespace welfare::survey
