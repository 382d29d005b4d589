// What answers are known by, so that who has one is not sent it again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "services/platform/rpc/call_context.h"
#include "tests/registry/api/lifecycle_fixture.h"
#include "tests/support/answer_tags.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using support::Told;

class RegistryTagsTest : public RegistryLifecycleTest {
 protected:
  // Calls a read as the gateway does. `held`: what its caller has.
  template <typename Method, typename Request>
  Told Ask(Method method, const Request& request, const std::string& held,
           const std::string& language = "") {
    return support::AskForTag(*stub_, method, request, held, language);
  }

  static v1::GetRosterRequest RosterOf(int year) {
    v1::GetRosterRequest request;
    request.set_name("programs/jusou/rosters/" + std::to_string(year));
    return request;
  }
};

TEST_F(RegistryTagsTest, EveryReadIsKnownByItsVersion) {
  LoadTokyo();
  const auto check = [this](const auto& method, const auto& request) {
    // The next commit makes all of them others, whatever they hold.
    support::ExpectKnownByState(*stub_, method, request, [&] {
      const std::string what = request.GetDescriptor()->name();
      v1::RecordStatusRequest record =
          Record(2026, v1::IMPLEMENTING_NO, v1::PREPARATION_NO);
      record.mutable_status_record()->set_note(what);
      record.mutable_status_record()->set_correction(true);
      record.mutable_status_record()->set_reason(what);
      ASSERT_OK(RecordStatus(record)) << what;
    });
  };
  v1::GetMunicipalityRequest municipality;
  municipality.set_name("municipalities/131016");
  check(&Stub::GetMunicipality, municipality);
  v1::BatchGetMunicipalitiesRequest batch;
  batch.add_names("municipalities/131016");
  check(&Stub::BatchGetMunicipalities, batch);
  check(&Stub::ListMunicipalities, v1::ListMunicipalitiesRequest());
  v1::ResolveMunicipalityRequest resolve;
  resolve.set_text("千代田区");
  check(&Stub::ResolveMunicipality, resolve);
  v1::ListHistoryRequest history;
  history.set_parent("municipalities/131016");
  check(&Stub::ListHistory, history);
  v1::GetProgramRequest program;
  program.set_name("programs/jusou");
  check(&Stub::GetProgram, program);
  check(&Stub::ListPrograms, v1::ListProgramsRequest());
  v1::ListStatusRecordsRequest records;
  records.set_parent("programs/jusou");
  check(&Stub::ListStatusRecords, records);
  check(&Stub::GetRoster, RosterOf(2025));
  v1::GetProgramTimelineRequest timeline;
  timeline.set_name("programs/jusou/timeline");
  check(&Stub::GetProgramTimeline, timeline);
  check(&Stub::GetRegistryState, v1::GetRegistryStateRequest());
}

TEST_F(RegistryTagsTest, APinnedReadIsKnownForEver) {
  LoadTokyo();
  v1::GetRosterRequest pinned = RosterOf(2025);
  pinned.set_data_version(2);
  const Told first = Ask(&Stub::GetRoster, pinned, "-");
  ASSERT_OK(
      RecordStatus(Record(2026, v1::IMPLEMENTING_NO, v1::PREPARATION_NO)));
  EXPECT_TRUE(Ask(&Stub::GetRoster, pinned, first.tag).held);
}

TEST_F(RegistryTagsTest, ATagIsOfOneStore) {
  LoadTokyo();
  const Told first = Ask(&Stub::GetRoster, RosterOf(2025), "-");
  Restart();
  LoadTokyo();
  const Told again = Ask(&Stub::GetRoster, RosterOf(2025), first.tag);
  EXPECT_FALSE(again.held);
  EXPECT_NE(again.tag, first.tag);
}

TEST_F(RegistryTagsTest, WhatFailsIsHeldByNobody) {
  LoadTokyo();
  const Told good = Ask(&Stub::GetRoster, RosterOf(2025), "-");
  v1::GetRosterRequest wrong;
  wrong.set_name("programs/nothing/rosters/2025");
  const Told told = Ask(&Stub::GetRoster, wrong, good.tag);
  EXPECT_STATUS(told.status, absl::StatusCode::kNotFound, "PROGRAM_NOT_FOUND");
  EXPECT_FALSE(told.held);
  EXPECT_EQ(told.tag, "");
}

TEST_F(RegistryTagsTest, NobodyIsToldWhoDoesNotAsk) {
  LoadTokyo();
  grpc::ClientContext context;
  v1::Roster roster;
  ASSERT_TRUE(stub_->GetRoster(&context, RosterOf(2025), &roster).ok());
  for (const auto& [key, value] : context.GetServerTrailingMetadata()) {
    EXPECT_NE(std::string(key.data(), key.size()),
              platform::kAnswerTagMetadata);
  }
}

// Whoever has written reads the new state, and never hears that nothing has
// changed, however many others ask meanwhile.
TEST_F(RegistryTagsTest, ACallerIsNotToldToKeepWhatItHasChanged) {
  LoadTokyo();
  constexpr int kWriters = 4;
  constexpr int kWrites = 25;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([this, writer] {
      std::string tag = Ask(&Stub::GetRoster, RosterOf(2025), "-").tag;
      for (int i = 0; i < kWrites; ++i) {
        v1::RecordStatusRequest record =
            Record(2030 + writer, v1::IMPLEMENTING_NO, v1::PREPARATION_NO);
        const std::string note = std::to_string(writer * 100 + i);
        record.mutable_status_record()->set_note(note);
        record.mutable_status_record()->set_correction(i > 0);
        if (i > 0) record.mutable_status_record()->set_reason(note);
        const absl::Status status = RecordStatus(record);
        EXPECT_TRUE(status.ok()) << status;
        const Told told = Ask(&Stub::GetRoster, RosterOf(2025), tag);
        EXPECT_FALSE(told.held);
        tag = told.tag;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
}

}  // namespace
}  // namespace welfare::registry
