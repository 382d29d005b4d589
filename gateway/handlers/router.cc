#include "gateway/handlers/router.h"

#include <string>

#include "gateway/answers/annotated_exchange.h"
#include "gateway/handlers/handlers.h"
#include "gateway/routes/health_path.h"

namespace welfare::gateway {

bool Router::IsUrgent(const RequestHead& request) const {
  return request.target == kHealthPath;
}

std::shared_ptr<ExchangeHandler> Router::Dispatch(Exchange& exchange) {
  const RequestHead& request = exchange.request();
  const std::string* content_type = FindHeader(request.headers, "content-type");
  const bool grpc = content_type != nullptr && request.http_major == 2 &&
                    (*content_type == "application/grpc" ||
                     content_type->starts_with("application/grpc+") ||
                     content_type->starts_with("application/grpc;"));
  if (grpc) return HandleGrpc(routing_, exchange);
  return HandleAnnotated(
      routing_.options.cross_origin, exchange,
      [this](Exchange& seen) { return HandleHttp(routing_, seen); });
}

}  // namespace welfare::gateway
