#pragma once

#include <grpcpp/client_context.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

#include "services/platform/rpc/call_context.h"

namespace welfare::platform {

// The client context of one call to a peer on behalf of `call`: carries its
// request id, its trace, its language and what is left of its deadline, and is
// cancelled with it.
//
//   PeerCall peer(call);
//   const grpc::Status status =
//       registry_->GetRoster(peer.context(), request, &roster);
//   if (!status.ok()) return FromGrpcStatus(status);
//
// Used by one thread, for one call.
class PeerCall {
 public:
  // `timeout` bounds the call where the caller's deadline is later or none.
  explicit PeerCall(const CallContext& call,
                    std::chrono::milliseconds timeout = kDefaultTimeout);
  // A call of the module itself (a watcher): ends by `stop`. A timeout of 0
  // means none, for streams that last.
  PeerCall(std::stop_token stop, std::chrono::milliseconds timeout);
  ~PeerCall();
  PeerCall(const PeerCall&) = delete;
  PeerCall& operator=(const PeerCall&) = delete;

  grpc::ClientContext* context() { return &context_; }

  static constexpr std::chrono::milliseconds kDefaultTimeout{10000};

 private:
  void Prepare(const CallContext& call, std::chrono::milliseconds timeout);

  grpc::ClientContext context_;
  std::unique_ptr<std::stop_callback<std::function<void()>>> cancel_;
};

}  // namespace welfare::platform
