#include "gateway/module.h"

#include <grpcpp/channel.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "gateway/answers/cross_origin.h"
#include "gateway/budgets/budget.h"
#include "gateway/callers/authenticator.h"
#include "gateway/callers/caller_files.h"
#include "gateway/calls/backend.h"
#include "gateway/calls/request_metrics.h"
#include "gateway/edge/listener.h"
#include "gateway/edge/tls_context.h"
#include "gateway/foreign/foreign_services.h"
#include "gateway/handlers/router.h"
#include "gateway/pages/pages.h"
#include "services/access/address_list.h"
#include "services/access/auth_methods.h"
#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/observe/version.h"
#include "services/platform/process/peer_tls.h"
#include "services/platform/process/settings.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/rpc_server.h"

namespace welfare::gateway {
namespace {

struct Peer {
  std::string_view module;
  std::string_view service;
};

constexpr std::array<Peer, 4> kPeers = {{
    {"registry", "welfare.registry.v1.RegistryService"},
    {"survey", "welfare.survey.v1.SurveyService"},
    {"indicator", "welfare.indicator.v1.IndicatorService"},
    {"report", "welfare.report.v1.ReportService"},
}};

// Connections per backend: one carries its calls over one core only.
constexpr int kChannelsPerBackend = 2;

// Calls of backends are cancelled when their callers are gone; this is how
// long gRPC may take to say so.
constexpr std::chrono::seconds kCancelGrace{5};

// What a method of --auth cannot do without.
struct NeededSetting {
  std::string_view setting;
  access::Authentication authentication;
  std::string_view method;
  bool alone;  // of no use to anything else
};

constexpr NeededSetting kNeededSettings[] = {
    {"jwks-file", access::Authentication::kToken, "jwt", true},
    {"jwt-issuer", access::Authentication::kToken, "jwt", true},
    {"jwt-audience", access::Authentication::kToken, "jwt", true},
    {"api-keys-file", access::Authentication::kApiKey, "api-key", true},
    {"mtls-callers-file", access::Authentication::kCertificate, "mtls", true},
    {"tls-client-ca-file", access::Authentication::kCertificate, "mtls", false},
};

CallerFilePaths PathsOf(const platform::Config& config) {
  return {.jwks = config.Get("jwks-file"),
          .api_keys = config.Get("api-keys-file"),
          .certificate_callers = config.Get("mtls-callers-file")};
}

// None where the setting is empty.
absl::StatusOr<std::optional<access::AddressList>> AddressesOf(
    const platform::Config& config, const std::string& setting) {
  const std::string& text = config.Get(setting);
  if (text.empty()) return std::nullopt;
  auto list = access::AddressList::Parse(text);
  if (list.ok()) return *std::move(list);
  const auto details = base::GetErrorDetails(list.status());
  const base::Violation& first = details->violations.front();
  return platform::SettingInvalid("--" + setting,
                                  first.field + ": " + first.description);
}

absl::StatusOr<CrossOrigin> AllowedOrigins(const platform::Config& config) {
  auto origins = CrossOrigin::Parse(config.Get("cors-origins"));
  if (origins.ok()) return origins;
  return platform::SettingInvalid(
      "--cors-origins", std::string(base::MessageOf(origins.status())) + ".");
}

ForeignServices::Settings ForeignOf(const platform::Config& config) {
  return {.descriptor_set = config.Get("descriptor-set"),
          .http_rules = config.Get("http-rules"),
          .backends = config.Get("backend"),
          .ca = config.Get("backend-ca-file"),
          .certificate = config.Get("backend-cert-file"),
          .key = config.Get("backend-key-file")};
}

std::vector<std::string> OwnServices() {
  std::vector<std::string> names;
  for (const Peer& peer : kPeers) names.emplace_back(peer.service);
  return names;
}

// Settings that are lists of addresses.
constexpr const char* kAddressSettings[] = {"allow-addresses",
                                            "shared-addresses"};

Gate::Options GateOptions(const platform::Config& config) {
  const int target = config.GetInt("answer-target-ms");
  Gate::Options options{.limited = target != 0};
  options.limit.target = std::chrono::milliseconds(target);
  return options;
}

// Files this process needs beside its callers' connections: databases where it
// is not alone, channels, logs.
constexpr rlim_t kOtherFiles = 512;

// As many connections as are set, or as there may be files open for.
std::size_t MostConnections(const platform::Config& config) {
  const auto wanted =
      static_cast<std::size_t>(config.GetInt("max-connections"));
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
  const rlim_t needed = wanted + kOtherFiles;
  if (files.rlim_cur < needed) {
    files.rlim_cur = std::min(needed, files.rlim_max);
    setrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_NOFILE, &files);
  }
  if (files.rlim_cur >= needed) return wanted;
  const std::size_t possible =
      files.rlim_cur > 2 * kOtherFiles
          ? static_cast<std::size_t>(files.rlim_cur - kOtherFiles)
          : static_cast<std::size_t>(files.rlim_cur / 2);
  platform::LogWarning(
      "too few files may be open for --max-connections",
      {{"max_connections", static_cast<std::int64_t>(possible)},
       {"open_files", static_cast<std::int64_t>(files.rlim_cur)}});
  return possible;
}

std::unique_ptr<Budget> MakeBudget(const platform::Config& config,
                                   std::optional<access::AddressList> shared,
                                   platform::MetricsRegistry& metrics) {
  auto& evicted = metrics.AddCounter(
      "welfare_connections_evicted_total",
      "Connections that waited for their callers and made room for others.");
  auto& refused = metrics.AddCounter(
      "welfare_connections_refused_total",
      "Connections for which there was no room, or whose peer is to calm "
      "down.");
  auto& calmed = metrics.AddCounter(
      "welfare_peers_calmed_total",
      "How often a peer had wasted too much and was told to calm down.");
  Budget::Limits limits{
      .bytes = static_cast<std::size_t>(config.GetInt("max-in-flight-mib"))
               << 20,
      .connections = MostConnections(config)};
  if (shared.has_value()) {
    limits.shared = [list = *std::move(shared)](std::string_view address) {
      return list.Contains(address);
    };
  }
  return std::make_unique<Budget>(
      std::move(limits),
      Budget::Observer{
          .connection_evicted = [&evicted] { evicted.Increment(); },
          .connection_refused = [&refused] { refused.Increment(); },
          .peer_calmed =
              [&calmed](std::string_view peer) {
                calmed.Increment();
                platform::LogBatched(platform::LogLevel::kWarning,
                                     "a peer wastes too much and is to calm "
                                     "down",
                                     {{"peer", peer}});
              }});
}

}  // namespace

struct GatewayModule::State {
  // In the order in which they need each other.
  CallCount calls;
  std::unique_ptr<platform::PeerTls> foreign_tls;  // null: none is called so
  std::vector<std::unique_ptr<Backend>> backends;
  std::unique_ptr<ForeignServices> foreign;
  std::unique_ptr<RequestMetrics> metrics;
  // Null: nobody is asked who he is.
  std::unique_ptr<CallerFiles> caller_files;
  std::unique_ptr<Authenticator> authenticator;
  std::unique_ptr<Budget> budget;
  std::unique_ptr<Routing> routing;
  std::unique_ptr<Router> router;
  std::unique_ptr<TlsContext> tls;  // null: plain
  std::unique_ptr<Listener> listener;
  std::unique_ptr<platform::RpcServer> admin;
  std::string http_address;
  bool stopped = false;
};

GatewayModule::GatewayModule() = default;

GatewayModule::~GatewayModule() { Stop(std::chrono::system_clock::now()); }

std::vector<platform::Setting> GatewayModule::settings() const {
  return {
      {.name = "http-listen",
       .help = "address of the gateway for HTTP/JSON",
       .default_value = "127.0.0.1:7180",
       .kind = platform::Setting::Kind::kTcpListen},
      {.name = "admin-listen",
       .help = "gRPC address of the gateway for operators: health, "
               "reflection",
       .default_value = "127.0.0.1:7189",
       .kind = platform::Setting::Kind::kLocalListen},
      {.name = "jwks-file",
       .help = "with --auth jwt: keys that sign tokens (JWKS); this and "
               "the other files of callers are read again when they "
               "change"},
      {.name = "jwt-issuer",
       .help = "with --auth jwt: who issues tokens (iss)"},
      {.name = "jwt-audience",
       .help = "with --auth jwt: for whom tokens are (aud)"},
      {.name = "api-keys-file",
       .help = "with --auth api-key: keys of batch systems; written by "
               "welfarectl key"},
      {.name = "mtls-callers-file",
       .help = "with --auth mtls: what callers were granted, by the names "
               "in their certificates"},
      {.name = "allow-addresses",
       .help = "addresses and ranges from which callers may come, with "
               "commas; empty: from everywhere"},
      {.name = "cors-origins",
       .help = "origins whose pages may call over HTTP, with commas, such "
               "as https://app.example; empty: none"},
      {.name = "backend",
       .help = "other gRPC services, SERVICE=ADDRESS with commas, such as "
               "acme.v1.Echo=127.0.0.1:9000, or by TLS "
               "acme.v1.Echo=tls://echo.example:9000"},
      {.name = "backend-ca-file",
       .help = "with --backend SERVICE=tls://HOST:PORT: authorities of "
               "their certificates; these files are read again when they "
               "change"},
      {.name = "backend-cert-file",
       .help = "with --backend-ca-file: what is shown to those that ask "
               "for a certificate, its own first"},
      {.name = "backend-key-file", .help = "with --backend-cert-file: its key"},
      {.name = "descriptor-set",
       .help = "with --backend: what these services are (protoc "
               "--include_imports --descriptor_set_out)"},
      {.name = "http-rules",
       .help = "with --backend: their HTTP routes, rules of "
               "google.api.http as JSON or text of protobuf, instead of "
               "those in their protos"},
      {.name = "shared-addresses",
       .help = "addresses and ranges behind which many callers stand, such "
               "as a proxy: they are slowed down where others are refused, "
               "and have half of everything",
       .default_value = "127.0.0.0/8, ::1"},
      {.name = "max-connections",
       .help = "connections of all callers; one address has a quarter",
       .default_value = "4096",
       .kind = platform::Setting::Kind::kInteger,
       .least = 16,
       .most = 65'536},
      {.name = "max-in-flight-mib",
       .help = "MiB of everything that callers make the gateway hold; one "
               "address has a quarter",
       .default_value = "256",
       .kind = platform::Setting::Kind::kInteger,
       .least = 16,
       .most = 65'536},
      {.name = "calls-per-second",
       .help = "calls that one caller may make, by the subject of his "
               "credentials, else by his address; ten times as many at "
               "once; 0: as many as he likes",
       .default_value = "0",
       .kind = platform::Setting::Kind::kInteger,
       .least = 0,
       .most = 1'000'000},
      {.name = "answer-target-ms",
       .help = "a service that takes longer for most of its answers, and "
               "three times as long as at its best, is given fewer calls at "
               "a time; 0: as many as come",
       .default_value = "250",
       .kind = platform::Setting::Kind::kInteger,
       .least = 0,
       .most = 60'000}};
}

std::vector<absl::Status> GatewayModule::CheckSettings(
    const platform::Config& config) const {
  const auto methods = access::AuthMethods::Parse(config.Get("auth"));
  if (!methods.has_value()) return {};  // told already
  std::vector<absl::Status> problems = CallerFiles::Check(PathsOf(config));
  for (const NeededSetting& needed : kNeededSettings) {
    const std::string setting(needed.setting);
    const std::string method(needed.method);
    const bool chosen = methods->Has(needed.authentication);
    if (chosen && config.Get(setting).empty()) {
      problems.push_back(platform::SettingInvalid(
          "--auth", method + " needs --" + setting + "."));
    } else if (!chosen && needed.alone && !config.Get(setting).empty()) {
      problems.push_back(platform::SettingInvalid(
          "--" + setting, "it is of use with --auth " + method + " alone."));
    }
  }
  if (const auto foreign =
          ForeignServices::Read(ForeignOf(config), OwnServices());
      !foreign.ok()) {
    problems.push_back(foreign.status());
  }
  if (const auto origins = AllowedOrigins(config); !origins.ok()) {
    problems.push_back(origins.status());
  }
  for (const char* setting : kAddressSettings) {
    const auto addresses = AddressesOf(config, setting);
    if (!addresses.ok()) problems.push_back(addresses.status());
  }
  return problems;
}

absl::Status GatewayModule::Start(platform::ModuleContext& context) {
  state_ = std::make_unique<State>();
  State& state = *state_;
  WELFARE_ASSIGN_OR_RETURN(CrossOrigin cross_origin,
                           AllowedOrigins(context.config()));
  WELFARE_ASSIGN_OR_RETURN(
      state.foreign,
      ForeignServices::Read(ForeignOf(context.config()), OwnServices()));
  BackendTable table;
  for (const Peer& peer : kPeers) {
    const platform::PeerEndpoint endpoint = context.Peer(peer.module);
    std::vector<std::shared_ptr<grpc::Channel>> channels;
    for (int i = 0; i < kChannelsPerBackend; ++i) {
      channels.push_back(platform::MakeChannel(endpoint));
    }
    std::optional<DirectWay> direct;
    if (endpoint.credentials == nullptr &&
        DirectLine::Reaches(endpoint.address)) {
      direct = {.address = endpoint.address,
                .user_agent = platform::ProductOf(endpoint.caller)};
    }
    state.backends.push_back(std::make_unique<Backend>(
        channels, state.calls, GateOptions(context.config()),
        std::move(direct)));
    table[std::string(peer.service)] = state.backends.back().get();
  }
  Routing::Options options{.cross_origin = std::move(cross_origin),
                           .rules = state.foreign->rules()};
  options.rates.calls_per_second =
      static_cast<double>(context.config().GetInt("calls-per-second"));
  WELFARE_RETURN_IF_ERROR(MakeForeignTls(context));
  for (const auto& [service, backend] : state.foreign->backends()) {
    // Nobody knows which of its methods may be repeated, so none is.
    std::vector<std::shared_ptr<grpc::Channel>> channels;
    for (int i = 0; i < kChannelsPerBackend; ++i) {
      channels.push_back(platform::MakeReadChannel(
          {.address = backend.address,
           .credentials =
               backend.tls ? state.foreign_tls->ForService() : nullptr},
          service));
    }
    state.backends.push_back(std::make_unique<Backend>(
        channels, state.calls, GateOptions(context.config()), std::nullopt,
        /*foreign=*/true));
    table[service] = state.backends.back().get();
    options.foreign.insert(service);
    platform::LogInfo("a foreign service is behind the gateway",
                      {{"service", service},
                       {"address", backend.address},
                       {"tls", backend.tls}});
  }
  state.metrics = std::make_unique<RequestMetrics>(context.metrics());
  WELFARE_RETURN_IF_ERROR(MakeAuthenticator(context));
  WELFARE_ASSIGN_OR_RETURN(
      state.routing,
      Routing::Make(state.foreign->pool(), std::move(table), std::move(options),
                    *state.metrics, platform::MakeRequestId,
                    state.authenticator.get()));
  WELFARE_ASSIGN_OR_RETURN(
      state.routing->pages,
      MakePages(state.routing->routes.all(), platform::BuildVersion()));
  state.metrics->Expect(*state.routing);
  state.router = std::make_unique<Router>(*state.routing);
  if (platform::TlsFiles files = platform::TlsFilesOf(context.config());
      files.any()) {
    WELFARE_ASSIGN_OR_RETURN(
        state.tls,
        TlsContext::Make(
            {.files = std::move(files),
             .client_certificate_required =
                 context.config().Get("tls-client-cert") == "required"},
            context.metrics(), context.clock()));
  }
  WELFARE_ASSIGN_OR_RETURN(auto allowed,
                           AddressesOf(context.config(), "allow-addresses"));
  WELFARE_ASSIGN_OR_RETURN(auto shared,
                           AddressesOf(context.config(), "shared-addresses"));
  state.budget =
      MakeBudget(context.config(), std::move(shared), context.metrics());
  ShowLoad(context.metrics());
  state.listener = std::make_unique<Listener>(
      Listener::Options{
          .limits = {},
          .tls = state.tls.get(),
          .allowed = std::move(allowed),
          .turned_away = &context.metrics().AddCounter(
              "welfare_connections_turned_away_total",
              "Connections from addresses that are not allowed.")},
      *state.budget, *state.router);

  const auto listen =
      [&state](std::string_view listener,
               const std::string& address) -> absl::StatusOr<std::string> {
    WELFARE_ASSIGN_OR_RETURN(const std::string bound,
                             state.listener->Listen(address));
    platform::LogInfo("module serves", {{"module", "gateway"},
                                        {"listener", listener},
                                        {"address", bound},
                                        {"tls", state.tls != nullptr}});
    return bound;
  };
  for (const std::string& address : context.listen()) {
    // Processes of the platform's own call the services, not the gateway.
    if (address.starts_with("unix")) continue;
    WELFARE_RETURN_IF_ERROR(listen("grpc", address).status());
  }
  WELFARE_ASSIGN_OR_RETURN(state.http_address,
                           listen("http", context.config().Get("http-listen")));

  const std::string& admin = context.config().Get("admin-listen");
  WELFARE_ASSIGN_OR_RETURN(
      state.admin,
      platform::RpcServer::Start({.addresses = {admin},
                                  .services = {},
                                  .ready = [&state]() -> absl::Status {
                                    if (state.routing->draining)
                                      return platform::ShuttingDown();
                                    return absl::OkStatus();
                                  }}));
  platform::LogInfo(
      "module serves",
      {{"module", "gateway"},
       {"listener", "admin"},
       {"address", state.admin->port() == 0
                       ? admin
                       : admin.substr(0, admin.rfind(':') + 1) +
                             std::to_string(state.admin->port())}});
  state.listener->Start();
  context.ReportServing();
  return absl::OkStatus();
}

void GatewayModule::ShowLoad(platform::MetricsRegistry& metrics) const {
  using Kind = platform::MetricsRegistry::ComputedKind;
  using Values = std::vector<platform::ComputedValue>;
  const auto show_usage = [&metrics, usage = state_->budget->Meter()](
                              const char* name, const char* help,
                              std::size_t Budget::Usage::*part) {
    metrics.AddComputed(name, help, Kind::kGauge, [usage, part] {
      return Values{
          {.labels = {}, .value = static_cast<double>(usage().*part)}};
    });
  };
  show_usage("welfare_in_flight_bytes",
             "Bytes that callers make the gateway hold.",
             &Budget::Usage::bytes);
  show_usage("welfare_in_flight_bytes_max",
             "As many as there may be (--max-in-flight-mib).",
             &Budget::Usage::most_bytes);
  show_usage("welfare_connections", "Connections of callers.",
             &Budget::Usage::connections);
  show_usage("welfare_connections_max",
             "As many as there may be (--max-connections).",
             &Budget::Usage::most_connections);
  std::vector<std::pair<std::string, std::function<Gate::Load()>>> gates;
  for (const auto& [service, backend] : state_->routing->backends) {
    gates.emplace_back(service, backend->gate().Meter());
  }
  const auto show_load = [&metrics, &gates](const char* name, const char* help,
                                            int Gate::Load::*part) {
    metrics.AddComputed(name, help, Kind::kGauge, [gates, part] {
      Values values;
      for (const auto& [service, load] : gates) {
        values.push_back({.labels = {{"grpc_service", service}},
                          .value = static_cast<double>(load().*part)});
      }
      return values;
    });
  };
  show_load("welfare_calls_waiting",
            "Calls that wait at the gateway until the service has time.",
            &Gate::Load::waiting);
  show_load("welfare_calls_let_through",
            "Unary calls that the gateway has under way at the service.",
            &Gate::Load::under_way);
  show_load("welfare_calls_let_through_max",
            "As many as the service answers in time; 0: no limit.",
            &Gate::Load::limit);
}

absl::Status GatewayModule::MakeForeignTls(platform::ModuleContext& context) {
  platform::TlsFiles files =
      ForeignServices::TlsFilesOf(ForeignOf(context.config()));
  if (!files.any()) return absl::OkStatus();
  WELFARE_ASSIGN_OR_RETURN(
      state_->foreign_tls,
      platform::PeerTls::Make({.files = std::move(files), .toward = "backends"},
                              context.metrics(), context.clock()));
  return absl::OkStatus();
}

absl::Status GatewayModule::MakeAuthenticator(
    platform::ModuleContext& context) {
  const platform::Config& config = context.config();
  const auto methods = access::AuthMethods::Parse(config.Get("auth"));
  if (!methods.has_value() || methods->off()) return absl::OkStatus();
  WELFARE_ASSIGN_OR_RETURN(
      state_->caller_files,
      CallerFiles::Open(PathsOf(config), context.metrics()));
  Authenticator::Options options{.methods = *methods};
  if (methods->Has(access::Authentication::kToken)) {
    WELFARE_ASSIGN_OR_RETURN(
        options.tokens,
        access::TokenVerifier::Make({.issuer = config.Get("jwt-issuer"),
                                     .audience = config.Get("jwt-audience")}));
  }
  state_->authenticator =
      std::make_unique<Authenticator>(std::move(options), *state_->caller_files,
                                      context.metrics(), context.clock());
  return absl::OkStatus();
}

const std::string& GatewayModule::http_address() const {
  return state_->http_address;
}

void GatewayModule::Drain() {
  if (state_ == nullptr || state_->routing == nullptr) return;
  state_->routing->draining = true;
  if (state_->admin != nullptr) state_->admin->Drain();
}

void GatewayModule::Stop(std::chrono::system_clock::time_point deadline) {
  if (state_ == nullptr || state_->stopped) return;
  State& state = *state_;
  state.stopped = true;
  const auto now = std::chrono::system_clock::now();
  const auto left = deadline > now
                        ? std::chrono::duration_cast<std::chrono::milliseconds>(
                              deadline - now)
                        : std::chrono::milliseconds(0);
  const auto until = std::chrono::steady_clock::now() + left;
  if (state.listener != nullptr) {
    state.listener->Drain();
    state.listener->CloseAll(until);
    state.routing->transcoding->Stop();
    // gRPC's threads post to the loops until the last call has ended.
    if (!state.calls.WaitForNone(kCancelGrace)) {
      platform::LogWarning("calls of backends did not end in time", {});
    }
    state.listener->Stop();
  }
  if (state.admin != nullptr) state.admin->Shutdown(deadline);
}

}  // namespace welfare::gateway
