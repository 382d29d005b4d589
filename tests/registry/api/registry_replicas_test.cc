// Two processes of the registry on one PostgreSQL: one history, whoever writes
// and whoever is asked.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "services/platform/rpc/status_mapping.h"
#include "services/registry/registry_module.h"
#include "tests/registry/samples.h"
#include "tests/support/module_runner.h"
#include "tests/support/postgres_server.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"
#include "tests/support/store_engines.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"

namespace welfare::registry {
namespace {

using Stub = v1::RegistryService::Stub;

// One of the processes.
class Replica {
 public:
  explicit Replica(const std::string& url)
      : runner_(std::make_unique<RegistryModule>(), {"--database-url", url}) {
    EXPECT_OK(runner_.Start());
    stub_ = v1::RegistryService::NewStub(runner_.channel());
  }

  template <typename Method, typename Request, typename Response>
  absl::Status Call(Method method, const Request& request, Response& response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + support::kPatience);
    return platform::FromGrpcStatus(
        ((*stub_).*method)(&context, request, &response));
  }

  type::v1::ImportResult ImportStatuses(const std::string& records,
                                        const std::string& reason = "") {
    v1::ImportStatusRecordsRequest request;
    request.mutable_batch()->set_csv(
        "program,municipality_code,fiscal_year,implementing,preparation,"
        "note\n" +
        records);
    request.set_correction_reason(reason);
    type::v1::ImportResult result;
    EXPECT_OK(Call(&Stub::BatchImportStatusRecords, request, result));
    EXPECT_EQ(result.rejects_size(), 0) << result.ShortDebugString();
    return result;
  }

  void LoadTokyo() {
    v1::ImportMunicipalitiesRequest request;
    request.mutable_batch()->set_csv(ReadData("municipalities.csv"));
    type::v1::ImportResult result;
    EXPECT_OK(Call(&Stub::BatchImportMunicipalities, request, result));
    v1::ImportStatusRecordsRequest statuses;
    statuses.mutable_batch()->set_csv(ReadData("status-jusou.csv"));
    EXPECT_OK(Call(&Stub::BatchImportStatusRecords, statuses, result));
  }

  v1::Roster Roster(const v1::GetRosterRequest& request) {
    v1::Roster roster;
    EXPECT_OK(Call(&Stub::GetRoster, request, roster));
    return roster;
  }

  support::FakeClock& clock() { return runner_.clock(); }
  Stub& stub() { return *stub_; }

 private:
  support::ModuleRunner runner_;
  std::unique_ptr<Stub> stub_;
};

class RegistryReplicas : public ::testing::Test {
 protected:
  static v1::GetRosterRequest RosterOf(int year) {
    v1::GetRosterRequest request;
    request.set_name("programs/jusou/rosters/" + std::to_string(year));
    return request;
  }

  support::TempDir folder_;  // for its random name
  const std::string url_ =
      support::PostgresServer::NewDatabase(support::SchemaOf(folder_));
};

TEST_F(RegistryReplicas, AReadWaitsForWhatTheOtherWrote) {
  Replica writer(url_);
  Replica reader(url_);
  writer.LoadTokyo();
  const std::int64_t version =
      writer.ImportStatuses("jusou,131016,2026,yes,no,\n").version();
  EXPECT_EQ(version, 3);
  v1::GetRosterRequest request = RosterOf(2026);
  request.set_min_version(version);
  EXPECT_EQ(reader.Roster(request).implementing_count(), 1);
  // And the other way round.
  request.set_min_version(
      reader.ImportStatuses("jusou,131024,2026,yes,no,\n").version());
  EXPECT_EQ(writer.Roster(request).implementing_count(), 2);
}

// What was known at a moment stays what it was, though a writer elsewhere has a
// clock that is an hour behind.
TEST_F(RegistryReplicas, WhatWasKnownIsNeverToldOtherwise) {
  Replica ahead(url_);
  Replica behind(url_);
  ahead.LoadTokyo();
  ahead.clock().Advance(std::chrono::hours(1));
  v1::GetRosterRequest known = RosterOf(2026);
  const std::int64_t now = ahead.clock().Now().micros();
  known.mutable_known_at()->set_seconds(now / 1000000);
  known.mutable_known_at()->set_nanos(
      static_cast<std::int32_t>(now % 1000000 * 1000));
  const std::string before = ahead.Roster(known).SerializeAsString();
  const std::int64_t version =
      behind.ImportStatuses("jusou,131016,2026,yes,no,\n").version();
  v1::GetRosterRequest latest = RosterOf(2026);
  latest.set_min_version(version);
  EXPECT_EQ(ahead.Roster(latest).implementing_count(), 1);
  EXPECT_EQ(ahead.Roster(known).SerializeAsString(), before);
}

// A list that was begun on one process goes on on another, which may not have
// seen the end of it yet: it waits instead of ending early.
TEST_F(RegistryReplicas, APageOfOneIsFollowedByAPageOfTheOther) {
  Replica ahead(url_);
  Replica behind(url_);
  ahead.LoadTokyo();
  for (int i = 0; i < 20; ++i) {
    const char* const facts = i % 2 == 0 ? "yes,no" : "no,no";
    ahead.ImportStatuses("jusou,131016,2026," + std::string(facts) + ",\n" +
                             "jusou,131024,2026," + facts + ",\n",
                         "直す");
    v1::ListStatusRecordsRequest request;
    request.set_parent("programs/jusou");
    request.set_fiscal_year(2026);
    request.set_page_size(2 * i + 1);
    v1::ListStatusRecordsResponse first;
    ASSERT_OK(ahead.Call(&Stub::ListStatusRecords, request, first));
    ASSERT_EQ(first.status_records_size(), 2 * i + 1);
    request.set_page_token(first.next_page_token());
    v1::ListStatusRecordsResponse second;
    ASSERT_OK(behind.Call(&Stub::ListStatusRecords, request, second));
    ASSERT_EQ(second.status_records_size(), 1) << i;
    EXPECT_EQ(second.next_page_token(), "");
  }
}

// Two processes exchange who runs the programme; whoever reads at whatever
// version finds exactly one, and both processes say the same of a version.
TEST_F(RegistryReplicas, NobodySeesHalfAChangeOfEither) {
  Replica one(url_);
  Replica two(url_);
  one.LoadTokyo();
  one.ImportStatuses("jusou,131016,2026,yes,no,\njusou,131024,2026,no,no,\n",
                     "始め");
  constexpr int kTurns = 15;
  std::atomic<int> writing{2};
  std::atomic<int> reads{0};
  {
    std::vector<std::jthread> threads;
    for (Replica* replica : {&one, &two}) {
      threads.emplace_back([&, replica] {
        for (int turn = 0; turn < kTurns; ++turn) {
          const bool even = (turn + (replica == &one ? 1 : 0)) % 2 == 0;
          replica->ImportStatuses(
              std::string("jusou,131016,2026,") + (even ? "yes" : "no") +
                  ",no,\njusou,131024,2026," + (even ? "no" : "yes") + ",no,\n",
              "入れ替え");
        }
        --writing;
      });
      threads.emplace_back([&, replica] {
        std::int64_t last = 0;
        do {
          v1::GetRosterRequest request = RosterOf(2026);
          request.set_min_version(3);
          const v1::Roster roster = replica->Roster(request);
          ASSERT_EQ(roster.implementing_count(), 1);
          ASSERT_GE(roster.version(), last);
          last = roster.version();
          ++reads;
        } while (writing > 0);
      });
    }
  }
  EXPECT_GT(reads, 10);
  v1::GetRegistryStateRequest head;
  v1::RegistryState state;
  ASSERT_OK(one.Call(&Stub::GetRegistryState, head, state));
  for (std::int64_t version = 3; version <= state.version(); ++version) {
    v1::GetRosterRequest request = RosterOf(2026);
    request.set_min_version(version);
    request.set_data_version(version);
    const v1::Roster roster = one.Roster(request);
    EXPECT_EQ(roster.implementing_count(), 1) << version;
    EXPECT_EQ(roster.SerializeAsString(),
              two.Roster(request).SerializeAsString());
  }
}

}  // namespace
}  // namespace welfare::registry
