#include "tests/platform/fake_registry.h"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "services/base/error.h"
#include "services/platform/calls/method_table.h"
#include "services/platform/storage/database.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/type/v1/versions.pb.h"

namespace welfare::platform {
namespace {

namespace v1 = welfare::registry::v1;
namespace type_v1 = welfare::type::v1;

// A stream that counts up to the number of resources; without any, or where the
// first says how it goes on, for ever.
class Count {
 public:
  Count(const VersionFeed& feed, FakeRegistryState& state)
      : feed_(&feed),
        open_(&state, [](FakeRegistryState* counted) { --counted->watchers; }) {
    ++state.watchers;
  }

  absl::StatusOr<StreamStep> operator()(
      const CallContext&, const type_v1::WatchVersionsRequest& request,
      type_v1::WatchVersionsResponse& message) {
    const int resources = request.resources_size();
    const std::string how = resources > 0 ? request.resources(0) : "";
    if (open_->release.load()) return StreamStep::End();
    if (how == "fails" && sent_ == 2) {
      return base::MakeError({"STEP_BAD", absl::StatusCode::kInvalidArgument,
                              "The step is bad.", ""});
    }
    if (how == "throws" && sent_ == 2) throw std::runtime_error("secret words");
    if (how == "follows" && sent_ > 0) {
      const auto next = [name = std::to_string(sent_)](
                            const VersionFeed::Versions& versions) {
        return versions.contains(name);
      };
      const VersionFeed::VersionsPtr now = feed_->Current();
      if (now == nullptr || !next(*now)) return StreamStep::Wait(next);
    }
    const bool at_hand = how == "at hand";
    if ((how == "counts" || at_hand) && sent_ == resources) {
      return StreamStep::End();
    }
    auto& entry = *message.add_entries();
    entry.set_version(++sent_);
    // More than is sent to a reader who reads nothing.
    if (how == "large") entry.set_resource(std::string(1 << 17, 'r'));
    ++open_->made;
    return StreamStep::Message(at_hand);
  }

 private:
  const VersionFeed* feed_;
  std::shared_ptr<FakeRegistryState> open_;  // copies of a step are one stream
  int sent_ = 0;
};

// Only the methods below.
class FakeRegistry final : public MethodTable {
 public:
  FakeRegistry(const CallEnvironment& calls, FakeRegistryState& state)
      : MethodTable("welfare.registry.v1.RegistryService", calls),
        state_(state) {
    Read(
        "GetMunicipality",
        [](const v1::GetMunicipalityRequest& request) {
          return ReadPlan{.blocks = request.name() != "inline"};
        },
        &FakeRegistry::Get, *this);
    Read(
        "GetRoster", [](const v1::GetRosterRequest&) { return ReadPlan{}; },
        [](const CallContext&, const v1::GetRosterRequest& request,
           SharedBytes& bytes) {
          v1::Roster roster;
          roster.set_name(request.name());
          bytes = Share(roster.SerializeAsString());
          return absl::OkStatus();
        });
    BidiStream("ImportMunicipalities", [] {
      return [count = 0](const CallContext&,
                         const v1::ImportMunicipalitiesRequest& in,
                         type_v1::ImportResult& out) mutable -> absl::Status {
        if (in.request_id() == "bad") {
          return base::MakeError({"BATCH_BAD",
                                  absl::StatusCode::kInvalidArgument,
                                  "The batch is bad.", ""});
        }
        out.set_request_id(in.request_id());
        out.set_version(++count);
        return absl::OkStatus();
      };
    });
    BulkUnary("BatchImportMunicipalities", &FakeRegistry::Import, *this);
    FollowingStream(
        "WatchVersions",
        [](const type_v1::WatchVersionsRequest& request) {
          return request.resources_size() > 0 &&
                 request.resources(0) == "follows";
        },
        [&calls, &state](const type_v1::WatchVersionsRequest&) {
          return Count(*calls.feed, state);
        });
  }

 private:
  absl::Status Get(const CallContext& call,
                   const v1::GetMunicipalityRequest& request,
                   v1::Municipality& response) {
    ++state_.calls;
    state_.deadline_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(
            call.limits.deadline - std::chrono::steady_clock::now())
            .count();
    const std::string& name = request.name();
    if (name == "missing") {
      return base::MakeError({"MUNICIPALITY_NOT_FOUND",
                              absl::StatusCode::kNotFound,
                              "There is no such municipality.", ""})
          .With("name", name)
          .WithResource("registry.welfare/Municipality", name);
    }
    if (name == "language") {
      response.set_kana(std::string(base::ToTag(call.language)));
    }
    if (name == "throw") throw std::runtime_error("secret words");
    if (name == "internal") {
      return base::MakeError(
          {"SECRET", absl::StatusCode::kInternal, "secret words", ""});
    }
    if (name == "flaky" && state_.calls.load() < 3) {
      return absl::UnavailableError("try again");
    }
    if (name == "aborted") return absl::AbortedError("no");
    while (name == "wait" && !state_.release.load()) {
      if (call.cancelled()) {
        state_.saw_cancel = true;
        return absl::CancelledError("gone");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    response.set_name(name);
    response.set_display_name(call.request_id);
    return absl::OkStatus();
  }

  // Takes until `release`.
  absl::Status Import(const CallContext& call,
                      const v1::ImportMunicipalitiesRequest&,
                      type_v1::ImportResult&) {
    ++state_.importing;
    while (!state_.release.load() && !call.cancelled()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    --state_.importing;
    ++state_.imported;
    return absl::OkStatus();
  }

  FakeRegistryState& state_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeFakeRegistry(const CallEnvironment& calls,
                                                FakeRegistryState& state) {
  return std::make_unique<FakeRegistry>(calls, state);
}

FakeRegistryModule::FakeRegistryModule(const Options& options)
    : RpcModule("registry", options) {}

FakeRegistryModule::~FakeRegistryModule() { StopNow(); }

absl::StatusOr<std::vector<grpc::Service*>> FakeRegistryModule::Build(
    ModuleContext& context) {
  WELFARE_ASSIGN_OR_RETURN(database_, context.OpenDatabase());
  registry_ = MakeFakeRegistry(calls(), state_);
  return std::vector<grpc::Service*>{registry_.get()};
}

absl::Status FakeRegistryModule::Ready() {
  if (!ready.load()) return absl::UnavailableError("told so");
  return database_->Ping();
}

}  // namespace welfare::platform
