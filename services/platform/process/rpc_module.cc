#include "services/platform/process/rpc_module.h"

#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/platform/audit/audit_writer.h"
#include "services/platform/calls/call_environment.h"
#include "services/platform/calls/open_streams.h"
#include "services/platform/observe/log.h"
#include "services/platform/observe/readiness.h"
#include "services/platform/work/worker_pool.h"

namespace welfare::platform {
namespace {

// The address with the port that the system chose for port 0.
std::string WithChosenPort(const std::string& address, int port) {
  if (!address.ends_with(":0") || address.starts_with("unix")) return address;
  return address.substr(0, address.size() - 1) + std::to_string(port);
}

}  // namespace

struct RpcModule::State {
  State(const std::string& name, const Options& options)
      : pool({.name = name + "-calls",
              .threads = options.call_threads,
              .queue = options.call_queue}),
        bulk_pool({.name = name + "-bulk",
                   .threads = options.bulk_threads,
                   .queue = options.bulk_queue,
                   .background = true}),
        stream_pool({.name = name + "-streams",
                     .threads = options.stream_threads,
                     .queue = 0}),
        streams({.limit = options.streams, .stall_limit = options.stall_limit}),
        feed({.reads = options.waiting_reads,
              .streams = options.waiting_streams}) {
    calls.domain = name + ".welfare";
    calls.pool = &pool;
    calls.bulk_pool = &bulk_pool;
    calls.stream_pool = &stream_pool;
    calls.streams = &streams;
    calls.feed = &feed;
    calls.longest_wait = options.longest_wait;
  }

  WorkerPool pool;
  WorkerPool bulk_pool;
  WorkerPool stream_pool;
  OpenStreams streams;
  VersionFeed feed;  // its wakes use the pools
  CallEnvironment calls;
  SteadyAnswer steady;                 // asked by one thread at a time
  std::unique_ptr<AuditWriter> audit;  // null without a store
  std::unique_ptr<RpcServer> server;

  // When no call is under way any more: calls wait for it, and the last
  // refusals are written.
  void StopAudit() {
    if (audit != nullptr) audit->Stop();
  }
};

RpcModule::RpcModule(std::string name)
    : RpcModule(std::move(name), Options{}) {}

RpcModule::RpcModule(std::string name, const Options& options)
    : name_(std::move(name)), state_(std::make_unique<State>(name_, options)) {}

RpcModule::~RpcModule() { StopNow(); }

absl::Status RpcModule::Start(ModuleContext& context) {
  state_->calls.metrics = &context.metrics();
  state_->calls.identify = context.identify();
  absl::StatusOr<std::vector<grpc::Service*>> services = Build(context);
  while (!services.ok() && context.WaitToStartAgain(services.status())) {
    services = Build(context);
  }
  if (!services.ok()) return services.status();
  RpcServer::Options options;
  options.addresses = context.listen();
  options.credentials = context.listen_credentials();
  options.services = *std::move(services);
  options.connection_age =
      std::chrono::milliseconds(context.config().GetInt("connection-age-ms"));
  options.connection_age_grace = std::chrono::milliseconds(
      context.config().GetInt("connection-age-grace-ms"));
  options.ready = [this, &context] {
    const absl::Status status = state_->steady.Judge(Ready());
    context.ReportReadiness(status);
    return status;
  };
  WELFARE_ASSIGN_OR_RETURN(state_->server, RpcServer::Start(options));
  for (const std::string& address : context.listen()) {
    const bool first = &address == &context.listen().front();
    LogInfo("module serves",
            {{"module", name_},
             {"address", first ? WithChosenPort(address, port()) : address},
             {"tls", options.credentials != nullptr}});
  }
  return absl::OkStatus();
}

void RpcModule::Drain() {
  if (state_->server != nullptr) state_->server->Drain();
  // Whoever only waits is told at once; the drain is for those who work.
  state_->feed.Stop();
}

void RpcModule::Stop(std::chrono::system_clock::time_point deadline) {
  StopWorkers();
  state_->feed.Stop();
  if (state_->server != nullptr) state_->server->Shutdown(deadline);
  state_->stream_pool.Stop();
  state_->bulk_pool.Stop();
  state_->pool.Stop();
  state_->StopAudit();
}

void RpcModule::StopNow() {
  state_->feed.Stop();
  if (state_->server != nullptr) {
    state_->server->Shutdown(std::chrono::system_clock::now());
  }
  state_->stream_pool.Stop();
  state_->bulk_pool.Stop();
  state_->pool.Stop();
  state_->StopAudit();
}

int RpcModule::port() const {
  return state_->server == nullptr ? 0 : state_->server->port();
}

const CallEnvironment& RpcModule::calls() const { return state_->calls; }

void RpcModule::KeepAudit(Database& database, const base::Clock& clock) {
  state_->audit = std::make_unique<AuditWriter>(
      AuditWriter::Options{.database = database, .clock = clock});
  state_->calls.audit = state_->audit.get();
}

VersionFeed& RpcModule::feed() const { return state_->feed; }

}  // namespace welfare::platform
