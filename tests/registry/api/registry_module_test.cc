// The registry through real stubs: a real module, server and database.
#include "services/registry/registry_module.h"

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/rpc/status_mapping.h"
#include "tests/registry/api/module_fixture.h"
#include "tests/registry/samples.h"
#include "tests/support/module_runner.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using support::Partially;
using support::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST_F(RegistryModuleTest, ServesTokyosRosters) {
  LoadTokyo();
  const std::map<int, std::pair<int, int>> published = {{2021, {2, 2}},
                                                        {2022, {7, 5}},
                                                        {2023, {12, 5}},
                                                        {2024, {23, 11}},
                                                        {2025, {30, 7}}};
  for (const auto& [year, counts] : published) {
    const v1::Roster roster = Roster(year);
    EXPECT_EQ(roster.implementing_count(), counts.first) << year;
    EXPECT_EQ(roster.newcomer_count(), counts.second) << year;
    EXPECT_EQ(roster.not_implementing_count(), 62 - counts.first);
    EXPECT_EQ(roster.entries_size(), 62);
    EXPECT_EQ(roster.version(), 2);
  }
  const v1::Roster roster = Roster(2025);
  EXPECT_EQ(roster.preparing_count(), 6);
  EXPECT_THAT(EntryOf(roster, "municipalities/132101"), Partially(R"pb(
                display_name: "小金井市"
                council_display_name: "小金井市社会福祉協議会"
                area: "市部"
                implementing: IMPLEMENTING_YES
                preparation: PREPARATION_NO
                newcomer: true
                first_implementation_year: 2025
              )pb"));
  EXPECT_THAT(EntryOf(Roster(2026), "municipalities/132101"), Partially(R"pb(
                implementing: IMPLEMENTING_UNSPECIFIED
                preparation: PREPARATION_UNKNOWN
                newcomer: false
                first_implementation_year: 2025
              )pb"));
}

TEST_F(RegistryModuleTest, ServesTheSameBytesFromItsCache) {
  LoadTokyo();
  EXPECT_EQ(Roster(2025).SerializeAsString(), Roster(2025).SerializeAsString());
  const std::string before = Roster(2025).SerializeAsString();
  v1::RecordStatusRequest ended =
      Record(2026, v1::IMPLEMENTING_NO, v1::PREPARATION_NO);
  ASSERT_OK(RecordStatus(ended));
  const v1::Roster after = Roster(2025);
  EXPECT_EQ(after.version(), 3);
  v1::GetRosterRequest pinned;
  pinned.set_name("programs/jusou/rosters/2025");
  pinned.set_data_version(2);
  v1::Roster roster;
  ASSERT_OK(GetRoster(pinned, roster));
  EXPECT_EQ(roster.SerializeAsString(), before);
}

TEST_F(RegistryModuleTest, ServesAMunicipalityWithItsCouncil) {
  LoadTokyo();
  v1::Municipality municipality;
  ASSERT_OK(GetMunicipality("municipalities/131164", municipality));
  EXPECT_THAT(municipality, Partially(R"pb(
                name: "municipalities/131164"
                code: "131164"
                display_name: "豊島区"
                kana: "トシマク"
                display_name_en: "Toshima-ku"
                type: TYPE_SPECIAL_WARD
                area: "区部"
                council {
                  name: "municipalities/131164/council"
                  display_name: "豊島区民社会福祉協議会"
                  name_checked: true
                }
                version: 1
                create_time { seconds: 1750032000 }
                update_time { seconds: 1750032000 }
              )pb"));
}

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

TEST_F(RegistryModuleTest, ListsMunicipalitiesInPagesOfOneVersion) {
  LoadTokyo();
  v1::ListMunicipalitiesRequest request;
  request.set_page_size(25);
  std::vector<std::string> names;
  int pages = 0;
  do {
    v1::ListMunicipalitiesResponse response;
    ASSERT_OK(Call(&v1::RegistryService::Stub::ListMunicipalities, request,
                   response));
    EXPECT_EQ(response.total_size(), 62);
    EXPECT_EQ(response.version(), 2);
    for (const auto& municipality : response.municipalities()) {
      names.push_back(municipality.name());
    }
    request.set_page_token(response.next_page_token());
    // A change between pages does not reach the later ones.
    v1::RecordStatusRequest record =
        Record(2030 + pages, v1::IMPLEMENTING_NO, v1::PREPARATION_NO);
    ASSERT_OK(RecordStatus(record));
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 3);
  ASSERT_EQ(names.size(), 62U);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST_F(RegistryModuleTest, FiltersMunicipalities) {
  LoadTokyo();
  v1::ListMunicipalitiesRequest request;
  request.set_type(v1::Municipality::TYPE_VILLAGE);
  request.set_area("島しょ");
  v1::ListMunicipalitiesResponse response;
  ASSERT_OK(
      Call(&v1::RegistryService::Stub::ListMunicipalities, request, response));
  EXPECT_EQ(response.total_size(), 7);
  EXPECT_EQ(response.municipalities_size(), 7);
}

TEST_F(RegistryModuleTest, ListsStatusRecordsInPages) {
  LoadTokyo();
  v1::ListStatusRecordsRequest request;
  request.set_parent("programs/jusou");
  request.set_page_size(100);
  int records = 0;
  int pages = 0;
  do {
    v1::ListStatusRecordsResponse response;
    ASSERT_OK(
        Call(&v1::RegistryService::Stub::ListStatusRecords, request, response));
    records += response.status_records_size();
    request.set_page_token(response.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(records, 310);
  EXPECT_EQ(pages, 4);

  v1::ListStatusRecordsRequest one;
  one.set_parent("programs/jusou");
  one.set_municipality("municipalities/132101");
  v1::ListStatusRecordsResponse response;
  ASSERT_OK(Call(&v1::RegistryService::Stub::ListStatusRecords, one, response));
  ASSERT_EQ(response.status_records_size(), 5);
  EXPECT_THAT(response.status_records(3), Partially(R"pb(
                program: "programs/jusou"
                municipality: "municipalities/132101"
                fiscal_year: 2024
                implementing: IMPLEMENTING_NO
                preparation: PREPARATION_NO
                version: 2
              )pb"));
}

TEST_F(RegistryModuleTest, ImportsAFileBatchByBatch) {
  grpc::ClientContext context;
  auto stream = stub_->ImportMunicipalities(&context);
  const std::string header = "code,name,kana,name_en,type,area,council_name\n";
  const std::vector<std::string> records = {
      "131016,千代田区,チヨダク,Chiyoda-ku,special_ward,区部,\n",
      "131024,中央区,チュウオウク,Chuo-ku,special_ward,区部,\n",
      "131016,千代田区,チヨダク,Chiyoda-ku,special_ward,区部,\n"};
  std::vector<type::v1::ImportResult> results;
  for (std::size_t i = 0; i < records.size(); ++i) {
    v1::ImportMunicipalitiesRequest request;
    request.mutable_batch()->set_csv(header + records[i]);
    request.mutable_batch()->set_first_line(static_cast<int>(i) + 2);
    request.mutable_batch()->set_source_file("municipalities.csv");
    request.set_request_id("batch-" + std::to_string(i));
    ASSERT_TRUE(stream->Write(request));
    results.emplace_back();
    ASSERT_TRUE(stream->Read(&results.back()));
  }
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_THAT(results[0], Partially(R"pb(
                request_id: "batch-0"
                counts { rows: 1 created: 1 }
                version: 1
              )pb"));
  EXPECT_THAT(results[1],
              Partially("counts { rows: 1 created: 1 } version: 2"));
  EXPECT_THAT(results[2], Partially(R"pb(
                counts { rows: 1 rejected: 1 }
                rejects {
                  source_file: "municipalities.csv"
                  source_line: 4
                  record: 1
                  column: "code"
                  value: "131016"
                  reason_code: "DUPLICATE_RECORD"
                }
                version: 2
              )pb"));
}

TEST_F(RegistryModuleTest, WritesTheGoodRecordsOfABatchAndRefusesTheOthers) {
  LoadTokyo();
  const std::string csv =
      "program,municipality_code,fiscal_year,implementing,preparation,note\n"
      "jusou,131016,2026,yes,no,\n"
      "jusou,131024,2026,no,no,\n"
      "jusou,131032,2025,yes,no,\n"
      "jusou,999999,2026,yes,no,\n";
  const std::int64_t before = Version();
  const type::v1::ImportResult dry = ImportStatuses(csv, true);
  EXPECT_EQ(Version(), before);
  const type::v1::ImportResult wet = ImportStatuses(csv);
  EXPECT_EQ(Version(), before + 1);
  EXPECT_THAT(
      wet, Partially("counts { rows: 4 created: 1 unchanged: 1 rejected: 2 }"));
  EXPECT_EQ(dry.counts().SerializeAsString(), wet.counts().SerializeAsString());
  ASSERT_EQ(dry.rejects_size(), wet.rejects_size());
  for (int i = 0; i < wet.rejects_size(); ++i) {
    EXPECT_EQ(dry.rejects(i).SerializeAsString(),
              wet.rejects(i).SerializeAsString());
  }
  EXPECT_TRUE(dry.validate_only());
  EXPECT_FALSE(wet.validate_only());
  EXPECT_EQ(dry.version(), before);
  EXPECT_EQ(wet.version(), before + 1);
  EXPECT_EQ(Roster(2026).implementing_count(), 1);
  // The same file again changes nothing more.
  EXPECT_THAT(ImportStatuses(csv),
              Partially("counts { rows: 4 unchanged: 2 rejected: 2 }"));
  EXPECT_EQ(Version(), before + 1);
}

TEST_F(RegistryModuleTest, AnswersARepeatedRequestOnce) {
  LoadTokyo();
  v1::RecordStatusRequest request =
      Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO);
  request.set_request_id("6f1c2d3e-0000-4000-8000-000000000001");
  v1::StatusRecord first;
  v1::StatusRecord second;
  ASSERT_OK(RecordStatus(request, first));
  owned_->clock().Advance(std::chrono::hours(1));
  ASSERT_OK(RecordStatus(request, second));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(Version(), 3);
  request.mutable_status_record()->set_fiscal_year(2027);
  EXPECT_STATUS(RecordStatus(request), StatusCode::kInvalidArgument,
                "REQUEST_ID_REUSED");
}

TEST_F(RegistryModuleTest, RecordsNothingWhenOnlyValidatingOrUnchanged) {
  LoadTokyo();
  v1::RecordStatusRequest request =
      Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO);
  request.set_validate_only(true);
  v1::StatusRecord record;
  ASSERT_OK(RecordStatus(request, record));
  EXPECT_EQ(record.version(), 0);
  EXPECT_EQ(Version(), 2);
  ASSERT_OK(RecordStatus(Record(2025, v1::IMPLEMENTING_NO, v1::PREPARATION_NO),
                         record));
  EXPECT_EQ(record.version(), 2);
  EXPECT_EQ(Version(), 2);
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

TEST_F(RegistryModuleTest, ListsEveryViolationOfARecord) {
  LoadTokyo();
  v1::RecordStatusRequest request =
      Record(25, v1::IMPLEMENTING_YES, v1::PREPARATION_YES);
  v1::StatusRecord& record = *request.mutable_status_record();
  record.set_program("programs/other");
  record.set_municipality("municipalities/131015");
  record.set_note(" note");
  const absl::Status status = RecordStatus(request);
  EXPECT_STATUS(status, StatusCode::kInvalidArgument, "STATUS_INVALID");
  std::vector<std::string> fields;
  const auto details = base::GetErrorDetails(status);
  ASSERT_TRUE(details.has_value());
  for (const base::Violation& violation : details->violations) {
    fields.push_back(violation.field);
  }
  EXPECT_THAT(fields, UnorderedElementsAre(
                          "status_record.program", "status_record.municipality",
                          "status_record.fiscal_year",
                          "status_record.preparation", "status_record.note"));
}

TEST_F(RegistryModuleTest, RefusesWhatTheRulesRefuse) {
  LoadTokyo();
  v1::RecordStatusRequest other =
      Record(2025, v1::IMPLEMENTING_YES, v1::PREPARATION_NO);
  EXPECT_STATUS(RecordStatus(other), StatusCode::kFailedPrecondition,
                "CORRECTION_REASON_REQUIRED");
  v1::RecordStatusRequest stop =
      Record(2026, v1::IMPLEMENTING_NO, v1::PREPARATION_YES);
  stop.mutable_status_record()->set_municipality("municipalities/131024");
  EXPECT_STATUS(RecordStatus(stop), StatusCode::kFailedPrecondition,
                "TRANSITION_UNLAWFUL");
  stop.mutable_status_record()->set_municipality("municipalities/011002");
  EXPECT_STATUS(RecordStatus(stop), StatusCode::kNotFound,
                "MUNICIPALITY_NOT_FOUND");
  EXPECT_EQ(Version(), 2);
}

TEST_F(RegistryModuleTest, NamesWhatIsWrongWithARead) {
  LoadTokyo();
  struct Case {
    std::string what;
    StatusCode code;
    std::string reason;
    std::function<absl::Status()> call;
  };
  const auto municipality = [&](const std::string& name) {
    return [this, name] {
      v1::Municipality response;
      return GetMunicipality(name, response);
    };
  };
  const auto roster = [&](auto change) {
    return [this, change] {
      v1::GetRosterRequest request;
      request.set_name("programs/jusou/rosters/2025");
      change(request);
      v1::Roster response;
      return GetRoster(request, response);
    };
  };
  const auto list = [&](auto change) {
    return [this, change] {
      v1::ListMunicipalitiesRequest request;
      change(request);
      v1::ListMunicipalitiesResponse response;
      return Call(&v1::RegistryService::Stub::ListMunicipalities, request,
                  response);
    };
  };
  const auto records = [&](auto change) {
    return [this, change] {
      v1::ListStatusRecordsRequest request;
      request.set_parent("programs/jusou");
      change(request);
      v1::ListStatusRecordsResponse response;
      return Call(&v1::RegistryService::Stub::ListStatusRecords, request,
                  response);
    };
  };
  constexpr auto kInvalid = StatusCode::kInvalidArgument;
  const std::vector<Case> cases = {
      {"no collection", kInvalid, "NAME_INVALID", municipality("131016")},
      {"check digit", kInvalid, "CHECK_DIGIT",
       municipality("municipalities/131015")},
      {"five digits", kInvalid, "CODE_AMBIGUOUS",
       municipality("municipalities/13101")},
      {"unknown", StatusCode::kNotFound, "MUNICIPALITY_NOT_FOUND",
       municipality("municipalities/011002")},
      {"bad year", kInvalid, "NAME_INVALID", roster([](auto& request) {
         request.set_name("programs/jusou/rosters/R7");
       })},
      {"unknown programme", StatusCode::kNotFound, "PROGRAM_NOT_FOUND",
       roster([](auto& request) {
         request.set_name("programs/other/rosters/2025");
       })},
      {"before its first record", StatusCode::kNotFound, "PROGRAM_NOT_FOUND",
       roster([](auto& request) { request.set_data_version(1); })},
      {"version ahead", StatusCode::kOutOfRange, "VERSION_NOT_REACHED",
       roster([](auto& request) { request.set_data_version(99); })},
      {"negative version", kInvalid, "VERSION_NEGATIVE",
       roster([](auto& request) { request.set_data_version(-1); })},
      {"two pins", kInvalid, "KNOWN_AT_AND_VERSION", roster([](auto& request) {
         request.set_data_version(1);
         request.mutable_known_at()->set_seconds(1);
       })},
      {"future", StatusCode::kOutOfRange, "KNOWN_AT_IN_FUTURE",
       roster([](auto& request) {
         request.mutable_known_at()->set_seconds(4102444800);
       })},
      {"page size", kInvalid, "PAGE_SIZE_INVALID",
       list([](auto& request) { request.set_page_size(-1); })},
      {"page token", kInvalid, "PAGE_TOKEN_INVALID",
       list([](auto& request) { request.set_page_token("next"); })},
      {"area", kInvalid, "FILTER_INVALID",
       list([](auto& request) { request.set_area("23区"); })},
      {"type", kInvalid, "FILTER_INVALID", list([](auto& request) {
         request.set_type(static_cast<v1::Municipality::Type>(9));
       })},
      {"list version ahead", StatusCode::kOutOfRange, "VERSION_NOT_REACHED",
       list([](auto& request) { request.set_data_version(99); })},
      {"parent", kInvalid, "NAME_INVALID",
       records([](auto& request) { request.set_parent("jusou"); })},
      {"municipality", kInvalid, "CHECK_DIGIT", records([](auto& request) {
         request.set_municipality("municipalities/131015");
       })},
      {"year", kInvalid, "FILTER_INVALID",
       records([](auto& request) { request.set_fiscal_year(7); })},
      {"records page size", kInvalid, "PAGE_SIZE_INVALID",
       records([](auto& request) { request.set_page_size(-5); })},
      {"records page token", kInvalid, "PAGE_TOKEN_INVALID",
       records([](auto& request) { request.set_page_token("next"); })},
  };
  for (const Case& test : cases) {
    EXPECT_STATUS(test.call(), test.code, test.reason) << test.what;
  }
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

TEST_F(RegistryModuleTest, NamesWhatIsWrongWithAnImport) {
  type::v1::ImportResult result;
  v1::ImportStatusRecordsRequest request;
  request.mutable_batch()->set_csv("program,fiscal_year\njusou,2025\n");
  const auto import = [&] {
    return Call(&v1::RegistryService::Stub::BatchImportStatusRecords, request,
                result);
  };
  EXPECT_STATUS(import(), StatusCode::kInvalidArgument, "CSV_INVALID");
  request.mutable_batch()->set_csv(
      "program,municipality_code,fiscal_year,implementing,preparation,note\n");
  request.mutable_batch()->set_first_line(-1);
  EXPECT_STATUS(import(), StatusCode::kInvalidArgument, "CSV_INVALID");
  request.mutable_batch()->clear_first_line();
  request.set_correction_reason(" ");
  EXPECT_STATUS(import(), StatusCode::kInvalidArgument, "STATUS_INVALID");
  request.clear_correction_reason();
  request.set_request_id("no spaces allowed");
  EXPECT_STATUS(import(), StatusCode::kInvalidArgument, "REQUEST_ID_INVALID");
  request.clear_request_id();
  EXPECT_OK(import());
  EXPECT_EQ(Version(), 0);
}

TEST_F(RegistryModuleTest, StreamsEveryChangeSoThatAMirrorEqualsTheRegistry) {
  LoadTokyo();
  ASSERT_OK(
      RecordStatus(Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO)));
  std::map<std::string, v1::Municipality> municipalities;
  std::map<std::tuple<std::string, std::string, int>, v1::StatusRecord> facts;
  const auto messages = Changes(0);
  for (const v1::StreamChangesResponse& message : messages) {
    for (const auto& change : message.changes()) {
      if (change.has_municipality()) {
        municipalities[change.municipality().name()] = change.municipality();
      } else {
        const v1::StatusRecord& record = change.status_record();
        facts[{record.program(), record.municipality(), record.fiscal_year()}] =
            record;
      }
    }
  }
  EXPECT_EQ(messages.back().version(), 3);
  v1::ListMunicipalitiesRequest all;
  all.set_page_size(1000);
  v1::ListMunicipalitiesResponse listed;
  ASSERT_OK(Call(&v1::RegistryService::Stub::ListMunicipalities, all, listed));
  ASSERT_EQ(municipalities.size(), 62U);
  for (v1::Municipality municipality : listed.municipalities()) {
    municipality.clear_fiscal_year();
    EXPECT_EQ(municipality.SerializeAsString(),
              municipalities[municipality.name()].SerializeAsString());
  }
  EXPECT_EQ(facts.size(), 311U);

  const auto last = Changes(2);
  ASSERT_EQ(last.size(), 1U);
  EXPECT_EQ(last[0].changes_size(), 1);
  const auto none = Changes(3);
  ASSERT_EQ(none.size(), 1U);
  EXPECT_EQ(none[0].changes_size(), 0);
  EXPECT_EQ(none[0].version(), 3);
}

TEST_F(RegistryModuleTest, FollowsChangesUntilTheServiceStops) {
  LoadTokyo();
  grpc::ClientContext context;
  v1::StreamChangesRequest request;
  request.set_after_version(2);
  request.set_follow(true);
  auto reader = stub_->StreamChanges(&context, request);
  ASSERT_OK(
      RecordStatus(Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO)));
  v1::StreamChangesResponse message;
  ASSERT_TRUE(reader->Read(&message));
  EXPECT_THAT(message, Partially(R"pb(
                changes {
                  version: 3
                  status_record { fiscal_year: 2026 }
                }
                version: 3
              )pb"));
  std::jthread stopper([this] { owned_->Stop(); });
  while (reader->Read(&message)) {
  }
  EXPECT_STATUS(platform::FromGrpcStatus(reader->Finish()),
                StatusCode::kUnavailable, "SHUTTING_DOWN");
}

TEST_F(RegistryModuleTest, RefusesToStreamFromAVersionAhead) {
  grpc::ClientContext context;
  v1::StreamChangesRequest request;
  request.set_after_version(1);
  v1::StreamChangesResponse message;
  auto reader = stub_->StreamChanges(&context, request);
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_STATUS(platform::FromGrpcStatus(reader->Finish()),
                StatusCode::kOutOfRange, "VERSION_NOT_REACHED");
}

TEST_F(RegistryModuleTest, AnnouncesVersions) {
  grpc::ClientContext context;
  auto reader =
      stub_->WatchVersions(&context, type::v1::WatchVersionsRequest());
  type::v1::WatchVersionsResponse message;
  ASSERT_TRUE(reader->Read(&message));
  EXPECT_THAT(message, Partially(R"pb(entries { resource: "registry" })pb"));
  EXPECT_EQ(message.entries(0).version(), 0);
  LoadTokyo();
  std::int64_t version = 0;
  while (version < 2 && reader->Read(&message)) {
    EXPECT_GT(message.entries(0).version(), version);
    version = message.entries(0).version();
  }
  EXPECT_EQ(version, 2);
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
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
