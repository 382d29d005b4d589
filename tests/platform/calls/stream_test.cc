// Streams and their readers: those who read, those who do not, and those who
// leave.
#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "services/platform/rpc/status_mapping.h"
#include "services/platform/work/version_feed.h"
#include "tests/platform/fake_registry.h"
#include "tests/support/crowd.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"

namespace welfare::platform {
namespace {

namespace v1 = welfare::registry::v1;
namespace type_v1 = welfare::type::v1;

using support::StatusIs;
using support::WaitFor;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Async = v1::RegistryService::StubInterface::async_interface;
using Reader = grpc::ClientReader<type_v1::WatchVersionsResponse>;

constexpr int kMany = 500;

class RpcStream : public ::testing::Test {
 protected:
  void StartWith(const RpcModule::Options& options) {
    auto module = std::make_unique<FakeRegistryModule>(options);
    module_ = module.get();
    runner_.emplace(std::move(module));
    ASSERT_OK(runner_->Start());
    stub_ = v1::RegistryService::NewStub(
        support::NarrowChannel(runner_->address()));
  }
  void SetUp() override { StartWith({}); }

  FakeRegistryState& registry() { return module_->registry(); }

  static type_v1::WatchVersionsRequest How(const std::string& how,
                                           int count = 1) {
    type_v1::WatchVersionsRequest request;
    for (int i = 0; i < count; ++i) request.add_resources(how);
    return request;
  }

  std::unique_ptr<Reader> Open(grpc::ClientContext& context,
                               const std::string& how, int count = 1) {
    context.set_deadline(std::chrono::system_clock::now() + support::kPatience);
    return stub_->WatchVersions(&context, How(how, count));
  }

  // Reads a stream of `count` messages to its end.
  absl::Status Read(int count, const std::string& how = "counts") {
    grpc::ClientContext context;
    const auto reader = Open(context, how, count);
    type_v1::WatchVersionsResponse message;
    int read = 0;
    while (reader->Read(&message)) {
      EXPECT_EQ(message.entries(0).version(), ++read);
    }
    absl::Status status = FromGrpcStatus(reader->Finish());
    EXPECT_TRUE(!status.ok() || read == count) << read;
    return status;
  }

  // Opens streams that nobody reads, and waits until each has made all that it
  // can: what fills the window of its reader, and the next two messages.
  void Stall(support::Crowd& crowd, int count) {
    for (int i = 0; i < count; ++i) {
      crowd.Ignore(*stub_, &Async::WatchVersions, How("large"));
    }
    ASSERT_TRUE(WaitFor([&] { return crowd.told() == count; },
                        std::chrono::seconds(60)));
  }

  std::optional<support::ModuleRunner> runner_;
  FakeRegistryModule* module_ = nullptr;
  std::unique_ptr<v1::RegistryService::Stub> stub_;
};

TEST_F(RpcStream, ACrowdThatNeverReadsDisturbsNoReader) {
  support::Crowd crowd;
  Stall(crowd, kMany);
  EXPECT_EQ(registry().watchers.load(), kMany);
  EXPECT_OK(Read(500));
  EXPECT_THAT(crowd.ended(), IsEmpty());
  // One under way and one that waits for it.
  EXPECT_LE(registry().made.load(), 2 * kMany + 500);
}

TEST_F(RpcStream, OneThreadServesEverybodyInTurn) {
  StartWith({.stream_threads = 1});
  grpc::ClientContext context;
  const auto endless = Open(context, "endless");
  std::jthread reading([&] {
    type_v1::WatchVersionsResponse message;
    while (endless->Read(&message)) {
    }
  });
  ASSERT_TRUE(WaitFor([&] { return registry().made.load() > 10; }));
  EXPECT_OK(Read(500));
  context.TryCancel();
}

TEST_F(RpcStream, OneStreamTooManyIsRefused) {
  StartWith({.streams = 3});
  support::Crowd crowd;
  Stall(crowd, 3);
  EXPECT_STATUS(Read(1), absl::StatusCode::kResourceExhausted,
                "TOO_MANY_STREAMS");
  crowd.CancelOne();
  EXPECT_TRUE(WaitFor([&] { return Read(1).ok(); }));
  EXPECT_THAT(crowd.ended(), SizeIs(1));
}

TEST_F(RpcStream, AStreamThatNobodyReadsIsEnded) {
  StartWith({.stall_limit = std::chrono::milliseconds(50)});
  grpc::ClientContext follower_context;
  const auto follower = Open(follower_context, "follows");
  type_v1::WatchVersionsResponse message;
  ASSERT_TRUE(follower->Read(&message));
  grpc::ClientContext context;
  const auto reader = Open(context, "large");
  // The follower waits for a version all the while, and is no such stream.
  ASSERT_TRUE(WaitFor([&] {
    return registry().made.load() > 2 && registry().watchers.load() == 1;
  }));
  while (reader->Read(&message)) {
  }
  const grpc::Status ended = reader->Finish();
  EXPECT_EQ(ended.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_THAT(ended.error_message(), HasSubstr("STREAM_STALLED"));
  EXPECT_TRUE(WaitFor([&] {
    return runner_->metrics().Expose().find(
               "grpc_server_handled_total{grpc_code=\"Aborted\",grpc_method="
               "\"WatchVersions\",grpc_service=\"welfare.registry.v1."
               "RegistryService\",grpc_type=\"server_stream\"} 1") !=
           std::string::npos;
  }));
  module_->feed().Publish("1", 1);
  ASSERT_TRUE(follower->Read(&message));
  EXPECT_EQ(message.entries(0).version(), 2);
  follower_context.TryCancel();
}

TEST_F(RpcStream, AStepThatFailsEndsItsStreamAfterWhatWasSent) {
  for (const std::string how : {"fails", "throws"}) {
    grpc::ClientContext context;
    const auto reader = Open(context, how);
    type_v1::WatchVersionsResponse message;
    int read = 0;
    while (reader->Read(&message)) ++read;
    EXPECT_EQ(read, 2) << how;
    EXPECT_THAT(FromGrpcStatus(reader->Finish()),
                how == "fails"
                    ? StatusIs(absl::StatusCode::kInvalidArgument, "STEP_BAD")
                    : StatusIs(absl::StatusCode::kInternal, "INTERNAL"));
  }
  EXPECT_TRUE(WaitFor([&] { return registry().watchers.load() == 0; }));
}

TEST_F(RpcStream, StepsThatWaitForNothingAreTakenInTheirOrder) {
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 4; ++i) {
      readers.emplace_back([this] { EXPECT_OK(Read(1000, "at hand")); });
    }
  }
  for (int taken = 0; taken < 20; ++taken) {
    grpc::ClientContext context;
    const auto reader = Open(context, "at hand", 1000);
    type_v1::WatchVersionsResponse message;
    for (int i = 0; i < taken; ++i) ASSERT_TRUE(reader->Read(&message));
    context.TryCancel();
    EXPECT_FALSE(reader->Finish().ok());
  }
  EXPECT_TRUE(WaitFor([&] { return registry().watchers.load() == 0; }));
}

TEST_F(RpcStream, ReadersMayLeaveAtAnyMoment) {
  for (int i = 0; i < 300; ++i) {
    grpc::ClientContext context;
    const auto reader = Open(context, i % 2 == 0 ? "endless" : "large");
    type_v1::WatchVersionsResponse message;
    for (int read = 0; read < i % 5; ++read) {
      ASSERT_TRUE(reader->Read(&message));
    }
    context.TryCancel();
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  EXPECT_TRUE(WaitFor([&] { return registry().watchers.load() == 0; }));
  EXPECT_OK(Read(10));
}

// Nobody reads, some follow, and the crowd is cancelled as a whole.
TEST_F(RpcStream, ACrowdMayLeave) {
  {
    support::Crowd crowd;
    for (int i = 0; i < 50; ++i) {
      crowd.Ignore(*stub_, &Async::WatchVersions, How("follows"));
    }
    for (int i = 0; i < 50; ++i) {
      crowd.Ignore(*stub_, &Async::WatchVersions, How("large"));
    }
    ASSERT_TRUE(WaitFor([&] { return crowd.told() == 100; }));
  }
  EXPECT_TRUE(WaitFor([&] { return registry().watchers.load() == 0; }));
}

TEST_F(RpcStream, WhoFollowsIsToldOfTheEndAndWhoDoesNotReadIsCutOff) {
  support::Crowd crowd;
  Stall(crowd, 20);
  grpc::ClientContext context;
  const auto follower = Open(context, "follows");
  type_v1::WatchVersionsResponse message;
  ASSERT_TRUE(follower->Read(&message));
  module_->Drain();
  EXPECT_FALSE(follower->Read(&message));
  EXPECT_STATUS(FromGrpcStatus(follower->Finish()),
                absl::StatusCode::kUnavailable, "SHUTTING_DOWN");
  // Who works may go on; at the deadline everybody is gone.
  EXPECT_OK(Read(10));
  module_->Stop(std::chrono::system_clock::now() +
                std::chrono::milliseconds(50));
  EXPECT_EQ(registry().watchers.load(), 0);
}

// A long import takes its time on threads of its own.
TEST_F(RpcStream, BulkWorkLeavesTheThreadsOfCallsFree) {
  StartWith(
      {.call_threads = 1, .call_queue = 1, .bulk_threads = 2, .bulk_queue = 4});
  support::Crowd crowd;
  for (int i = 0; i < 8; ++i) {
    crowd.Call(*stub_, &Async::BatchImportMunicipalities,
               v1::ImportMunicipalitiesRequest());
  }
  // Two at work, four wait, and two are refused.
  ASSERT_TRUE(WaitFor([&] {
    return registry().importing.load() == 2 && crowd.ended().size() == 2;
  }));
  EXPECT_THAT(crowd.ended(), Each(StatusIs(absl::StatusCode::kResourceExhausted,
                                           "OVERLOADED")));
  for (int i = 0; i < 20; ++i) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + support::kPatience);
    v1::GetMunicipalityRequest request;
    request.set_name("a");
    v1::Municipality reply;
    EXPECT_OK(
        FromGrpcStatus(stub_->GetMunicipality(&context, request, &reply)));
  }
  EXPECT_EQ(registry().importing.load(), 2);
  EXPECT_EQ(registry().imported.load(), 0);
  registry().release = true;
  crowd.WaitUntilAllEnded();
  EXPECT_EQ(registry().imported.load(), 6);
}

}  // namespace
}  // namespace welfare::platform
