// gRPC calls through the gateway, made by a real gRPC client.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/gateway/http2/frames.h"
#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"
#include "tests/support/wait_for.h"

namespace welfare::gateway {
namespace {

namespace reg = ::welfare::registry::v1;
namespace rep = ::welfare::report::v1;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::WaitFor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::unique_ptr<grpc::ClientContext> Within(milliseconds timeout) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + timeout);
  return context;
}

TEST(GatewayGrpc, PassesUnaryCallsOn) {
  RunningGateway gateway;
  const auto stub = gateway.Registry();
  const auto context = Within(seconds(10));
  const std::string trace =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  context->AddMetadata("authorization", "Bearer t");
  context->AddMetadata("traceparent", trace);
  context->AddMetadata("x-welfare-subject", "root");
  context->AddMetadata("x-request-id", "from-me");
  context->AddMetadata("accept-language", "ja");
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
  EXPECT_EQ(metadata.at("traceparent"), trace);
  // What proves who calls stays here.
  EXPECT_FALSE(metadata.contains("authorization"));
  EXPECT_EQ(metadata.at("x-request-id"), "from-me");
  EXPECT_EQ(metadata.at("accept-language"), "ja");
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
  RunningGateway gateway;
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
  RunningGateway gateway;
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
  RunningGateway gateway;
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
  RunningGateway gateway;
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
  RunningGateway gateway;
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
  RunningGateway gateway;
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
  RunningGateway gateway;
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
  RunningGateway gateway;
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
  RunningGateway gateway;
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
  RunningGateway gateway;
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
  ASSERT_EQ(details.details_size(), 2);
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "TOO_MANY_FIELDS");
  reg::GetMunicipalityRequest next;
  reg::Municipality municipality;
  EXPECT_TRUE(
      stub->GetMunicipality(Within(seconds(10)).get(), next, &municipality)
          .ok());
}

// Over a line, and where one of two channels leads to nobody, so that there is
// none.
class GatewayWays : public ::testing::TestWithParam<bool> {};

INSTANTIATE_TEST_SUITE_P(LineAndChannel, GatewayWays, ::testing::Bool());

TEST_P(GatewayWays, PassDeadlinesAndCancellationOn) {
  RunningGateway gateway({}, {}, GetParam());
  const auto stub = gateway.Registry();
  reg::GetMunicipalityRequest request;
  reg::Municipality response;
  // By then a channel that leads to nobody is known to.
  stub->GetMunicipality(Within(seconds(20)).get(), request, &response);
  stub->GetMunicipality(Within(seconds(20)).get(), request, &response);
  request.set_name("municipalities/slow");
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
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.cancelled() == 2; }));
  caller.join();

  // A stream whose caller leaves.
  const auto stream_context = Within(seconds(60));
  reg::StreamChangesRequest follow;
  follow.set_follow(true);
  const auto reader = stub->StreamChanges(stream_context.get(), follow);
  reg::StreamChangesResponse change;
  for (int i = 0; i < kParts; ++i) ASSERT_TRUE(reader->Read(&change));
  stream_context->TryCancel();
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.cancelled() == 3; }));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

// FRAME_SECOND
TEST(GatewayGrpc, TakesOneMessageForAUnaryCall) {
  RunningGateway gateway;
  const std::string path =
      "/welfare.registry.v1.RegistryService/GetMunicipality";
  const auto literal = [](const std::string& name, const std::string& value) {
    return std::string(1, '\0') + static_cast<char>(name.size()) + name +
           static_cast<char>(value.size()) + value;
  };
  reg::GetMunicipalityRequest request;
  request.set_name("municipalities/slow");
  std::string message = request.SerializeAsString();
  message.insert(0,
                 {'\0', '\0', '\0', '\0', static_cast<char>(message.size())});
  Raw raw(gateway);
  raw.Send(Hello() +
           Frame(kHeaders, 4, 1,
                 "\x83\x86" + literal(":authority", "a") +
                     literal(":path", path) +
                     literal("content-type", "application/grpc") +
                     literal("te", "trailers")) +
           Frame(kData, 0, 1, message));
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.slow() == 1; }));
  raw.Send(Frame(kData, 1, 1, message));
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.cancelled() == 1; }));
  EXPECT_THAT(gateway.observer.seen(),
              ::testing::ElementsAre("POST " + path + " 400"));
}

TEST(GatewayGrpc, SaysThatABackendIsAwayWithoutNamingIt) {
  RunningGateway gateway;
  gateway.StopBackend();
  reg::Municipality response;
  const grpc::Status status = gateway.Registry()->GetMunicipality(
      Within(seconds(20)).get(), reg::GetMunicipalityRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), Not(HasSubstr("sock")));
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.details_size(), 3);
}

// Over a channel as over a line.
TEST(GatewayGrpc, RepeatsWhatAServiceCutOffThatLeaves) {
  for (const bool lame : {false, true}) {
    RunningGateway gateway({}, {}, lame);
    const auto stub = gateway.Registry();
    const auto call = [&](const char* name) {
      reg::GetMunicipalityRequest request;
      request.set_name(name);
      reg::Municipality response;
      return stub->GetMunicipality(Within(seconds(20)).get(), request,
                                   &response);
    };
    // By then a channel that leads to nobody is known to.
    call("municipalities/a");
    call("municipalities/a");
    const grpc::Status status = call("municipalities/leaving");
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(gateway.registry.leaving(), 2);
  }
}

// Nobody who has not left himself is told that he has.
TEST_P(GatewayWays, SayThatAServiceIsAwayThatLeavesAgainAndAgain) {
  RunningGateway gateway({}, {}, GetParam());
  const auto stub = gateway.Registry();
  reg::GetMunicipalityRequest request;
  request.set_name("municipalities/left");
  reg::Municipality response;
  const grpc::Status status =
      stub->GetMunicipality(Within(seconds(60)).get(), request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_THAT(details.ShortDebugString(), HasSubstr("BACKEND_UNAVAILABLE"));
  EXPECT_THAT(Http(gateway, "GET /v1/municipalities/left"),
              StartsWith("HTTP/1.1 503 "));
}

// As after a restart of the service, until both channels have found it.
TEST(GatewayGrpc, CallsThroughTheChannelThatIsThere) {
  RunningGateway gateway({}, {}, true);
  const auto stub = gateway.Registry();
  reg::GetMunicipalityRequest request;
  request.set_name("municipalities/a");
  const auto call = [&] {
    reg::Municipality response;
    return stub->GetMunicipality(Within(seconds(20)).get(), request, &response)
        .error_code();
  };
  // By then the other channel has failed once and is known to.
  call();
  call();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(call(), grpc::StatusCode::OK) << i;
}

TEST(GatewayGrpc, FinishesCallsUnderWayWhenItDrains) {
  RunningGateway gateway;
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
  RunningGateway gateway;
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

}  // namespace
}  // namespace welfare::gateway
