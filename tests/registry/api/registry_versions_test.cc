// Of which version a read speaks, and of which store: what was known when,
// waiting, pins, page tokens.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/registry/api/module_fixture.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using support::Partially;
using support::StatusIs;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Preparation in FY2022, running from FY2024; on 2025-06-01 it turns out that
// it ran from FY2023. Both answers stay.
TEST_F(RegistryModuleTest, AnswersForEverWhatWasKnownWhen) {
  owned_->clock().Set(Time("2025-05-01T00:00:00Z"));
  LoadTokyo();
  ImportMunicipalities(
      "code,name,kana,name_en,type,area,council_name\n"
      "011002,札幌市,サッポロシ,Sapporo-shi,city,市部,\n");
  ASSERT_THAT(ImportStatuses("program,municipality_code,fiscal_year,"
                             "implementing,preparation,note\n"
                             "jusou,011002,2022,no,yes,\n"
                             "jusou,011002,2023,no,yes,\n"
                             "jusou,011002,2024,yes,no,\n"),
              Partially("counts { rows: 3 created: 3 }"));
  owned_->clock().Set(Time("2025-06-01T00:00:00Z"));
  v1::RecordStatusRequest correction =
      Record(2023, v1::IMPLEMENTING_YES, v1::PREPARATION_NO);
  correction.mutable_status_record()->set_municipality("municipalities/011002");
  correction.mutable_status_record()->set_correction(true);
  correction.mutable_status_record()->set_reason("実施の届出が判明したため");
  v1::StatusRecord stored;
  ASSERT_OK(RecordStatus(correction, stored));
  EXPECT_THAT(stored, Partially(R"pb(
                program: "programs/jusou"
                municipality: "municipalities/011002"
                fiscal_year: 2023
                implementing: IMPLEMENTING_YES
                correction: true
                reason: "実施の届出が判明したため"
                version: 5
                record_time { seconds: 1748736000 }
              )pb"));
  owned_->clock().Set(Time("2025-07-01T00:00:00Z"));
  const auto known_at = [&](const std::string& time) {
    v1::GetRosterRequest request;
    request.set_name("programs/jusou/rosters/2023");
    request.mutable_known_at()->set_seconds(Time(time).micros() / 1000000);
    v1::Roster roster;
    EXPECT_OK(GetRoster(request, roster));
    return EntryOf(roster, "municipalities/011002");
  };
  for (int again = 0; again < 2; ++again) {
    EXPECT_THAT(known_at("2025-05-31T00:00:00Z"), Partially(R"pb(
                  implementing: IMPLEMENTING_NO
                  preparation: PREPARATION_YES
                )pb"));
    EXPECT_THAT(known_at("2025-06-02T00:00:00Z"), Partially(R"pb(
                  implementing: IMPLEMENTING_YES
                  preparation: PREPARATION_NO
                  newcomer: true
                  first_implementation_year: 2023
                )pb"));
    owned_->clock().Advance(std::chrono::hours(24 * 365));
  }
}

TEST_F(RegistryModuleTest, WaitsForAVersionNotYetReached) {
  LoadTokyo();
  v1::GetRosterRequest request;
  request.set_name("programs/jusou/rosters/2026");
  request.set_min_version(3);
  v1::Roster roster;
  std::jthread reader([&] { EXPECT_OK(GetRoster(request, roster)); });
  ASSERT_OK(
      RecordStatus(Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO)));
  reader.join();
  EXPECT_EQ(roster.version(), 3);
  EXPECT_EQ(roster.implementing_count(), 1);
}

TEST_F(RegistryModuleTest, GivesUpWaitingForAVersionAtTheDeadline) {
  LoadTokyo();
  v1::GetMunicipalityRequest request;
  request.set_name("municipalities/131016");
  request.set_min_version(1000);
  v1::Municipality municipality;
  EXPECT_STATUS(Call(&v1::RegistryService::Stub::GetMunicipality, request,
                     municipality, std::chrono::milliseconds(200)),
                StatusCode::kDeadlineExceeded);
}

TEST_F(RegistryModuleTest, SaysWhoseItsVersionsAre) {
  LoadTokyo();
  const std::string incarnation = Roster(2025).incarnation();
  EXPECT_THAT(incarnation, SizeIs(32));
  v1::RegistryState state;
  ASSERT_OK(Call(&v1::RegistryService::Stub::GetRegistryState,
                 v1::GetRegistryStateRequest(), state));
  EXPECT_EQ(state.incarnation(), incarnation);
  grpc::ClientContext context;
  auto reader =
      stub_->WatchVersions(&context, type::v1::WatchVersionsRequest());
  type::v1::WatchVersionsResponse message;
  ASSERT_TRUE(reader->Read(&message));
  EXPECT_EQ(message.entries(0).incarnation(), incarnation);
  context.TryCancel();
}

TEST_F(RegistryModuleTest, APinOfAnotherStoreIsRefused) {
  LoadTokyo();
  v1::GetRosterRequest request;
  request.set_name("programs/jusou/rosters/2025");
  request.set_data_version(2);
  request.set_data_incarnation(Roster(2025).incarnation());
  v1::Roster roster;
  EXPECT_OK(Call(&v1::RegistryService::Stub::GetRoster, request, roster));
  Restart();
  LoadTokyo();
  const auto refused =
      StatusIs(StatusCode::kFailedPrecondition, "STORE_RESTORED");
  EXPECT_THAT(Call(&v1::RegistryService::Stub::GetRoster, request, roster),
              refused);
  // One that lies ahead here was reached there.
  request.set_data_version(99);
  EXPECT_THAT(Call(&v1::RegistryService::Stub::GetRoster, request, roster),
              refused);
  v1::GetMunicipalityRequest municipality;
  municipality.set_name("municipalities/131016");
  municipality.set_data_incarnation(request.data_incarnation());
  v1::Municipality found;
  EXPECT_THAT(
      Call(&v1::RegistryService::Stub::GetMunicipality, municipality, found),
      refused);
  v1::ListStatusRecordsRequest records;
  records.set_parent("programs/jusou");
  records.set_data_version(2);
  records.set_data_incarnation(request.data_incarnation());
  v1::ListStatusRecordsResponse listed;
  EXPECT_THAT(
      Call(&v1::RegistryService::Stub::ListStatusRecords, records, listed),
      refused);
}

TEST_F(RegistryModuleTest, RefusesAPageTokenOfOtherParameters) {
  LoadTokyo();
  v1::ListMunicipalitiesRequest request;
  request.set_page_size(10);
  v1::ListMunicipalitiesResponse response;
  ASSERT_OK(
      Call(&v1::RegistryService::Stub::ListMunicipalities, request, response));
  request.set_page_token(response.next_page_token());
  request.set_area("市部");
  EXPECT_STATUS(
      Call(&v1::RegistryService::Stub::ListMunicipalities, request, response),
      StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
}

// Of another list, and of another registry that is at the same version.
TEST_F(RegistryModuleTest, APageTokenIsOfOneListOfOneStore) {
  LoadTokyo();
  v1::ListMunicipalitiesRequest municipalities;
  municipalities.set_page_size(5);
  v1::ListMunicipalitiesResponse page;
  ASSERT_OK(Call(&v1::RegistryService::Stub::ListMunicipalities, municipalities,
                 page));
  v1::ListProgramsRequest programs;
  programs.set_page_token(page.next_page_token());
  v1::ListProgramsResponse ignored;
  EXPECT_STATUS(
      Call(&v1::RegistryService::Stub::ListPrograms, programs, ignored),
      StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
  municipalities.set_page_token(page.next_page_token());
  EXPECT_OK(Call(&v1::RegistryService::Stub::ListMunicipalities, municipalities,
                 page));
  Restart();
  LoadTokyo();
  EXPECT_STATUS(Call(&v1::RegistryService::Stub::ListMunicipalities,
                     municipalities, page),
                StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
}

// Each batch turns one municipality on and another off, so every whole state
// has exactly one of the two running.
TEST_F(RegistryModuleTest, NeverShowsReadersHalfAChange) {
  LoadTokyo();
  const auto batch = [](bool first) {
    v1::ImportStatusRecordsRequest request;
    const std::string on = first ? "yes" : "no";
    const std::string off = first ? "no" : "yes";
    request.mutable_batch()->set_csv(
        "program,municipality_code,fiscal_year,implementing,preparation,note\n"
        "jusou,131016,2026," +
        on + ",no,\njusou,131024,2026," + off + ",no,\n");
    request.set_correction_reason("入れ替え");
    return request;
  };
  type::v1::ImportResult result;
  ASSERT_OK(Call(&v1::RegistryService::Stub::BatchImportStatusRecords,
                 batch(true), result));
  std::atomic<bool> writing{true};
  std::atomic<int> reads{0};
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 2; ++i) {
      readers.emplace_back([&] {
        std::int64_t last = 0;
        do {
          v1::GetRosterRequest request;
          request.set_name("programs/jusou/rosters/2026");
          v1::Roster roster;
          ASSERT_OK(GetRoster(request, roster));
          ASSERT_EQ(roster.implementing_count(), 1);
          ASSERT_GE(roster.version(), last);
          last = roster.version();
          ++reads;
        } while (writing);
      });
    }
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 2; ++writer) {
      writers.emplace_back([&, writer] {
        for (int i = 0; i < 20; ++i) {
          type::v1::ImportResult answer;
          EXPECT_OK(Call(&v1::RegistryService::Stub::BatchImportStatusRecords,
                         batch((i + writer) % 2 == 0), answer));
          EXPECT_THAT(answer.rejects(), IsEmpty());
        }
      });
    }
    for (std::jthread& writer : writers) writer.join();
    writing = false;
  }
  EXPECT_GT(reads, 0);
}

}  // namespace
}  // namespace welfare::registry
