#include "services/platform/rpc/peer_call.h"

#include <algorithm>
#include <string>
#include <utility>

namespace welfare::platform {

PeerCall::PeerCall(const CallContext& call, std::chrono::milliseconds timeout) {
  Prepare(call, timeout);
}

PeerCall::PeerCall(std::stop_token stop, std::chrono::milliseconds timeout) {
  Prepare({.request_id = MakeRequestId(), .limits = {.stop = std::move(stop)}},
          timeout);
}

PeerCall::~PeerCall() = default;

void PeerCall::Prepare(const CallContext& call,
                       std::chrono::milliseconds timeout) {
  context_.AddMetadata("x-request-id", call.request_id);
  if (!call.trace_parent.empty()) {
    context_.AddMetadata("traceparent", call.trace_parent);
    if (!call.trace_state.empty()) {
      context_.AddMetadata("tracestate", call.trace_state);
    }
  }
  // Where nothing is said a service speaks English.
  if (call.language != base::Language::kEnglish) {
    context_.AddMetadata("accept-language",
                         std::string(base::ToTag(call.language)));
  }
  const auto now = std::chrono::steady_clock::now();
  std::chrono::nanoseconds left = std::chrono::nanoseconds::max();
  if (timeout.count() != 0) left = timeout;
  if (call.limits.deadline != base::CallLimits::TimePoint::max()) {
    left = std::min(left, std::chrono::nanoseconds(call.limits.deadline - now));
  }
  if (left != std::chrono::nanoseconds::max()) {
    context_.set_deadline(std::chrono::system_clock::now() + left);
  }
  if (call.limits.stop.stop_possible()) {
    cancel_ = std::make_unique<std::stop_callback<std::function<void()>>>(
        call.limits.stop, [this] { context_.TryCancel(); });
  }
}

}  // namespace welfare::platform
