#include "services/platform/process/settings.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "services/access/auth_methods.h"
#include "services/base/error.h"
#include "services/platform/address.h"
#include "services/platform/cache/redis_cache.h"
#include "services/platform/engine/open_database.h"
#include "services/platform/errors.h"
#include "services/platform/process/assets.h"
#include "services/platform/storage/data_folder.h"
#include "services/platform/work/system_clock.h"

namespace welfare::platform {
namespace {

// A day: more is a mistake in the unit.
constexpr int kMostDrainMs = 24 * 60 * 60 * 1000;

std::string DefaultListen(const ModuleSpec& spec) {
  return "127.0.0.1:" + std::to_string(spec.grpc_port);
}

bool IsTcpListener(Setting::Kind kind) {
  return kind == Setting::Kind::kTcpListen || kind == Setting::Kind::kOpsListen;
}

// `asks`: callers are asked who they are. `tls`: whatever listens speaks TLS.
absl::Status CheckAddress(const Setting& setting, const std::string& address,
                          bool asks, bool tls) {
  const auto wrong = [&setting](std::string_view why) {
    return SettingInvalid("--" + setting.name, why);
  };
  if (setting.kind == Setting::Kind::kPeer) {
    if (IsGrpcAddress(address)) return absl::OkStatus();
    return wrong(
        "it must be host:port with a port from 0 to 65535, unix:path, "
        "unix-abstract:name or dns:///name:port.");
  }
  if (IsTcpListener(setting.kind) && !ParseTcpAddress(address)) {
    return wrong("it must be host:port with a port from 0 to 65535.");
  }
  if (!IsGrpcAddress(address) || address.starts_with("dns:")) {
    return wrong(
        "it must be host:port with a port from 0 to 65535, unix:path or "
        "unix-abstract:name.");
  }
  if (asks && !tls && setting.kind == Setting::Kind::kTcpListen) {
    return wrong(
        "with --auth callers show tokens and keys, so it speaks TLS alone: set "
        "--tls-cert-file and --tls-key-file.");
  }
  if (setting.kind == Setting::Kind::kOpsListen || IsLocalAddress(address)) {
    return absl::OkStatus();
  }
  if (setting.kind == Setting::Kind::kLocalListen) {
    return wrong(
        "it is plain, for operators on this machine: 127.0.0.1:port, unix:path "
        "or unix-abstract:name.");
  }
  if (!asks) {
    return wrong(
        "without authentication (--auth off) only addresses of this machine "
        "are allowed: 127.0.0.1:port, unix:path or unix-abstract:name.");
  }
  return absl::OkStatus();
}

// The gateway keeps nothing and reads nothing that ships with the program.
bool HoldsData(const Module& module) { return module.name() != "gateway"; }

// What of TLS this process speaks, and whether it is enough for --auth.
std::vector<absl::Status> CheckTls(const Config& config,
                                   const Modules& modules) {
  std::vector<absl::Status> problems;
  const auto load = [&problems](const TlsFiles& files) {
    for (absl::Status& problem : LoadTls(files, SystemClock().Now()).problems) {
      problems.push_back(std::move(problem));
    }
  };
  const std::string& auth = config.Get("auth");
  const bool gateway =
      std::any_of(modules.begin(), modules.end(),
                  [](const auto& module) { return !HoldsData(*module); });
  const TlsFiles clients = TlsFilesOf(config);
  if (gateway && clients.any()) load(clients);
  if (modules.size() > 1) {
    for (const char* setting :
         {"peer-ca-file", "peer-cert-file", "peer-key-file"}) {
      if (config.Get(setting).empty()) continue;
      problems.push_back(SettingInvalid(
          "--" + std::string(setting),
          "the services of one process talk inside it; it is for processes "
          "that run apart."));
    }
    return problems;
  }
  if (!gateway && !(clients.client_ca.empty() && clients.crl.empty())) {
    problems.push_back(SettingInvalid(
        "--tls-client-ca-file",
        "it is for clients of the gateway; who calls a service is another "
        "process, of an authority in --peer-ca-file."));
  }
  const TlsFiles peers = PeerTlsFilesOf(config, modules.front()->name());
  const bool named = !config.Get("peer-cert-file").empty() ||
                     !config.Get("peer-key-file").empty();
  if (!peers.client_ca.empty() || named || (!gateway && clients.any())) {
    load(peers);
  } else if (auth != "off") {
    problems.push_back(PeersWithoutTls(auth));
  }
  return problems;
}

absl::Status CheckAssets(const Config& config, const Modules& modules) {
  const std::filesystem::path folder = config.Get("assets-dir");
  for (const auto& module : modules) {
    if (!HoldsData(*module)) continue;
    const std::filesystem::path place =
        AssetPath(folder, module->name(), "").parent_path();
    std::error_code error;
    if (std::filesystem::is_directory(place, error)) continue;
    return SettingInvalid("--assets-dir",
                          "the folder " + place.string() +
                              " is missing; set it to the folder that has the "
                              "data files of the program (services/" +
                              std::string(module->name()) + "/data).");
  }
  return absl::OkStatus();
}

absl::Status CheckDatabase(const Config& config, const Modules& modules) {
  const std::string& url = config.Get("database-url");
  const bool holds_data =
      std::any_of(modules.begin(), modules.end(),
                  [](const auto& module) { return HoldsData(*module); });
  if (url.empty()) {
    if (!holds_data) return absl::OkStatus();
    if (config.Get("data-dir").empty()) {
      return SettingInvalid("--data-dir", "it names no folder.");
    }
    return CheckDataFolder(config.Get("data-dir"));
  }
  if (modules.size() > 1 && !IsPostgresUrl(url)) {
    return SettingInvalid(
        "--database-url",
        "a process of several services keeps one file for each; use "
        "--data-dir, or PostgreSQL.");
  }
  for (const auto& module : modules) {
    const absl::Status status =
        CheckDatabaseUrl(url, {.schema = std::string(module->name())});
    if (!status.ok()) {
      return SettingInvalid("--database-url", base::MessageOf(status));
    }
  }
  const std::optional<std::string> file = DatabaseFile(url);
  if (!file.has_value()) return absl::OkStatus();
  return CheckDataFolder(std::filesystem::path(*file).parent_path());
}

}  // namespace

std::string AbstractSocket(std::string_view module) {
  return "unix-abstract:welfare-" + std::string(module);
}

std::vector<Setting> CommonSettings(const Modules& modules) {
  const bool alone = modules.size() == 1;
  const ModuleSpec& spec =
      FindModuleSpec(alone ? modules.front()->name() : "gateway");
  using Kind = Setting::Kind;
  std::vector<Setting> settings = {
      {.name = "listen",
       .help = "gRPC address",
       .default_value = DefaultListen(spec),
       // The gateway's own listener speaks TCP alone.
       .kind = spec.name == "gateway" ? Kind::kTcpListen : Kind::kListen},
      {.name = "ops-listen",
       .help = "address of /metrics, /livez and /readyz; they hold no data, so "
               "it need not be of this machine alone",
       .default_value = "127.0.0.1:" + std::to_string(spec.ops_port),
       .kind = Kind::kOpsListen},
      {.name = "data-dir",
       .help = "folder of the embedded databases",
       .default_value = "./welfare-data"},
      {.name = "backup-to",
       .help = "copy the databases of the data-dir into this new folder, also "
               "while the platform runs, and exit; a start with it as the "
               "data-dir is the restore"},
      {.name = "database-url",
       .help = "postgresql://user:password@host/database, {module} in it is "
               "the service's name; or sqlite:///path for a process of one "
               "service; empty: files in the data-dir",
       .kind = Kind::kSecret},
      {.name = "database-connections",
       .help = "most connections to PostgreSQL, for each service",
       .default_value = "8",
       .kind = Kind::kInteger,
       .least = 1,
       .most = 1000},
      {.name = "redis-url",
       .help = "redis://host:port/db or unix:///path; empty: cache in process",
       .kind = Kind::kSecret},
      {.name = "assets-dir",
       .help = "folder of the data files that ship with the program",
       .default_value = DefaultAssetsDir().string()},
      {.name = "tls-cert-file",
       .help = "certificate chain (PEM) of the gateway's listeners, its own "
               "first; files of certificates are read again when they change"},
      {.name = "tls-key-file",
       .help = "its private key (PEM, not encrypted), closed to others"},
      {.name = "tls-client-ca-file",
       .help = "authorities (PEM) that sign the certificates of clients"},
      {.name = "tls-crl-file",
       .help = "their revocation lists (PEM), one for each"},
      {.name = "tls-client-cert",
       .help = "with tls-client-ca-file: whether clients must show a "
               "certificate, or may",
       .default_value = "required",
       .choices = {"required", "optional"}},
      {.name = "peer-ca-file",
       .help = "authorities (PEM) that sign the certificates of the platform's "
               "processes: those that run apart then speak mutual TLS"},
      {.name = "peer-cert-file",
       .help = "certificate chain (PEM) of this process among them, with the "
               "name <module>.welfare.internal; empty: tls-cert-file"},
      {.name = "peer-key-file", .help = "its private key; empty: tls-key-file"},
      {.name = "auth",
       .help = "how callers prove who they are: off, or any of jwt, mtls and "
               "api-key joined by +",
       .default_value = "off"},
      {.name = "log-format",
       .help = "json or text; empty: text on a terminal",
       .choices = {"", "json", "text"}},
      {.name = "log-level",
       .help = "least level written",
       .default_value = "info",
       .choices = {"debug", "info", "warning", "error"}},
      {.name = "connection-age-ms",
       .help = "how long a connection between processes takes new calls, ms; "
               "then its caller makes another, so that a replica that was "
               "added gets calls; 0: for ever",
       .default_value = "0",
       .kind = Kind::kInteger,
       .least = 0,
       .most = kMostDrainMs},
      {.name = "connection-age-grace-ms",
       .help = "how long what is under way on it may go on after that, ms",
       .default_value = "300000",
       .kind = Kind::kInteger,
       .least = 0,
       .most = kMostDrainMs},
      {.name = "drain-wait-ms",
       .help = "between NOT_SERVING and the end of the listeners, ms",
       .default_value = "200",
       .kind = Kind::kInteger,
       .least = 0,
       .most = kMostDrainMs},
      {.name = "drain-timeout-ms",
       .help = "how long running calls may take at the end, ms",
       .default_value = "10000",
       .kind = Kind::kInteger,
       .least = 0,
       .most = kMostDrainMs},
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
                        .default_value = AbstractSocket(other.name),
                        .kind = Kind::kPeer});
  }
  for (const auto& module : modules) {
    for (Setting& setting : module->settings()) {
      settings.push_back(std::move(setting));
    }
  }
  return settings;
}

std::vector<absl::Status> CheckSettings(const Config& config,
                                        const Modules& modules) {
  std::vector<absl::Status> problems;
  const auto check = [&problems](absl::Status status) {
    if (!status.ok()) problems.push_back(std::move(status));
  };
  const auto auth = access::AuthMethods::Parse(config.Get("auth"));
  const bool asks = auth.has_value() && !auth->off();
  if (!auth.has_value()) {
    check(SettingInvalid("--auth",
                         "it must be off, or any of jwt, mtls and api-key "
                         "joined by +, each once."));
  }
  for (absl::Status& problem : CheckTls(config, modules)) {
    check(std::move(problem));
  }
  // Of a service that runs apart PEERS_WITHOUT_TLS has been said already.
  const bool tls = TlsFilesOf(config).any() ||
                   (modules.size() == 1 && HoldsData(*modules.front()));
  for (const Setting& setting : config.settings()) {
    using Kind = Setting::Kind;
    if (setting.kind == Kind::kListen || setting.kind == Kind::kLocalListen ||
        setting.kind == Kind::kPeer || IsTcpListener(setting.kind)) {
      check(CheckAddress(setting, config.Get(setting.name), asks, tls));
    }
    // What is not inside the process would be plain.
    if (setting.kind == Kind::kPeer && modules.size() > 1 && asks &&
        config.origin(setting.name) != Config::Origin::kDefault) {
      check(SettingInvalid("--" + setting.name,
                           "with --auth the services of one process call each "
                           "other inside it; leave it out."));
    }
  }
  if (absl::Status status = CheckCacheUrl(config.Get("redis-url"));
      !status.ok()) {
    check(SettingInvalid("--redis-url", base::MessageOf(status)));
  }
  for (const auto& module : modules) {
    for (absl::Status& problem : module->CheckSettings(config)) {
      check(std::move(problem));
    }
  }
  check(CheckAssets(config, modules));
  check(CheckDatabase(config, modules));
  return problems;
}

TlsFiles TlsFilesOf(const Config& config) {
  return {.certificate = config.Get("tls-cert-file"),
          .key = config.Get("tls-key-file"),
          .client_ca = config.Get("tls-client-ca-file"),
          .crl = config.Get("tls-crl-file")};
}

TlsFiles PeerTlsFilesOf(const Config& config, std::string_view module) {
  const bool own = !config.Get("peer-cert-file").empty() ||
                   !config.Get("peer-key-file").empty();
  TlsFiles files;
  files.settings.client_ca = "peer-ca-file";
  if (own) {
    files.settings.certificate = "peer-cert-file";
    files.settings.key = "peer-key-file";
  }
  files.certificate = config.Get(files.settings.certificate);
  files.key = config.Get(files.settings.key);
  files.client_ca = config.Get("peer-ca-file");
  files.module = std::string(module);
  return files;
}

std::string DatabaseUrl(const Config& config, std::string_view module) {
  const std::string& url = config.Get("database-url");
  if (!url.empty()) return url;
  const std::filesystem::path file =
      std::filesystem::path(config.Get("data-dir")) /
      (std::string(module) + ".db");
  return "sqlite:" + file.string();
}

}  // namespace welfare::platform
