// Whether the answers of a round are ready for an edition of its report.
#pragma once

#include "absl/status/status.h"
#include "services/report/snapshot/snapshot.h"

namespace welfare::report {

// A final report and a correction need an answer, answers of `percent` of those
// who were asked, and all of them accepted; a provisional one needs nothing.
//
// Errors: FAILED_PRECONDITION: RESPONSE_RATE_LOW, SUBMISSIONS_NOT_ACCEPTED.
absl::Status CheckEditionGates(const Snapshot& snapshot, int percent);

}  // namespace welfare::report
