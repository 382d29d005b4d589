// The gateway over real sockets, in front of a real gRPC server with fake
// services.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/budgets/budget.h"
#include "gateway/calls/backend.h"
#include "gateway/edge/listener.h"
#include "gateway/handlers/router.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/base/error.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/grpc_lifetime.h"
#include "services/platform/rpc/status_mapping.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/report/v1/report_service.grpc.pb.h"

namespace welfare::gateway {

inline const bool kGrpcKept = [] {
  platform::KeepGrpcForTheProcess();
  return true;
}();

// Of the failure of a call; empty where it names none.
inline std::string ReasonOf(const grpc::Status& status) {
  return base::ReasonOf(platform::FromGrpcStatus(status));
}

inline constexpr char kPart[] = "0123456789abcdef";
inline constexpr int kParts = 400;

// Answers by what the name of the resource asks for.
class FakeRegistry final : public registry::v1::RegistryService::Service {
 public:
  grpc::Status GetMunicipality(
      grpc::ServerContext* context,
      const registry::v1::GetMunicipalityRequest* request,
      registry::v1::Municipality* response) override {
    {
      const std::lock_guard lock(mutex_);
      metadata_.clear();
      for (const auto& [key, value] : context->client_metadata()) {
        metadata_[std::string(key.data(), key.size())] =
            std::string(value.data(), value.size());
      }
      deadline_left_ = context->deadline() - std::chrono::system_clock::now();
    }
    response->set_name(request->name());
    response->set_version(request->data_version());
    if (request->name() == "municipalities/guarded") response->set_etag(kEtag);
    if (request->name() == "municipalities/missing") return Refused();
    if (request->name() == "municipalities/plain") {
      return {grpc::StatusCode::UNKNOWN, "test status message"};
    }
    if (request->name() == "municipalities/away") {
      ++away_;
      return {grpc::StatusCode::UNAVAILABLE, "not here"};
    }
    if (request->name() == "municipalities/leaving" && ++leaving_ == 1) {
      return {grpc::StatusCode::CANCELLED, "CANCELLED"};
    }
    if (request->name() == "municipalities/left") {
      return {grpc::StatusCode::CANCELLED, "CANCELLED"};
    }
    if (request->name() == "municipalities/slow") {
      ++slow_;
      support::WaitFor([context] { return context->IsCancelled(); },
                       std::chrono::seconds(20));
      if (context->IsCancelled()) ++cancelled_;
    }
    if (request->name() == "municipalities/brief") {
      ++slow_;
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
    return grpc::Status::OK;
  }

  // As a service that knows what its answers are made of: of `roster_version`.
  grpc::Status GetRoster(grpc::ServerContext* context,
                         const registry::v1::GetRosterRequest* request,
                         registry::v1::Roster* response) override {
    ++rosters_asked;
    const std::string key(platform::kHeldTagsMetadata);
    const auto held = context->client_metadata().find(key);
    if (held != context->client_metadata().end()) {
      platform::AnswerTag tag({held->second.data(), held->second.size()});
      tag.Name(std::to_string(roster_version), base::Language::kEnglish);
      context->AddTrailingMetadata(std::string(platform::kAnswerTagMetadata),
                                   tag.text());
      if (tag.held()) {
        context->AddTrailingMetadata(std::string(platform::kAnswerHeldMetadata),
                                     "1");
        return grpc::Status::OK;
      }
    }
    ++rosters_made;
    response->set_name(request->name());
    response->set_version(roster_version);
    for (int i = 0; i < roster_entries; ++i) {
      auto& entry = *response->add_entries();
      entry.set_municipality("municipalities/" + std::to_string(100000 + i));
      entry.set_display_name("区市町村");
    }
    return grpc::Status::OK;
  }

  // Compares an etag; with none, says which paths it was asked to change.
  grpc::Status UpdateMunicipality(
      grpc::ServerContext* /*context*/,
      const registry::v1::UpdateMunicipalityRequest* request,
      registry::v1::Municipality* response) override {
    response->set_etag(request->municipality().etag());
    if (request->municipality().name() == "municipalities/guarded") {
      ++updates;
      return CheckEtag(request->municipality().etag());
    }
    std::string paths;
    for (const std::string& path : request->update_mask().paths()) {
      paths += path + ";";
    }
    response->set_display_name(paths);
    return grpc::Status::OK;
  }

  grpc::Status BatchImportMunicipalities(
      grpc::ServerContext* /*context*/,
      const registry::v1::ImportMunicipalitiesRequest* request,
      type::v1::ImportResult* response) override {
    response->set_request_id(request->request_id());
    response->set_version(
        static_cast<std::int64_t>(request->batch().csv().size()));
    return grpc::Status::OK;
  }

  grpc::Status ImportMunicipalities(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<type::v1::ImportResult,
                               registry::v1::ImportMunicipalitiesRequest>*
          stream) override {
    registry::v1::ImportMunicipalitiesRequest request;
    type::v1::ImportResult result;
    while (stream->Read(&request)) {
      ++imported_;
      if (request.request_id() == "refuse") return Refused();
      if (request.request_id() == "stop") {
        support::WaitFor([this] { return go_.load(); },
                         std::chrono::seconds(20));
      }
      result.set_request_id(request.request_id());
      result.set_version(
          static_cast<std::int64_t>(request.batch().csv().size()));
      stream->Write(result);
    }
    if (context->IsCancelled()) ++cancelled_;
    return grpc::Status::OK;
  }

  grpc::Status StreamChanges(
      grpc::ServerContext* context,
      const registry::v1::StreamChangesRequest* request,
      grpc::ServerWriter<registry::v1::StreamChangesResponse>* writer)
      override {
    registry::v1::StreamChangesResponse response;
    // What to do, in the place of a store's name.
    const std::string& what = request->data_incarnation();
    if (what == "refuse") return Refused();
    if (what == "none") return grpc::Status::OK;
    if (what == "few" || what == "break") {
      for (int i = 1; i <= 3; ++i) {
        response.set_version(request->after_version() + i);
        if (!writer->Write(response)) break;
      }
      return what == "few" ? grpc::Status::OK : Refused();
    }
    if (what == "steps") {
      response.set_version(1);
      writer->Write(response);
      support::WaitFor([this] { return go_.load(); }, support::kPatience);
      response.set_version(2);
      writer->Write(response);
      return grpc::Status::OK;
    }
    if (what == "quiet" || what == "watch") {
      if (what == "watch") writer->Write(response);
      ++slow_;
      support::WaitFor([context] { return context->IsCancelled(); },
                       std::chrono::seconds(20));
      if (context->IsCancelled()) ++cancelled_;
      return grpc::Status::OK;
    }
    if (what == "huge") {
      response.add_changes()->set_deleted(std::string(3'000'000, 'x'));
      writer->Write(response);
      return grpc::Status::OK;
    }
    response.add_changes()->set_deleted(std::string(64 * 1024, 'x'));
    for (int i = 0; i < kParts; ++i) {
      response.set_version(i);
      if (!writer->Write(response)) break;
      ++written_;
    }
    if (request->follow()) {
      support::WaitFor([context] { return context->IsCancelled(); },
                       std::chrono::seconds(20));
      if (context->IsCancelled()) ++cancelled_;
    }
    return grpc::Status::OK;
  }

  grpc::Status WatchVersions(
      grpc::ServerContext* context, const type::v1::WatchVersionsRequest*,
      grpc::ServerWriter<type::v1::WatchVersionsResponse>* writer) override {
    writer->Write({});
    support::WaitFor([context] { return context->IsCancelled(); },
                     std::chrono::seconds(20));
    return grpc::Status::OK;
  }

  grpc::Status DeleteMunicipality(
      grpc::ServerContext* /*context*/,
      const registry::v1::DeleteMunicipalityRequest* request,
      google::protobuf::Empty* /*response*/) override {
    return CheckEtag(request->etag());
  }

  grpc::Status CreateMunicipality(
      grpc::ServerContext* /*context*/,
      const registry::v1::CreateMunicipalityRequest* request,
      registry::v1::Municipality* response) override {
    if (request->request_id() == "0b5b1c7e-1111-4111-8111-000000000000") {
      return Refuse(grpc::StatusCode::INVALID_ARGUMENT, "REQUEST_ID_REUSED");
    }
    response->set_name(request->request_id());
    return grpc::Status::OK;
  }

  std::atomic<std::int64_t> roster_version{1};
  std::atomic<int> roster_entries{300};
  std::atomic<int> rosters_asked{0};
  std::atomic<int> rosters_made{0};
  std::atomic<int> updates{0};
  static constexpr char kEtag[] = "\"store-7\"";

  std::map<std::string, std::string> metadata() {
    const std::lock_guard lock(mutex_);
    return metadata_;
  }
  std::chrono::system_clock::duration deadline_left() {
    const std::lock_guard lock(mutex_);
    return deadline_left_;
  }
  int slow() const { return slow_; }
  int cancelled() const { return cancelled_; }
  int away() const { return away_; }
  int leaving() const { return leaving_; }
  int written() const { return written_; }
  int imported() const { return imported_; }
  void Go() { go_ = true; }

 private:
  static grpc::Status Refused() {
    google::rpc::Status status;
    status.set_code(5);
    status.set_message("There is no 'x' 東.");
    google::rpc::ErrorInfo info;
    info.set_reason("MUNICIPALITY_NOT_FOUND");
    info.set_domain("registry.welfare");
    status.add_details()->PackFrom(info);
    return {grpc::StatusCode::NOT_FOUND, status.message(),
            status.SerializeAsString()};
  }
  static grpc::Status Refuse(grpc::StatusCode code, const char* reason) {
    google::rpc::Status status;
    status.set_code(code);
    status.set_message("Refused.");
    google::rpc::ErrorInfo info;
    info.set_reason(reason);
    info.set_domain("registry.welfare");
    (*info.mutable_metadata())["etag"] = kEtag;
    status.add_details()->PackFrom(info);
    return {code, status.message(), status.SerializeAsString()};
  }
  static grpc::Status CheckEtag(const std::string& etag) {
    return etag.empty() || etag == kEtag
               ? grpc::Status::OK
               : Refuse(grpc::StatusCode::ABORTED, "ETAG_MISMATCH");
  }

  std::mutex mutex_;
  std::map<std::string, std::string> metadata_;
  std::chrono::system_clock::duration deadline_left_{};
  std::atomic<int> slow_{0};
  std::atomic<int> cancelled_{0};
  std::atomic<int> away_{0};
  std::atomic<int> leaving_{0};
  std::atomic<int> written_{0};
  std::atomic<int> imported_{0};
  std::atomic<bool> go_{false};
};

class FakeReport final : public report::v1::ReportService::Service {
 public:
  // Commits, and drops the first answer: its caller hears UNAVAILABLE.
  grpc::Status CreateReport(grpc::ServerContext* /*context*/,
                            const report::v1::CreateReportRequest* request,
                            report::v1::Report* response) override {
    const std::lock_guard lock(mutex_);
    ids_.push_back(request->request_id());
    const bool known = !request->request_id().empty() &&
                       std::find(ids_.begin(), ids_.end() - 1,
                                 request->request_id()) != ids_.end() - 1;
    if (!known) ++reports_;
    response->set_name("reports/" + std::to_string(reports_));
    response->set_template_(request->report().template_());
    if (std::exchange(answers_once_, true)) return grpc::Status::OK;
    return {grpc::StatusCode::UNAVAILABLE, "the connection broke"};
  }
  int reports() {
    const std::lock_guard lock(mutex_);
    return reports_;
  }
  std::vector<std::string> ids() {
    const std::lock_guard lock(mutex_);
    return ids_;
  }
  // From where files were asked for since the last time.
  std::vector<std::int64_t> TakeOffsets() {
    const std::lock_guard lock(mutex_);
    return std::exchange(offsets_, {});
  }

  grpc::Status DownloadReport(
      grpc::ServerContext* /*context*/,
      const report::v1::DownloadReportRequest* request,
      grpc::ServerWriter<report::v1::DownloadReportResponse>* writer) override {
    if (request->name() == "reports/none") {
      return {grpc::StatusCode::NOT_FOUND, "There is no such report."};
    }
    if (request->name() == "reports/empty") return grpc::Status::OK;
    {
      const std::lock_guard lock(mutex_);
      offsets_.push_back(request->offset());
    }
    std::string file;
    for (int i = 0; i < kParts; ++i) file += kPart;
    const std::size_t size = file.size();
    std::size_t at =
        std::min(static_cast<std::size_t>(request->offset()), size);
    report::v1::DownloadReportResponse part;
    part.set_content_type("text/html; charset=utf-8");
    part.set_filename("報告 2025.html");
    part.set_size(static_cast<std::int64_t>(size));
    part.set_digest("d1");
    do {
      if (at >= size / 2 && request->name() == "reports/broken") {
        return {grpc::StatusCode::INTERNAL, "the disk is gone"};
      }
      // Says more than it has.
      if (at >= size / 2 && request->name() == "reports/short") {
        return grpc::Status::OK;
      }
      part.set_data(file.substr(at, sizeof(kPart) - 1));
      at += part.data().size();
      if (!writer->Write(part)) break;
      part.Clear();
    } while (at < size);
    return grpc::Status::OK;
  }

 private:
  std::mutex mutex_;
  int reports_ = 0;
  bool answers_once_ = false;
  std::vector<std::string> ids_;
  std::vector<std::int64_t> offsets_;
};

class CountingObserver final : public RequestObserver {
 public:
  void OnRequest(const RequestRecord& request) override {
    const std::lock_guard lock(mutex_);
    EXPECT_FALSE(request.request_id.empty());
    seen_.push_back(std::string(request.method) + " " +
                    std::string(request.route) + " " +
                    std::to_string(request.code));
  }
  void OnRefused(std::string_view for_what) override {
    const std::lock_guard lock(mutex_);
    refused_.emplace_back(for_what);
  }
  std::vector<std::string> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  std::vector<std::string> refused() {
    const std::lock_guard lock(mutex_);
    return refused_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> seen_;
  std::vector<std::string> refused_;
};

// As the module has it.
inline Budget::Limits SharedLoopback() {
  return {.shared = [](std::string_view address) {
    return address.starts_with("127.");
  }};
}

// The gateway without its module: no process, no settings. A real gRPC server
// with fake services stands behind it, and it listens on real sockets.
class RunningGateway {
 public:
  // With `lame`, one of the two channels leads to nobody, and there is no
  // direct line. `tls` null: plain; `authenticator` null: nobody is asked who
  // he is. `library` answers for test.v1.Library, where there is one.
  explicit RunningGateway(SessionLimits limits = {},
                          Routing::Options options = {}, bool lame = false,
                          TlsContext* tls = nullptr,
                          Authenticator* authenticator = nullptr,
                          Budget::Limits budget = SharedLoopback(),
                          Gate::Options gate = {},
                          grpc::CallbackGenericService* library = nullptr)
      : budget_(std::move(budget),
                {.connection_evicted = [this] { ++evicted_; },
                 .connection_refused = [this] { ++refused_; },
                 .peer_calmed = [this](std::string_view) { ++calmed_; }}) {
    const std::string address = "unix:" + folder_.File("backend.sock");
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials());
    builder.RegisterService(&registry);
    builder.RegisterService(&report);
    if (library != nullptr) builder.RegisterCallbackGenericService(library);
    server_ = builder.BuildAndStart();
    backend_ = std::make_unique<Backend>(
        std::vector<std::shared_ptr<grpc::Channel>>{
            platform::MakeChannel({address}),
            platform::MakeChannel(
                {lame ? "unix:" + folder_.File("nobody.sock") : address})},
        calls_, gate,
        lame ? std::nullopt
             : std::optional<DirectWay>(
                   {.address = address, .user_agent = "welfare/gateway"}));
    BackendTable table = {
        {"welfare.registry.v1.RegistryService", backend_.get()},
        {"welfare.report.v1.ReportService", backend_.get()}};
    if (library != nullptr) table["test.v1.Library"] = backend_.get();
    auto routing = Routing::Make(
        *google::protobuf::DescriptorPool::generated_pool(), std::move(table),
        options, observer, [this] { return "id-" + std::to_string(++ids_); },
        authenticator);
    EXPECT_TRUE(routing.ok()) << routing.status();
    routing_ = *std::move(routing);
    routing_->pages.Add(
        "/",
        MakeOwnPage("text/html",
                    "<html>" + std::string(4096, 'x') + "English</html>"),
        MakeOwnPage("text/html", "<html>日本語</html>"));
    router_ = std::make_unique<Router>(*routing_);
    listener_ = std::make_unique<Listener>(
        Listener::Options{.loops = 2, .limits = limits, .tls = tls}, budget_,
        *router_);
    const auto bound = listener_->Listen("127.0.0.1:0");
    EXPECT_TRUE(bound.ok()) << bound.status();
    address_ = *bound;
    listener_->Start();
    channel_ =
        grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
  }

  ~RunningGateway() { Stop(std::chrono::milliseconds(0)); }

  void Stop(std::chrono::milliseconds patience) {
    if (stopped_) return;
    stopped_ = true;
    listener_->Drain();
    listener_->CloseAll(std::chrono::steady_clock::now() + patience);
    routing_->transcoding->Stop();
    EXPECT_TRUE(calls_.WaitForNone(support::kPatience));
    listener_->Stop();
    server_->Shutdown(std::chrono::system_clock::now());
  }

  Routing& routing() { return *routing_; }
  const std::string& address() const { return address_; }
  std::uint16_t port() const {
    return static_cast<std::uint16_t>(
        std::stoi(address_.substr(address_.rfind(':') + 1)));
  }
  std::shared_ptr<grpc::Channel> channel() { return channel_; }
  std::unique_ptr<::welfare::registry::v1::RegistryService::Stub> Registry() {
    return ::welfare::registry::v1::RegistryService::NewStub(channel_);
  }
  std::size_t connections() const { return listener_->connections(); }
  const Budget& budget() const { return budget_; }
  Gate& gate() { return backend_->gate(); }
  int evicted() const { return evicted_; }
  int refused() const { return refused_; }
  int calmed() const { return calmed_; }
  void StopBackend() { server_->Shutdown(std::chrono::system_clock::now()); }

  FakeRegistry registry;
  FakeReport report;
  CountingObserver observer;

 private:
  std::atomic<int> evicted_{0};
  std::atomic<int> refused_{0};
  std::atomic<int> calmed_{0};
  Budget budget_;
  support::TempDir folder_;
  std::unique_ptr<grpc::Server> server_;
  CallCount calls_;
  std::unique_ptr<Backend> backend_;
  std::atomic<int> ids_{0};
  std::unique_ptr<Routing> routing_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<Listener> listener_;
  std::string address_;
  std::shared_ptr<grpc::Channel> channel_;
  bool stopped_ = false;
};

}  // namespace welfare::gateway
