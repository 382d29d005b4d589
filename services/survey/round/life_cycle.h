// What a call makes of a round, or why it may not: planned, open, closed, open
// again; at last final, or deleted while nobody has answered. Pure.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/error.h"
#include "services/base/names/municipality_code.h"
#include "services/base/names/resource_name.h"
#include "services/base/time/date.h"
#include "services/base/time/fiscal_year.h"
#include "services/survey/round/frame.h"
#include "services/survey/round/round.h"

namespace welfare::survey {

// A decision: the round as it will be, and whether that is news.
struct PlannedRound {
  Round round;
  bool changed = false;  // a new revision is due
  // The population that this revision freezes.
  std::optional<Frame> population = {};
};

// Returns the fiscal years whose statuses a round of `fiscal_year` freezes: all
// since the programme began, and those that conditions with these offsets read.
std::set<int> YearsToFreeze(base::FiscalYear fiscal_year,
                            std::span<const int> registry_offsets);

// OK when `named` are, by any of their codes, exactly the municipalities of the
// population of which nobody knows whether they implement in `year`: who opens
// a round knows what its routing will not ask.
//
// Errors:
//   INVALID_ARGUMENT, ROUND_INVALID: STATUS_KNOWN, one that is named has one.
//   FAILED_PRECONDITION, STATUS_UNKNOWN: one that has none is not named.
absl::Status CheckStatuses(std::span<const FrameRow> rows,
                           const std::set<base::MunicipalityCode>& named,
                           const base::ProgramName& program, int year);

// Opens a planned round on what the registry knows; one that is open already is
// no news. `pin` is absent where nobody asked the registry, because the round
// was not planned when it was looked at.
//
// Errors: FAILED_PRECONDITION, ROUND_STATE: it is neither planned nor open.
absl::StatusOr<PlannedRound> PlanOpening(const Round& round,
                                         const std::optional<RegistryPin>& pin);

// Closes an open round; one that is closed or final is no news.
//
// Errors: FAILED_PRECONDITION, ROUND_STATE: it was never opened.
absl::StatusOr<PlannedRound> PlanClosing(const Round& round);

// Opens a closed round again; one that is open is no news.
//
// Errors:
//   ABORTED, ETAG_MISMATCH: `etag` is not empty and not the current one.
//   FAILED_PRECONDITION, ROUND_STATE: it is neither closed nor open.
absl::StatusOr<PlannedRound> PlanReopening(const Round& round,
                                           std::string_view etag,
                                           std::string_view reason);

// What somebody changes of a round's outline; what is absent stays as it is.
struct OutlineEdit {
  std::optional<std::string> display_name = {};
  std::optional<std::string> purpose = {};
  std::optional<std::string> method = {};
  std::optional<std::string> publisher = {};
  // Nothing inside: the day is taken back.
  std::optional<std::optional<base::Date>> window_start = {};
  std::optional<std::optional<base::Date>> window_end = {};
  // What is wrong with the edit as it was sent.
  std::vector<base::Violation> violations = {};
};

// Changes texts and window of a round; an equal outline is no news.
//
// Errors:
//   ABORTED, ETAG_MISMATCH.
//   FAILED_PRECONDITION, ROUND_STATE: it is final.
//   INVALID_ARGUMENT, ROUND_INVALID, with every violation: those of the edit,
//     of the reason's length, and of the round as it would be.
absl::StatusOr<PlannedRound> PlanOutline(const Round& round,
                                         std::string_view etag,
                                         const OutlineEdit& edit,
                                         std::string_view reason);

// Deletes a round that nobody has begun to answer. `submissions`: how many
// there are.
//
// Errors:
//   ABORTED, ETAG_MISMATCH.
//   FAILED_PRECONDITION, ROUND_STATE: it is final.
//   FAILED_PRECONDITION, ROUND_HAS_SUBMISSIONS.
absl::StatusOr<PlannedRound> PlanDeletion(const Round& round,
                                          std::string_view etag,
                                          int submissions,
                                          std::string_view reason);

}  // namespace welfare::survey
