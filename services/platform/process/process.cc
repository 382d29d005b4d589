#include "services/platform/process/process.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <span>
#include <system_error>
#include <thread>
#include <utility>

#include "services/base/error.h"
#include "services/platform/cache/memory_cache.h"
#include "services/platform/cache/redis_cache.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/observe/ops_server.h"
#include "services/platform/observe/version.h"
#include "services/platform/process/assets.h"
#include "services/platform/rpc/grpc_lifetime.h"
#include "services/platform/storage/open_database.h"
#include "services/platform/work/system_clock.h"

namespace welfare::platform {
namespace {

using Modules = std::vector<std::unique_ptr<Module>>;

constexpr int kExitOk = 0;
constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;

std::string AbstractSocket(std::string_view module) {
  return "unix-abstract:welfare-" + std::string(module);
}

std::string DefaultListen(const ModuleSpec& spec) {
  return "127.0.0.1:" + std::to_string(spec.grpc_port);
}

// The address with the port that the system chose for port 0.
std::string WithPort(const std::string& address, int port) {
  return address.substr(0, address.rfind(':') + 1) + std::to_string(port);
}

bool Has(const Modules& modules, std::string_view name) {
  return std::any_of(modules.begin(), modules.end(), [&](const auto& module) {
    return module->name() == name;
  });
}

void SayFailure(const std::string& program, const absl::Status& status) {
  std::cerr << program << ": " << base::MessageOf(status);
  // What lies behind a sentence that is the same for many causes.
  const std::optional<base::ErrorDetails> details =
      base::GetErrorDetails(status);
  if (details.has_value()) {
    const auto cause = details->metadata.find("cause");
    if (cause != details->metadata.end()) {
      std::cerr << " (" << cause->second << ")";
    }
  }
  std::cerr << std::endl;
}

// A folder for sockets that nobody else can enter, gone at the end.
class SocketFolder {
 public:
  static absl::StatusOr<std::unique_ptr<SocketFolder>> Make() {
    const char* base_dir = getenv("XDG_RUNTIME_DIR");
    std::error_code error;
    std::string path =
        base_dir != nullptr && std::filesystem::is_directory(base_dir, error)
            ? base_dir
            : "/tmp";
    // A path of a unix socket holds 107 bytes.
    if (path.size() > 60) path = "/tmp";
    path += "/welfared-XXXXXX";
    if (mkdtemp(path.data()) == nullptr) {
      return AddressUnavailable(path, "the folder cannot be made");
    }
    auto folder = std::make_unique<SocketFolder>();
    folder->path_ = path;
    return folder;
  }
  SocketFolder() = default;
  ~SocketFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  SocketFolder(const SocketFolder&) = delete;
  SocketFolder& operator=(const SocketFolder&) = delete;

  std::string Address(std::string_view module) const {
    return "unix:" + (path_ / (std::string(module) + ".sock")).string();
  }

 private:
  std::filesystem::path path_;
};

// What this build does not do is refused, not ignored.
absl::Status CheckSettings(const Config& config) {
  const std::string& auth = config.Get("auth");
  if (auth != "off") {
    return SettingInvalid("--auth",
                          "this build has no authentication yet; "
                          "only \"off\" can be chosen.");
  }
  for (const std::string name :
       {"tls-cert-file", "tls-key-file", "tls-client-ca-file", "jwks-file"}) {
    if (!config.Get(name).empty()) {
      return SettingInvalid(
          "--" + name, "this build has neither TLS nor authentication yet.");
    }
  }
  const int connections = config.GetInt("database-connections");
  if (connections < 1 || connections > 1000) {
    return SettingInvalid("--database-connections", "it must be 1 to 1000.");
  }
  for (const Setting& setting : config.settings()) {
    const std::string& address = config.Get(setting.name);
    if (setting.kind == Setting::Kind::kListen && !address.empty() &&
        !IsLocalAddress(address)) {
      return SettingInvalid(
          "--" + setting.name,
          "without authentication (--auth off) only addresses of this machine "
          "are allowed: 127.0.0.1:port, unix:path or unix-abstract:name.");
    }
  }
  return absl::OkStatus();
}

std::string DatabaseUrl(const Config& config, std::string_view module) {
  const std::string& url = config.Get("database-url");
  if (!url.empty()) return url;
  const std::filesystem::path file =
      std::filesystem::path(config.Get("data-dir")) /
      (std::string(module) + ".db");
  return "sqlite:" + file.string();
}

void ConfigureLogFrom(const Config& config) {
  const std::string& format = config.Get("log-format");
  const std::string& level = config.Get("log-level");
  const bool json =
      format == "json" || (format.empty() && isatty(STDERR_FILENO) == 0);
  ConfigureLog(json ? LogFormat::kJson : LogFormat::kText,
               level == "debug"     ? LogLevel::kDebug
               : level == "warning" ? LogLevel::kWarning
               : level == "error"   ? LogLevel::kError
                                    : LogLevel::kInfo);
}

// The whole life between the settings and the exit code.
absl::Status Live(const Config& config, const std::string& program,
                  Modules& modules) {
  // Threads inherit the mask, so it comes before the first one; signals are
  // then taken by sigwait below and nowhere else.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  KeepGrpcForTheProcess();

  MetricsRegistry metrics;
  AddBuildInfo(metrics);
  const SystemClock clock;
  WELFARE_ASSIGN_OR_RETURN(const std::unique_ptr<OpsServer> ops,
                           OpsServer::Start(config.Get("ops-listen"), metrics));
  WELFARE_ASSIGN_OR_RETURN(const std::unique_ptr<Cache> cache,
                           OpenCache(config.Get("redis-url"), metrics));
  std::unique_ptr<SocketFolder> sockets;
  if (modules.size() > 1) {
    WELFARE_ASSIGN_OR_RETURN(sockets, SocketFolder::Make());
  }
  const std::filesystem::path assets_dir = config.Get("assets-dir");

  std::vector<std::unique_ptr<ModuleContext>> contexts;
  std::vector<Module*> started;
  const auto stop_all = [&](std::chrono::milliseconds wait) {
    // Callers before whom they call, so that each says of itself that it stops.
    for (auto module = started.rbegin(); module != started.rend(); ++module) {
      (*module)->Drain();
    }
    std::this_thread::sleep_for(wait);
    const auto deadline =
        std::chrono::system_clock::now() +
        std::chrono::milliseconds(config.GetInt("drain-timeout-ms"));
    for (auto module = started.rbegin(); module != started.rend(); ++module) {
      (*module)->Stop(deadline);
    }
  };
  for (const std::unique_ptr<Module>& module : modules) {
    const ModuleSpec& spec = FindModuleSpec(module->name());
    ModuleContext::Parts parts{.name = std::string(spec.name),
                               .config = config,
                               .metrics = metrics,
                               .clock = clock,
                               .cache = *cache,
                               .listen = {},
                               .peers = {},
                               .database_url = DatabaseUrl(config, spec.name),
                               .assets_dir = assets_dir};
    if (sockets != nullptr && spec.name != "gateway") {
      parts.listen = {sockets->Address(spec.name)};
    } else {
      parts.listen = {config.Get("listen")};
      // Peers on this machine find it without a setting.
      if (config.origin("listen") == Config::Origin::kDefault &&
          sockets == nullptr) {
        parts.listen.push_back(AbstractSocket(spec.name));
      }
    }
    for (const std::string_view peer : spec.peers) {
      const std::string setting = "peer-" + std::string(peer);
      const bool inside = sockets != nullptr && Has(modules, peer) &&
                          config.origin(setting) == Config::Origin::kDefault;
      parts.peers[std::string(peer)] =
          inside ? sockets->Address(peer) : config.Get(setting);
    }
    contexts.push_back(std::make_unique<ModuleContext>(std::move(parts)));
    if (absl::Status status = module->Start(*contexts.back()); !status.ok()) {
      stop_all(std::chrono::milliseconds(0));
      modules.clear();
      return status;
    }
    started.push_back(module.get());
  }
  LogInfo("started",
          {{"program", program},
           {"version", BuildVersion()},
           {"commit", BuildCommit()},
           {"metrics", WithPort(config.Get("ops-listen"), ops->port())}});
  int taken = 0;
  sigwait(&signals, &taken);
  LogInfo("stopping", {{"signal", taken}});
  stop_all(std::chrono::milliseconds(config.GetInt("drain-wait-ms")));
  // Modules go before what their contexts lend them.
  while (!modules.empty()) modules.pop_back();
  LogInfo("stopped", {{"program", program}});
  return absl::OkStatus();
}

}  // namespace

std::vector<Setting> CommonSettings(const Modules& modules) {
  const bool alone = modules.size() == 1;
  const ModuleSpec& spec =
      FindModuleSpec(alone ? modules.front()->name() : "gateway");
  using Kind = Setting::Kind;
  std::vector<Setting> settings = {
      {.name = "listen",
       .help = "gRPC address",
       .default_value = DefaultListen(spec),
       .kind = Kind::kListen},
      {.name = "ops-listen",
       .help = "address of /metrics",
       .default_value = "127.0.0.1:" + std::to_string(spec.ops_port),
       .kind = Kind::kListen},
      {.name = "data-dir",
       .help = "folder of the embedded databases",
       .default_value = "./welfare-data"},
      {.name = "database-url",
       .help = "postgresql://user:password@host/database, {module} in it is "
               "the service's name; or sqlite:///path for a process of one "
               "service; empty: files in the data-dir",
       .kind = Kind::kSecret},
      {.name = "database-connections",
       .help = "most connections to PostgreSQL, for each service",
       .default_value = "8",
       .kind = Kind::kInteger},
      {.name = "redis-url",
       .help = "redis://host:port/db or unix:///path; empty: cache in process",
       .kind = Kind::kSecret},
      {.name = "assets-dir",
       .help = "folder of the data files that ship with the program",
       .default_value = DefaultAssetsDir().string()},
      {.name = "tls-cert-file", .help = "certificate chain (PEM)"},
      {.name = "tls-key-file", .help = "private key (PEM)"},
      {.name = "tls-client-ca-file", .help = "authorities of clients (PEM)"},
      {.name = "auth",
       .help = "how callers prove who they are",
       .default_value = "off",
       .choices = {"off", "jwt", "mtls", "jwt+mtls"}},
      {.name = "jwks-file", .help = "keys that sign tokens"},
      {.name = "log-format",
       .help = "json or text; empty: text on a terminal",
       .choices = {"", "json", "text"}},
      {.name = "log-level",
       .help = "least level written",
       .default_value = "info",
       .choices = {"debug", "info", "warning", "error"}},
      {.name = "drain-wait-ms",
       .help = "between NOT_SERVING and the end of the listeners, ms",
       .default_value = "200",
       .kind = Kind::kInteger},
      {.name = "drain-timeout-ms",
       .help = "how long running calls may take at the end, ms",
       .default_value = "10000",
       .kind = Kind::kInteger},
  };
  for (const ModuleSpec& other : ModuleSpecs()) {
    const bool called =
        std::any_of(modules.begin(), modules.end(), [&](const auto& module) {
          const auto peers = FindModuleSpec(module->name()).peers;
          return std::find(peers.begin(), peers.end(), other.name) !=
                 peers.end();
        });
    if (!called) continue;
    settings.push_back({.name = "peer-" + std::string(other.name),
                        .help = "address of " + std::string(other.name),
                        .default_value = AbstractSocket(other.name)});
  }
  for (const auto& module : modules) {
    for (Setting& setting : module->settings()) {
      settings.push_back(std::move(setting));
    }
  }
  return settings;
}

int RunProcess(int argc, const char* const* argv, const std::string& program,
               Modules modules) {
  // Start order, whatever order they came in.
  std::sort(modules.begin(), modules.end(), [](const auto& a, const auto& b) {
    return &FindModuleSpec(a->name()) < &FindModuleSpec(b->name());
  });
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) arguments.emplace_back(argv[i]);
  const absl::StatusOr<Config> config =
      Config::Parse(program, arguments, Config::ProcessEnvironment(),
                    CommonSettings(modules));
  if (!config.ok()) {
    SayFailure(program, config.status());
    return kExitUsage;
  }
  if (config->action() == Config::Action::kExit) return kExitOk;
  absl::Status checked = CheckSettings(*config);
  const std::string& database_url = config->Get("database-url");
  if (checked.ok() && modules.size() > 1 && !database_url.empty() &&
      !IsPostgresUrl(database_url)) {
    checked = SettingInvalid(
        "--database-url",
        "a process of several services keeps one file for each; use "
        "--data-dir, or PostgreSQL.");
  }
  if (!checked.ok()) {
    SayFailure(program, checked);
    return kExitUsage;
  }
  if (config->action() == Config::Action::kPrint) {
    std::cout << config->Print();
    return kExitOk;
  }
  if (config->action() == Config::Action::kVerify) {
    std::cout << "The settings are valid.\n";
    return kExitOk;
  }
  ConfigureLogFrom(*config);
  if (absl::Status status = Live(*config, program, modules); !status.ok()) {
    SayFailure(program, status);
    return kExitFailure;
  }
  return kExitOk;
}

}  // namespace welfare::platform
