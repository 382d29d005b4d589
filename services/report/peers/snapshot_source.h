// Where snapshots come from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/platform/rpc/call_context.h"
#include "services/report/snapshot/snapshot.h"

namespace welfare::report {

// What a snapshot is asked of.
struct SnapshotSpec {
  base::RoundName round;
  Basis basis = Basis::kProvisional;
  std::int64_t data_version = 0;      // 0: the round's current revision
  // The same of last year's round; 0: without one. Nothing: the current one,
  // if there is one.
  std::optional<std::int64_t> previous_data_version = std::nullopt;
  std::string data_incarnation = {};  // whose revisions; empty: whoever answers
  int first_roster_year = 0;
};

// Freezes what the peers hold. Any thread may call it.
class SnapshotSource {
 public:
  SnapshotSource() = default;
  SnapshotSource(const SnapshotSource&) = delete;
  SnapshotSource& operator=(const SnapshotSource&) = delete;
  virtual ~SnapshotSource() = default;

  // Returns the snapshot at one revision of the round, sorted. The template's
  // digest is left for the caller to fill in.
  //
  // Errors:
  //   NOT_FOUND, reason ROUND_NOT_FOUND.
  //   FAILED_PRECONDITION, reason ROUND_STATE: the round was never opened. A
  //   round of the year before that is planned is as none.
  //   FAILED_PRECONDITION, reason STORE_RESTORED: data_incarnation is another
  //     store's, the registry is not the one the round is pinned to, or a peer
  //     became another store again and again meanwhile.
  //   OUT_OF_RANGE, reason VERSION_NOT_REACHED: a revision lies ahead.
  //   ABORTED, reason ROUND_MOVED: a survey or an indicator service of an
  //   earlier build told of another revision than was asked for.
  //   UNAVAILABLE, reason INDICATOR_UNAVAILABLE, SURVEY_UNAVAILABLE or
  //     REGISTRY_UNAVAILABLE: a peer did not answer.
  //   INTERNAL, reason PEER_ANSWER_INVALID.
  //   CANCELLED, DEADLINE_EXCEEDED: the call ended.
  virtual absl::StatusOr<Snapshot> Take(const platform::CallContext& call,
                                        const SnapshotSpec& spec) = 0;
};

}  // namespace welfare::report
