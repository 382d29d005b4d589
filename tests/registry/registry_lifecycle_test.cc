// What became of municipalities and of what was said about them, through real
// stubs: validity, lineage, corrections, identities, whole files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "tests/registry/module_fixture.h"
#include "tests/support/proto_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using support::IsOk;
using support::Partially;
using support::StatusIs;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

using Stub = v1::RegistryService::Stub;

constexpr char kStatusHeader[] =
    "program,municipality_code,fiscal_year,implementing,preparation,note\n";
constexpr char kMunicipalityHeader[] =
    "code,name,kana,name_en,type,area,council_name\n";

class RegistryLifecycleTest : public RegistryModuleTest {
 protected:
  v1::RegistryState State(std::int64_t version = 0) {
    v1::GetRegistryStateRequest request;
    request.set_data_version(version);
    v1::RegistryState state;
    EXPECT_THAT(Call(&Stub::GetRegistryState, request, state), IsOk());
    return state;
  }

  absl::Status Update(v1::UpdateMunicipalityRequest request,
                      v1::Municipality& response) {
    return Call(&Stub::UpdateMunicipality, request, response);
  }

  static v1::UpdateMunicipalityRequest Banding(const std::string& code,
                                               const std::string& band,
                                               int year) {
    v1::UpdateMunicipalityRequest request;
    request.mutable_municipality()->set_name("municipalities/" + code);
    request.mutable_municipality()->set_population_band(band);
    request.set_first_fiscal_year(year);
    return request;
  }

  static v1::CreateLineageEventRequest Merger(
      const std::vector<std::string>& from, const std::string& into, int year,
      int month, int day) {
    v1::CreateLineageEventRequest request;
    v1::LineageEvent& event = *request.mutable_lineage_event();
    event.set_kind(v1::LineageEvent::KIND_MERGER);
    event.mutable_effective_date()->set_year(year);
    event.mutable_effective_date()->set_month(month);
    event.mutable_effective_date()->set_day(day);
    for (const std::string& code : from) {
      event.add_predecessors("municipalities/" + code);
    }
    event.add_successors("municipalities/" + into);
    event.set_reason("架空の合併");
    event.set_note("試験");
    return request;
  }

  // A town becomes a city with another code.
  static v1::CreateLineageEventRequest MizuhoCity() {
    v1::CreateLineageEventRequest rename;
    v1::LineageEvent& event = *rename.mutable_lineage_event();
    event.set_kind(v1::LineageEvent::KIND_RENAME);
    event.mutable_effective_date()->set_year(2025);
    event.mutable_effective_date()->set_month(10);
    event.mutable_effective_date()->set_day(1);
    event.add_predecessors("municipalities/133035");
    event.add_successors("municipalities/133035");
    event.set_reason("市制施行 (架空)");
    v1::Municipality& city = *event.add_created();
    city.set_code("132306");
    city.set_display_name("瑞穂市");
    city.set_kana("ミズホシ");
    city.set_type(v1::Municipality::TYPE_CITY);
    return rename;
  }

  static v1::Municipality NewTown(const std::string& code,
                                  const std::string& name) {
    v1::Municipality town;
    town.set_code(code);
    town.set_display_name(name);
    town.set_kana("シンマチ");
    town.set_display_name_en("Shin-machi");
    town.set_type(v1::Municipality::TYPE_TOWN);
    town.set_area("町村部");
    return town;
  }

  std::vector<std::string> ListCodes(v1::ListMunicipalitiesRequest request) {
    request.set_page_size(1000);
    v1::ListMunicipalitiesResponse response;
    EXPECT_THAT(Call(&Stub::ListMunicipalities, request, response), IsOk());
    std::vector<std::string> codes;
    for (const v1::Municipality& each : response.municipalities()) {
      codes.push_back(each.code());
    }
    return codes;
  }

  v1::ListHistoryResponse History(const std::string& code) {
    v1::ListHistoryRequest request;
    request.set_parent("municipalities/" + code);
    request.set_page_size(1000);
    v1::ListHistoryResponse response;
    EXPECT_THAT(Call(&Stub::ListHistory, request, response), IsOk());
    return response;
  }

  std::vector<type::v1::ImportResult> ImportStream(
      const std::vector<v1::ImportStatusRecordsRequest>& batches,
      absl::Status* end = nullptr) {
    grpc::ClientContext context;
    auto stream = stub_->ImportStatusRecords(&context);
    std::vector<type::v1::ImportResult> results;
    for (const auto& batch : batches) {
      type::v1::ImportResult result;
      if (!stream->Write(batch) || !stream->Read(&result)) break;
      results.push_back(result);
    }
    stream->WritesDone();
    const absl::Status status = platform::FromGrpcStatus(stream->Finish());
    if (end != nullptr) {
      *end = status;
    } else {
      EXPECT_THAT(status, IsOk());
    }
    return results;
  }

  static v1::ImportStatusRecordsRequest Whole(const std::string& records,
                                              int first_line, bool last) {
    v1::ImportStatusRecordsRequest request;
    request.mutable_batch()->set_csv(kStatusHeader + records);
    request.mutable_batch()->set_first_line(first_line);
    request.mutable_batch()->set_source_file("status.csv");
    request.set_transaction(v1::IMPORT_TRANSACTION_FILE);
    request.set_end_of_file(last);
    return request;
  }
};

std::string WithColumn(std::string csv, const std::string& from,
                       const std::string& to) {
  csv.replace(csv.find(from), from.size(), to);
  return csv;
}

// --- identities -------------------------------------------------------------

// The same file by six digits, by five and by resource name says the same.
TEST_F(RegistryLifecycleTest, ReadsEveryIdSchemeToOneState) {
  const std::string six = ReadData("municipalities.csv");
  std::string five = WithColumn(six, "code,", "code5,");
  std::string names = WithColumn(six, "code,", "municipality,");
  for (std::size_t at = five.find('\n') + 1; at < five.size();
       at = five.find('\n', at) + 1) {
    five.erase(at + 5, 1);
  }
  for (std::size_t at = names.find('\n') + 1; at < names.size();
       at = names.find('\n', at) + 1) {
    names.insert(at, "municipalities/");
  }
  std::set<std::string> digests;
  for (const std::string& file : {six, five, names}) {
    Restart();
    EXPECT_THAT(ImportMunicipalities(file),
                Partially("counts { rows: 62 created: 62 }"));
    digests.insert(State().digest());
  }
  EXPECT_THAT(digests, SizeIs(1));
}

TEST_F(RegistryLifecycleTest, RefusesCodesThatCannotBeTrusted) {
  const auto reason = [&](const std::string& code) {
    const auto result = ImportMunicipalities(
        kMunicipalityHeader + code + ",札幌市,サッポロシ,Sapporo,city,市部,\n");
    return result.rejects_size() == 1 ? result.rejects(0).reason_code() : "";
  };
  EXPECT_EQ(reason("131015"), "CHECK_DIGIT");
  EXPECT_EQ(reason("11002"), "CODE_AMBIGUOUS");
  EXPECT_EQ(reason("13１016"), "CODE_FORMAT");
  EXPECT_EQ(reason("１３１０１６"), "");
  EXPECT_EQ(reason("011002"), "");
}

TEST_F(RegistryLifecycleTest, ResolvesDeclaredVariantsAndGuessesNothing) {
  LoadTokyo();
  const auto resolve = [&](const std::string& text, v1::Municipality& found) {
    v1::ResolveMunicipalityRequest request;
    request.set_text(text);
    return Call(&Stub::ResolveMunicipality, request, found);
  };
  v1::Municipality found;
  for (const std::string text :
       {"青ヶ島村", "青ケ島村", "青ヶ島村社会福祉協議会", "134023",
        "１３４０２３"}) {
    ASSERT_THAT(resolve(text, found), IsOk()) << text;
    EXPECT_EQ(found.display_name(), "青ヶ島村") << text;
  }
  for (const std::string text : {"葛飾区", "葛\U000E0100飾区"}) {
    ASSERT_THAT(resolve(text, found), IsOk()) << text;
    EXPECT_EQ(found.display_name(), "葛飾区");
  }
  const absl::Status unknown = resolve("青ガ島村", found);
  EXPECT_THAT(unknown, StatusIs(StatusCode::kNotFound, "NAME_UNKNOWN"));
  EXPECT_THAT(std::string(base::MessageOf(unknown)), HasSubstr("青ヶ島村"));
  EXPECT_THAT(resolve("13402", found),
              StatusIs(StatusCode::kInvalidArgument, "CODE_AMBIGUOUS"));

  // A second 府中市, elsewhere.
  ImportMunicipalities(std::string(kMunicipalityHeader) +
                       "342084,府中市,フチュウシ,Fuchu-shi,city,市部,\n");
  const absl::Status two = resolve("府中市", found);
  EXPECT_THAT(two, StatusIs(StatusCode::kInvalidArgument, "NAME_AMBIGUOUS"));
  EXPECT_THAT(std::string(base::MessageOf(two)), HasSubstr("132063, 342084"));

  // A file by name: what is clear goes in, the rest is refused by line.
  EXPECT_THAT(ImportStatuses("program,municipality_name,fiscal_year,"
                             "implementing,preparation,note\n"
                             "jusou,青ケ島村,2026,no,no,\n"
                             "jusou,青ガ島村,2026,no,no,\n"
                             "jusou,府中市,2026,no,no,\n"),
              Partially(R"pb(
                counts { rows: 3 created: 1 rejected: 2 }
                rejects {
                  source_line: 3
                  column: "municipality_name"
                  reason_code: "NAME_UNKNOWN"
                }
                rejects { source_line: 4 reason_code: "NAME_AMBIGUOUS" })pb"));
}

// --- validity ---------------------------------------------------------------

TEST_F(RegistryLifecycleTest, ABandThatChangesLeavesEarlierYearsAlone) {
  LoadTokyo();
  v1::Municipality changed;
  ASSERT_THAT(Update(Banding("131016", "under_100k", 0), changed), IsOk());
  v1::Roster before = Roster(2024);
  ASSERT_THAT(Update(Banding("131016", "over_100k", 2025), changed), IsOk());
  EXPECT_THAT(
      changed, Partially(R"pb(
        fiscal_year: 2025
        population_band: "over_100k"
        periods { last_fiscal_year: 2024 population_band: "under_100k" }
        periods { first_fiscal_year: 2025 population_band: "over_100k" })pb"));
  v1::Roster after = Roster(2024);
  before.clear_version();
  after.clear_version();
  EXPECT_EQ(after.SerializeAsString(), before.SerializeAsString());
  EXPECT_EQ(EntryOf(Roster(2025), "municipalities/131016").population_band(),
            "over_100k");
  v1::ListMunicipalitiesRequest banded;
  banded.set_population_band("over_100k");
  banded.set_fiscal_year(2025);
  EXPECT_THAT(ListCodes(banded), ElementsAre("131016"));
  banded.set_fiscal_year(2024);
  EXPECT_THAT(ListCodes(banded), IsEmpty());
  // A name put right for all years leaves the band's years alone.
  v1::UpdateMunicipalityRequest rename;
  rename.mutable_municipality()->set_name("municipalities/131016");
  rename.mutable_municipality()->set_display_name_en("Chiyoda");
  ASSERT_THAT(Update(rename, changed), IsOk());
  ASSERT_EQ(changed.periods_size(), 2);
  EXPECT_EQ(changed.periods(0).display_name_en(), "Chiyoda");
  EXPECT_EQ(changed.periods(1).display_name_en(), "Chiyoda");
}

TEST_F(RegistryLifecycleTest, GroupsAddUpToTheWholeInEveryYear) {
  LoadTokyo();
  for (int year = 2021; year <= 2025; ++year) {
    const v1::Roster roster = Roster(year);
    std::map<std::string, int> sizes;
    std::map<std::string, int> implementing;
    for (const v1::Roster::Group& group : roster.groups()) {
      sizes[group.grouping()] += group.size();
      implementing[group.grouping()] += group.implementing_count();
    }
    for (const std::string grouping : {"area", "type", "population_band"}) {
      EXPECT_EQ(sizes[grouping], 62) << grouping << year;
      EXPECT_EQ(implementing[grouping], roster.implementing_count());
    }
  }
  EXPECT_THAT(Roster(2025).groups(0), Partially(R"pb(
                grouping: "area"
                group: "区部"
                size: 23
                implementing_count: 15
                not_implementing_count: 8)pb"));
}

TEST_F(RegistryLifecycleTest, EveryReadTellsWhatWasKnownThen) {
  owned_->clock().Set(Time("2025-05-01T00:00:00Z"));
  LoadTokyo();
  owned_->clock().Set(Time("2025-07-01T00:00:00Z"));
  v1::UpdateMunicipalityRequest rename;
  rename.mutable_municipality()->set_name("municipalities/131016");
  rename.mutable_municipality()->set_display_name("千代田特別区");
  v1::Municipality now;
  ASSERT_THAT(Update(rename, now), IsOk());
  const std::int64_t june = Time("2025-06-01T00:00:00Z").micros() / 1000000;
  v1::GetMunicipalityRequest get;
  get.set_name("municipalities/131016");
  get.mutable_known_at()->set_seconds(june);
  v1::Municipality then;
  ASSERT_THAT(Call(&Stub::GetMunicipality, get, then), IsOk());
  EXPECT_EQ(then.display_name(), "千代田区");
  EXPECT_EQ(then.fiscal_year(), 2025);
  v1::ListMunicipalitiesRequest list;
  list.mutable_known_at()->set_seconds(june);
  v1::ListMunicipalitiesResponse listed;
  ASSERT_THAT(Call(&Stub::ListMunicipalities, list, listed), IsOk());
  EXPECT_EQ(listed.municipalities(0).display_name(), "千代田区");
  v1::BatchGetMunicipalitiesRequest batch;
  batch.add_names("municipalities/131016");
  batch.mutable_known_at()->set_seconds(june);
  v1::BatchGetMunicipalitiesResponse several;
  ASSERT_THAT(Call(&Stub::BatchGetMunicipalities, batch, several), IsOk());
  EXPECT_EQ(several.municipalities(0).display_name(), "千代田区");
  v1::ListHistoryRequest history;
  history.set_parent("municipalities/131016");
  history.mutable_known_at()->set_seconds(june);
  v1::ListHistoryResponse recorded;
  ASSERT_THAT(Call(&Stub::ListHistory, history, recorded), IsOk());
  EXPECT_THAT(recorded.history(), SizeIs(6));
  // Before anything was known, nothing is there.
  get.mutable_known_at()->set_seconds(0);
  EXPECT_THAT(Call(&Stub::GetMunicipality, get, then),
              StatusIs(StatusCode::kNotFound, "MUNICIPALITY_NOT_FOUND"));
}

// --- lineage ----------------------------------------------------------------

TEST_F(RegistryLifecycleTest, AMergerKeepsHistoryUnderTheOldIdentities) {
  LoadTokyo();
  v1::Roster before = Roster(2025);
  v1::CreateLineageEventRequest merger =
      Merger({"133035", "133051"}, "133094", 2025, 11, 1);
  *merger.mutable_lineage_event()->add_created() =
      NewTown("133094", "新瑞穂町");
  v1::LineageEvent event;
  ASSERT_THAT(Call(&Stub::CreateLineageEvent, merger, event), IsOk());
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
  v1::ListBoundaryMappingsRequest map;
  map.set_fiscal_year(2025);
  map.set_boundaries_fiscal_year(2026);
  map.set_page_size(1000);
  v1::ListBoundaryMappingsResponse mapped;
  ASSERT_THAT(Call(&Stub::ListBoundaryMappings, map, mapped), IsOk());
  ASSERT_THAT(mapped.boundary_mappings(), SizeIs(62));
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
  EXPECT_THAT(RecordStatus(record),
              StatusIs(StatusCode::kNotFound, "MUNICIPALITY_NOT_IN_YEAR"));
  EXPECT_THAT(GetMunicipalityInYear("municipalities/133035", 2026),
              StatusIs(StatusCode::kNotFound, "MUNICIPALITY_NOT_IN_YEAR"));
  EXPECT_THAT(GetMunicipalityInYear("municipalities/133035", 2025), IsOk());
}

TEST_F(RegistryLifecycleTest, ASplitIsAmbiguousOnLaterBoundaries) {
  LoadTokyo();
  v1::CreateLineageEventRequest split;
  v1::LineageEvent& event = *split.mutable_lineage_event();
  event.set_kind(v1::LineageEvent::KIND_SPLIT);
  event.mutable_effective_date()->set_year(2026);
  event.mutable_effective_date()->set_month(4);
  event.mutable_effective_date()->set_day(1);
  event.add_predecessors("municipalities/133035");
  event.add_successors("municipalities/133035");
  event.add_successors("municipalities/133094");
  event.set_reason("架空の分割");
  *event.add_created() = NewTown("133094", "新瑞穂町");
  v1::LineageEvent stored;
  ASSERT_THAT(Call(&Stub::CreateLineageEvent, split, stored), IsOk());
  EXPECT_EQ(stored.fiscal_year(), 2026);
  v1::ListBoundaryMappingsRequest map;
  map.set_fiscal_year(2025);
  map.set_boundaries_fiscal_year(2026);
  map.set_page_size(1000);
  v1::ListBoundaryMappingsResponse mapped;
  ASSERT_THAT(Call(&Stub::ListBoundaryMappings, map, mapped), IsOk());
  for (const v1::BoundaryMapping& mapping : mapped.boundary_mappings()) {
    EXPECT_EQ(mapping.ambiguous(),
              mapping.municipality() == "municipalities/133035");
  }
  map.set_boundaries_fiscal_year(2024);
  EXPECT_THAT(Call(&Stub::ListBoundaryMappings, map, mapped),
              StatusIs(StatusCode::kInvalidArgument, "BOUNDARIES_BACKWARD"));
}

TEST_F(RegistryLifecycleTest, ARenameWithAnotherCodeKeepsTheIdentity) {
  LoadTokyo();
  v1::LineageEvent stored;
  ASSERT_THAT(Call(&Stub::CreateLineageEvent, MizuhoCity(), stored), IsOk());
  v1::GetMunicipalityRequest get;
  get.set_name("municipalities/132306");  // the new code leads to it
  get.set_fiscal_year(2026);
  v1::Municipality now;
  ASSERT_THAT(Call(&Stub::GetMunicipality, get, now), IsOk());
  EXPECT_THAT(now, Partially(R"pb(
                name: "municipalities/133035"
                code: "132306"
                display_name: "瑞穂市"
                council { display_name: "瑞穂市社会福祉協議会" }
                type: TYPE_CITY)pb"));
  get.set_fiscal_year(2025);
  ASSERT_THAT(Call(&Stub::GetMunicipality, get, now), IsOk());
  EXPECT_EQ(now.display_name(), "瑞穂町");
  EXPECT_EQ(now.code(), "133035");
  EXPECT_EQ(History("133035").history().rbegin()->change_case(),
            v1::HistoryEntry::kLineageEvent);
}

TEST_F(RegistryLifecycleTest, AMergerThatDidNotHappenIsTakenBack) {
  LoadTokyo();
  const std::string before = State().digest();
  v1::CreateLineageEventRequest merger =
      Merger({"133035", "133051"}, "133094", 2025, 11, 1);
  *merger.mutable_lineage_event()->add_created() =
      NewTown("133094", "新瑞穂町");
  v1::LineageEvent event;
  ASSERT_THAT(Call(&Stub::CreateLineageEvent, merger, event), IsOk());
  const std::string merged = State().digest();
  // A correction of all years that came meanwhile stands.
  v1::UpdateMunicipalityRequest kana;
  kana.mutable_municipality()->set_name("municipalities/133035");
  kana.mutable_municipality()->set_kana("ミズホチョウ");
  v1::Municipality town;
  ASSERT_THAT(Call(&Stub::UpdateMunicipality, kana, town), IsOk());

  v1::RetractLineageEventRequest retract;
  retract.set_name("lineageEvents/1");
  v1::LineageEvent taken_back;
  EXPECT_THAT(Call(&Stub::RetractLineageEvent, retract, taken_back),
              StatusIs(StatusCode::kInvalidArgument, "LINEAGE_INVALID"));
  retract.set_reason("合併は取りやめ");
  // Not while the new town has a status.
  v1::RecordStatusRequest record =
      Record(2026, v1::IMPLEMENTING_NO, v1::PREPARATION_NO);
  record.mutable_status_record()->set_municipality("municipalities/133094");
  ASSERT_THAT(RecordStatus(record), IsOk());
  EXPECT_THAT(Call(&Stub::RetractLineageEvent, retract, taken_back),
              StatusIs(StatusCode::kFailedPrecondition, "LINEAGE_IN_USE"));
  v1::RetractStatusRequest status;
  status.set_parent("programs/jusou");
  status.set_municipality("municipalities/133094");
  status.set_fiscal_year(2026);
  status.set_reason("合併は取りやめ");
  v1::StatusRecord ignored;
  ASSERT_THAT(Call(&Stub::RetractStatus, status, ignored), IsOk());

  retract.set_validate_only(true);
  ASSERT_THAT(Call(&Stub::RetractLineageEvent, retract, taken_back), IsOk());
  EXPECT_EQ(State().version(), 6);
  retract.set_validate_only(false);
  ASSERT_THAT(Call(&Stub::RetractLineageEvent, retract, taken_back), IsOk());
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
  ASSERT_THAT(Call(&Stub::GetMunicipality, get, town), IsOk());
  EXPECT_EQ(town.kana(), "ミズホチョウ");
  v1::ListBoundaryMappingsRequest map;
  map.set_fiscal_year(2025);
  map.set_boundaries_fiscal_year(2026);
  map.set_page_size(1000);
  v1::ListBoundaryMappingsResponse mapped;
  ASSERT_THAT(Call(&Stub::ListBoundaryMappings, map, mapped), IsOk());
  for (const v1::BoundaryMapping& mapping : mapped.boundary_mappings()) {
    EXPECT_THAT(mapping.successors(), ElementsAre(mapping.municipality()));
  }
  // Everything is as before but for the correction, and the version of the
  // merger still tells the merger.
  kana.mutable_municipality()->set_kana("ミズホマチ");
  ASSERT_THAT(Call(&Stub::UpdateMunicipality, kana, town), IsOk());
  EXPECT_EQ(State().digest(), before);
  v1::GetRegistryStateRequest then;
  then.set_data_version(3);
  v1::RegistryState state;
  ASSERT_THAT(Call(&Stub::GetRegistryState, then, state), IsOk());
  EXPECT_EQ(state.digest(), merged);
  // Both records are told, and what they did to the towns.
  v1::ListLineageEventsResponse events;
  ASSERT_THAT(
      Call(&Stub::ListLineageEvents, v1::ListLineageEventsRequest(), events),
      IsOk());
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
  EXPECT_THAT(Call(&Stub::RetractLineageEvent, retract, taken_back),
              StatusIs(StatusCode::kNotFound, "LINEAGE_EVENT_NOT_FOUND"));
  retract.set_name("lineageEvents/01");
  EXPECT_THAT(Call(&Stub::RetractLineageEvent, retract, taken_back),
              StatusIs(StatusCode::kInvalidArgument, "NAME_INVALID"));
  merger.mutable_lineage_event()->mutable_effective_date()->set_year(2026);
  ASSERT_THAT(Call(&Stub::CreateLineageEvent, merger, event), IsOk());
  EXPECT_EQ(event.name(), "lineageEvents/2");
  EXPECT_EQ(event.fiscal_year(), 2027);
  EXPECT_THAT(ListCodes(list), SizeIs(62));
  list.set_fiscal_year(2027);
  EXPECT_THAT(ListCodes(list), SizeIs(61));
}

TEST_F(RegistryLifecycleTest, ARenameThatDidNotHappenIsTakenBack) {
  LoadTokyo();
  const std::string before = State().digest();
  v1::LineageEvent stored;
  ASSERT_THAT(Call(&Stub::CreateLineageEvent, MizuhoCity(), stored), IsOk());
  EXPECT_NE(State().digest(), before);
  v1::RetractLineageEventRequest retract;
  retract.set_name("lineageEvents/1");
  retract.set_reason("誤り");
  ASSERT_THAT(Call(&Stub::RetractLineageEvent, retract, stored), IsOk());
  EXPECT_EQ(State().digest(), before);
}

TEST_F(RegistryLifecycleTest, RefusesALineageThatCannotBe) {
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
  EXPECT_THAT(status,
              StatusIs(StatusCode::kInvalidArgument, "LINEAGE_INVALID"));
  EXPECT_THAT(reasons(status), ElementsAre("LINEAGE_SHAPE"));
  v1::CreateLineageEventRequest empty;
  status = Call(&Stub::CreateLineageEvent, empty, event);
  EXPECT_THAT(reasons(status),
              ElementsAre("VALUE_MISSING", "DATE_INVALID", "REASON_REQUIRED"));
  v1::CreateLineageEventRequest taken =
      Merger({"133035", "133051"}, "133078", 2025, 11, 1);
  *taken.mutable_lineage_event()->add_created() = NewTown("133078", "檜原村");
  EXPECT_THAT(Call(&Stub::CreateLineageEvent, taken, event),
              StatusIs(StatusCode::kAlreadyExists, "MUNICIPALITY_EXISTS"));
  v1::CreateLineageEventRequest loose =
      Merger({"133035", "133051"}, "133078", 2025, 11, 1);
  *loose.mutable_lineage_event()->add_created() = NewTown("133094", "新瑞穂町");
  status = Call(&Stub::CreateLineageEvent, loose, event);
  EXPECT_THAT(reasons(status), ElementsAre("LINEAGE_CREATED"));
  // It ran into a year of which something is on record already.
  EXPECT_THAT(Call(&Stub::CreateLineageEvent,
                   Merger({"133035", "133051"}, "133051", 2024, 4, 1), event),
              StatusIs(StatusCode::kFailedPrecondition, "STATUS_AFTER_END"));
  EXPECT_EQ(State().digest(), before);
  EXPECT_EQ(State().version(), 2);
}

// --- corrections ------------------------------------------------------------

TEST_F(RegistryLifecycleTest, TheSecondOfTwoWritersIsToldTheCurrentEtag) {
  LoadTokyo();
  v1::Municipality read;
  ASSERT_THAT(GetMunicipality("municipalities/131016", read), IsOk());
  v1::UpdateMunicipalityRequest first = Banding("131016", "band_a", 0);
  first.mutable_municipality()->set_etag(read.etag());
  v1::UpdateMunicipalityRequest second = Banding("131016", "band_b", 0);
  second.mutable_municipality()->set_etag(read.etag());
  v1::Municipality written;
  ASSERT_THAT(Update(first, written), IsOk());
  const absl::Status refused = Update(second, read);
  EXPECT_THAT(refused, StatusIs(StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(base::GetErrorDetails(refused)->metadata.at("etag"),
            written.etag());
  ASSERT_THAT(GetMunicipality("municipalities/131016", read), IsOk());
  EXPECT_EQ(read.population_band(), "band_a");

  // The same for a status: `"0"` says that nothing is on record.
  v1::RecordStatusRequest record =
      Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO);
  record.mutable_status_record()->set_etag("\"0\"");
  v1::StatusRecord stored;
  ASSERT_THAT(RecordStatus(record, stored), IsOk());
  record.mutable_status_record()->set_implementing(v1::IMPLEMENTING_NO);
  record.mutable_status_record()->set_correction(true);
  record.mutable_status_record()->set_reason("訂正");
  EXPECT_THAT(RecordStatus(record),
              StatusIs(StatusCode::kAborted, "ETAG_MISMATCH"));
  record.mutable_status_record()->set_etag(stored.etag());
  EXPECT_THAT(RecordStatus(record), IsOk());
}

TEST_F(RegistryLifecycleTest, TakesBackWhatWasRecordedByMistake) {
  LoadTokyo();
  const std::string before = State().digest();
  ASSERT_THAT(
      RecordStatus(Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO)),
      IsOk());
  v1::RetractStatusRequest retract;
  retract.set_parent("programs/jusou");
  retract.set_municipality("municipalities/131016");
  retract.set_fiscal_year(2026);
  v1::StatusRecord taken;
  EXPECT_THAT(Call(&Stub::RetractStatus, retract, taken),
              StatusIs(StatusCode::kInvalidArgument, "STATUS_INVALID"));
  retract.set_reason("別の区の記録");
  ASSERT_THAT(Call(&Stub::RetractStatus, retract, taken), IsOk());
  EXPECT_TRUE(taken.retracted());
  EXPECT_EQ(State().digest(), before);
  EXPECT_EQ(State(3).digest() == before, false);
  EXPECT_EQ(EntryOf(Roster(2026), "municipalities/131016").implementing(),
            v1::IMPLEMENTING_UNSPECIFIED);
  EXPECT_THAT(Call(&Stub::RetractStatus, retract, taken),
              StatusIs(StatusCode::kNotFound, "STATUS_NOT_FOUND"));

  v1::CreateMunicipalityRequest create;
  *create.mutable_municipality() = NewTown("133094", "新町");
  v1::Municipality made;
  ASSERT_THAT(Call(&Stub::CreateMunicipality, create, made), IsOk());
  EXPECT_THAT(Call(&Stub::CreateMunicipality, create, made),
              StatusIs(StatusCode::kAlreadyExists, "MUNICIPALITY_EXISTS"));
  v1::DeleteMunicipalityRequest remove;
  remove.set_name("municipalities/133094");
  google::protobuf::Empty empty;
  EXPECT_THAT(Call(&Stub::DeleteMunicipality, remove, empty),
              StatusIs(StatusCode::kInvalidArgument, "REASON_REQUIRED"));
  remove.set_reason("登録の誤り");
  ASSERT_THAT(Call(&Stub::DeleteMunicipality, remove, empty), IsOk());
  EXPECT_EQ(State().digest(), before);
  EXPECT_THAT(Call(&Stub::CreateMunicipality, create, made),
              StatusIs(StatusCode::kFailedPrecondition, "CODE_RETIRED"));
  remove.set_name("municipalities/131016");
  EXPECT_THAT(Call(&Stub::DeleteMunicipality, remove, empty),
              StatusIs(StatusCode::kFailedPrecondition, "MUNICIPALITY_IN_USE"));
  // What was taken back stays in the history.
  EXPECT_TRUE(History("133094").history().rbegin()->deleted());
}

TEST_F(RegistryLifecycleTest, ListsEverythingRecordedWithWhoAndWhy) {
  LoadTokyo();
  v1::UpdateMunicipalityRequest update = Banding("132101", "over_100k", 2025);
  update.set_reason("国勢調査");
  update.set_note("令和7年");
  v1::Municipality changed;
  ASSERT_THAT(Update(update, changed), IsOk());
  v1::ListHistoryRequest request;
  request.set_parent("municipalities/132101");
  request.set_page_size(2);
  std::vector<v1::HistoryEntry> entries;
  do {
    v1::ListHistoryResponse page;
    ASSERT_THAT(Call(&Stub::ListHistory, request, page), IsOk());
    entries.insert(entries.end(), page.history().begin(), page.history().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  ASSERT_THAT(entries, SizeIs(7));
  EXPECT_EQ(entries[0].facts().facts(0).field(), "exists");
  EXPECT_EQ(entries[1].status_record().fiscal_year(), 2021);
  EXPECT_THAT(entries[6], Partially(R"pb(
                version: 3
                actor: "local"
                action: "UpdateMunicipality"
                reason: "国勢調査"
                note: "令和7年"
                facts {
                  first_fiscal_year: 2025
                  facts { field: "population_band" value: "over_100k" }
                })pb"));
}

TEST_F(RegistryLifecycleTest, NamesEveryFaultOfAMunicipality) {
  LoadTokyo();
  const std::string before = State().digest();
  const auto reasons = [](const absl::Status& status) {
    std::vector<std::string> list;
    if (const auto details = base::GetErrorDetails(status)) {
      for (const base::Violation& violation : details->violations) {
        list.push_back(violation.reason);
      }
    }
    return list;
  };
  v1::CreateMunicipalityRequest create;
  *create.mutable_municipality() = NewTown("133094", "");
  create.mutable_municipality()->set_name("municipalities/131016");
  create.mutable_municipality()->set_kana("かな");
  create.mutable_municipality()->set_area("多摩");
  create.mutable_municipality()->set_population_band("x y");
  create.mutable_municipality()->clear_type();
  create.set_first_fiscal_year(1);
  v1::Municipality made;
  const absl::Status refused = Call(&Stub::CreateMunicipality, create, made);
  EXPECT_THAT(refused,
              StatusIs(StatusCode::kInvalidArgument, "MUNICIPALITY_INVALID"));
  EXPECT_THAT(reasons(refused),
              ElementsAre("NAME_MISMATCH", "VALUE_MISSING", "KANA_INVALID",
                          "VALUE_MISSING", "AREA_UNKNOWN", "BAND_INVALID",
                          "FISCAL_YEAR_RANGE"));
  v1::UpdateMunicipalityRequest update = Banding("131016", "band", 0);
  update.mutable_update_mask()->add_paths("code");
  EXPECT_THAT(Update(update, made),
              StatusIs(StatusCode::kInvalidArgument, "MASK_INVALID"));
  v1::BatchGetMunicipalitiesResponse several;
  EXPECT_THAT(Call(&Stub::BatchGetMunicipalities,
                   v1::BatchGetMunicipalitiesRequest(), several),
              StatusIs(StatusCode::kInvalidArgument, "BATCH_SIZE"));
  EXPECT_EQ(State().digest(), before);
}

TEST(ProgramCatalog, NamesEveryFaultOfItsFile) {
  const auto parsed = ProgramCatalog::Parse(
      "program,display_name,display_name_en,first_fiscal_year,legal_basis\n"
      "jusou,重層,Multilayer,2021,Act\n"
      "重層,,X,soon,Act\n"
      "jusou,重層,Multilayer,2021,Act\n");
  EXPECT_THAT(parsed,
              StatusIs(StatusCode::kInvalidArgument, "PROGRAMS_INVALID"));
  const auto details = base::GetErrorDetails(parsed.status());
  ASSERT_TRUE(details.has_value());
  ASSERT_THAT(details->violations, SizeIs(4));
  EXPECT_EQ(details->violations[2].reason, "FISCAL_YEAR_FORMAT");
  EXPECT_EQ(details->violations[3].reason, "DUPLICATE_RECORD");
  EXPECT_THAT(details->violations[3].description, HasSubstr("Line 2"));
}

// --- derived ----------------------------------------------------------------

TEST_F(RegistryLifecycleTest, TellsTheWholeTimeline) {
  LoadTokyo();
  v1::GetProgramTimelineRequest request;
  request.set_name("programs/jusou/timeline");
  v1::ProgramTimeline timeline;
  ASSERT_THAT(Call(&Stub::GetProgramTimeline, request, timeline), IsOk());
  std::vector<std::vector<int>> numbers;
  for (const v1::ProgramTimeline::Year& year : timeline.years()) {
    numbers.push_back({year.fiscal_year(), year.implementing_count(),
                       year.newcomers_size(), year.leavers_size()});
    EXPECT_EQ(year.size(), 62);
    EXPECT_EQ(year.implementing_size(), year.implementing_count());
  }
  EXPECT_THAT(
      numbers,
      ElementsAre(ElementsAre(2021, 2, 2, 0), ElementsAre(2022, 7, 5, 0),
                  ElementsAre(2023, 12, 5, 0), ElementsAre(2024, 23, 11, 0),
                  ElementsAre(2025, 30, 7, 0)));
  EXPECT_EQ(timeline.years(4).preparing_count(), 6);
  for (const v1::ProgramTimeline::Municipality& row :
       timeline.municipalities()) {
    if (row.display_name() != "小金井市") continue;
    // Preparation FY2021 to 2023, a year without it, start in FY2025.
    EXPECT_EQ(row.first_implementation_year(), 2025);
    EXPECT_EQ(row.years_since_start(), 0);
    ASSERT_THAT(row.transitions(), SizeIs(3));
    EXPECT_THAT(row.transitions(0),
                Partially("fiscal_year: 2021 kind: PREPARATION_STARTED"));
    EXPECT_THAT(row.transitions(1),
                Partially("fiscal_year: 2024 kind: PREPARATION_STOPPED"));
    EXPECT_THAT(row.transitions(2),
                Partially("fiscal_year: 2025 kind: STARTED"));
  }
  request.set_name("programs/jusou");
  EXPECT_THAT(Call(&Stub::GetProgramTimeline, request, timeline),
              StatusIs(StatusCode::kInvalidArgument, "NAME_INVALID"));
}

TEST_F(RegistryLifecycleTest, ComparesTheRostersOfTwoYears) {
  LoadTokyo();
  v1::GetRosterRequest request;
  request.set_name("programs/jusou/rosters/2025");
  request.set_compared_fiscal_year(2022);
  v1::Roster roster;
  ASSERT_THAT(GetRoster(request, roster), IsOk());
  EXPECT_EQ(roster.comparison().fiscal_year(), 2022);
  EXPECT_EQ(roster.comparison().only_here_size(), 23);
  EXPECT_EQ(roster.comparison().both_size(), 7);
  EXPECT_EQ(roster.comparison().only_there_size(), 0);
  EXPECT_EQ(roster.comparison().unknown_size(), 0);
  request.set_compared_fiscal_year(2026);
  ASSERT_THAT(GetRoster(request, roster), IsOk());
  EXPECT_EQ(roster.comparison().only_here_size(), 30);
  EXPECT_EQ(roster.comparison().unknown_size(), 30);
  request.set_compared_fiscal_year(1);
  EXPECT_THAT(GetRoster(request, roster),
              StatusIs(StatusCode::kInvalidArgument, "FISCAL_YEAR_INVALID"));
}

TEST_F(RegistryLifecycleTest, FiltersByStatusInAYear) {
  LoadTokyo();
  v1::ListMunicipalitiesRequest request;
  request.set_program("programs/jusou");
  request.set_fiscal_year(2025);
  request.set_implementing(v1::IMPLEMENTING_YES);
  EXPECT_THAT(ListCodes(request), SizeIs(30));
  request.set_implementing(v1::IMPLEMENTING_NO);
  EXPECT_THAT(ListCodes(request), SizeIs(32));
  request.set_preparation(v1::PREPARATION_YES);
  EXPECT_THAT(ListCodes(request), SizeIs(6));
  request.clear_program();
  v1::ListMunicipalitiesResponse response;
  EXPECT_THAT(Call(&Stub::ListMunicipalities, request, response),
              StatusIs(StatusCode::kInvalidArgument, "FILTER_INVALID"));
}

TEST_F(RegistryLifecycleTest, KnowsItsProgrammes) {
  LoadTokyo();
  v1::GetProgramRequest get;
  get.set_name("programs/jusou");
  v1::Program program;
  ASSERT_THAT(Call(&Stub::GetProgram, get, program), IsOk());
  EXPECT_THAT(program, Partially(R"pb(
                display_name: "重層的支援体制整備事業"
                first_fiscal_year: 2021
                first_record_year: 2021
                last_record_year: 2025)pb"));
  get.set_name("programs/jusoh");
  EXPECT_THAT(Call(&Stub::GetProgram, get, program),
              StatusIs(StatusCode::kNotFound, "PROGRAM_NOT_FOUND"));
  v1::ListProgramsResponse all;
  ASSERT_THAT(Call(&Stub::ListPrograms, v1::ListProgramsRequest(), all),
              IsOk());
  EXPECT_THAT(all.programs(), SizeIs(1));
  EXPECT_THAT(
      ImportStatuses(std::string(kStatusHeader) + "jusoh,131016,2025,no,no,\n"
                                                  "jusou,131016,2020,no,no,\n"),
      Partially(R"pb(
        counts { rows: 2 rejected: 2 }
        rejects { reason_code: "PROGRAM_NOT_FOUND" }
        rejects { reason_code: "YEAR_BEFORE_PROGRAM" })pb"));
}

// --- whole files ------------------------------------------------------------

TEST_F(RegistryLifecycleTest, AFileWithMistakesChangesNothingAsAWhole) {
  LoadTokyo();
  const std::string before = State().digest();
  const std::vector<std::pair<std::string, std::string>> lines = {
      {"jusou,131016,2026,no,no,", ""},
      {"jusou,131015,2026,no,no,", "CHECK_DIGIT"},
      {"jusou,13102,2026,no,no,", "CODE_AMBIGUOUS"},
      {"jusou,342076,2026,no,no,", "MUNICIPALITY_NOT_FOUND"},
      {"jusou,131032,令和8,no,no,", "FISCAL_YEAR_FORMAT"},
      {"jusou,131032,2020,no,no,", "YEAR_BEFORE_PROGRAM"},
      {"jusoh,131032,2026,no,no,", "PROGRAM_NOT_FOUND"},
      {"jusou,131041,2026,maybe,no,", "IMPLEMENTING_INVALID"},
      {"jusou,131041,2027,no,perhaps,", "PREPARATION_INVALID"},
      {"jusou,131059,2026,yes,yes,", "PREPARATION_WHILE_IMPLEMENTING"},
      {"jusou,131121,2026,no,no,", "TRANSITION_UNLAWFUL"},
      {"jusou,131121,2025,ended,no,", "CORRECTION_REASON_REQUIRED"},
      {"jusou,131016,2026,no,no,", "DUPLICATE_RECORD"},
      {"jusou,131067,2026,no", "CELL_COUNT"},
      {"jusou,131067,2026,no,no,a\x01z", "TEXT_INVALID"}};
  std::string file;
  for (const auto& [line, reason] : lines) file += line + "\n";
  v1::ImportStatusRecordsRequest request = Whole(file, 2, true);
  type::v1::ImportResult result;
  ASSERT_THAT(Call(&Stub::BatchImportStatusRecords, request, result), IsOk());
  const int rows = static_cast<int>(lines.size());
  EXPECT_EQ(result.counts().rows(), rows);
  EXPECT_EQ(result.counts().rejected(), rows);
  EXPECT_EQ(result.rejected_as_whole(), 1);
  ASSERT_EQ(result.rejects_size(), rows - 1);
  for (int i = 0; i < rows - 1; ++i) {
    EXPECT_EQ(result.rejects(i).reason_code(),
              lines[static_cast<std::size_t>(i) + 1].second)
        << i;
    EXPECT_EQ(result.rejects(i).source_line(), i + 3);
    EXPECT_EQ(result.rejects(i).source_file(), "status.csv");
    EXPECT_FALSE(result.rejects(i).message().empty());
  }
  EXPECT_EQ(State().digest(), before);
  EXPECT_EQ(State().version(), 2);
  // A dry run says the same.
  request.set_validate_only(true);
  type::v1::ImportResult dry;
  ASSERT_THAT(Call(&Stub::BatchImportStatusRecords, request, dry), IsOk());
  EXPECT_EQ(dry.counts().SerializeAsString(),
            result.counts().SerializeAsString());
}

TEST_F(RegistryLifecycleTest, AFileOfSeveralBatchesIsOneTransaction) {
  LoadTokyo();
  const auto results =
      ImportStream({Whole("jusou,131016,2026,no,no,\n", 2, false),
                    Whole("jusou,131024,2026,yes,no,\n", 3, true)});
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ(results[0].counts().rows(), 0);
  EXPECT_THAT(results[1],
              Partially("counts { rows: 2 created: 2 } version: 3"));
  // The last batch is wrong: the first is not written either.
  const auto refused =
      ImportStream({Whole("jusou,131016,2027,no,no,\n", 2, false),
                    Whole("jusou,131024,2027,maybe,no,\n", 3, true)});
  EXPECT_THAT(refused[1], Partially(R"pb(
                counts { rows: 2 rejected: 2 }
                rejects { source_line: 3 reason_code: "IMPLEMENTING_INVALID" }
                rejected_as_whole: 1
                version: 3)pb"));
  // A caller that goes away half way leaves nothing.
  ImportStream({Whole("jusou,131016,2027,no,no,\n", 2, false)});
  EXPECT_EQ(State().version(), 3);
  // Repeats of a whole file are answered once.
  v1::ImportStatusRecordsRequest first =
      Whole("jusou,131016,2028,no,no,\n", 2, false);
  v1::ImportStatusRecordsRequest last =
      Whole("jusou,131024,2028,yes,no,\n", 3, true);
  last.set_request_id("2f7a1c1e-0000-4000-8000-000000000001");
  EXPECT_THAT(ImportStream({first, last})[1],
              Partially("counts { rows: 2 created: 2 } version: 4"));
  EXPECT_THAT(ImportStream({first, last})[1],
              Partially("counts { rows: 2 created: 2 } version: 4"));
  first.mutable_batch()->set_csv(std::string(kStatusHeader) +
                                 "jusou,131032,2028,no,no,\n");
  absl::Status end;
  ImportStream({first, last}, &end);
  EXPECT_THAT(end, StatusIs(StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  // What a stream may not mix.
  v1::ImportStatusRecordsRequest mixed =
      Whole("jusou,131024,2029,yes,no,\n", 3, true);
  mixed.set_transaction(v1::IMPORT_TRANSACTION_BATCH);
  ImportStream({Whole("jusou,131016,2029,no,no,\n", 2, false), mixed}, &end);
  EXPECT_THAT(end, StatusIs(StatusCode::kInvalidArgument, "TRANSACTION_MIXED"));
  ImportStream({Whole("jusou,131016,2029,no,no,\n", 2, true),
                Whole("jusou,131024,2029,no,no,\n", 3, true)},
               &end);
  EXPECT_THAT(end, StatusIs(StatusCode::kInvalidArgument, "TRANSACTION_MIXED"));
}

TEST_F(RegistryLifecycleTest, AFileCountsFiveOutcomes) {
  LoadTokyo();
  ImportStatuses(std::string(kStatusHeader) +
                 "jusou,131016,2026,no,no,\n"
                 "jusou,131041,2026,no,no,\n");
  v1::ImportStatusRecordsRequest request;
  request.mutable_batch()->set_csv(
      "program,municipality_code,fiscal_year,implementing,preparation,note,"
      "operation\n"
      "jusou,131016,2026,yes,no,,\n"
      "jusou,131041,2026,,,,retract\n"
      "jusou,131032,2026,yes,no,,set\n"
      "jusou,131041,2025,no,no,,\n"
      "jusou,131059,2026,,,,retract\n"
      "jusou,131067,2026,,,,drop\n");
  request.set_correction_reason("点検");
  type::v1::ImportResult result;
  ASSERT_THAT(Call(&Stub::BatchImportStatusRecords, request, result), IsOk());
  EXPECT_THAT(result, Partially(R"pb(
                counts {
                  rows: 6
                  created: 1
                  updated: 1
                  unchanged: 1
                  deleted: 1
                  rejected: 2
                }
                rejects { source_line: 6 reason_code: "STATUS_NOT_FOUND" }
                rejects { source_line: 7 reason_code: "OPERATION_INVALID" }
                rejects { source_line: 7 reason_code: "IMPLEMENTING_INVALID" }
                rejects { source_line: 7 reason_code: "PREPARATION_INVALID" }
              )pb"));
}

// --- mirrors ----------------------------------------------------------------

// A mirror that only follows the stream says, for every year, what the registry
// lists: with renames, mergers, deletions and retractions on the way.
TEST_F(RegistryLifecycleTest, AMirrorEqualsTheRegistryInEveryYear) {
  LoadTokyo();
  v1::Municipality changed;
  ASSERT_THAT(Update(Banding("131016", "over_100k", 2025), changed), IsOk());
  v1::CreateLineageEventRequest merger =
      Merger({"133035", "133051"}, "133094", 2025, 11, 1);
  *merger.mutable_lineage_event()->add_created() =
      NewTown("133094", "新瑞穂町");
  v1::LineageEvent event;
  ASSERT_THAT(Call(&Stub::CreateLineageEvent, merger, event), IsOk());
  // Taken back and recorded anew, a year later; another one only taken back.
  v1::RetractLineageEventRequest unmake;
  unmake.set_name(event.name());
  unmake.set_reason("誤り");
  ASSERT_THAT(Call(&Stub::RetractLineageEvent, unmake, event), IsOk());
  merger.mutable_lineage_event()->mutable_effective_date()->set_year(2026);
  ASSERT_THAT(Call(&Stub::CreateLineageEvent, merger, event), IsOk());
  ASSERT_THAT(Call(&Stub::CreateLineageEvent,
                   Merger({"133078", "133086"}, "133086", 2027, 4, 1), event),
              IsOk());
  unmake.set_name(event.name());
  ASSERT_THAT(Call(&Stub::RetractLineageEvent, unmake, event), IsOk());
  v1::CreateMunicipalityRequest create;
  *create.mutable_municipality() = NewTown("342076", "誤り町");
  ASSERT_THAT(Call(&Stub::CreateMunicipality, create, changed), IsOk());
  v1::DeleteMunicipalityRequest remove;
  remove.set_name("municipalities/342076");
  remove.set_reason("誤り");
  google::protobuf::Empty empty;
  ASSERT_THAT(Call(&Stub::DeleteMunicipality, remove, empty), IsOk());
  ASSERT_THAT(
      RecordStatus(Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO)),
      IsOk());
  v1::RetractStatusRequest retract;
  retract.set_parent("programs/jusou");
  retract.set_municipality("municipalities/131016");
  retract.set_fiscal_year(2026);
  retract.set_reason("誤り");
  v1::StatusRecord taken;
  ASSERT_THAT(Call(&Stub::RetractStatus, retract, taken), IsOk());

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
    ASSERT_THAT(Call(&Stub::ListMunicipalities, all, listed), IsOk());
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
  ASSERT_THAT(Call(&Stub::ListStatusRecords, in_force, exported), IsOk());
  EXPECT_EQ(exported.status_records_size(), static_cast<int>(statuses.size()));
  for (const v1::StatusRecord& record : exported.status_records()) {
    EXPECT_EQ(statuses[std::pair(record.municipality(), record.fiscal_year())]
                  .SerializeAsString(),
              record.SerializeAsString());
  }
}

TEST_F(RegistryLifecycleTest, ListsLineageAndHistoryInPages) {
  LoadTokyo();
  v1::LineageEvent event;
  ASSERT_THAT(Call(&Stub::CreateLineageEvent,
                   Merger({"133035", "133051"}, "133051", 2025, 11, 1), event),
              IsOk());
  ASSERT_THAT(Call(&Stub::CreateLineageEvent,
                   Merger({"133051", "133078"}, "133078", 2026, 11, 1), event),
              IsOk());
  v1::ListLineageEventsRequest request;
  request.set_page_size(1);
  std::vector<std::string> names;
  do {
    v1::ListLineageEventsResponse page;
    ASSERT_THAT(Call(&Stub::ListLineageEvents, request, page), IsOk());
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
    ASSERT_THAT(Call(&Stub::ListBoundaryMappings, map, page), IsOk());
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
