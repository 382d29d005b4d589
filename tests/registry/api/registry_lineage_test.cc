// Mergers, splits and renames of municipalities through real stubs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "tests/registry/api/lifecycle_fixture.h"
#include "tests/support/proto_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using support::Partially;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class RegistryLineageTest : public RegistryLifecycleTest {
 protected:
  // Where each of the 62 of fiscal year 2025 lies on the boundaries of 2026.
  v1::ListBoundaryMappingsResponse MappedTo2026() {
    v1::ListBoundaryMappingsRequest request;
    request.set_fiscal_year(2025);
    request.set_boundaries_fiscal_year(2026);
    request.set_page_size(1000);
    v1::ListBoundaryMappingsResponse mapped;
    EXPECT_OK(Call(&Stub::ListBoundaryMappings, request, mapped));
    EXPECT_THAT(mapped.boundary_mappings(), SizeIs(62));
    return mapped;
  }
};

TEST_F(RegistryLineageTest, AMergerKeepsHistoryUnderTheOldIdentities) {
  LoadTokyo();
  v1::Roster before = Roster(2025);
  v1::CreateLineageEventRequest merger =
      Merger({"133035", "133051"}, "133094", 2025, 11, 1);
  *merger.mutable_lineage_event()->add_created() =
      NewTown("133094", "新瑞穂町");
  v1::LineageEvent event;
  ASSERT_OK(Call(&Stub::CreateLineageEvent, merger, event));
  EXPECT_THAT(event, Partially(R"pb(
                name: "lineageEvents/1"
                kind: KIND_MERGER
                fiscal_year: 2026
                predecessors: "municipalities/133035"
                predecessors: "municipalities/133051"
                successors: "municipalities/133094"
                version: 3)pb"));
  // The year of the merger still lists both, the next one the new town.
  v1::Roster after = Roster(2025);
  before.clear_version();
  after.clear_version();
  EXPECT_EQ(after.SerializeAsString(), before.SerializeAsString());
  v1::ListMunicipalitiesRequest list;
  list.set_fiscal_year(2025);
  EXPECT_THAT(ListCodes(list), SizeIs(62));
  list.set_fiscal_year(2026);
  const std::vector<std::string> codes = ListCodes(list);
  EXPECT_THAT(codes, SizeIs(61));
  EXPECT_EQ(std::count(codes.begin(), codes.end(), "133094"), 1);
  EXPECT_EQ(std::count(codes.begin(), codes.end(), "133035"), 0);

  // On later boundaries: a question of its own.
  const v1::ListBoundaryMappingsResponse mapped = MappedTo2026();
  int moved = 0;
  for (const v1::BoundaryMapping& mapping : mapped.boundary_mappings()) {
    EXPECT_FALSE(mapping.ambiguous());
    if (mapping.lineage_events().empty()) {
      EXPECT_THAT(mapping.successors(), ElementsAre(mapping.municipality()));
      continue;
    }
    ++moved;
    EXPECT_THAT(mapping.successors(), ElementsAre("municipalities/133094"));
    EXPECT_THAT(mapping.successor_display_names(), ElementsAre("新瑞穂町"));
  }
  EXPECT_EQ(moved, 2);

  // No code is used again, and no status goes to a year without the town.
  EXPECT_THAT(ImportMunicipalities(
                  std::string(kMunicipalityHeader) +
                  "133035,瑞穂町,ミズホマチ,Mizuho-machi,town,町村部,\n"),
              Partially("counts { rows: 1 created: 0 }"));
  v1::RecordStatusRequest record =
      Record(2026, v1::IMPLEMENTING_NO, v1::PREPARATION_NO);
  record.mutable_status_record()->set_municipality("municipalities/133035");
  EXPECT_STATUS(RecordStatus(record), StatusCode::kNotFound,
                "MUNICIPALITY_NOT_IN_YEAR");
  EXPECT_STATUS(GetMunicipalityInYear("municipalities/133035", 2026),
                StatusCode::kNotFound, "MUNICIPALITY_NOT_IN_YEAR");
  EXPECT_OK(GetMunicipalityInYear("municipalities/133035", 2025));
}

TEST_F(RegistryLineageTest, ASplitIsAmbiguousOnLaterBoundaries) {
  LoadTokyo();
  v1::CreateLineageEventRequest split;
  v1::LineageEvent& event = *split.mutable_lineage_event();
  event.set_kind(v1::LineageEvent::KIND_SPLIT);
  TakesEffect(event, 2026, 4, 1);
  event.add_predecessors("municipalities/133035");
  event.add_successors("municipalities/133035");
  event.add_successors("municipalities/133094");
  event.set_reason("架空の分割");
  *event.add_created() = NewTown("133094", "新瑞穂町");
  v1::LineageEvent stored;
  ASSERT_OK(Call(&Stub::CreateLineageEvent, split, stored));
  EXPECT_EQ(stored.fiscal_year(), 2026);
  const v1::ListBoundaryMappingsResponse mapped = MappedTo2026();
  for (const v1::BoundaryMapping& mapping : mapped.boundary_mappings()) {
    EXPECT_EQ(mapping.ambiguous(),
              mapping.municipality() == "municipalities/133035");
  }
  v1::ListBoundaryMappingsRequest backwards;
  backwards.set_fiscal_year(2025);
  backwards.set_boundaries_fiscal_year(2024);
  v1::ListBoundaryMappingsResponse none;
  EXPECT_STATUS(Call(&Stub::ListBoundaryMappings, backwards, none),
                StatusCode::kInvalidArgument, "BOUNDARIES_BACKWARD");
}

TEST_F(RegistryLineageTest, ARenameWithAnotherCodeKeepsTheIdentity) {
  LoadTokyo();
  v1::LineageEvent stored;
  ASSERT_OK(Call(&Stub::CreateLineageEvent, MizuhoCity(), stored));
  v1::GetMunicipalityRequest get;
  get.set_name("municipalities/132306");  // the new code leads to it
  get.set_fiscal_year(2026);
  v1::Municipality now;
  ASSERT_OK(Call(&Stub::GetMunicipality, get, now));
  EXPECT_THAT(now, Partially(R"pb(
                name: "municipalities/133035"
                code: "132306"
                display_name: "瑞穂市"
                council { display_name: "瑞穂市社会福祉協議会" }
                type: TYPE_CITY)pb"));
  get.set_fiscal_year(2025);
  ASSERT_OK(Call(&Stub::GetMunicipality, get, now));
  EXPECT_EQ(now.display_name(), "瑞穂町");
  EXPECT_EQ(now.code(), "133035");
  EXPECT_EQ(History("133035").history().rbegin()->change_case(),
            v1::HistoryEntry::kLineageEvent);
}

TEST_F(RegistryLineageTest, AMergerThatDidNotHappenIsTakenBack) {
  LoadTokyo();
  const std::string before = State().digest();
  v1::CreateLineageEventRequest merger =
      Merger({"133035", "133051"}, "133094", 2025, 11, 1);
  *merger.mutable_lineage_event()->add_created() =
      NewTown("133094", "新瑞穂町");
  v1::LineageEvent event;
  ASSERT_OK(Call(&Stub::CreateLineageEvent, merger, event));
  const std::string merged = State().digest();
  // A correction of all years that came meanwhile stands.
  v1::UpdateMunicipalityRequest kana;
  kana.mutable_municipality()->set_name("municipalities/133035");
  kana.mutable_municipality()->set_kana("ミズホチョウ");
  v1::Municipality town;
  ASSERT_OK(Call(&Stub::UpdateMunicipality, kana, town));

  v1::RetractLineageEventRequest retract;
  retract.set_name("lineageEvents/1");
  v1::LineageEvent taken_back;
  EXPECT_STATUS(Call(&Stub::RetractLineageEvent, retract, taken_back),
                StatusCode::kInvalidArgument, "LINEAGE_INVALID");
  retract.set_reason("合併は取りやめ");
  // Not while the new town has a status.
  v1::RecordStatusRequest record =
      Record(2026, v1::IMPLEMENTING_NO, v1::PREPARATION_NO);
  record.mutable_status_record()->set_municipality("municipalities/133094");
  ASSERT_OK(RecordStatus(record));
  EXPECT_STATUS(Call(&Stub::RetractLineageEvent, retract, taken_back),
                StatusCode::kFailedPrecondition, "LINEAGE_IN_USE");
  v1::RetractStatusRequest status;
  status.set_parent("programs/jusou");
  status.set_municipality("municipalities/133094");
  status.set_fiscal_year(2026);
  status.set_reason("合併は取りやめ");
  v1::StatusRecord ignored;
  ASSERT_OK(Call(&Stub::RetractStatus, status, ignored));

  retract.set_validate_only(true);
  ASSERT_OK(Call(&Stub::RetractLineageEvent, retract, taken_back));
  EXPECT_EQ(State().version(), 6);
  retract.set_validate_only(false);
  ASSERT_OK(Call(&Stub::RetractLineageEvent, retract, taken_back));
  EXPECT_THAT(taken_back, Partially(R"pb(
                name: "lineageEvents/1"
                kind: KIND_MERGER
                predecessors: "municipalities/133035"
                predecessors: "municipalities/133051"
                reason: "合併は取りやめ"
                retracted: true
                version: 7)pb"));
  v1::ListMunicipalitiesRequest list;
  list.set_fiscal_year(2026);
  EXPECT_THAT(ListCodes(list), SizeIs(62));
  v1::GetMunicipalityRequest get;
  get.set_name("municipalities/133035");
  get.set_fiscal_year(2026);
  ASSERT_OK(Call(&Stub::GetMunicipality, get, town));
  EXPECT_EQ(town.kana(), "ミズホチョウ");
  const v1::ListBoundaryMappingsResponse mapped = MappedTo2026();
  for (const v1::BoundaryMapping& mapping : mapped.boundary_mappings()) {
    EXPECT_THAT(mapping.successors(), ElementsAre(mapping.municipality()));
  }
  // Everything is as before but for the correction, and the version of the
  // merger still tells the merger.
  kana.mutable_municipality()->set_kana("ミズホマチ");
  ASSERT_OK(Call(&Stub::UpdateMunicipality, kana, town));
  EXPECT_EQ(State().digest(), before);
  v1::GetRegistryStateRequest then;
  then.set_data_version(3);
  v1::RegistryState state;
  ASSERT_OK(Call(&Stub::GetRegistryState, then, state));
  EXPECT_EQ(state.digest(), merged);
  // Both records are told, and what they did to the towns.
  v1::ListLineageEventsResponse events;
  ASSERT_OK(
      Call(&Stub::ListLineageEvents, v1::ListLineageEventsRequest(), events));
  ASSERT_THAT(events.lineage_events(), SizeIs(2));
  EXPECT_FALSE(events.lineage_events(0).retracted());
  EXPECT_TRUE(events.lineage_events(1).retracted());
  int undone = 0;
  const v1::ListHistoryResponse history = History("133035");
  for (const v1::HistoryEntry& entry : history.history()) {
    if (entry.facts().retracted_version() == 3) ++undone;
  }
  EXPECT_EQ(undone, 1);

  // It cannot be taken back twice, but recorded anew with the same code; the
  // town keeps its identity.
  EXPECT_STATUS(Call(&Stub::RetractLineageEvent, retract, taken_back),
                StatusCode::kNotFound, "LINEAGE_EVENT_NOT_FOUND");
  retract.set_name("lineageEvents/01");
  EXPECT_STATUS(Call(&Stub::RetractLineageEvent, retract, taken_back),
                StatusCode::kInvalidArgument, "NAME_INVALID");
  merger.mutable_lineage_event()->mutable_effective_date()->set_year(2026);
  ASSERT_OK(Call(&Stub::CreateLineageEvent, merger, event));
  EXPECT_EQ(event.name(), "lineageEvents/2");
  EXPECT_EQ(event.fiscal_year(), 2027);
  EXPECT_THAT(ListCodes(list), SizeIs(62));
  list.set_fiscal_year(2027);
  EXPECT_THAT(ListCodes(list), SizeIs(61));
}

TEST_F(RegistryLineageTest, ARenameThatDidNotHappenIsTakenBack) {
  LoadTokyo();
  const std::string before = State().digest();
  v1::LineageEvent stored;
  ASSERT_OK(Call(&Stub::CreateLineageEvent, MizuhoCity(), stored));
  EXPECT_NE(State().digest(), before);
  v1::RetractLineageEventRequest retract;
  retract.set_name("lineageEvents/1");
  retract.set_reason("誤り");
  ASSERT_OK(Call(&Stub::RetractLineageEvent, retract, stored));
  EXPECT_EQ(State().digest(), before);
}

TEST_F(RegistryLineageTest, RefusesALineageThatCannotBe) {
  LoadTokyo();
  const std::string before = State().digest();
  v1::LineageEvent event;
  const auto reasons = [](const absl::Status& status) {
    std::vector<std::string> list;
    if (const auto details = base::GetErrorDetails(status)) {
      for (const base::Violation& violation : details->violations) {
        list.push_back(violation.reason);
      }
    }
    return list;
  };
  absl::Status status = Call(&Stub::CreateLineageEvent,
                             Merger({"133035"}, "133051", 2025, 11, 1), event);
  EXPECT_STATUS(status, StatusCode::kInvalidArgument, "LINEAGE_INVALID");
  EXPECT_THAT(reasons(status), ElementsAre("LINEAGE_SHAPE"));
  v1::CreateLineageEventRequest empty;
  status = Call(&Stub::CreateLineageEvent, empty, event);
  EXPECT_THAT(reasons(status),
              ElementsAre("VALUE_MISSING", "DATE_INVALID", "REASON_REQUIRED"));
  v1::CreateLineageEventRequest taken =
      Merger({"133035", "133051"}, "133078", 2025, 11, 1);
  *taken.mutable_lineage_event()->add_created() = NewTown("133078", "檜原村");
  EXPECT_STATUS(Call(&Stub::CreateLineageEvent, taken, event),
                StatusCode::kAlreadyExists, "MUNICIPALITY_EXISTS");
  v1::CreateLineageEventRequest loose =
      Merger({"133035", "133051"}, "133078", 2025, 11, 1);
  *loose.mutable_lineage_event()->add_created() = NewTown("133094", "新瑞穂町");
  status = Call(&Stub::CreateLineageEvent, loose, event);
  EXPECT_THAT(reasons(status), ElementsAre("LINEAGE_CREATED"));
  // It ran into a year of which something is on record already.
  EXPECT_STATUS(Call(&Stub::CreateLineageEvent,
                     Merger({"133035", "133051"}, "133051", 2024, 4, 1), event),
                StatusCode::kFailedPrecondition, "STATUS_AFTER_END");
  EXPECT_EQ(State().digest(), before);
  EXPECT_EQ(State().version(), 2);
}

TEST_F(RegistryLineageTest, ListsLineageAndHistoryInPages) {
  LoadTokyo();
  v1::LineageEvent event;
  ASSERT_OK(Call(&Stub::CreateLineageEvent,
                 Merger({"133035", "133051"}, "133051", 2025, 11, 1), event));
  ASSERT_OK(Call(&Stub::CreateLineageEvent,
                 Merger({"133051", "133078"}, "133078", 2026, 11, 1), event));
  v1::ListLineageEventsRequest request;
  request.set_page_size(1);
  std::vector<std::string> names;
  do {
    v1::ListLineageEventsResponse page;
    ASSERT_OK(Call(&Stub::ListLineageEvents, request, page));
    for (const auto& each : page.lineage_events()) names.push_back(each.name());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ElementsAre("lineageEvents/1", "lineageEvents/2"));
  // Two mergers in a row lead to the last.
  v1::ListBoundaryMappingsRequest map;
  map.set_fiscal_year(2025);
  map.set_boundaries_fiscal_year(2027);
  map.set_page_size(25);
  std::map<std::string, std::string> successors;
  do {
    v1::ListBoundaryMappingsResponse page;
    ASSERT_OK(Call(&Stub::ListBoundaryMappings, map, page));
    for (const auto& mapping : page.boundary_mappings()) {
      ASSERT_THAT(mapping.successors(), SizeIs(1));
      successors[mapping.municipality()] = mapping.successors(0);
    }
    map.set_page_token(page.next_page_token());
  } while (!map.page_token().empty());
  EXPECT_THAT(successors, SizeIs(62));
  EXPECT_EQ(successors["municipalities/133035"], "municipalities/133078");
  EXPECT_EQ(successors["municipalities/133051"], "municipalities/133078");
}

}  // namespace
}  // namespace welfare::registry
