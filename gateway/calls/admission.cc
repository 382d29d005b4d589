#include "gateway/calls/admission.h"

#include <utility>

#include "services/access/metadata/identity_metadata.h"

namespace welfare::gateway {
namespace {

// A service that has said nothing for so long hangs. Callers who give it less
// time say nothing about it.
constexpr std::chrono::seconds kSilence{5};

}  // namespace

std::string CallerOf(const Exchange& exchange, const CallHeaders& call) {
  for (const auto& [key, value] : call.metadata) {
    if (key != access::kIdentityMetadata) continue;
    const std::string_view subject = access::SubjectIn(value);
    if (!subject.empty()) return "subject " + std::string(subject);
  }
  return exchange.seat().peer();
}

std::optional<Failure> RefuseCall(const Routing& routing, Backend& backend,
                                  const Gate::Asking& asking) {
  if (const auto wait = routing.rates->Refuse(asking.caller)) {
    routing.observer.OnRefused("caller_rate");
    return CallerRateExceeded(*wait);
  }
  if (const auto refused = backend.gate().Refuse(asking)) {
    return GateRefusal(routing, *refused);
  }
  return std::nullopt;
}

Failure GateRefusal(const Routing& routing, const Gate::Refused& refused) {
  const bool busy = refused.refusal == Gate::Refusal::kBusy;
  routing.observer.OnRefused(busy ? "backend_busy" : "backend_silent");
  return busy ? BackendBusy(refused.retry_after)
              : BackendSilent(refused.retry_after);
}

Failure NoRoom(const Routing& routing, Room room) {
  const bool peer = room == Room::kPeerFull;
  routing.observer.OnRefused(peer ? "peer_share" : "process_full");
  return peer ? PeerOverShare() : GatewayOverloaded();
}

std::shared_ptr<CallHold> HoldCall(const Exchange& exchange, std::size_t bytes,
                                   std::shared_ptr<Gate::Place> place,
                                   Room& room) {
  auto held = std::make_shared<CallHold>(exchange.seat(), std::move(place));
  room = held->Begin(exchange.seat(), bytes);
  if (room != Room::kGiven) return nullptr;
  return held;
}

void JudgeCall(Gate::Place* place, std::string_view method,
               const BackendResult& result,
               std::chrono::steady_clock::time_point began) {
  if (place == nullptr) return;
  if (!result.unheard) return place->Answered(method);
  const bool away = result.status.code() ==
                    static_cast<int>(absl::StatusCode::kUnavailable);
  if (away) return place->Unreached();
  if (std::chrono::steady_clock::now() - began >= kSilence) place->Unheard();
}

}  // namespace welfare::gateway
