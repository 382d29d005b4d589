// Who waits for a version disturbs nobody.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "services/base/error.h"
#include "services/platform/rpc/status_mapping.h"
#include "tests/registry/api/module_fixture.h"
#include "tests/support/crowd.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using support::IsOk;
using support::StatusIs;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kMany = 500;

class RegistryWaitingTest : public RegistryModuleTest {
 protected:
  RegistryWaitingTest() { LoadTokyo(); }

  // Reads that wait for `version`: half of those answered from memory, half of
  // those answered on the pool.
  void AddReaders(support::Crowd& crowd, int count, std::int64_t version) {
    for (int i = 0; i < count; ++i) {
      using Async = v1::RegistryService::StubInterface::async_interface;
      if (i % 2 == 0) {
        v1::GetRosterRequest request;
        request.set_name("programs/jusou/rosters/2025");
        request.set_min_version(version);
        crowd.Call(*stub_, &Async::GetRoster, request);
      } else {
        v1::ListMunicipalitiesRequest request;
        request.set_min_version(version);
        crowd.Call(*stub_, &Async::ListMunicipalities, request);
      }
    }
  }
};

TEST_F(RegistryWaitingTest, ACrowdDisturbsNoBystander) {
  support::Crowd crowd;
  AddReaders(crowd, kMany, 1000);
  for (int i = 0; i < kMany; ++i) crowd.Watch(*stub_);
  ASSERT_TRUE(support::WaitFor([&] { return crowd.told() == kMany; }));
  EXPECT_THAT(crowd.ended(), IsEmpty());
  EXPECT_EQ(Version(), 2);
  EXPECT_THAT(Changes(0), ::testing::Not(IsEmpty()));
  EXPECT_OK(
      RecordStatus(Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO)));
  EXPECT_EQ(Roster(2026).implementing_count(), 1);
}

TEST_F(RegistryWaitingTest, ACrowdThatReadsNothingDisturbsNoReader) {
  // More than is sent to a reader who reads nothing.
  Restart();
  std::string csv = ReadData("status-jusou.csv");
  const std::string note(400, 'n');
  for (std::size_t at = csv.find('\n');
       (at = csv.find('\n', at + 1)) != csv.npos; at += note.size()) {
    csv.insert(at, note);
  }
  ImportMunicipalities(ReadData("municipalities.csv"));
  ImportStatuses(csv);
  const auto narrow =
      v1::RegistryService::NewStub(support::NarrowChannel(owned_->address()));
  using Async = v1::RegistryService::StubInterface::async_interface;
  support::Crowd crowd;
  for (int i = 0; i < kMany; ++i) {
    v1::StreamChangesRequest request;
    request.set_follow(i % 2 == 0);
    crowd.Ignore(*narrow, &Async::StreamChanges, request);
  }
  ASSERT_TRUE(support::WaitFor([&] { return crowd.told() == kMany; },
                               std::chrono::seconds(60)));
  const auto changes = Changes(0);
  ASSERT_THAT(changes, ::testing::Not(IsEmpty()));
  EXPECT_EQ(changes.back().version(), 2);
  EXPECT_THAT(crowd.ended(), IsEmpty());
  EXPECT_EQ(Version(), 2);
}

TEST_F(RegistryWaitingTest, WhatMayBeWatchedIsBounded) {
  const auto watch = [&](int count, std::size_t length) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + support::kPatience);
    type::v1::WatchVersionsRequest request;
    for (int i = 0; i < count; ++i) {
      request.add_resources(std::string(length, 'r'));
    }
    const auto reader = stub_->WatchVersions(&context, request);
    type::v1::WatchVersionsResponse message;
    if (reader->Read(&message)) context.TryCancel();
    return platform::FromGrpcStatus(reader->Finish());
  };
  EXPECT_STATUS(watch(100, 200), StatusCode::kCancelled);
  for (const absl::Status& refused : {watch(101, 5), watch(1, 201)}) {
    EXPECT_STATUS(refused, StatusCode::kInvalidArgument, "RESOURCES_INVALID");
  }
  const auto details = base::GetErrorDetails(watch(3, 300));
  ASSERT_TRUE(details.has_value());
  ASSERT_THAT(details->violations, SizeIs(3));
  EXPECT_EQ(details->violations[1].field, "resources[1]");
  EXPECT_EQ(details->violations[1].reason, "TOO_LONG");
}

TEST_F(RegistryWaitingTest, EveryoneWhoWaitsIsAnsweredByTheWrite) {
  support::Crowd crowd;
  AddReaders(crowd, kMany, 3);
  EXPECT_EQ(Version(), 2);
  ASSERT_OK(
      RecordStatus(Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO)));
  crowd.WaitUntilAllEnded();
  EXPECT_THAT(crowd.ended(), Each(IsOk()));
}

TEST_F(RegistryWaitingTest, WhoWaitsIsToldThatTheServiceStops) {
  support::Crowd crowd;
  AddReaders(crowd, 20, 1000);
  for (int i = 0; i < 20; ++i) crowd.Watch(*stub_);
  ASSERT_TRUE(support::WaitFor([&] { return crowd.told() == 20; }));
  // What comes before the last grace for calls that work.
  owned_->module().Drain();
  crowd.WaitUntilAllEnded();
  EXPECT_THAT(crowd.ended(), SizeIs(40));
  EXPECT_THAT(crowd.ended(),
              Each(StatusIs(StatusCode::kUnavailable, "SHUTTING_DOWN")));
  EXPECT_EQ(Version(), 2);
}

TEST_F(RegistryWaitingTest, ARefusedWaitSaysSo) {
  constexpr int kSeats = 2048;
  constexpr int kTooMany = 10;
  support::Crowd crowd;
  AddReaders(crowd, kSeats + kTooMany, 1000);
  // Who comes when every seat is taken is told at once, the rest wait on.
  ASSERT_TRUE(
      support::WaitFor([&] { return crowd.ended().size() >= kTooMany; }));
  EXPECT_THAT(crowd.ended(), SizeIs(kTooMany));
  EXPECT_THAT(crowd.ended(), Each(StatusIs(StatusCode::kResourceExhausted,
                                           "TOO_MANY_WAITING")));
  EXPECT_EQ(Version(), 2);
}

// Whatever its caller allows.
TEST_F(RegistryWaitingTest, AWaitEndsLongBeforeAPatientCaller) {
  v1::GetRosterRequest request;
  request.set_name("programs/jusou/rosters/2025");
  request.set_min_version(1000);
  v1::Roster roster;
  EXPECT_STATUS(Call(&v1::RegistryService::Stub::GetRoster, request, roster,
                     std::chrono::hours(1)),
                StatusCode::kDeadlineExceeded, "MIN_VERSION_NOT_REACHED");
}

}  // namespace
}  // namespace welfare::registry
