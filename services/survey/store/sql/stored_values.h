// How values that several tables hold stand in their columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

#include "services/base/names/respondent.h"
#include "services/base/time/clock.h"
#include "services/base/time/date.h"
#include "services/platform/storage/database.h"

namespace welfare::survey {

// Returns the time that stands in `column`, in microseconds; nothing for NULL.
std::optional<base::Timestamp> FindTime(const platform::Row& row, int column);

// Returns the day that stands in `column`; nothing for NULL.
//
// Errors: INTERNAL, STORED_VALUE_INVALID.
absl::StatusOr<std::optional<base::Date>> FindDate(const platform::Row& row,
                                                   int column);

// The text of a column that FindDate reads.
std::optional<std::string> ToText(const std::optional<base::Date>& date);

// The number of a kind of respondent.
inline std::int64_t Number(base::RespondentKind kind) {
  return static_cast<std::int64_t>(kind);
}

}  // namespace welfare::survey
