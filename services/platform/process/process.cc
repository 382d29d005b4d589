#include "services/platform/process/process.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "services/base/error.h"
#include "services/base/wording/language.h"
#include "services/platform/cache/redis_cache.h"
#include "services/platform/engine/open_database.h"
#include "services/platform/engine/sqlite_database.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/observe/ops_server.h"
#include "services/platform/observe/process_metrics.h"
#include "services/platform/observe/readiness.h"
#include "services/platform/observe/version.h"
#include "services/platform/process/memory.h"
#include "services/platform/process/peer_identity.h"
#include "services/platform/process/peer_tls.h"
#include "services/platform/rpc/grpc_lifetime.h"
#include "services/platform/storage/backup.h"
#include "services/platform/storage/incarnation.h"
#include "services/platform/work/background.h"
#include "services/platform/work/system_clock.h"

namespace welfare::platform {
namespace {

constexpr int kExitOk = 0;
constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;

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
  const std::string japanese =
      base::GetErrorDetails(status).value_or(base::ErrorDetails{}).message_ja;
  const bool in_japanese = !japanese.empty() && base::LanguageOfEnvironment() ==
                                                    base::Language::kJapanese;
  std::cerr << program << ": "
            << (in_japanese ? std::string_view(japanese)
                            : base::MessageOf(status));
  const std::string cause = CauseOf(status);
  if (!cause.empty()) std::cerr << " (" << cause << ")";
  // What the failure is called, for those who look it up.
  const std::string reason = base::ReasonOf(status);
  if (!reason.empty()) std::cerr << " [" << reason << "]";
  std::cerr << std::endl;
}

// At the start nobody can repeat a call: says what to see to instead.
absl::Status AtStart(std::string_view module, const absl::Status& status) {
  const std::string reason = base::ReasonOf(status);
  if (reason == "STORAGE_FULL") {
    return DatabaseFailedAtStart(module, "its disk is full");
  }
  if (reason != "DATABASE_UNAVAILABLE") return status;
  const std::string cause = CauseOf(status);
  return DatabaseFailedAtStart(module, cause.empty() ? "it is away" : cause);
}

// SIGTERM and SIGINT, taken here and nowhere else.
class StopSignals {
 public:
  // Threads inherit the mask, so this comes before the first one.
  StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }

  // Waits for one; of the main thread only.
  void Wait() {
    if (taken_ == 0) sigwait(&signals_, &taken_);
  }
  // Waits for one at most so long. Returns whether one came, now or before.
  bool WaitFor(std::chrono::milliseconds time) {
    const timespec limit{.tv_sec = time.count() / 1000,
                         .tv_nsec = time.count() % 1000 * 1'000'000};
    if (taken_ == 0) {
      taken_ = std::max(0, sigtimedwait(&signals_, nullptr, &limit));
    }
    return taken_ != 0;
  }
  int taken() const { return taken_; }

 private:
  sigset_t signals_;
  int taken_ = 0;
};

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
  StopSignals signals;
  ConfigureAllocator();
  KeepGrpcForTheProcess();
  const MemoryReturn memory_return;

  MetricsRegistry metrics;
  AddBuildInfo(metrics);
  AddProcessMetrics(metrics);
  const SystemClock clock;
  Readiness readiness;
  for (const auto& module : modules) readiness.Expect(module->name());
  AddReadyMetric(metrics, readiness);
  // First, so that a start that takes long can be watched.
  WELFARE_ASSIGN_OR_RETURN(
      const std::unique_ptr<OpsServer> ops,
      OpsServer::Start({.address = config.Get("ops-listen")}, metrics,
                       readiness));
  const std::string ops_address =
      WithPort(config.Get("ops-listen"), ops->port());
  LogInfo("starting", {{"program", program}, {"metrics", ops_address}});
  WELFARE_ASSIGN_OR_RETURN(const std::unique_ptr<Cache> cache,
                           OpenCache(config.Get("redis-url"), metrics));
  std::unique_ptr<SocketFolder> sockets;
  if (modules.size() > 1) {
    WELFARE_ASSIGN_OR_RETURN(sockets, SocketFolder::Make());
  }
  const std::filesystem::path assets_dir = config.Get("assets-dir");
  std::unique_ptr<PeerTls> peer_tls;  // null: others are spoken to plain
  if (!config.Get("peer-ca-file").empty()) {
    WELFARE_ASSIGN_OR_RETURN(
        peer_tls, PeerTls::Make({.files = PeerTlsFilesOf(
                                     config, modules.front()->name())},
                                metrics, clock));
  }

  std::vector<std::unique_ptr<ModuleContext>> contexts;
  std::vector<Module*> started;
  const auto stop_all = [&](std::chrono::milliseconds wait) {
    readiness.Drain();
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
    ModuleContext::Parts parts{
        .name = std::string(spec.name),
        .config = config,
        .metrics = metrics,
        .clock = clock,
        .cache = *cache,
        .listen = {},
        .listen_credentials = peer_tls == nullptr
                                  ? nullptr
                                  : peer_tls->ForListener(CallersOf(spec.name)),
        .peers = {},
        .database_url = DatabaseUrl(config, spec.name),
        .assets_dir = assets_dir,
        .readiness = &readiness,
        .pause = [&signals](auto time) { return signals.WaitFor(time); },
        .identify = {}};
    // Where nobody is asked, everybody is the local operator.
    if (config.Get("auth") != "off") {
      parts.identify =
          sockets != nullptr ? &IdentifyWithinProcess : &IdentifyByPeer;
    }
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
      parts.peers[std::string(peer)] = {
          .address = inside ? sockets->Address(peer) : config.Get(setting),
          .credentials =
              peer_tls == nullptr ? nullptr : peer_tls->ForChannelTo(peer),
          .caller = std::string(spec.name)};
    }
    contexts.push_back(std::make_unique<ModuleContext>(std::move(parts)));
    if (absl::Status status = module->Start(*contexts.back()); !status.ok()) {
      stop_all(std::chrono::milliseconds(0));
      modules.clear();
      // Told to end while it waited for a database: that is no failure.
      if (signals.taken() == 0) return AtStart(spec.name, status);
      LogInfo("stopped", {{"program", program}, {"signal", signals.taken()}});
      return absl::OkStatus();
    }
    started.push_back(module.get());
  }
  LogInfo("started", {{"program", program},
                      {"version", BuildVersion()},
                      {"commit", BuildCommit()},
                      {"metrics", ops_address}});
  signals.Wait();
  LogInfo("stopping", {{"signal", signals.taken()}});
  stop_all(std::chrono::milliseconds(config.GetInt("drain-wait-ms")));
  // Modules go before what their contexts lend them.
  while (!modules.empty()) modules.pop_back();
  LogInfo("stopped", {{"program", program}});
  return absl::OkStatus();
}

// The copy goes its own way from here: what was cached or handed out for the
// original must not be taken for the copy's.
absl::Status MakeItsOwnStore(const std::filesystem::path& file) {
  WELFARE_ASSIGN_OR_RETURN(const std::unique_ptr<SqliteDatabase> database,
                           SqliteDatabase::Open({.path = file.string()}));
  // One of an older build, which nobody has started since, gets its first.
  static constexpr Query kFind{"find_table",
                               "SELECT 1 FROM sqlite_master WHERE name = $1"};
  const auto has = [&](std::string_view table) -> absl::StatusOr<bool> {
    WELFARE_ASSIGN_OR_RETURN(const std::optional<bool> found,
                             database->Read([&](Connection& connection) {
                               return connection.Find(
                                   kFind, {table},
                                   [](const Row&) { return true; });
                             }));
    return found.has_value();
  };
  WELFARE_ASSIGN_OR_RETURN(const bool named, has("store_incarnation"));
  if (!named) return absl::OkStatus();
  WELFARE_RETURN_IF_ERROR(RenewIncarnation(*database).status());
  // Whoever is restored from it is a store of its own, each time.
  WELFARE_ASSIGN_OR_RETURN(const bool placed, has("store_place"));
  return placed ? ForgetPlace(*database) : absl::OkStatus();
}

// Copies the embedded databases of the data folder; the platform may run.
absl::Status BackUp(const Config& config, const Modules& modules) {
  const std::string& url = config.Get("database-url");
  if (IsPostgresUrl(url)) {
    return BackupRefused(
        "--backup-to copies embedded databases; PostgreSQL has pg_dump, one "
        "schema after the other: report, survey, registry");
  }
  std::filesystem::path folder = config.Get("data-dir");
  // Who calls others comes before whom it calls: no copy then knows of a thing
  // that its owner's copy lacks.
  std::vector<std::string> names;
  if (url.empty()) {
    for (const ModuleSpec& spec : ModuleSpecs()) {
      names.insert(names.begin(), std::string(spec.name) + ".db");
    }
  } else {
    const std::filesystem::path file =
        DatabaseFile(DatabaseUrl(config, modules.front()->name())).value_or("");
    folder = file.parent_path();
    names.push_back(file.filename());
  }
  WELFARE_ASSIGN_OR_RETURN(
      const std::vector<CopiedDatabase> copied,
      CopyDatabases(folder, names, config.Get("backup-to"), MakeItsOwnStore));
  for (const CopiedDatabase& database : copied) {
    std::cout << "copied " << database.name << " (" << database.bytes
              << " bytes)\n";
  }
  // The copy is good without it; only the alert on old backups is blind.
  for (const CopiedDatabase& database : copied) {
    if (const absl::Status marked = MarkBackup(folder / database.name);
        !marked.ok()) {
      LogStatus(LogLevel::kWarning, "the backup is not seen in the metrics",
                marked);
    }
  }
  return absl::OkStatus();
}

}  // namespace

int RunProcess(int argc, const char* const* argv, const std::string& program,
               Modules modules) {
  // This thread and all that are started by it and by libraries; threads that
  // are to let others go first say so themselves.
  WorkForMoments();
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
  // All of them at once, so that nobody starts it five times.
  if (const auto problems = CheckSettings(*config, modules);
      !problems.empty()) {
    for (const absl::Status& problem : problems) SayFailure(program, problem);
    return absl::IsInvalidArgument(problems.front()) ? kExitUsage
                                                     : kExitFailure;
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
  // A client that is gone and a file that may not grow are errors of the calls
  // that notice.
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  // Whatever it makes is for its own user alone.
  umask(077);
  const absl::Status ended = config->Get("backup-to").empty()
                                 ? Live(*config, program, modules)
                                 : BackUp(*config, modules);
  if (ended.ok()) return kExitOk;
  SayFailure(program, ended);
  return kExitFailure;
}

}  // namespace welfare::platform
