#pragma once

#include <google/protobuf/descriptor.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/answers/cross_origin.h"
#include "gateway/budgets/caller_rates.h"
#include "gateway/callers/authenticator.h"
#include "gateway/calls/backend.h"
#include "gateway/calls/own_pages.h"
#include "gateway/exchange/exchange.h"
#include "gateway/exchange/observer.h"
#include "gateway/requests/call_headers.h"
#include "gateway/requests/failure.h"
#include "gateway/routes/http_route.h"
#include "services/platform/calls/method_policy.h"
#include "services/platform/work/worker_pool.h"

namespace welfare::gateway {

// The services behind the gateway: full name of a gRPC service to what
// answers for it.
using BackendTable = std::map<std::string, Backend*, std::less<>>;

// What is known of a method before anybody calls it.
struct MethodEntry {
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::string path;  // "/welfare.registry.v1.RegistryService/GetRoster"
  Backend* backend = nullptr;
  bool internal = false;  // for other services of the platform alone
  bool foreign = false;   // of a service that is not of the platform
  bool endless = false;   // the option of the method
  // Fields of its request, for GiveRequestId and HoldsNumber; 0: none, or it is
  // of a foreign service.
  int request_id_field = 0;
  int wait_field = 0;
  // Who may call a foreign one; without a policy it is closed.
  std::optional<platform::MethodPolicy> policy = std::nullopt;
};

// What all requests share. Immutable after Make, but for `draining` and the
// rates; any thread.
struct Routing {
  struct Options {
    // One gRPC message, and one JSON body.
    std::size_t message_limit = 4 * 1024 * 1024;
    // Of an HTTP/JSON request that names none.
    std::chrono::milliseconds default_timeout{30'000};
    // Of a download.
    std::chrono::milliseconds download_timeout{120'000};
    // How long a stream over HTTP says nothing: then its head goes out, if it
    // has not yet, and events get a comment, so that nobody between takes the
    // connection for dead.
    std::chrono::milliseconds heartbeat{15'000};
    // Answers that wait for the end of the body over HTTP/1.1.
    std::size_t held_answers = std::size_t{1024} * 1024;
    // Whose pages may call over HTTP.
    CrossOrigin cross_origin = {};
    // Full names of services that are not of the platform. They are told
    // nothing of callers, whom the gateway judges by the policies of their
    // methods, and their messages are passed on as they came.
    std::set<std::string, std::less<>> foreign = {};
    // Rules of their methods beside those in their protos.
    HttpRules rules = {};
    // Of each caller.
    CallerRates::Options rates = {};
  };

  // `authenticator` outlives it; null: nobody is asked who he is.
  //
  // Errors: as HttpRoutes::Make; INVALID_ARGUMENT where a request may hold
  // anything (FieldOfAnything).
  static absl::StatusOr<std::unique_ptr<Routing>> Make(
      const google::protobuf::DescriptorPool& pool, BackendTable backends,
      Options options, RequestObserver& observer,
      std::function<std::string()> make_request_id,
      Authenticator* authenticator = nullptr);

  const google::protobuf::DescriptorPool& pool;
  const BackendTable backends;
  const HttpRoutes routes;
  const Options options;
  RequestObserver& observer;
  const std::function<std::string()> make_request_id;
  Authenticator* const authenticator;
  // By path. Only these are passed on, and the internal ones not by their path.
  std::map<std::string, MethodEntry, std::less<>> methods;
  // Those of `routes`, by the index there.
  std::vector<const MethodEntry*> methods_of_routes;
  std::atomic<bool> draining{false};
  // Set before the first request.
  OwnPages pages;

  std::unique_ptr<CallerRates> rates;
  // Where large bodies become messages, and large replies JSON: a loop that did
  // it would hold up everybody else on it. Its work ends before the loops do:
  // whoever stops them stops it first.
  std::unique_ptr<platform::WorkerPool> transcoding;
};

// Adds who calls `method` to what goes inward with `call`, where callers are
// asked; nothing else tells a service. Of a foreign one the caller is judged
// here. Returns why the caller was refused.
std::optional<Failure> AddIdentity(const Routing& routing,
                                   const MethodEntry& method,
                                   const Exchange& exchange, CallHeaders& call);

}  // namespace welfare::gateway
