// What was said about municipalities, and when it was known, through real
// stubs: identities, validity, corrections, programmes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
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
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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
  EXPECT_EQ(reason("13-1016"), "CODE_FORMAT");
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
        "１３４０２３", "\u3000青ヶ島村 ", "青ヶ島村\u200B", " １34023"}) {
    ASSERT_OK(resolve(text, found)) << text;
    EXPECT_EQ(found.display_name(), "青ヶ島村") << text;
  }
  for (const std::string text : {"葛飾区", "葛\U000E0100飾区"}) {
    ASSERT_OK(resolve(text, found)) << text;
    EXPECT_EQ(found.display_name(), "葛飾区");
  }
  const absl::Status unknown = resolve("青ガ島村", found);
  EXPECT_STATUS(unknown, StatusCode::kNotFound, "NAME_UNKNOWN");
  EXPECT_THAT(std::string(base::MessageOf(unknown)), HasSubstr("青ヶ島村"));
  EXPECT_STATUS(resolve("13402", found), StatusCode::kInvalidArgument,
                "CODE_AMBIGUOUS");
  EXPECT_STATUS(resolve("\u3000", found), StatusCode::kInvalidArgument,
                "VALUE_MISSING");
  EXPECT_STATUS(resolve(std::string(201, 'x'), found),
                StatusCode::kInvalidArgument, "TEXT_TOO_LONG");

  // A second 府中市, elsewhere.
  ImportMunicipalities(std::string(kMunicipalityHeader) +
                       "342084,府中市,フチュウシ,Fuchu-shi,city,市部,\n");
  const absl::Status two = resolve("府中市", found);
  EXPECT_STATUS(two, StatusCode::kInvalidArgument, "NAME_AMBIGUOUS");
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
  ASSERT_OK(Update(Banding("131016", "under_100k", 0), changed));
  v1::Roster before = Roster(2024);
  ASSERT_OK(Update(Banding("131016", "over_100k", 2025), changed));
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
  ASSERT_OK(Update(rename, changed));
  ASSERT_EQ(changed.periods_size(), 2);
  EXPECT_EQ(changed.periods(0).display_name_en(), "Chiyoda");
  EXPECT_EQ(changed.periods(1).display_name_en(), "Chiyoda");
}

TEST_F(RegistryLifecycleTest, EveryReadTellsWhatWasKnownThen) {
  owned_->clock().Set(Time("2025-05-01T00:00:00Z"));
  LoadTokyo();
  owned_->clock().Set(Time("2025-07-01T00:00:00Z"));
  v1::UpdateMunicipalityRequest rename;
  rename.mutable_municipality()->set_name("municipalities/131016");
  rename.mutable_municipality()->set_display_name("千代田特別区");
  v1::Municipality now;
  ASSERT_OK(Update(rename, now));
  const std::int64_t june = Time("2025-06-01T00:00:00Z").micros() / 1000000;
  v1::GetMunicipalityRequest get;
  get.set_name("municipalities/131016");
  get.mutable_known_at()->set_seconds(june);
  v1::Municipality then;
  ASSERT_OK(Call(&Stub::GetMunicipality, get, then));
  EXPECT_EQ(then.display_name(), "千代田区");
  EXPECT_EQ(then.fiscal_year(), 2025);
  v1::ListMunicipalitiesRequest list;
  list.mutable_known_at()->set_seconds(june);
  v1::ListMunicipalitiesResponse listed;
  ASSERT_OK(Call(&Stub::ListMunicipalities, list, listed));
  EXPECT_EQ(listed.municipalities(0).display_name(), "千代田区");
  v1::BatchGetMunicipalitiesRequest batch;
  batch.add_names("municipalities/131016");
  batch.mutable_known_at()->set_seconds(june);
  v1::BatchGetMunicipalitiesResponse several;
  ASSERT_OK(Call(&Stub::BatchGetMunicipalities, batch, several));
  EXPECT_EQ(several.municipalities(0).display_name(), "千代田区");
  v1::ListHistoryRequest history;
  history.set_parent("municipalities/131016");
  history.mutable_known_at()->set_seconds(june);
  v1::ListHistoryResponse recorded;
  ASSERT_OK(Call(&Stub::ListHistory, history, recorded));
  EXPECT_THAT(recorded.history(), SizeIs(6));
  // Before anything was known, nothing is there.
  get.mutable_known_at()->set_seconds(0);
  EXPECT_STATUS(Call(&Stub::GetMunicipality, get, then), StatusCode::kNotFound,
                "MUNICIPALITY_NOT_FOUND");
}

// --- corrections ------------------------------------------------------------

TEST_F(RegistryLifecycleTest, TheSecondOfTwoWritersIsToldTheCurrentEtag) {
  LoadTokyo();
  v1::Municipality read;
  ASSERT_OK(GetMunicipality("municipalities/131016", read));
  v1::UpdateMunicipalityRequest first = Banding("131016", "band_a", 0);
  first.mutable_municipality()->set_etag(read.etag());
  v1::UpdateMunicipalityRequest second = Banding("131016", "band_b", 0);
  second.mutable_municipality()->set_etag(read.etag());
  v1::Municipality written;
  ASSERT_OK(Update(first, written));
  const absl::Status refused = Update(second, read);
  EXPECT_STATUS(refused, StatusCode::kAborted, "ETAG_MISMATCH");
  EXPECT_EQ(base::GetErrorDetails(refused)->metadata.at("etag"),
            written.etag());
  ASSERT_OK(GetMunicipality("municipalities/131016", read));
  EXPECT_EQ(read.population_band(), "band_a");

  // The same for a status: `"0"` says that nothing is on record.
  v1::RecordStatusRequest record =
      Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO);
  record.mutable_status_record()->set_etag("\"0\"");
  v1::StatusRecord stored;
  ASSERT_OK(RecordStatus(record, stored));
  record.mutable_status_record()->set_implementing(v1::IMPLEMENTING_NO);
  record.mutable_status_record()->set_correction(true);
  record.mutable_status_record()->set_reason("訂正");
  EXPECT_STATUS(RecordStatus(record), StatusCode::kAborted, "ETAG_MISMATCH");
  record.mutable_status_record()->set_etag(stored.etag());
  EXPECT_OK(RecordStatus(record));
}

TEST_F(RegistryLifecycleTest, TakesBackWhatWasRecordedByMistake) {
  LoadTokyo();
  const std::string before = State().digest();
  ASSERT_OK(
      RecordStatus(Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO)));
  v1::RetractStatusRequest retract;
  retract.set_parent("programs/jusou");
  retract.set_municipality("municipalities/131016");
  retract.set_fiscal_year(2026);
  v1::StatusRecord taken;
  EXPECT_STATUS(Call(&Stub::RetractStatus, retract, taken),
                StatusCode::kInvalidArgument, "STATUS_INVALID");
  retract.set_reason("別の区の記録");
  ASSERT_OK(Call(&Stub::RetractStatus, retract, taken));
  EXPECT_TRUE(taken.retracted());
  EXPECT_EQ(State().digest(), before);
  EXPECT_EQ(State(3).digest() == before, false);
  EXPECT_EQ(EntryOf(Roster(2026), "municipalities/131016").implementing(),
            v1::IMPLEMENTING_UNSPECIFIED);
  EXPECT_STATUS(Call(&Stub::RetractStatus, retract, taken),
                StatusCode::kNotFound, "STATUS_NOT_FOUND");

  v1::CreateMunicipalityRequest create;
  *create.mutable_municipality() = NewTown("133094", "新町");
  v1::Municipality made;
  ASSERT_OK(Call(&Stub::CreateMunicipality, create, made));
  EXPECT_STATUS(Call(&Stub::CreateMunicipality, create, made),
                StatusCode::kAlreadyExists, "MUNICIPALITY_EXISTS");
  v1::DeleteMunicipalityRequest remove;
  remove.set_name("municipalities/133094");
  google::protobuf::Empty empty;
  EXPECT_STATUS(Call(&Stub::DeleteMunicipality, remove, empty),
                StatusCode::kInvalidArgument, "REASON_REQUIRED");
  remove.set_reason("登録の誤り");
  ASSERT_OK(Call(&Stub::DeleteMunicipality, remove, empty));
  EXPECT_EQ(State().digest(), before);
  EXPECT_STATUS(Call(&Stub::CreateMunicipality, create, made),
                StatusCode::kFailedPrecondition, "CODE_RETIRED");
  remove.set_name("municipalities/131016");
  EXPECT_STATUS(Call(&Stub::DeleteMunicipality, remove, empty),
                StatusCode::kFailedPrecondition, "MUNICIPALITY_IN_USE");
  // What was taken back stays in the history.
  EXPECT_TRUE(History("133094").history().rbegin()->deleted());
}

TEST_F(RegistryLifecycleTest, ListsEverythingRecordedWithWhoAndWhy) {
  LoadTokyo();
  v1::UpdateMunicipalityRequest update = Banding("132101", "over_100k", 2025);
  update.set_reason("国勢調査");
  update.set_note("令和7年");
  v1::Municipality changed;
  ASSERT_OK(Update(update, changed));
  v1::ListHistoryRequest request;
  request.set_parent("municipalities/132101");
  request.set_page_size(2);
  std::vector<v1::HistoryEntry> entries;
  do {
    v1::ListHistoryResponse page;
    ASSERT_OK(Call(&Stub::ListHistory, request, page));
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
  EXPECT_STATUS(refused, StatusCode::kInvalidArgument, "MUNICIPALITY_INVALID");
  EXPECT_THAT(reasons(refused),
              ElementsAre("NAME_MISMATCH", "VALUE_MISSING", "KANA_INVALID",
                          "VALUE_MISSING", "AREA_UNKNOWN", "BAND_INVALID",
                          "FISCAL_YEAR_RANGE"));
  v1::UpdateMunicipalityRequest update = Banding("131016", "band", 0);
  update.mutable_update_mask()->add_paths("code");
  EXPECT_STATUS(Update(update, made), StatusCode::kInvalidArgument,
                "MASK_INVALID");
  v1::BatchGetMunicipalitiesResponse several;
  EXPECT_STATUS(Call(&Stub::BatchGetMunicipalities,
                     v1::BatchGetMunicipalitiesRequest(), several),
                StatusCode::kInvalidArgument, "BATCH_SIZE");
  EXPECT_EQ(State().digest(), before);
}

// --- derived ----------------------------------------------------------------

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
  EXPECT_STATUS(Call(&Stub::ListMunicipalities, request, response),
                StatusCode::kInvalidArgument, "FILTER_INVALID");
}

TEST_F(RegistryLifecycleTest, KnowsItsProgrammes) {
  LoadTokyo();
  v1::GetProgramRequest get;
  get.set_name("programs/jusou");
  v1::Program program;
  ASSERT_OK(Call(&Stub::GetProgram, get, program));
  EXPECT_THAT(program, Partially(R"pb(
                display_name: "重層的支援体制整備事業"
                first_fiscal_year: 2021
                first_record_year: 2021
                last_record_year: 2025)pb"));
  get.set_name("programs/jusoh");
  EXPECT_STATUS(Call(&Stub::GetProgram, get, program), StatusCode::kNotFound,
                "PROGRAM_NOT_FOUND");
  v1::ListProgramsResponse all;
  ASSERT_OK(Call(&Stub::ListPrograms, v1::ListProgramsRequest(), all));
  EXPECT_THAT(all.programs(), SizeIs(1));
  EXPECT_THAT(
      ImportStatuses(std::string(kStatusHeader) + "jusoh,131016,2025,no,no,\n"
                                                  "jusou,131016,2020,no,no,\n"),
      Partially(R"pb(
        counts { rows: 2 rejected: 2 }
        rejects { reason_code: "PROGRAM_NOT_FOUND" }
        rejects { reason_code: "YEAR_BEFORE_PROGRAM" })pb"));
}

}  // namespace
}  // namespace welfare::registry
