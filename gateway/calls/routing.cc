#include "gateway/calls/routing.h"

#include <utility>

#include "gateway/exchange/connection.h"
#include "gateway/requests/request_fields.h"
#include "gateway/requests/request_identity.h"
#include "gateway/routes/health_path.h"
#include "gateway/routes/request_types.h"
#include "google/protobuf/empty.pb.h"
#include "services/access/metadata/identity_metadata.h"
#include "welfare/options/v1/options.pb.h"

namespace welfare::gateway {
namespace {

using google::protobuf::MethodDescriptor;

// Methods for other services of the platform only do not exist out here.
bool IsInternal(const google::protobuf::MethodDescriptor& method) {
  return method.options()
             .GetExtension(::welfare::options::v1::policy)
             .audience() == ::welfare::options::v1::AUDIENCE_INTERNAL;
}

// Whether the caller, as services are told of it, may call a foreign method.
std::optional<Failure> Admit(const MethodEntry& method,
                             const std::string& identity) {
  if (!method.policy.has_value()) return MethodClosed();
  const absl::StatusOr<access::Identity> who =
      identity.empty()
          ? absl::StatusOr<access::Identity>(access::Identity::Anonymous())
          : access::FromMetadata(identity);
  if (!who.ok()) return CallerRefused(who.status());
  // It names no resource, so any message of the type will do.
  const absl::Status admitted =
      method.policy->Check(*who, ::google::protobuf::Empty());
  if (admitted.ok()) return std::nullopt;
  return CallerRefused(admitted);
}

MethodEntry EntryOf(const MethodDescriptor& method, Backend& backend,
                    bool foreign) {
  MethodEntry entry{
      .method = &method,
      .path = "/" + method.service()->full_name() + "/" + method.name(),
      .backend = &backend,
      .internal = IsInternal(method),
      .foreign = foreign,
      .endless = method.options().GetExtension(::welfare::options::v1::endless),
  };
  if (foreign) {
    auto policy = platform::MethodPolicy::Of(method);
    if (policy.ok()) entry.policy = *std::move(policy);
  } else {
    entry.request_id_field = RequestIdField(*method.input_type());
    entry.wait_field = WaitField(*method.input_type());
  }
  return entry;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Routing>> Routing::Make(
    const google::protobuf::DescriptorPool& pool, BackendTable backends,
    Options options, RequestObserver& observer,
    std::function<std::string()> make_request_id,
    Authenticator* authenticator) {
  std::vector<std::string> services;
  for (const auto& [name, backend] : backends) services.push_back(name);
  absl::StatusOr<HttpRoutes> routes =
      HttpRoutes::Make(pool, services, options.rules);
  if (!routes.ok()) return routes.status();
  std::unique_ptr<Routing> routing(new Routing{
      .pool = pool,
      .backends = std::move(backends),
      .routes = *std::move(routes),
      .options = std::move(options),
      .observer = observer,
      .make_request_id = std::move(make_request_id),
      .authenticator = authenticator,
      .methods = {},
      .methods_of_routes = {},
      .pages = {},
      .rates = nullptr,
      .transcoding =
          std::make_unique<platform::WorkerPool>(platform::WorkerPool::Options{
              .name = "gateway-json", .threads = 2, .queue = 256}),
  });
  routing->rates = std::make_unique<CallerRates>(routing->options.rates);
  for (const auto& [name, backend] : routing->backends) {
    const bool foreign = routing->options.foreign.contains(name);
    const auto* service = pool.FindServiceByName(name);
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      MethodEntry entry = EntryOf(*method, *backend, foreign);
      const std::string anything =
          entry.internal ? "" : FieldOfAnything(*method->input_type());
      if (!anything.empty()) {
        return absl::InvalidArgumentError("the request of " +
                                          method->full_name() +
                                          " may hold anything: " + anything);
      }
      std::string path = entry.path;
      routing->methods.emplace(std::move(path), std::move(entry));
    }
  }
  for (const HttpRoute& route : routing->routes.all()) {
    const auto& method = *route.method;
    routing->methods_of_routes.push_back(
        &routing->methods
             .find("/" + method.service()->full_name() + "/" + method.name())
             ->second);
  }
  return routing;
}

std::optional<Failure> AddIdentity(const Routing& routing,
                                   const MethodEntry& method,
                                   const Exchange& exchange,
                                   CallHeaders& call) {
  if (routing.authenticator == nullptr) {
    call.principal = access::Principal(access::Authentication::kLocal, "local");
    return std::nullopt;
  }
  auto identity = routing.authenticator->Judge(
      exchange.request().headers, exchange.connection().peer_certificate(),
      call.request_id);
  if (!identity.ok()) return CallerRefused(identity.status());
  call.principal = identity->empty()
                       ? access::Principal(access::Identity::Anonymous())
                       : access::PrincipalIn(*identity);
  if (method.foreign) return Admit(method, *identity);
  if (!identity->empty()) {
    call.metadata.emplace_back(access::kIdentityMetadata, *std::move(identity));
  }
  return std::nullopt;
}

}  // namespace welfare::gateway
