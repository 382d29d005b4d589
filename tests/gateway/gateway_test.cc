// The gateway over real sockets, in front of a real gRPC server with fake
// services, called by a real gRPC client and by raw bytes.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <future>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#include "gateway/calls/backend.h"
#include "gateway/calls/router.h"
#include "gateway/edge/listener.h"
#include "gateway/json/json_reader.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/grpc_lifetime.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/report/v1/report_service.grpc.pb.h"

namespace welfare::gateway {
namespace {

const bool kGrpcKept = [] {
  platform::KeepGrpcForTheProcess();
  return true;
}();

namespace reg = ::welfare::registry::v1;
namespace rep = ::welfare::report::v1;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::WaitFor;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kPart[] = "0123456789abcdef";
constexpr int kParts = 400;

// Answers by what the name of the resource asks for.
class FakeRegistry final : public reg::RegistryService::Service {
 public:
  grpc::Status GetMunicipality(grpc::ServerContext* context,
                               const reg::GetMunicipalityRequest* request,
                               reg::Municipality* response) override {
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
    if (request->name() == "municipalities/missing") {
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
    if (request->name() == "municipalities/plain") {
      return {grpc::StatusCode::UNKNOWN, "test status message"};
    }
    if (request->name() == "municipalities/slow") {
      ++slow_;
      WaitFor([context] { return context->IsCancelled(); }, seconds(20));
      if (context->IsCancelled()) ++cancelled_;
    }
    if (request->name() == "municipalities/brief") {
      ++slow_;
      std::this_thread::sleep_for(milliseconds(300));
    }
    return grpc::Status::OK;
  }

  // Says which paths it was asked to change.
  grpc::Status UpdateMunicipality(grpc::ServerContext* /*context*/,
                                  const reg::UpdateMunicipalityRequest* request,
                                  reg::Municipality* response) override {
    std::string paths;
    for (const std::string& path : request->update_mask().paths()) {
      paths += path + ";";
    }
    response->set_display_name(paths);
    return grpc::Status::OK;
  }

  grpc::Status BatchImportMunicipalities(
      grpc::ServerContext* /*context*/,
      const reg::ImportMunicipalitiesRequest* request,
      ::welfare::type::v1::ImportResult* response) override {
    response->set_request_id(request->request_id());
    response->set_version(
        static_cast<std::int64_t>(request->batch().csv().size()));
    return grpc::Status::OK;
  }

  grpc::Status ImportMunicipalities(
      grpc::ServerContext* /*context*/,
      grpc::ServerReaderWriter<::welfare::type::v1::ImportResult,
                               reg::ImportMunicipalitiesRequest>* stream)
      override {
    reg::ImportMunicipalitiesRequest request;
    ::welfare::type::v1::ImportResult result;
    while (stream->Read(&request)) {
      result.set_request_id(request.request_id());
      result.set_version(
          static_cast<std::int64_t>(request.batch().csv().size()));
      stream->Write(result);
    }
    return grpc::Status::OK;
  }

  grpc::Status StreamChanges(
      grpc::ServerContext* context, const reg::StreamChangesRequest* request,
      grpc::ServerWriter<reg::StreamChangesResponse>* writer) override {
    reg::StreamChangesResponse response;
    response.add_changes()->set_deleted(std::string(64 * 1024, 'x'));
    for (int i = 0; i < kParts; ++i) {
      response.set_version(i);
      if (!writer->Write(response)) break;
      ++written_;
    }
    if (request->follow()) {
      WaitFor([context] { return context->IsCancelled(); }, seconds(20));
      if (context->IsCancelled()) ++cancelled_;
    }
    return grpc::Status::OK;
  }

  grpc::Status WatchVersions(
      grpc::ServerContext* context,
      const ::welfare::type::v1::WatchVersionsRequest*,
      grpc::ServerWriter<::welfare::type::v1::WatchVersionsResponse>* writer)
      override {
    writer->Write({});
    WaitFor([context] { return context->IsCancelled(); }, seconds(20));
    return grpc::Status::OK;
  }

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
  int written() const { return written_; }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> metadata_;
  std::chrono::system_clock::duration deadline_left_{};
  std::atomic<int> slow_{0};
  std::atomic<int> cancelled_{0};
  std::atomic<int> written_{0};
};

class FakeReport final : public rep::ReportService::Service {
 public:
  // Commits, and drops the first answer: its caller hears UNAVAILABLE.
  grpc::Status CreateReport(grpc::ServerContext* /*context*/,
                            const rep::CreateReportRequest* request,
                            rep::Report* response) override {
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

  grpc::Status DownloadReport(
      grpc::ServerContext* /*context*/,
      const rep::DownloadReportRequest* request,
      grpc::ServerWriter<rep::DownloadReportResponse>* writer) override {
    if (request->name() == "reports/none") {
      return {grpc::StatusCode::NOT_FOUND, "There is no such report."};
    }
    if (request->name() == "reports/empty") return grpc::Status::OK;
    rep::DownloadReportResponse part;
    part.set_content_type("text/html; charset=utf-8");
    part.set_filename("報告 2025.html");
    part.set_size(kParts * static_cast<std::int64_t>(sizeof(kPart) - 1));
    for (int i = 0; i < kParts; ++i) {
      if (i == kParts / 2 && request->name() == "reports/broken") {
        return {grpc::StatusCode::INTERNAL, "the disk is gone"};
      }
      part.set_data(kPart);
      writer->Write(part);
      part.Clear();
    }
    return grpc::Status::OK;
  }

 private:
  std::mutex mutex_;
  int reports_ = 0;
  bool answers_once_ = false;
  std::vector<std::string> ids_;
};

class CountingObserver final : public RequestObserver {
 public:
  void OnRequest(std::string_view route, std::string_view method, int code,
                 std::string_view request_id,
                 std::chrono::microseconds) override {
    const std::lock_guard lock(mutex_);
    EXPECT_FALSE(request_id.empty());
    seen_.push_back(std::string(method) + " " + std::string(route) + " " +
                    std::to_string(code));
  }
  std::vector<std::string> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> seen_;
};

// The gateway without its module: no process, no settings.
class Gateway {
 public:
  explicit Gateway(SessionLimits limits = {}, Routing::Options options = {}) {
    const std::string address = "unix:" + folder_.File("backend.sock");
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials());
    builder.RegisterService(&registry);
    builder.RegisterService(&report);
    server_ = builder.BuildAndStart();
    backend_ = std::make_unique<Backend>(
        std::vector<std::shared_ptr<grpc::Channel>>{
            platform::MakeChannel(address), platform::MakeChannel(address)},
        calls_);
    google::protobuf::LinkMessageReflection<reg::GetRosterRequest>();
    auto routing = Routing::Make(
        *google::protobuf::DescriptorPool::generated_pool(),
        {{"welfare.registry.v1.RegistryService", backend_.get()},
         {"welfare.report.v1.ReportService", backend_.get()}},
        options, observer, [this] { return "id-" + std::to_string(++ids_); });
    EXPECT_TRUE(routing.ok()) << routing.status();
    routing_ = *std::move(routing);
    router_ = std::make_unique<Router>(*routing_);
    listener_ = std::make_unique<Listener>(
        Listener::Options{.loops = 2, .limits = limits}, *router_);
    const auto bound = listener_->Listen("127.0.0.1:0");
    EXPECT_TRUE(bound.ok()) << bound.status();
    address_ = *bound;
    listener_->Start();
    channel_ =
        grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
  }

  ~Gateway() { Stop(milliseconds(0)); }

  void Stop(milliseconds patience) {
    if (stopped_) return;
    stopped_ = true;
    listener_->Drain();
    listener_->CloseAll(std::chrono::steady_clock::now() + patience);
    EXPECT_TRUE(calls_.WaitForNone(seconds(10)));
    listener_->Stop();
    server_->Shutdown(std::chrono::system_clock::now());
  }

  const std::string& address() const { return address_; }
  std::uint16_t port() const {
    return static_cast<std::uint16_t>(
        std::stoi(address_.substr(address_.rfind(':') + 1)));
  }
  std::shared_ptr<grpc::Channel> channel() { return channel_; }
  std::unique_ptr<reg::RegistryService::Stub> Registry() {
    return reg::RegistryService::NewStub(channel_);
  }
  std::size_t connections() const { return listener_->connections(); }
  void StopBackend() { server_->Shutdown(std::chrono::system_clock::now()); }

  FakeRegistry registry;
  FakeReport report;
  CountingObserver observer;

 private:
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

// A TCP connection that sends and reads bytes.
class Raw {
 public:
  explicit Raw(const Gateway& gateway) {
    fd_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(gateway.port());
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr generic;
    static_assert(sizeof(generic) == sizeof(to));
    std::memcpy(&generic, &to, sizeof(to));
    EXPECT_EQ(connect(fd_, &generic, sizeof(to)), 0);
  }
  ~Raw() { Close(); }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;

  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  // False when the other side does not take it.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      pollfd waits{fd_, POLLOUT, 0};
      if (poll(&waits, 1, 5000) != 1) return false;
      const ssize_t sent =
          send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Reads until `enough` says so, the other side closes, or time is up.
  std::string Read(const std::function<bool(const std::string&)>& enough,
                   milliseconds limit = seconds(5)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    char buffer[65536];
    while (!enough(got_)) {
      const auto left = std::chrono::duration_cast<milliseconds>(
          end - std::chrono::steady_clock::now());
      pollfd waits{fd_, POLLIN, 0};
      if (left.count() <= 0 ||
          poll(&waits, 1, static_cast<int>(left.count())) != 1) {
        break;
      }
      const ssize_t size = recv(fd_, buffer, sizeof(buffer), 0);
      if (size <= 0) {
        closed_ = true;
        break;
      }
      got_.append(buffer, static_cast<std::size_t>(size));
    }
    return got_;
  }
  std::string ReadAll(milliseconds limit = seconds(5)) {
    return Read([](const std::string&) { return false; }, limit);
  }
  bool closed() const { return closed_; }

 private:
  int fd_ = -1;
  std::string got_;
  bool closed_ = false;
};

int CountOf(const std::string& text, std::string_view part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

// One HTTP/1.1 exchange on a connection of its own.
std::string Http(const Gateway& gateway, const std::string& request_line,
                 const std::string& headers = "",
                 const std::string& body = "") {
  Raw raw(gateway);
  raw.Send(request_line + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" +
           headers +
           (body.empty()
                ? ""
                : "Content-Length: " + std::to_string(body.size()) + "\r\n") +
           "\r\n" + body);
  return raw.ReadAll();
}

std::string BodyOf(const std::string& response) {
  const std::size_t end = response.find("\r\n\r\n");
  return end == std::string::npos ? "" : response.substr(end + 4);
}

std::unique_ptr<grpc::ClientContext> Within(milliseconds timeout) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + timeout);
  return context;
}

// --- gRPC ---------------------------------------------------------------

TEST(GatewayGrpc, PassesUnaryCallsOn) {
  Gateway gateway;
  const auto stub = gateway.Registry();
  const auto context = Within(seconds(10));
  context->AddMetadata("authorization", "Bearer t");
  context->AddMetadata("x-welfare-subject", "root");
  context->AddMetadata("x-request-id", "from-me");
  reg::GetMunicipalityRequest request;
  request.set_name("municipalities/131016");
  request.set_data_version(7);
  reg::Municipality response;
  const grpc::Status status =
      stub->GetMunicipality(context.get(), request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.name(), "municipalities/131016");
  EXPECT_EQ(response.version(), 7);
  const auto metadata = gateway.registry.metadata();
  EXPECT_EQ(metadata.at("authorization"), "Bearer t");
  EXPECT_EQ(metadata.at("x-request-id"), "from-me");
  EXPECT_FALSE(metadata.contains("x-welfare-subject"));
  EXPECT_EQ(context->GetServerInitialMetadata().find("x-request-id")->second,
            "from-me");
  // gRPC rounds what it writes into grpc-timeout up, at every hop.
  EXPECT_LE(gateway.registry.deadline_left(), seconds(11));
  EXPECT_GT(gateway.registry.deadline_left(), seconds(5));
  EXPECT_TRUE(WaitFor([&] { return !gateway.observer.seen().empty(); }));
  EXPECT_EQ(gateway.observer.seen()[0],
            "POST /welfare.registry.v1.RegistryService/GetMunicipality 200");
}

TEST(GatewayGrpc, AnswersManyCallsOnOneConnection) {
  Gateway gateway;
  const auto stub = gateway.Registry();
  std::vector<std::jthread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&stub, caller] {
      for (int i = 0; i < 250; ++i) {
        reg::GetMunicipalityRequest request;
        request.set_data_version(caller * 1000 + i);
        reg::Municipality response;
        const grpc::Status status = stub->GetMunicipality(
            Within(seconds(20)).get(), request, &response);
        ASSERT_TRUE(status.ok()) << status.error_message();
        ASSERT_EQ(response.version(), request.data_version());
      }
    });
  }
  callers.clear();
  EXPECT_EQ(gateway.connections(), 1u);
}

TEST(GatewayGrpc, PassesFailuresOnWithTheirDetails) {
  Gateway gateway;
  const auto stub = gateway.Registry();
  reg::GetMunicipalityRequest request;
  reg::Municipality response;
  request.set_name("municipalities/missing");
  grpc::Status status =
      stub->GetMunicipality(Within(seconds(10)).get(), request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "There is no 'x' 東.");
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  google::rpc::ErrorInfo info;
  ASSERT_EQ(details.details_size(), 1);
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "MUNICIPALITY_NOT_FOUND");
  request.set_name("municipalities/plain");
  status = stub->GetMunicipality(Within(seconds(10)).get(), request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNKNOWN);
  EXPECT_EQ(status.error_message(), "test status message");
}

TEST(GatewayGrpc, KnowsOnlyTheMethodsOfItsServices) {
  Gateway gateway;
  grpc::GenericStub stub(gateway.channel());
  const auto call = [&stub](const std::string& path) {
    const auto context = Within(seconds(10));
    const grpc::ByteBuffer request(nullptr, 0);
    grpc::ByteBuffer response;
    std::promise<grpc::StatusCode> code;
    stub.UnaryCall(context.get(), path, grpc::StubOptions(), &request,
                   &response, [&code](const grpc::Status& status) {
                     code.set_value(status.error_code());
                   });
    return code.get_future().get();
  };
  EXPECT_EQ(call("/grpc.health.v1.Health/Check"),
            grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(call("/welfare.registry.v1.RegistryService/Nothing"),
            grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(call("/welfare.survey.v1.SurveyService/GetRound"),
            grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(call("/welfare.registry.v1.RegistryService/GetMunicipality"),
            grpc::StatusCode::OK);
}

TEST(GatewayGrpc, StreamsWithBackPressure) {
  Gateway gateway;
  const auto stub = gateway.Registry();
  const auto context = Within(seconds(60));
  const auto reader =
      stub->StreamChanges(context.get(), reg::StreamChangesRequest());
  reg::StreamChangesResponse response;
  ASSERT_TRUE(reader->Read(&response));
  // Nobody reads: 26 MB must not all come to lie in the gateway. Waits until
  // the backend has stopped writing.
  int before = -1;
  WaitFor(
      [&] {
        const int now = gateway.registry.written();
        return now == std::exchange(before, now) && now > 1;
      },
      seconds(2));
  EXPECT_LT(gateway.registry.written(), kParts);
  int count = 1;
  while (reader->Read(&response)) {
    EXPECT_EQ(response.version(), count);
    ++count;
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(count, kParts);
}

TEST(GatewayGrpc, StreamsInBothDirections) {
  Gateway gateway;
  const auto stub = gateway.Registry();
  const auto context = Within(seconds(30));
  const auto stream = stub->ImportMunicipalities(context.get());
  reg::ImportMunicipalitiesRequest request;
  ::welfare::type::v1::ImportResult result;
  for (int i = 0; i < 40; ++i) {
    request.set_request_id(std::to_string(i));
    // Some far larger than a window.
    request.mutable_batch()->set_csv(
        std::string(static_cast<std::size_t>(i) * 20'000, 'c'));
    ASSERT_TRUE(stream->Write(request));
    ASSERT_TRUE(stream->Read(&result));
    EXPECT_EQ(result.request_id(), std::to_string(i));
    EXPECT_EQ(result.version(), i * 20'000);
  }
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&result));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(GatewayGrpc, PipelinesManyWritesBeforeReading) {
  Gateway gateway;
  const auto stub = gateway.Registry();
  const auto context = Within(seconds(30));
  const auto stream = stub->ImportMunicipalities(context.get());
  std::jthread writer([&] {
    reg::ImportMunicipalitiesRequest request;
    for (int i = 0; i < 2000; ++i) {
      request.set_request_id(std::to_string(i));
      stream->Write(request);
    }
    stream->WritesDone();
  });
  ::welfare::type::v1::ImportResult result;
  int count = 0;
  while (stream->Read(&result)) {
    EXPECT_EQ(result.request_id(), std::to_string(count++));
  }
  EXPECT_EQ(count, 2000);
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(GatewayGrpc, GivesAWriteAnIdBeforeItIsRepeated) {
  Gateway gateway;
  const auto stub = rep::ReportService::NewStub(gateway.channel());
  rep::CreateReportRequest request;
  request.mutable_report()->set_template_("templates/t");
  rep::Report report;
  const grpc::Status status =
      stub->CreateReport(Within(seconds(20)).get(), request, &report);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(report.name(), "reports/1");
  EXPECT_EQ(report.template_(), "templates/t");
  EXPECT_EQ(gateway.report.reports(), 1);
  const std::vector<std::string> ids = gateway.report.ids();
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_THAT(ids[0], Not(IsEmpty()));
  EXPECT_EQ(ids[1], ids[0]);
  // Another call is another write; an id of the caller's own stays.
  ASSERT_TRUE(
      stub->CreateReport(Within(seconds(20)).get(), request, &report).ok());
  EXPECT_EQ(gateway.report.reports(), 2);
  request.set_request_id("mine");
  ASSERT_TRUE(
      stub->CreateReport(Within(seconds(20)).get(), request, &report).ok());
  EXPECT_EQ(gateway.report.ids().back(), "mine");
}

TEST(GatewayGrpc, GivesEachMessageOfAStreamAnIdOfItsOwn) {
  Gateway gateway;
  const auto stub = gateway.Registry();
  const auto context = Within(seconds(20));
  const auto stream = stub->ImportMunicipalities(context.get());
  std::vector<std::string> ids;
  for (const std::string sent : {"", "mine", ""}) {
    reg::ImportMunicipalitiesRequest request;
    request.mutable_batch()->set_csv("abc");
    request.set_request_id(sent);
    ASSERT_TRUE(stream->Write(request));
    ::welfare::type::v1::ImportResult result;
    ASSERT_TRUE(stream->Read(&result));
    EXPECT_EQ(result.version(), 3);
    ids.push_back(result.request_id());
  }
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_THAT(ids, ElementsAre(Not(IsEmpty()), "mine", Not(IsEmpty())));
  EXPECT_NE(ids[0], ids[2]);
}

TEST(GatewayGrpc, RefusesMessagesOverTheLimitAndLives) {
  Gateway gateway;
  const auto stub = gateway.Registry();
  reg::ImportMunicipalitiesRequest request;
  ::welfare::type::v1::ImportResult result;
  const auto send = [&](std::size_t size) {
    request.mutable_batch()->set_csv(std::string(size, 'c'));
    return stub->BatchImportMunicipalities(Within(seconds(20)).get(), request,
                                           &result);
  };
  EXPECT_TRUE(send(4 * 1024 * 1024 - 100).ok());
  EXPECT_EQ(send(4 * 1024 * 1024 + 1).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  const grpc::Status status = send(10);
  EXPECT_TRUE(status.ok()) << status.error_code() << status.error_message();
}

// A million empty elements are two megabytes here and a hundred behind.
TEST(GatewayGrpc, RefusesMessagesOfTooManyFieldsAndLives) {
  Gateway gateway;
  const auto stub = gateway.Registry();
  reg::BatchGetMunicipalitiesRequest request;
  for (int i = 0; i < 1'000'000; ++i) request.add_names();
  reg::BatchGetMunicipalitiesResponse response;
  const grpc::Status status = stub->BatchGetMunicipalities(
      Within(seconds(10)).get(), request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  ASSERT_EQ(details.details_size(), 1);
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "TOO_MANY_FIELDS");
  reg::GetMunicipalityRequest next;
  reg::Municipality municipality;
  EXPECT_TRUE(
      stub->GetMunicipality(Within(seconds(10)).get(), next, &municipality)
          .ok());
}

TEST(GatewayGrpc, PassesDeadlinesAndCancellationOn) {
  Gateway gateway;
  const auto stub = gateway.Registry();
  reg::GetMunicipalityRequest request;
  request.set_name("municipalities/slow");
  reg::Municipality response;
  EXPECT_EQ(
      stub->GetMunicipality(Within(milliseconds(100)).get(), request, &response)
          .error_code(),
      grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.cancelled() == 1; }));

  const auto context = Within(seconds(60));
  std::jthread caller([&] {
    EXPECT_EQ(
        stub->GetMunicipality(context.get(), request, &response).error_code(),
        grpc::StatusCode::CANCELLED);
  });
  ASSERT_TRUE(WaitFor([&] { return gateway.registry.slow() == 2; }));
  context->TryCancel();
  EXPECT_TRUE(
      WaitFor([&] { return gateway.registry.cancelled() == 2; }, seconds(2)));
  caller.join();

  // A stream whose caller leaves.
  const auto stream_context = Within(seconds(60));
  reg::StreamChangesRequest follow;
  follow.set_follow(true);
  const auto reader = stub->StreamChanges(stream_context.get(), follow);
  reg::StreamChangesResponse change;
  for (int i = 0; i < kParts; ++i) ASSERT_TRUE(reader->Read(&change));
  stream_context->TryCancel();
  EXPECT_TRUE(
      WaitFor([&] { return gateway.registry.cancelled() == 3; }, seconds(2)));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(GatewayGrpc, SaysThatABackendIsAwayWithoutNamingIt) {
  Gateway gateway;
  gateway.StopBackend();
  reg::Municipality response;
  const grpc::Status status = gateway.Registry()->GetMunicipality(
      Within(seconds(20)).get(), reg::GetMunicipalityRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), Not(HasSubstr("sock")));
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.details_size(), 2);
}

TEST(GatewayGrpc, FinishesCallsUnderWayWhenItDrains) {
  Gateway gateway;
  reg::GetMunicipalityRequest request;
  request.set_name("municipalities/brief");
  std::jthread caller([&] {
    reg::Municipality response;
    const grpc::Status status = gateway.Registry()->GetMunicipality(
        Within(seconds(20)).get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  });
  ASSERT_TRUE(WaitFor([&] { return gateway.registry.slow() == 1; }));
  gateway.Stop(seconds(10));
  caller.join();
}

// Who watches is told at once; a call under way is finished all the same.
TEST(GatewayGrpc, TellsWatchersThatItDrains) {
  Gateway gateway;
  const auto stub = gateway.Registry();
  const auto context = Within(seconds(60));
  const auto watcher = stub->WatchVersions(context.get(), {});
  ::welfare::type::v1::WatchVersionsResponse message;
  ASSERT_TRUE(watcher->Read(&message));
  reg::GetMunicipalityRequest request;
  request.set_name("municipalities/brief");
  std::jthread caller([&] {
    reg::Municipality response;
    const grpc::Status status = gateway.Registry()->GetMunicipality(
        Within(seconds(20)).get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  });
  ASSERT_TRUE(WaitFor([&] { return gateway.registry.slow() == 1; }));
  std::jthread stopper([&] { gateway.Stop(seconds(30)); });
  EXPECT_FALSE(watcher->Read(&message));
  const grpc::Status told = watcher->Finish();
  EXPECT_EQ(told.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(told.error_details(), HasSubstr("SHUTTING_DOWN"));
}

// --- HTTP/JSON ----------------------------------------------------------

TEST(GatewayHttp, TranscodesAGet) {
  Gateway gateway;
  const std::string response =
      Http(gateway, "GET /v1/municipalities/131016?dataVersion=7",
           "X-Welfare-Subject: root\r\nAuthorization: Bearer t\r\n");
  EXPECT_THAT(response,
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                    HasSubstr("content-type: application/json\r\n"),
                    HasSubstr("x-content-type-options: nosniff\r\n")));
  auto json = nlohmann::json::parse(BodyOf(response), nullptr, false);
  EXPECT_EQ(json["name"], "municipalities/131016");
  EXPECT_EQ(json["version"], "7");
  EXPECT_EQ(json["displayName"], "");
  const auto metadata = gateway.registry.metadata();
  EXPECT_FALSE(metadata.contains("x-welfare-subject"));
  EXPECT_EQ(metadata.at("authorization"), "Bearer t");
  // Rounded up by gRPC.
  EXPECT_LE(gateway.registry.deadline_left(), seconds(31));
}

TEST(GatewayHttp, TranscodesAPost) {
  Gateway gateway;
  const std::string response =
      Http(gateway, "POST /v1/municipalities:batchImport",
           "Content-Type: application/json\r\n",
           R"({"batch":{"csv":"abc"},"request_id":"r"})");
  auto json = nlohmann::json::parse(BodyOf(response), nullptr, false);
  EXPECT_EQ(json["requestId"], "r") << response;
  EXPECT_EQ(json["version"], "3");
}

TEST(GatewayHttp, APatchWithoutAMaskChangesWhatItsBodyGives) {
  Gateway gateway;
  // As it was read: with its etag, its version and its name.
  const std::string response = Http(
      gateway, "PATCH /v1/municipalities/131016",
      "Content-Type: application/json\r\n",
      R"({"name":"municipalities/131016","etag":"\"5\"","version":"5",)"
      R"("displayName":"x","council":{"displayName":"y","nameChecked":true}})");
  const auto json = nlohmann::json::parse(BodyOf(response), nullptr, false);
  EXPECT_EQ(json["displayName"],
            "display_name;council.display_name;council.name_checked;")
      << response;
}

TEST(GatewayHttp, GivesAWriteAnIdBeforeItIsRepeated) {
  Gateway gateway;
  const std::string response =
      Http(gateway, "POST /v1/reports", "Content-Type: application/json\r\n",
           R"({"template":"templates/t"})");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(gateway.report.reports(), 1);
  const std::vector<std::string> ids = gateway.report.ids();
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_THAT(ids[0], Not(IsEmpty()));
  EXPECT_EQ(ids[1], ids[0]);
}

TEST(GatewayHttp, AnswersFailuresAsAip193) {
  Gateway gateway;
  struct Case {
    std::string request_line;
    std::string headers;
    std::string body;
    int status;
    std::string reason;
  };
  const std::string json = "Content-Type: application/json\r\n";
  std::ostringstream many;
  many << R"({"batch":{"a0":0)";
  for (std::size_t i = 1; i <= kMaxJsonValues; ++i) many << ",\"a\":0";
  many << "}}";
  const Case cases[] = {
      {"GET /v1/municipalities/missing", "", "", 404, "MUNICIPALITY_NOT_FOUND"},
      {"GET /v1/nowhere", "", "", 404, "PATH_NOT_FOUND"},
      {"GET /v1/municipalities/", "", "", 404, "PATH_NOT_FOUND"},
      {"GET /v1/municipalities/%zz", "", "", 400, "MALFORMED_PATH"},
      {"GET /v1/municipalities/1?x=y", "", "", 400, "INVALID_REQUEST"},
      {"GET /v1/municipalities/1?name=municipalities/2", "", "", 400,
       "INVALID_REQUEST"},
      {"PUT /v1/municipalities/1", "", "", 405, "METHOD_NOT_ALLOWED"},
      {"POST /v1/municipalities:batchImport", "Content-Type: text/csv\r\n",
       "a,b", 415, "UNSUPPORTED_MEDIA_TYPE"},
      {"POST /v1/municipalities:batchImport", json, "{", 400, "MALFORMED_JSON"},
      {"POST /v1/municipalities:batchImport", json, R"({"nope":1})", 400,
       "INVALID_REQUEST"},
      {"POST /v1/municipalities:batchImport", json,
       std::string(5 * 1024 * 1024, ' '), 413, "MESSAGE_TOO_LARGE"},
      {"POST /v1/municipalities:batchImport", json, many.str(), 413,
       "TOO_MANY_FIELDS"},
      {"GET /v1/municipalities/1", "Grpc-Timeout: 1x\r\n", "", 400,
       "MALFORMED_HEADER"},
      {"GET /v1/municipalities/1", "X-A-Bin: !\r\n", "", 400,
       "MALFORMED_HEADER"},
      {"GET /v1/municipalities/slow", "Grpc-Timeout: 50m\r\n", "", 504,
       "DEADLINE_EXCEEDED"},
      {"POST /welfare.registry.v1.RegistryService/GetMunicipality",
       "Content-Type: application/grpc\r\n", "x", 415,
       "UNSUPPORTED_MEDIA_TYPE"},
  };
  for (const Case& c : cases) {
    const std::string response =
        Http(gateway, c.request_line, c.headers, c.body);
    EXPECT_THAT(response,
                StartsWith("HTTP/1.1 " + std::to_string(c.status) + " "))
        << c.request_line;
    auto body = nlohmann::json::parse(BodyOf(response), nullptr, false);
    ASSERT_FALSE(body.is_discarded()) << c.request_line << "\n" << response;
    EXPECT_EQ(body["error"]["code"], c.status) << c.request_line;
    ASSERT_FALSE(body["error"]["details"].empty()) << response;
    EXPECT_EQ(body["error"]["details"][0]["reason"], c.reason)
        << c.request_line;
  }
  EXPECT_THAT(Http(gateway, "PUT /v1/municipalities/1"),
              HasSubstr("\r\nallow: DELETE, GET, HEAD, OPTIONS, PATCH\r\n"));
}

TEST(GatewayHttp, AnswersHeadAndOptions) {
  Gateway gateway;
  const std::string head = Http(gateway, "HEAD /v1/municipalities/131016");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(head, HasSubstr("content-length: "));
  EXPECT_EQ(BodyOf(head), "");
  const std::string options = Http(gateway, "OPTIONS /v1/municipalities/1");
  EXPECT_THAT(options, StartsWith("HTTP/1.1 204 No Content\r\n"));
  EXPECT_THAT(options,
              HasSubstr("allow: DELETE, GET, HEAD, OPTIONS, PATCH\r\n"));
}

TEST(GatewayHttp, ServesItsOwnPages) {
  Gateway gateway;
  EXPECT_THAT(Http(gateway, "GET /healthz"),
              HasSubstr(R"({"status":"SERVING"})"));
  EXPECT_THAT(
      Http(gateway, "GET /"),
      AllOf(HasSubstr("text/html"), HasSubstr("/v1/{name=municipalities/*}")));
}

TEST(GatewayHttp, ServesDownloadsAsTheFile) {
  Gateway gateway;
  const std::string response =
      Http(gateway, "GET /v1/reports/r1:download?format=html");
  EXPECT_THAT(response,
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                    HasSubstr("content-type: text/html; charset=utf-8\r\n"),
                    HasSubstr("content-disposition: attachment; "
                              "filename=\"___2025.html\"; filename*=UTF-8''"
                              "%E5%A0%B1%E5%91%8A%202025.html\r\n"),
                    HasSubstr("content-length: 6400\r\n")));
  std::string expected;
  for (int i = 0; i < kParts; ++i) expected += kPart;
  EXPECT_EQ(BodyOf(response), expected);
  EXPECT_THAT(Http(gateway, "GET /v1/reports/none:download"),
              StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Http(gateway, "GET /v1/reports/empty:download"),
              AllOf(StartsWith("HTTP/1.1 500 "),
                    HasSubstr("INVALID_BACKEND_RESPONSE")));
  const std::string broken = Http(gateway, "GET /v1/reports/broken:download");
  EXPECT_THAT(broken, StartsWith("HTTP/1.1 200 "));
  EXPECT_LT(BodyOf(broken).size(), 6400u);
}

TEST(GatewayHttp, CancelsTheCallWhenTheCallerLeaves) {
  Gateway gateway;
  Raw raw(gateway);
  raw.Send("GET /v1/municipalities/slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(WaitFor([&] { return gateway.registry.slow() == 1; }));
  raw.Close();
  EXPECT_TRUE(
      WaitFor([&] { return gateway.registry.cancelled() == 1; }, seconds(2)));
}

// --- HTTP/1.1 on the wire -----------------------------------------------

TEST(GatewayHttp1, AnswersPipelinedRequestsInOrder) {
  Gateway gateway;
  Raw raw(gateway);
  raw.Send(
      "GET /v1/municipalities/1 HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /v1/municipalities/brief HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /v1/municipalities/3 HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string got = raw.Read([](const std::string& text) {
    return CountOf(text, "HTTP/1.1 ") == 3 && text.ends_with("}");
  });
  EXPECT_LT(got.find("municipalities/1\""), got.find("municipalities/brief"));
  EXPECT_LT(got.find("municipalities/brief"), got.find("municipalities/3\""));
}

TEST(GatewayHttp1, TakesChunksAndExpect) {
  Gateway gateway;
  Raw raw(gateway);
  raw.Send(
      "POST /v1/municipalities:batchImport HTTP/1.1\r\nHost: a\r\n"
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(raw.Read([](const std::string& text) {
    return text.ends_with("\r\n\r\n");
  }),
            "HTTP/1.1 100 Continue\r\n\r\n");
  raw.Send("5;ext=1\r\n{\"bat\r\n13\r\nch\":{\"csv\":\"abcd\"}}\r\n");
  raw.Send("0\r\nTrailer: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string got = raw.Read(
      [](const std::string& text) { return CountOf(text, "SERVING") == 1; });
  EXPECT_THAT(got, HasSubstr("\"version\":\"4\""));
}

TEST(GatewayHttp1, NeverReadsOneByteStringAsTwoNumbersOfRequests) {
  Gateway gateway;
  const std::string smuggled = "GET /healthz HTTP/1.1\r\nHost: b\r\n\r\n";
  const std::string cases[] = {
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, "
      "identity\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"
      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n",
      "GET / HTTP/1.1\nHost: a\n\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "x\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nabcdeX\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
          std::string(300, 'e') + "\r\na\r\n0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nBad_Name: b\r\n\r\n",
  };
  for (const std::string& request : cases) {
    Raw raw(gateway);
    raw.Send(request + smuggled);
    const std::string got = raw.ReadAll();
    EXPECT_TRUE(raw.closed()) << request;
    EXPECT_EQ(CountOf(got, "HTTP/1.1 "), 1) << request << "\n" << got;
    EXPECT_THAT(got, Not(HasSubstr("SERVING"))) << request;
    EXPECT_THAT(got, HasSubstr("connection: close")) << request;
  }
}

TEST(GatewayHttp1, RefusesHeadsThatAreTooLong) {
  Gateway gateway;
  Raw many(gateway);
  std::string lines;
  for (int i = 0; i < 101; ++i) lines += "A: b\r\n";
  many.Send("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n");
  EXPECT_THAT(many.ReadAll(), StartsWith("HTTP/1.1 431 "));
  Raw large(gateway);
  large.Send("GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(20'000, 'b'));
  EXPECT_THAT(large.ReadAll(), StartsWith("HTTP/1.1 431 "));
}

TEST(GatewayHttp1, DoesNotWaitForSlowHeads) {
  Gateway gateway({.header_timeout_ms = 100, .idle_timeout_ms = 100});
  Raw silent(gateway);
  EXPECT_EQ(silent.ReadAll(), "");
  EXPECT_TRUE(silent.closed());
  Raw slow(gateway);
  slow.Send("GET / HTTP/1.1\r\nHos");
  EXPECT_THAT(slow.ReadAll(), StartsWith("HTTP/1.1 408 "));
  Raw idle(gateway);
  idle.Send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(idle.ReadAll(), StartsWith("HTTP/1.1 200 "));
  EXPECT_TRUE(idle.closed());
  EXPECT_TRUE(WaitFor([&] { return gateway.connections() == 0; }));
}

// --- HTTP/2 on the wire -------------------------------------------------

std::string Frame(int type, int flags, std::uint32_t stream,
                  const std::string& payload) {
  std::string out;
  const auto size = static_cast<std::uint32_t>(payload.size());
  for (int shift = 16; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((size >> shift) & 0xFF));
  }
  out.push_back(static_cast<char>(type));
  out.push_back(static_cast<char>(flags));
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((stream >> shift) & 0xFF));
  }
  return out + payload;
}

constexpr int kHeaders = 1;
constexpr int kReset = 3;
constexpr int kSettings = 4;
constexpr int kPing = 6;
constexpr int kGoaway = 7;
constexpr int kContinuation = 9;

const std::string& Hello() {
  static const std::string* hello = new std::string(
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(kSettings, 0, 0, ""));
  return *hello;
}

// :method GET, :scheme http, :path / of HPACK's static table, :authority a.
const std::string kGetRoot = std::string("\x82\x86\x84\x41\x01") + "a";

// The frames of type `type` in what was read.
int CountFrames(const std::string& bytes, int type) {
  int count = 0;
  std::size_t at = 0;
  while (at + 9 <= bytes.size()) {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
    };
    const std::size_t size = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    if (static_cast<int>(byte(at + 3)) == type) ++count;
    at += 9 + size;
  }
  return count;
}

TEST(GatewayHttp2, IsToldApartByItsPreface) {
  Gateway gateway;
  Raw raw(gateway);
  // Byte by byte, so that the preface comes in pieces.
  for (const char c : Hello() + Frame(kHeaders, 5, 1, kGetRoot)) {
    raw.Send(std::string(1, c));
  }
  const std::string got = raw.Read([](const std::string& bytes) {
    return CountFrames(bytes, 0) > 0 && bytes.find("</html>") != bytes.npos;
  });
  EXPECT_THAT(got, HasSubstr("</html>"));
}

TEST(GatewayHttp2, CutsOffARapidReset) {
  Gateway gateway;
  Raw raw(gateway);
  ASSERT_TRUE(raw.Send(Hello()));
  // /v1/municipalities/slow would hold the backend; the page is enough here.
  bool sent = true;
  for (std::uint32_t id = 1; id < 10'000 && sent; id += 2) {
    sent = raw.Send(Frame(kHeaders, 5, id, kGetRoot) +
                    Frame(kReset, 0, id, std::string("\0\0\0\x8", 4)));
  }
  const std::string got = raw.ReadAll();
  EXPECT_TRUE(raw.closed());
  // The page's DATA frames never come whole for a reset stream, so frames
  // stay in step and GOAWAY is found.
  EXPECT_TRUE(!sent || CountFrames(got, kGoaway) == 1);
  EXPECT_THAT(Http(gateway, "GET /healthz"), StartsWith("HTTP/1.1 200 "));
}

TEST(GatewayHttp2, CutsOffFloods) {
  Gateway gateway;
  const std::pair<const char*, std::string> floods[] = {
      {"SETTINGS", Frame(kSettings, 0, 0, "")},
      {"PING", Frame(kPing, 0, 0, "12345678")},
  };
  for (const auto& [name, frame] : floods) {
    Raw raw(gateway);
    ASSERT_TRUE(raw.Send(Hello()));
    // Nobody reads the answers: they pile up until the gateway gives up.
    bool sent = true;
    for (int i = 0; i < 20'000 && sent; ++i) {
      std::string many;
      for (int n = 0; n < 100; ++n) many += frame;
      sent = raw.Send(many);
    }
    EXPECT_FALSE(sent) << name;
  }
  Raw raw(gateway);
  raw.Send(Hello() + Frame(kHeaders, 1, 1, kGetRoot));
  for (int i = 0; i < 1000; ++i) {
    if (!raw.Send(Frame(kContinuation, 0, 1, ""))) break;
  }
  raw.ReadAll();
  EXPECT_TRUE(raw.closed());
  Raw settings(gateway);
  std::string many;
  for (int i = 0; i < 40; ++i) many += std::string("\0\x3\0\0\0\x64", 6);
  settings.Send(Hello() + Frame(kSettings, 0, 0, many));
  settings.ReadAll();
  EXPECT_TRUE(settings.closed());
}

// :method POST, :scheme http, :path, :authority a, content-type of JSON.
std::string PostHeaders(const std::string& path) {
  const auto text = [](const std::string& value) {
    return std::string(1, static_cast<char>(value.size())) + value;
  };
  return std::string("\x83\x86\x44") + text(path) + "\x41" + text("a") +
         "\x5f" + text("application/json");
}

TEST(GatewayHttp2, WaitsForNoBodyThatStopsComing) {
  Gateway gateway({}, {.body_stall_timeout = milliseconds(50)});
  Raw raw(gateway);
  raw.Send(
      Hello() +
      Frame(kHeaders, 4, 1, PostHeaders("/v1/municipalities:batchImport")) +
      Frame(0, 0, 1, R"({"batch":{"csv":"a)"));
  const auto has = [](const std::string& part) {
    return [part](const std::string& bytes) {
      return bytes.find(part) != bytes.npos;
    };
  };
  EXPECT_THAT(raw.Read(has("REQUEST_TIMEOUT")), HasSubstr("REQUEST_TIMEOUT"));
  // The others of the connection go on.
  raw.Send(Frame(kHeaders, 5, 3, kGetRoot));
  EXPECT_THAT(raw.Read(has("</html>")), HasSubstr("</html>"));
}

TEST(GatewayHttp2, HoldsNoMoreUnfinishedRequestsThanItHasRoomFor) {
  Gateway gateway({}, {.unfinished_bytes = 100});
  Raw raw(gateway);
  const std::string headers = PostHeaders("/v1/municipalities:batchImport");
  raw.Send(Hello() + Frame(kHeaders, 4, 1, headers) +
           Frame(0, 0, 1, std::string(80, ' ')) +
           Frame(kHeaders, 4, 3, headers) +
           Frame(0, 0, 3, std::string(80, ' ')));
  EXPECT_THAT(raw.Read([](const std::string& bytes) {
    return bytes.find("GATEWAY_OVERLOADED") != bytes.npos;
  }),
              HasSubstr("GATEWAY_OVERLOADED"));
  // What the first holds is free again once it is whole.
  raw.Send(Frame(0, 1, 1, "{}") + Frame(kHeaders, 4, 5, headers) +
           Frame(0, 1, 5, std::string(80, ' ') + "{}"));
  EXPECT_THAT(raw.Read([](const std::string& bytes) {
    return CountOf(bytes, "requestId") == 2;
  }),
              HasSubstr("requestId"));
}

TEST(GatewayHttp2, RefusesHeaderListsThatAreTooLong) {
  Gateway gateway;
  Raw raw(gateway);
  // A literal field without indexing, five times 4000 bytes.
  std::string block = kGetRoot;
  for (int i = 0; i < 5; ++i) {
    block +=
        std::string("\0\x1", 2) + "a" + "\x7f\xa1\x1e" + std::string(4000, 'b');
  }
  const std::string first = block.substr(0, 16'000);
  raw.Send(Hello() + Frame(kHeaders, 1, 1, first) +
           Frame(kContinuation, 4, 1, block.substr(16'000)));
  const std::string got = raw.Read([](const std::string& bytes) {
    return bytes.find("MESSAGE_TOO_LARGE") != bytes.npos;
  });
  EXPECT_THAT(got, HasSubstr("MESSAGE_TOO_LARGE"));
  EXPECT_EQ(CountFrames(got, kGoaway), 0);
  raw.Send(Frame(kHeaders, 5, 3, kGetRoot));
  EXPECT_THAT(raw.Read([](const std::string& bytes) {
    return bytes.find("</html>") != bytes.npos;
  }),
              HasSubstr("</html>"));
}

TEST(GatewayHttp2, AnswersBadBinaryHeadersAndLives) {
  Gateway gateway;
  // grpcio and grpc++ encode `-bin` themselves, so the frame is made by hand:
  // POST to a gRPC path with `x-bin: !`.
  const auto literal = [](const std::string& name, const std::string& value) {
    return std::string(1, '\0') + static_cast<char>(name.size()) + name +
           static_cast<char>(value.size()) + value;
  };
  const std::string head =
      std::string("\x83\x86") + literal(":authority", "a") +
      literal(":path", "/welfare.registry.v1.RegistryService/GetMunicipality") +
      literal("content-type", "application/grpc") + literal("te", "trailers");
  Raw raw(gateway);
  raw.Send(Hello() + Frame(kHeaders, 4, 1, head + literal("x-bin", "!")));
  std::string got = raw.Read([](const std::string& bytes) {
    return CountFrames(bytes, kHeaders) >= 2;
  });
  EXPECT_EQ(CountFrames(got, kGoaway), 0);
  EXPECT_EQ(gateway.observer.seen(),
            (std::vector<std::string>{
                "POST /welfare.registry.v1.RegistryService/GetMunicipality "
                "400"}));
  // The same connection goes on: an empty message is a good request.
  raw.Send(Frame(kHeaders, 4, 3, head) + Frame(0, 1, 3, std::string(5, '\0')));
  got = raw.Read([](const std::string& bytes) {
    return CountFrames(bytes, kHeaders) >= 4;
  });
  EXPECT_TRUE(WaitFor([&] { return gateway.observer.seen().size() == 2; }));
  EXPECT_EQ(gateway.observer.seen().back(),
            "POST /welfare.registry.v1.RegistryService/GetMunicipality 200");
}

TEST(Listener, SaysThatAPortIsTaken) {
  Gateway gateway;
  class NoDispatcher final : public Dispatcher {
    std::shared_ptr<ExchangeHandler> Dispatch(Exchange&) override {
      return nullptr;
    }
  } dispatcher;
  Listener listener({.loops = 1, .limits = {}}, dispatcher);
  const auto bound = listener.Listen(gateway.address());
  ASSERT_FALSE(bound.ok());
  EXPECT_THAT(std::string(bound.status().message()),
              HasSubstr(gateway.address()));
  EXPECT_FALSE(listener.Listen("nonsense").ok());
  EXPECT_FALSE(listener.Listen("127.0.0.1:99999").ok());
  EXPECT_FALSE(listener.Listen("example.invalid:80").ok());
}

}  // namespace
}  // namespace welfare::gateway
