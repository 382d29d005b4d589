// One fiscal year's survey, and how far it has come.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/base/time/clock.h"
#include "services/base/time/date.h"

namespace welfare::survey {

// Where a round stands. Stored in the database; do not renumber.
enum class RoundState {
  kPlanned = 1,  // being prepared
  kOpen = 2,     // takes submissions
  kClosed = 3,   // takes no more, except returned ones
  kFinal = 4,    // nothing changes any more
  // There is no such round any more. Stands in the store alone: who asks it for
  // the round finds none.
  kDeleted = 5,
};

// Returns `PLANNED`, `OPEN`, `CLOSED`, `FINAL` or `DELETED`.
std::string_view ToString(RoundState state);

// One round as it was at one of its revisions.
struct Round {
  base::RoundName name;
  std::string display_name = {};
  std::string purpose = {};
  std::string method = {};
  std::string publisher = {};
  // On time is a submission received on these days, both inclusive,
  // Asia/Tokyo.
  std::optional<base::Date> window_start = {};
  std::optional<base::Date> window_end = {};
  base::CodebookName codebook = {};
  base::ProgramName program = {};
  bool synthetic = false;
  RoundState state = RoundState::kPlanned;
  std::int64_t registry_version = 0;  // 0 before opening
  // The registry that the version counts in; empty where nobody wrote it down.
  std::string registry_incarnation = {};
  std::int64_t pin_revision = 0;  // revision that froze the population
  std::int64_t revision = 0;      // names the exact state of the round
  std::string incarnation = {};   // the store that the revision counts in
  std::string reason = {};        // of its last change; may be empty
  base::Timestamp create_time = {};
  base::Timestamp update_time = {};
};

// Returns everything that is wrong with a round to be created, as paths of the
// field `round`.
std::vector<base::Violation> CheckRound(const Round& round);

// Returns whether a submission received on `day` came inside the window, first
// and last day included.
bool IsOnTime(const Round& round, const base::Date& day);

// Returns whether a submission received on `day` came after the window. One
// that came before its first day is neither late nor on time.
bool IsLate(const Round& round, const base::Date& day);

}  // namespace welfare::survey
