#pragma once

#include <memory>

#include "gateway/calls/routing.h"
#include "gateway/exchange/exchange.h"

namespace welfare::gateway {

// Answers requests: gRPC calls by passing them on, HTTP/JSON by transcoding,
// and the gateway's own pages.
class Router final : public Dispatcher {
 public:
  // `routing` outlives the router and every exchange.
  explicit Router(const Routing& routing) : routing_(routing) {}
  std::shared_ptr<ExchangeHandler> Dispatch(Exchange& exchange) override;
  // Health is.
  bool IsUrgent(const RequestHead& request) const override;

 private:
  const Routing& routing_;
};

}  // namespace welfare::gateway
