#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/time/clock.h"
#include "services/platform/cache/cache.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/observe/readiness.h"
#include "services/platform/process/config.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/storage/database.h"

namespace grpc {
class ServerCredentials;
}

namespace welfare::platform {

// What is known of a module without its code: the one table that start order,
// ports, network policies and tests read.
struct ModuleSpec {
  std::string_view name;
  int grpc_port;                            // of --listen
  int ops_port;                             // of --ops-listen
  std::span<const std::string_view> peers;  // whom it calls
};

// All modules in start order: a module comes after its peers.
std::span<const ModuleSpec> ModuleSpecs();
// The modules that call `module`.
std::vector<std::string> CallersOf(std::string_view module);
// REQUIRES: `name` is in the table.
const ModuleSpec& FindModuleSpec(std::string_view name);

// What a module gets to start with. Outlives the module.
class ModuleContext {
 public:
  struct Parts {
    std::string name;
    const Config& config;
    MetricsRegistry& metrics;
    const base::Clock& clock;
    Cache& cache;
    std::vector<std::string> listen;
    // At all of `listen`; null: plain.
    std::shared_ptr<grpc::ServerCredentials> listen_credentials = nullptr;
    std::map<std::string, PeerEndpoint> peers;  // by module
    std::string database_url;
    std::filesystem::path assets_dir;
    // Where the module says whether it is ready. Null: nobody asks.
    Readiness* readiness = nullptr;
    // Waits, and returns true when the process is to end. Empty: there is no
    // waiting.
    std::function<bool(std::chrono::milliseconds)> pause = {};
    // Finds out who calls. Empty: everybody is the local operator.
    IdentityHook identify = {};
  };
  explicit ModuleContext(Parts parts);
  ~ModuleContext();
  ModuleContext(const ModuleContext&) = delete;
  ModuleContext& operator=(const ModuleContext&) = delete;

  const std::string& name() const { return parts_.name; }
  const Config& config() const { return parts_.config; }
  MetricsRegistry& metrics() const { return parts_.metrics; }
  const base::Clock& clock() const { return parts_.clock; }
  // In process, or Redis behind it when --redis-url is set. Begin keys with the
  // module's name.
  Cache& cache() const { return parts_.cache; }
  // Finds out who calls the module; empty: everybody is the local operator.
  const IdentityHook& identify() const { return parts_.identify; }
  // Where the module's gRPC server listens.
  const std::vector<std::string>& listen() const { return parts_.listen; }
  const std::shared_ptr<grpc::ServerCredentials>& listen_credentials() const {
    return parts_.listen_credentials;
  }
  // Another module, for MakeChannel.
  // REQUIRES: `module` is one of the spec's peers.
  const PeerEndpoint& Peer(std::string_view module) const;
  // Opens the module's own database: <data-dir>/<name>.db or --database-url,
  // on PostgreSQL the schema of its name. A file serves one process at a time,
  // and a lock file beside it says so; a schema serves several. Files are for
  // their owner alone (0600), and so is the data folder (0700), also where they
  // were made otherwise before.
  //
  // Errors: FAILED_PRECONDITION, reasons DATA_FOLDER_UNUSABLE, DATABASE_IN_USE;
  //   those of platform::OpenDatabase.
  absl::StatusOr<std::unique_ptr<Database>> OpenDatabase();
  // Says that the module could not start because of `why`, and waits a moment.
  // Returns true when it should try again: `why` is a server that is away, as
  // PostgreSQL is while it starts itself, or a database that another process
  // holds. False: give up, or the process ends.
  bool WaitToStartAgain(const absl::Status& why);
  // Says for /readyz whether the module can do its work; good for some seconds.
  void ReportReadiness(const absl::Status& status);
  // The same for a module that is ready as long as it lives.
  void ReportServing();
  // Path of a data file that ships with the module ("municipalities.csv").
  std::filesystem::path AssetPath(std::string_view file) const;

 private:
  absl::Status LockFile(const std::string& path);

  Parts parts_;
  int lock_ = -1;
  int tries_ = 0;
};

// One part of the product with a server of its own. Called by RunProcess only,
// from the main thread: Start, then Drain, then Stop. gRPC services derive from
// RpcModule, which does all of it.
class Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  virtual ~Module() = default;

  // A name of the table above.
  virtual std::string_view name() const = 0;

  // Settings beyond the common ones. Addresses are checked by their kind.
  virtual std::vector<Setting> settings() const { return {}; }

  // What is wrong with these settings, beyond the common ones: everything that
  // can be seen without starting.
  virtual std::vector<absl::Status> CheckSettings(
      const Config& /*config*/) const {
    return {};
  }

  // Opens everything and serves. An error ends the process with its message;
  // what was opened is closed by the destructor.
  virtual absl::Status Start(ModuleContext& context) = 0;

  // Says NOT_SERVING, so that callers go elsewhere; keeps answering.
  virtual void Drain() = 0;

  // Finishes calls until `deadline`, cuts the rest, ends threads.
  virtual void Stop(std::chrono::system_clock::time_point deadline) = 0;
};

}  // namespace welfare::platform
