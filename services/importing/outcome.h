// What became of the records of a batch.
#pragma once

#include "absl/status/status.h"
#include "services/importing/reject_list.h"

namespace welfare::importing {

// Five disjoint outcomes that add up to the records read:
// rows = created + updated + unchanged + deleted + rejected.
struct ImportCounts {
  int rows = 0;
  int created = 0;
  int updated = 0;
  int unchanged = 0;
  int deleted = 0;
  int rejected = 0;

  friend bool operator==(const ImportCounts&, const ImportCounts&) = default;
};

struct ImportOutcome {
  ImportCounts counts;
  // Records without fault among the rejected: their file is taken as a whole.
  int rejected_as_whole = 0;
  RejectList rejects = {};
};

// Refuses an outcome that would lose a record without a word. It is asked
// before anything is committed.
//
// Errors:
//   INTERNAL, reason COUNTS_DO_NOT_ADD_UP: the outcomes are not as many as the
//   rows, or the rejected not as many as the records with a fault and those
//   refused with them.
absl::Status CheckAddsUp(const ImportOutcome& outcome);

}  // namespace welfare::importing
