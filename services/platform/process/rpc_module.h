#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/time/clock.h"
#include "services/platform/process/module.h"
#include "services/platform/rpc/rpc_server.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

struct CallEnvironment;  // call_environment.h
class VersionFeed;       // version_feed.h

// A Module that is a gRPC service: pools, server, health, drain and the order
// of the end are here; the service says what it serves.
//
//   class RegistryModule final : public platform::RpcModule {
//    public:
//     RegistryModule() : RpcModule("registry") {}
//     ~RegistryModule() override { StopNow(); }
//    private:
//     absl::StatusOr<std::vector<grpc::Service*>> Build(
//         platform::ModuleContext& context) override {
//       WELFARE_ASSIGN_OR_RETURN(database_, context.OpenDatabase());
//       ...
//       service_ = std::make_unique<RegistryService>(*store_, calls());
//       return std::vector<grpc::Service*>{service_.get()};
//     }
//     absl::Status Ready() override { return database_->Ping(); }
//   };
class RpcModule : public Module {
 public:
  struct Options {
    int call_threads = 8;  // of handlers that block
    int call_queue = 256;  // calls that may wait for one
    // Of handlers of whole files, and how many files may wait. Two keep two
    // cores busy, and a database takes one writer at a time.
    int bulk_threads = 2;
    int bulk_queue = 64;
    // Of steps of server streams, each of which reads or computes one message
    // and is done: the same kind of work as a call, so as many threads. Who
    // reads slowly takes none.
    int stream_threads = 8;
    // Open at once; more are refused. Those that follow have seats of their
    // own, below.
    int streams = 1024;
    // A message of a stream may be under way for so long.
    std::chrono::milliseconds stall_limit{60000};
    // Those who wait for versions take no thread; more are refused.
    int waiting_reads = 2048;
    int waiting_streams = 2048;
    std::chrono::milliseconds longest_wait{10000};  // of a read
  };

  explicit RpcModule(std::string name);
  RpcModule(std::string name, const Options& options);
  ~RpcModule() override;

  std::string_view name() const final { return name_; }
  absl::Status Start(ModuleContext& context) final;
  void Drain() final;
  void Stop(std::chrono::system_clock::time_point deadline) final;

  // The port of the first address, when it is one of TCP. After Start.
  int port() const;

 protected:
  // Opens what the service needs and returns the services. The module keeps
  // them. Called again, after a while, when the database's server was away
  // (UNAVAILABLE, reason DATABASE_UNAVAILABLE), until it is not.
  virtual absl::StatusOr<std::vector<grpc::Service*>> Build(
      ModuleContext& context) = 0;

  // Whether the module can do its work. Asked about once a second while
  // serving, from another thread.
  virtual absl::Status Ready() { return absl::OkStatus(); }

  // Asks threads of the module's own (watchers) to end. Called at Drain's end,
  // before the server shuts down. Who waits in the feed was told at its begin.
  virtual void StopWorkers() {}

  // For the service's MethodTable; valid from Build on, until the destructor.
  const CallEnvironment& calls() const;

  // Has reads of personal data and refusals written to the audit log of
  // `database`, which a service with a store asks for before it makes its
  // MethodTable. Both outlive the server.
  void KeepAudit(Database& database, const base::Clock& clock);

  // The versions of what the service owns, and those who wait for them. Build
  // publishes what is known and calls Start; it is stopped by itself.
  VersionFeed& feed() const;

  // Ends the server without grace. Call it first in the destructor of a
  // derived class, whose members the server's threads use.
  void StopNow();

 private:
  struct State;
  std::string name_;
  std::unique_ptr<State> state_;
};

}  // namespace welfare::platform
