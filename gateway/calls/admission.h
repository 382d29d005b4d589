// Whether a call may be made, before anything is made for it.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/budgets/budget.h"
#include "gateway/budgets/call_hold.h"
#include "gateway/budgets/gate.h"
#include "gateway/calls/backend.h"
#include "gateway/calls/routing.h"
#include "gateway/exchange/exchange.h"
#include "gateway/requests/call_headers.h"
#include "gateway/requests/failure.h"

namespace welfare::gateway {

// By whom a call counts: the verified subject, else where it comes from.
std::string CallerOf(const Exchange& exchange, const CallHeaders& call);

// Counts a call of `caller` to `backend`, and refuses it where he has made too
// many or the service is asked too much. Before its body is read.
std::optional<Failure> RefuseCall(const Routing& routing, Backend& backend,
                                  const Gate::Asking& asking);

// How long a call waits at the gate, and what it is told then.
inline constexpr std::chrono::seconds kGatePatience{5};
inline constexpr Gate::Refused kTooLongAtGate{Gate::Refusal::kBusy,
                                              std::chrono::milliseconds(1000)};

// The refusal of the gate, counted.
Failure GateRefusal(const Routing& routing, const Gate::Refused& refused);

// The refusal of what there is no room for, counted. REQUIRES: it was not
// given.
Failure NoRoom(const Routing& routing, Room room);

// What a call whose first message has so many bytes holds, its place at the
// gate included. Null where there is no room, as `room` says.
std::shared_ptr<CallHold> HoldCall(const Exchange& exchange, std::size_t bytes,
                                   std::shared_ptr<Gate::Place> place,
                                   Room& room);

// Tells the gate what came of a call that began at `began`; null: it never
// asked there.
void JudgeCall(Gate::Place* place, std::string_view method,
               const BackendResult& result,
               std::chrono::steady_clock::time_point began);

}  // namespace welfare::gateway
