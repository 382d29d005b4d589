// The stream of changes, the versions announced, and mirrors made of them.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "services/platform/rpc/status_mapping.h"
#include "tests/registry/api/lifecycle_fixture.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using support::Partially;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::Pair;

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

// A mirror that only follows the stream says, for every year, what the registry
// lists: with renames, mergers, deletions and retractions on the way.
TEST_F(RegistryLifecycleTest, AMirrorEqualsTheRegistryInEveryYear) {
  LoadTokyo();
  v1::Municipality changed;
  ASSERT_OK(Update(Banding("131016", "over_100k", 2025), changed));
  v1::CreateLineageEventRequest merger =
      Merger({"133035", "133051"}, "133094", 2025, 11, 1);
  *merger.mutable_lineage_event()->add_created() =
      NewTown("133094", "新瑞穂町");
  v1::LineageEvent event;
  ASSERT_OK(Call(&Stub::CreateLineageEvent, merger, event));
  // Taken back and recorded anew, a year later; another one only taken back.
  v1::RetractLineageEventRequest unmake;
  unmake.set_name(event.name());
  unmake.set_reason("誤り");
  ASSERT_OK(Call(&Stub::RetractLineageEvent, unmake, event));
  merger.mutable_lineage_event()->mutable_effective_date()->set_year(2026);
  ASSERT_OK(Call(&Stub::CreateLineageEvent, merger, event));
  ASSERT_OK(Call(&Stub::CreateLineageEvent,
                 Merger({"133078", "133086"}, "133086", 2027, 4, 1), event));
  unmake.set_name(event.name());
  ASSERT_OK(Call(&Stub::RetractLineageEvent, unmake, event));
  v1::CreateMunicipalityRequest create;
  *create.mutable_municipality() = NewTown("342076", "誤り町");
  ASSERT_OK(Call(&Stub::CreateMunicipality, create, changed));
  v1::DeleteMunicipalityRequest remove;
  remove.set_name("municipalities/342076");
  remove.set_reason("誤り");
  google::protobuf::Empty empty;
  ASSERT_OK(Call(&Stub::DeleteMunicipality, remove, empty));
  ASSERT_OK(
      RecordStatus(Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO)));
  v1::RetractStatusRequest retract;
  retract.set_parent("programs/jusou");
  retract.set_municipality("municipalities/131016");
  retract.set_fiscal_year(2026);
  retract.set_reason("誤り");
  v1::StatusRecord taken;
  ASSERT_OK(Call(&Stub::RetractStatus, retract, taken));

  std::map<std::string, v1::Municipality> municipalities;
  std::map<std::pair<std::string, int>, v1::StatusRecord> statuses;
  std::map<std::string, v1::LineageEvent> events;
  std::int64_t version = 0;
  for (const v1::StreamChangesResponse& message : Changes(0)) {
    for (const auto& change : message.changes()) {
      EXPECT_GE(change.version(), version);
      version = change.version();
      if (change.has_municipality()) {
        municipalities[change.municipality().name()] = change.municipality();
      } else if (change.has_lineage_event()) {
        if (change.lineage_event().retracted()) {
          events.erase(change.lineage_event().name());
        } else {
          events[change.lineage_event().name()] = change.lineage_event();
        }
      } else if (change.has_status_record()) {
        const v1::StatusRecord& record = change.status_record();
        const std::pair key(record.municipality(), record.fiscal_year());
        if (record.retracted()) {
          statuses.erase(key);
        } else {
          statuses[key] = record;
        }
      } else {
        municipalities.erase(change.deleted());
      }
    }
  }
  EXPECT_EQ(version, State().version());
  EXPECT_EQ(static_cast<int>(municipalities.size()),
            State().municipality_count());
  EXPECT_EQ(static_cast<int>(statuses.size()), State().status_record_count());
  EXPECT_THAT(events, ElementsAre(Pair("lineageEvents/2", _)));
  for (int year = 2020; year <= 2028; ++year) {
    std::vector<std::string> mirrored;
    for (const auto& [name, municipality] : municipalities) {
      const auto in_year = [&](int first, int last) {
        return (first == 0 || first <= year) && (last == 0 || year <= last);
      };
      if (municipality.periods().empty()) {
        if (in_year(municipality.first_fiscal_year(),
                    municipality.last_fiscal_year())) {
          mirrored.push_back(name + municipality.display_name() +
                             municipality.population_band());
        }
        continue;
      }
      for (const auto& period : municipality.periods()) {
        if (in_year(period.first_fiscal_year(), period.last_fiscal_year())) {
          mirrored.push_back(name + period.display_name() +
                             period.population_band());
        }
      }
    }
    v1::ListMunicipalitiesRequest all;
    all.set_fiscal_year(year);
    all.set_page_size(1000);
    v1::ListMunicipalitiesResponse listed;
    ASSERT_OK(Call(&Stub::ListMunicipalities, all, listed));
    std::vector<std::string> exported;
    for (const v1::Municipality& each : listed.municipalities()) {
      exported.push_back(each.name() + each.display_name() +
                         each.population_band());
    }
    EXPECT_EQ(mirrored, exported) << year;
  }
  v1::ListStatusRecordsRequest in_force;
  in_force.set_parent("programs/jusou");
  in_force.set_in_force(true);
  in_force.set_page_size(1000);
  v1::ListStatusRecordsResponse exported;
  ASSERT_OK(Call(&Stub::ListStatusRecords, in_force, exported));
  EXPECT_EQ(exported.status_records_size(), static_cast<int>(statuses.size()));
  for (const v1::StatusRecord& record : exported.status_records()) {
    EXPECT_EQ(statuses[std::pair(record.municipality(), record.fiscal_year())]
                  .SerializeAsString(),
              record.SerializeAsString());
  }
}

}  // namespace
}  // namespace welfare::registry
