#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/process/rpc_module.h"
#include "services/platform/rpc/handler.h"
#include "services/platform/rpc/stream.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"

namespace welfare::platform {

namespace v1 = welfare::registry::v1;
namespace type_v1 = welfare::type::v1;

// A registry whose behaviour is chosen by the name that is asked for: every
// way a handler can end.
class FakeRegistry final
    : public v1::RegistryService::WithRawCallbackMethod_GetRoster<
          v1::RegistryService::CallbackService> {
 public:
  explicit FakeRegistry(const CallEnvironment& environment)
      : calls_(environment) {}

  grpc::ServerUnaryReactor* GetMunicipality(
      grpc::CallbackServerContext* context,
      const v1::GetMunicipalityRequest* request,
      v1::Municipality* response) override {
    if (request->name() == "inline") {
      return InlineUnary(calls_, context, request, response,
                         std::bind_front(&FakeRegistry::Get, this));
    }
    return Unary(calls_, context, request, response,
                 std::bind_front(&FakeRegistry::Get, this));
  }

  grpc::ServerUnaryReactor* GetRoster(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override {
    return InlineRawUnary<v1::GetRosterRequest>(
        calls_, context, request, response,
        [](const CallContext&, const v1::GetRosterRequest& parsed,
           SharedBytes& bytes) {
          v1::Roster roster;
          roster.set_name(parsed.name());
          bytes = Share(roster.SerializeAsString());
          return absl::OkStatus();
        });
  }

  grpc::ServerBidiReactor<v1::ImportMunicipalitiesRequest,
                          type_v1::ImportResult>*
  ImportMunicipalities(grpc::CallbackServerContext* context) override {
    return BidiStream<v1::ImportMunicipalitiesRequest, type_v1::ImportResult>(
        calls_, context,
        [count = 0](const auto&, const auto& in,
                    auto& out) mutable -> absl::Status {
          if (in.request_id() == "bad") {
            return base::MakeError(absl::StatusCode::kInvalidArgument,
                                   "BATCH_BAD", "The batch is bad.");
          }
          out.set_request_id(in.request_id());
          out.set_version(++count);
          return absl::OkStatus();
        });
  }

  grpc::ServerWriteReactor<type_v1::WatchVersionsResponse>* WatchVersions(
      grpc::CallbackServerContext* context,
      const type_v1::WatchVersionsRequest* request) override {
    return ServerStream<type_v1::WatchVersionsResponse>(
        calls_, context, request, std::bind_front(&FakeRegistry::Watch, this));
  }

  std::atomic<int> calls{0};
  std::atomic<int> watchers{0};
  std::atomic<bool> release{false};
  std::atomic<bool> saw_cancel{false};
  std::atomic<std::int64_t> deadline_ms{0};

 private:
  absl::Status Get(const CallContext& call,
                   const v1::GetMunicipalityRequest& request,
                   v1::Municipality& response) {
    ++calls;
    deadline_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                      call.limits.deadline - std::chrono::steady_clock::now())
                      .count();
    const std::string& name = request.name();
    if (name == "missing") {
      return base::MakeError(absl::StatusCode::kNotFound,
                             "MUNICIPALITY_NOT_FOUND",
                             "There is no such municipality.")
          .With("name", name)
          .WithResource("registry.welfare/Municipality", name);
    }
    if (name == "throw") throw std::runtime_error("secret words");
    if (name == "internal") {
      return base::MakeError(absl::StatusCode::kInternal, "SECRET",
                             "secret words");
    }
    if (name == "flaky" && calls.load() < 3) {
      return absl::UnavailableError("try again");
    }
    if (name == "aborted") return absl::AbortedError("no");
    while (name == "wait" && !release.load()) {
      if (call.cancelled()) {
        saw_cancel = true;
        return absl::CancelledError("gone");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    response.set_name(name);
    response.set_display_name(call.request_id);
    return absl::OkStatus();
  }

  // Counts up until the caller goes, or to the number of resources.
  absl::Status Watch(const CallContext& call,
                     const type_v1::WatchVersionsRequest& request,
                     StreamWriter<type_v1::WatchVersionsResponse>& writer) {
    ++watchers;
    absl::Status status;
    for (int i = 1; status.ok(); ++i) {
      if (request.resources_size() > 0 && i > request.resources_size()) break;
      if (call.cancelled() || release.load()) break;
      type_v1::WatchVersionsResponse response;
      response.add_entries()->set_version(i);
      status = writer.Write(response);
    }
    --watchers;
    return status;
  }

  const CallEnvironment& calls_;
};

// FakeRegistry as a module.
class FakeRegistryModule final : public RpcModule {
 public:
  explicit FakeRegistryModule(const Options& options = {})
      : RpcModule("registry", options) {}
  ~FakeRegistryModule() override { StopNow(); }

  FakeRegistry& registry() { return *registry_; }
  std::atomic<bool> ready{true};

 private:
  absl::StatusOr<std::vector<ServedService>> Build(
      ModuleContext& context) override {
    auto database = context.OpenDatabase();
    if (!database.ok()) return database.status();
    database_ = *std::move(database);
    registry_ = std::make_unique<FakeRegistry>(calls());
    return std::vector<ServedService>{
        {registry_.get(), v1::RegistryService::service_full_name()}};
  }
  absl::Status Ready() override {
    if (!ready.load()) return absl::UnavailableError("told so");
    return database_->Ping();
  }

  std::unique_ptr<Database> database_;
  std::unique_ptr<FakeRegistry> registry_;
};

}  // namespace welfare::platform
