// What the indicator service computed of a round, at a pin.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"

#include "services/platform/rpc/call_context.h"
#include "services/report/snapshot/snapshot.h"
#include "welfare/indicator/v1/indicator_service.grpc.pb.h"

namespace welfare::report {

// A round at one revision, and the registry that it is pinned to.
struct RoundPin {
  std::string name;  // surveys/jusou/rounds/2025
  std::int64_t revision = 0;
  std::string incarnation;  // whose revision
  std::int64_t registry_version = 0;
};

// Returns every value of the round. `registry` is which registry they were
// computed from; where it is empty it takes the one that is named first.
// `left_out` takes why some indicators have no value in this round.
//
// Errors:
//   FAILED_PRECONDITION, reason STORE_RESTORED: a peer is another store.
//   UNAVAILABLE, reason INDICATOR_UNAVAILABLE; INTERNAL, reason
//     PEER_ANSWER_INVALID; CANCELLED, DEADLINE_EXCEEDED: the call ended.
absl::StatusOr<IndicatorValues> ReadValues(
    const platform::CallContext& call,
    indicator::v1::IndicatorService::StubInterface& indicator,
    const RoundPin& pin, Basis basis, std::string& registry,
    std::map<std::string, std::string, std::less<>>& left_out);

// Keeps which registry an answer is from; all of a snapshot are from one.
//
// Errors: FAILED_PRECONDITION, reason STORE_RESTORED: it is from another one.
absl::Status NoteRegistry(const std::string& answered, std::int64_t version,
                          std::string& from);

}  // namespace welfare::report
