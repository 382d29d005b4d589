// What a table of methods is to those who write one, and to callers whose bytes
// no stub would send.
#include "services/platform/calls/method_table.h"

#include <gmock/gmock.h>
#include <google/protobuf/empty.pb.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/sync_stream.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/process/rpc_module.h"
#include "services/platform/rpc/status_mapping.h"
#include "tests/platform/fake_registry.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/type/v1/versions.pb.h"

namespace welfare::platform {
namespace {

namespace v1 = welfare::registry::v1;
namespace type_v1 = welfare::type::v1;

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kRegistry[] = "/welfare.registry.v1.RegistryService/";

struct Answer {
  std::vector<std::string> messages;
  absl::Status status;
};

// Sends the bytes, if any, as the one message of a call; its kind is the
// method's, because all are the same on the wire.
Answer Send(grpc::Channel& channel, const std::string& path,
            const std::optional<std::string>& message) {
  using Bytes = grpc::ByteBuffer;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + support::kPatience);
  const grpc::internal::RpcMethod method(
      path.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING);
  const std::unique_ptr<grpc::ClientReaderWriter<Bytes, Bytes>> stream(
      grpc::internal::ClientReaderWriterFactory<Bytes, Bytes>::Create(
          &channel, method, &context));
  if (message.has_value()) {
    const grpc::Slice slice(*message);
    stream->Write(Bytes(&slice, 1));
  }
  stream->WritesDone();
  Answer answer;
  Bytes read;
  while (stream->Read(&read)) {
    grpc::Slice slice;
    EXPECT_TRUE(read.DumpToSingleSlice(&slice).ok());
    answer.messages.emplace_back(slice.begin(), slice.end());
  }
  answer.status = FromGrpcStatus(stream->Finish());
  return answer;
}

class Served : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_OK(runner_.Start()); }

  Answer Call(const std::string& method,
              const std::optional<std::string>& message) {
    return Send(*runner_.channel(), kRegistry + method, message);
  }

  support::ModuleRunner runner_{std::make_unique<FakeRegistryModule>()};
};

TEST_F(Served, WhatIsNoMessageOfTheMethodIsRefused) {
  for (const std::string method :
       {"GetMunicipality", "GetRoster", "BatchImportMunicipalities",
        "ImportMunicipalities", "WatchVersions"}) {
    const Answer answer = Call(method, "\xff\xff\xff");
    EXPECT_STATUS(answer.status, absl::StatusCode::kInvalidArgument,
                  "MESSAGE_UNREADABLE")
        << method;
    EXPECT_THAT(answer.messages, IsEmpty()) << method;
    EXPECT_THAT(
        runner_.metrics().Expose(),
        HasSubstr("grpc_server_handled_total{grpc_code=\"InvalidArgument\","
                  "grpc_method=\"" +
                  method + "\""));
  }
}

TEST_F(Served, ACallWithoutAnyMessageReadsAsAnEmptyOne) {
  for (const std::string method : {"GetMunicipality", "GetRoster"}) {
    const Answer answer = Call(method, std::nullopt);
    EXPECT_OK(answer.status) << method;
    EXPECT_THAT(answer.messages, SizeIs(1)) << method;
  }
}

// In pieces there and back, and as bytes that are shared with gRPC.
TEST_F(Served, MessagesOfAllSizesArriveAsTheyWere) {
  for (const std::size_t size : {0u, 1u, 4000u, 4096u, 100'000u, 3'000'000u}) {
    v1::GetRosterRequest asked;
    asked.set_name(std::string(size, 'n'));
    v1::Roster roster;
    roster.set_name(asked.name());
    const Answer answer = Call("GetRoster", asked.SerializeAsString());
    EXPECT_OK(answer.status) << size;
    EXPECT_THAT(answer.messages, ElementsAre(roster.SerializeAsString()))
        << size;
  }
}

TEST_F(Served, AMethodWithoutARowIsUnimplemented) {
  EXPECT_STATUS(Call("ListPrograms", "").status,
                absl::StatusCode::kUnimplemented);
}

TEST_F(Served, ReflectionListsTheService) {
  // {list_services: "*"}
  const Answer answer =
      Send(*runner_.channel(),
           "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
           "\x3a\x01*");
  EXPECT_OK(answer.status);
  EXPECT_THAT(answer.messages,
              Contains(HasSubstr("welfare.registry.v1.RegistryService")));
}

// A table whose rows are the test's.
class Table final : public MethodTable {
 public:
  explicit Table(
      const CallEnvironment& calls,
      const std::string& service = "welfare.registry.v1.RegistryService")
      : MethodTable(service, calls) {}

  using MethodTable::BidiStream;
  using MethodTable::Complete;
  using MethodTable::Read;
  using MethodTable::Unary;
  using MethodTable::WatchVersions;
};

class VersionsModule final : public RpcModule {
 public:
  VersionsModule() : RpcModule("registry") {}
  ~VersionsModule() override { StopNow(); }

  void Publish(const VersionFeed::Versions& versions) {
    feed().Publish(versions);
  }

 private:
  absl::StatusOr<std::vector<grpc::Service*>> Build(ModuleContext&) override {
    table_ = std::make_unique<Table>(calls());
    table_->WatchVersions<type_v1::WatchVersionsRequest,
                          type_v1::WatchVersionsResponse>();
    feed().Publish("registry", 7);
    return std::vector<grpc::Service*>{table_.get()};
  }

  std::unique_ptr<Table> table_;
};

TEST(WatchVersions, WhatIsNoMessageOfItIsRefused) {
  support::ModuleRunner runner(std::make_unique<VersionsModule>());
  ASSERT_OK(runner.Start());
  const std::string path = std::string(kRegistry) + "WatchVersions";
  EXPECT_STATUS(Send(*runner.channel(), path, "\xff\xff\xff").status,
                absl::StatusCode::kInvalidArgument, "MESSAGE_UNREADABLE");
  type_v1::WatchVersionsRequest request;
  for (int i = 0; i < 101; ++i) request.add_resources("registry");
  EXPECT_STATUS(
      Send(*runner.channel(), path, request.SerializeAsString()).status,
      absl::StatusCode::kInvalidArgument, "RESOURCES_INVALID");
}

// However many there are, no message is longer than a caller takes.
TEST(WatchVersions, ManyVersionsComeInSeveralMessages) {
  constexpr int kMany = 25'000;
  auto owned = std::make_unique<VersionsModule>();
  VersionsModule& module = *owned;
  support::ModuleRunner runner(std::move(owned));
  ASSERT_OK(runner.Start());
  VersionFeed::Versions versions;
  // As long as names may be.
  for (int i = 0; i < kMany; ++i) {
    versions[std::string(190, 'r') + std::to_string(100'000 + i)] = i + 1;
  }
  module.Publish(versions);
  const auto stub = v1::RegistryService::NewStub(runner.channel());
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + support::kPatience);
  const auto reader = stub->WatchVersions(&context, {});
  std::set<std::string> told;
  type_v1::WatchVersionsResponse message;
  const auto read = [&] {
    ASSERT_TRUE(reader->Read(&message));
    EXPECT_LE(message.entries_size(), 10'000);
    for (const auto& entry : message.entries()) {
      EXPECT_TRUE(told.insert(entry.resource()).second) << entry.resource();
    }
  };
  while (told.size() < kMany + 1 && !HasFatalFailure()) read();
  // All is told once; what changes then is told alone.
  told.clear();
  module.Publish({{"registry", 8}});
  read();
  EXPECT_THAT(told, ElementsAre("registry"));
  EXPECT_EQ(message.entries(0).version(), 8);
  context.TryCancel();
  reader->Finish();
}

absl::Status Answered() { return absl::OkStatus(); }

// Rows that do not fit the contract end the process before it serves anybody.
class TableDeathTest : public ::testing::Test {
 protected:
  TableDeathTest() {
    // Other tests have had threads.
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    calls_.metrics = &metrics_;
  }

  MetricsRegistry metrics_;
  CallEnvironment calls_;
};

constexpr auto kGet = [](const CallContext&, const v1::GetMunicipalityRequest&,
                         v1::Municipality&) { return Answered(); };

TEST_F(TableDeathTest, AMethodIsForgotten) {
  EXPECT_DEATH(
      {
        Table table(calls_);
        table.Unary("GetMunicipality", kGet);
        table.Complete();
      },
      "RegistryService[.][A-Za-z]+.*it has no row");
}

TEST_F(TableDeathTest, AMethodHasTwoRows) {
  EXPECT_DEATH(
      {
        Table table(calls_);
        table.Unary("GetMunicipality", kGet);
        table.Unary("GetMunicipality", kGet);
      },
      "RegistryService.GetMunicipality.*two rows");
}

TEST_F(TableDeathTest, ThereIsNoSuchMethodOrService) {
  EXPECT_DEATH(Table(calls_).Unary("GetCity", kGet),
               "RegistryService.GetCity.*no such method");
  EXPECT_DEATH(Table(calls_, "welfare.registry.v1.Registers"),
               "Registers.*no such service");
}

TEST_F(TableDeathTest, ARowIsOfAnotherKind) {
  EXPECT_DEATH(
      Table(calls_).Unary(
          "ImportMunicipalities",
          [](const CallContext&, const v1::ImportMunicipalitiesRequest&,
             type_v1::ImportResult&) { return Answered(); }),
      "RegistryService.ImportMunicipalities.*another kind");
  EXPECT_DEATH(Table(calls_).BidiStream("GetMunicipality", [] { return kGet; }),
               "RegistryService.GetMunicipality.*another kind");
}

TEST_F(TableDeathTest, AWriteIsServedAsARead) {
  EXPECT_DEATH(
      Table(calls_).Read(
          "DeleteMunicipality",
          [](const v1::DeleteMunicipalityRequest&) { return ReadPlan{}; },
          [](const CallContext&, const v1::DeleteMunicipalityRequest&,
             google::protobuf::Empty&) { return Answered(); }),
      "DeleteMunicipality.*changes state");
}

TEST_F(TableDeathTest, AHandlerHasOtherMessages) {
  EXPECT_DEATH(Table(calls_).Unary("ResolveMunicipality", kGet),
               "RegistryService.ResolveMunicipality.*another request");
  EXPECT_DEATH(Table(calls_).Unary(
                   "GetMunicipality",
                   [](const CallContext&, const v1::GetMunicipalityRequest&,
                      v1::Roster&) { return Answered(); }),
               "RegistryService.GetMunicipality.*another response");
}

}  // namespace
}  // namespace welfare::platform
