#include "gateway/calls/router.h"

#include <utility>

#include "gateway/exchange/connection.h"
#include "services/access/metadata/identity_metadata.h"
#include "welfare/options/v1/options.pb.h"

namespace welfare::gateway {
namespace {

// Methods for other services of the platform only do not exist out here.
bool IsInternal(const google::protobuf::MethodDescriptor& method) {
  return method.options()
             .GetExtension(::welfare::options::v1::policy)
             .audience() == ::welfare::options::v1::AUDIENCE_INTERNAL;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Routing>> Routing::Make(
    const google::protobuf::DescriptorPool& pool, BackendTable backends,
    Options options, RequestObserver& observer,
    std::function<std::string()> make_request_id,
    Authenticator* authenticator) {
  std::vector<std::string> services;
  for (const auto& [name, backend] : backends) services.push_back(name);
  absl::StatusOr<HttpRoutes> routes = HttpRoutes::Make(pool, services);
  if (!routes.ok()) return routes.status();
  std::unique_ptr<Routing> routing(new Routing{
      .pool = pool,
      .backends = std::move(backends),
      .routes = *std::move(routes),
      .options = options,
      .observer = observer,
      .make_request_id = std::move(make_request_id),
      .authenticator = authenticator,
      .methods = {},
      .pages = {},
      .budget = std::make_unique<BodyBudget>(options.unfinished_bytes),
      .transcoding =
          std::make_unique<platform::WorkerPool>(platform::WorkerPool::Options{
              .name = "gateway-json", .threads = 2, .queue = 256}),
  });
  for (const std::string& name : services) {
    const auto* service = pool.FindServiceByName(name);
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      if (IsInternal(*method)) continue;
      routing->methods["/" + name + "/" + method->name()] = method;
    }
  }
  return routing;
}

std::optional<Failure> AddIdentity(const Routing& routing,
                                   const Exchange& exchange,
                                   CallHeaders& call) {
  if (routing.authenticator == nullptr) return std::nullopt;
  auto identity = routing.authenticator->Judge(
      exchange.request().headers, exchange.connection().peer_certificate(),
      call.request_id);
  if (!identity.ok()) return CallerRefused(identity.status());
  if (!identity->empty()) {
    call.metadata.emplace_back(access::kIdentityMetadata, *std::move(identity));
  }
  return std::nullopt;
}

std::shared_ptr<ExchangeHandler> Router::Dispatch(Exchange& exchange) {
  const RequestHead& request = exchange.request();
  const std::string* content_type = FindHeader(request.headers, "content-type");
  const bool grpc = content_type != nullptr && request.http_major == 2 &&
                    (*content_type == "application/grpc" ||
                     content_type->starts_with("application/grpc+") ||
                     content_type->starts_with("application/grpc;"));
  return grpc ? HandleGrpc(routing_, exchange) : HandleHttp(routing_, exchange);
}

}  // namespace welfare::gateway
