#include "services/report/snapshot/edition_gates.h"

#include "services/report/errors.h"

namespace welfare::report {

absl::Status CheckEditionGates(const Snapshot& snapshot, int percent) {
  if (snapshot.edition == Edition::kProvisional) return absl::OkStatus();
  const ProgressGroup all = TotalOf(snapshot.progress);
  // Nobody of nobody is no rate.
  if (all.received == 0 ||
      100LL * all.received < static_cast<long long>(percent) * all.expected) {
    return ResponseRateLow(all.received, all.expected, percent);
  }
  if (all.accepted < all.received) {
    return SubmissionsNotAccepted(all.received - all.accepted, all.received);
  }
  return absl::OkStatus();
}

}  // namespace welfare::report
