// Where the registry is kept.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/time/call_limits.h"
#include "services/base/time/clock.h"
#include "services/registry/history/history.h"

namespace welfare::registry {

// One write, as its caller identified it.
struct WriteRequest {
  // UUID; a repeat with the same method and body returns the first reply.
  // Empty: every call is a new request.
  std::string request_id;
  std::string method;    // `RecordStatus`
  std::string body;      // the request, serialised deterministically
  std::string actor;     // who is written down as having done it
  std::string resource;  // the resource name it speaks of
  base::CallLimits limits;
};

// The state a write is planned on, inside its transaction.
struct WriteContext {
  const History& current;
  // Version and time the changes will have, if there are any.
  std::int64_t version;
  base::Timestamp recorded_time;
};

// What a write does.
struct WritePlan {
  Changes changes;
  std::string audit_detail;  // counts and digests, no personal data
  std::string reply;         // bytes; kept for a repeat of the request
};

// Says what to do on a state. May be called more than once for one write, on
// any thread, and has no effect of its own.
using PlanWrite = std::function<absl::StatusOr<WritePlan>(const WriteContext&)>;

// Keeps commits. Any thread may call it.
//
// Invariants:
//   Nothing stored is ever changed or removed.
//   A write that returned OK is kept; one that failed left nothing behind.
//   Versions have no gaps; recorded times rise with them.
class RegistryStore {
 public:
  RegistryStore() = default;
  RegistryStore(const RegistryStore&) = delete;
  RegistryStore& operator=(const RegistryStore&) = delete;
  virtual ~RegistryStore() = default;

  // Returns the commits after `version`, in order.
  //
  // Errors: those of the engine (UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED);
  //   INTERNAL, reason STORED_VALUE_INVALID.
  virtual absl::StatusOr<std::vector<CommitPtr>> LoadCommits(
      std::int64_t version, const base::CallLimits& limits) = 0;

  // Runs `plan` on the current state and stores its changes as one version,
  // with an audit record and the reply, in one transaction. No changes make no
  // version. `known` is any state of this store; commits after it are read in
  // the transaction. Returns the reply.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason REQUEST_ID_REUSED: the id came with another
  //     method or body.
  //   Those of `plan` and of the engine.
  virtual absl::StatusOr<std::string> Write(const WriteRequest& request,
                                            const History& known,
                                            const PlanWrite& plan) = 0;

  // Makes sure that no commit will ever be recorded at `moment` or before that
  // LoadCommits does not show now: waits for a write under way, in whatever
  // process, and has later ones recorded later, whatever their clocks say.
  //
  // Errors: those of the engine.
  virtual absl::Status Seal(base::Timestamp moment,
                            const base::CallLimits& limits) = 0;
};

}  // namespace welfare::registry
