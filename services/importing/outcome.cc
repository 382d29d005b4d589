#include "services/importing/outcome.h"

#include "services/importing/errors.h"

namespace welfare::importing {

absl::Status CheckAddsUp(const ImportOutcome& outcome) {
  const ImportCounts& counts = outcome.counts;
  const int taken =
      counts.created + counts.updated + counts.unchanged + counts.deleted;
  if (taken + counts.rejected != counts.rows) {
    return CountsDoNotAddUp(counts.rows, taken + counts.rejected);
  }
  const int named = outcome.rejects.records() + outcome.rejected_as_whole;
  if (counts.rejected != named) {
    return CountsDoNotAddUp(counts.rows, taken + named);
  }
  return absl::OkStatus();
}

}  // namespace welfare::importing
