#include "gateway/calls/routing.h"

#include <utility>

#include "gateway/exchange/connection.h"
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
std::optional<Failure> Admit(const Routing& routing,
                             const MethodDescriptor& method,
                             const std::string& identity) {
  const auto policy = routing.foreign_policies.find(&method);
  if (policy == routing.foreign_policies.end()) return MethodClosed();
  const absl::StatusOr<access::Identity> who =
      identity.empty()
          ? absl::StatusOr<access::Identity>(access::Identity::Anonymous())
          : access::FromMetadata(identity);
  if (!who.ok()) return CallerRefused(who.status());
  // It names no resource, so any message of the type will do.
  const absl::Status admitted =
      policy->second.Check(*who, ::google::protobuf::Empty());
  if (admitted.ok()) return std::nullopt;
  return CallerRefused(admitted);
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
      .foreign_policies = {},
      .pages = {},
      .rates = nullptr,
      .transcoding =
          std::make_unique<platform::WorkerPool>(platform::WorkerPool::Options{
              .name = "gateway-json", .threads = 2, .queue = 256}),
  });
  routing->rates = std::make_unique<CallerRates>(routing->options.rates);
  for (const std::string& name : services) {
    const auto* service = pool.FindServiceByName(name);
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      if (IsInternal(*method)) continue;
      const std::string anything = FieldOfAnything(*method->input_type());
      if (!anything.empty()) {
        return absl::InvalidArgumentError("the request of " +
                                          method->full_name() +
                                          " may hold anything: " + anything);
      }
      if (routing->IsForeign(*method)) {
        auto policy = platform::MethodPolicy::Of(*method);
        if (policy.ok()) {
          routing->foreign_policies.emplace(method, *std::move(policy));
        }
      }
      routing->methods["/" + name + "/" + method->name()] = method;
    }
  }
  return routing;
}

std::optional<Failure> AddIdentity(const Routing& routing,
                                   const MethodDescriptor& method,
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
  if (routing.IsForeign(method)) return Admit(routing, method, *identity);
  if (!identity->empty()) {
    call.metadata.emplace_back(access::kIdentityMetadata, *std::move(identity));
  }
  return std::nullopt;
}

}  // namespace welfare::gateway
