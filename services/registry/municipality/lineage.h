// Mergers, splits and renames of municipalities. Pure; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/municipality_code.h"
#include "services/base/time/date.h"
#include "services/base/time/fiscal_year.h"

namespace welfare::registry {

// Stored in the database; do not renumber.
enum class LineageKind {
  kMerger = 1,  // 合併: two or more became one, which may be one of them
  kSplit = 2,   // 分割: one became two or more, of which it may be one
  kRename = 3,  // 改称, 市制施行: one changed its name, kind or code
};

// Returns `merger`, `split` or `rename`.
std::string_view ToString(LineageKind kind);

// Returns the first fiscal year that begins on or after `date`: from it on the
// registry lists the successors. A municipality belongs to the fiscal years on
// whose 1 April it exists, so every place is counted exactly once a year.
// 2025-04-01 is 2025, 2025-11-01 is 2026.
//
// Errors:
//   INVALID_ARGUMENT, reason FISCAL_YEAR_RANGE: outside the years there are.
absl::StatusOr<base::FiscalYear> FirstYearAfter(const base::Date& date);

// One record of an event. Immutable: a second record of the same number takes
// the event back.
struct LineageEvent {
  std::int64_t number = 0;  // 1, 2, 3, ...: its resource id
  LineageKind kind = LineageKind::kMerger;
  base::Date effective_date;
  base::FiscalYear fiscal_year = base::FiscalYear::FromChecked(2000);
  // Resource ids, in code order.
  std::vector<base::MunicipalityCode> predecessors;
  std::vector<base::MunicipalityCode> successors;
  std::string note;
  std::string reason;
  // True where the record takes the event back, which was recorded by mistake.
  // The facts are those taken back, the reason is why.
  bool retracted = false;
  // Registry version that made the record; 0 while only proposed.
  std::int64_t version = 0;

  bool Involves(const base::MunicipalityCode& municipality) const;

  friend bool operator==(const LineageEvent&, const LineageEvent&) = default;
};

using LineageEventPtr = std::shared_ptr<const LineageEvent>;

// Returns OK when the event has as many predecessors and successors as its
// kind demands, none twice.
//
// Errors:
//   INVALID_ARGUMENT, reason LINEAGE_SHAPE.
absl::Status CheckShape(const LineageEvent& event);

}  // namespace welfare::registry
