// What the registry answers has an end: rejects, pages, changes; and what a
// file says is said once, whatever it calls the municipality.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/registry/api/lifecycle_fixture.h"
#include "tests/support/proto_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using support::Partially;

// What every client takes.
constexpr std::size_t kMessage = std::size_t{4} << 20;

class RegistryBoundsTest : public RegistryLifecycleTest {
 protected:
  // The town is called 瑞穂市 and has the code 132306 from FY2026 on.
  void RenameMizuho() {
    v1::LineageEvent event;
    ASSERT_OK(Call(&Stub::CreateLineageEvent, MizuhoCity(), event));
  }

  static v1::ImportStatusRecordsRequest Statuses(const std::string& records,
                                                 int first_line = 2) {
    v1::ImportStatusRecordsRequest request;
    request.mutable_batch()->set_csv(kStatusHeader + records);
    request.mutable_batch()->set_first_line(first_line);
    request.set_correction_reason("訂正");
    return request;
  }
};

TEST_F(RegistryBoundsTest, RejectsAreCountedAndShownPageByPage) {
  LoadTokyo();
  std::string records;
  for (int i = 0; i < 1200; ++i) {
    records += "jusou,131016,2026,perhaps,no," + std::string(1000, 'n') + "\n";
  }
  v1::ImportStatusRecordsRequest request = Statuses(records);
  type::v1::ImportResult result;
  ASSERT_OK(Call(&Stub::BatchImportStatusRecords, request, result));
  EXPECT_EQ(result.counts().rejected(), 1200);
  const int total = result.rejects_total();
  // All but the first are duplicates as well.
  EXPECT_EQ(total, 1200 + 1199);
  std::set<int> lines;
  int shown = 0;
  request.set_validate_only(true);
  while (true) {
    EXPECT_LT(result.ByteSizeLong(), kMessage / 2);
    EXPECT_EQ(result.rejects_total(), total);
    shown += result.rejects_size();
    for (const auto& reject : result.rejects()) {
      lines.insert(reject.source_line());
    }
    if (result.next_rejects_token().empty()) break;
    request.set_rejects_token(result.next_rejects_token());
    ASSERT_OK(Call(&Stub::BatchImportStatusRecords, request, result));
  }
  EXPECT_EQ(shown, total);
  EXPECT_EQ(lines.size(), 1200U);

  // The token is of this batch and its strategy, and of dry runs.
  v1::ImportStatusRecordsRequest laid = request;
  laid.set_strategy(type::v1::IMPORT_STRATEGY_MERGE);
  EXPECT_STATUS(Call(&Stub::BatchImportStatusRecords, laid, result),
                StatusCode::kInvalidArgument, "REJECTS_TOKEN_INVALID");
  v1::ImportStatusRecordsRequest other = Statuses("jusou,131016,2026,x,no,\n");
  other.set_validate_only(true);
  other.set_rejects_token(request.rejects_token());
  EXPECT_STATUS(Call(&Stub::BatchImportStatusRecords, other, result),
                StatusCode::kInvalidArgument, "REJECTS_TOKEN_INVALID");
  request.set_validate_only(false);
  EXPECT_STATUS(Call(&Stub::BatchImportStatusRecords, request, result),
                StatusCode::kInvalidArgument, "REJECTS_TOKEN_INVALID");
}

TEST_F(RegistryBoundsTest, AFileOfAHeaderAloneIsCheckedAndAnswered) {
  LoadTokyo();
  type::v1::ImportResult result;
  ASSERT_OK(Call(&Stub::BatchImportStatusRecords, Statuses(""), result));
  EXPECT_THAT(result, Partially("counts { rows: 0 } version: 2"));
  EXPECT_EQ(State().version(), 2);
  v1::ImportMunicipalitiesRequest wrong;
  wrong.mutable_batch()->set_csv("foo,bar\n");
  EXPECT_STATUS(Call(&Stub::BatchImportMunicipalities, wrong, result),
                StatusCode::kInvalidArgument, "CSV_INVALID");
  wrong.mutable_batch()->set_csv(kStatusHeader);
  wrong.mutable_batch()->set_source_file(std::string(1'001, 'f'));
  EXPECT_STATUS(Call(&Stub::BatchImportMunicipalities, wrong, result),
                StatusCode::kInvalidArgument, "CSV_INVALID");
}

TEST_F(RegistryBoundsTest, PagesAndChangesFitAMessage) {
  LoadTokyo();
  // 1,240 records with notes and reasons of the greatest length: 5 MB.
  const v1::Roster roster = Roster(2025);
  const std::string note(2000, 'n');
  for (int year = 2026; year < 2036; ++year) {
    std::string records;
    for (const v1::Roster::Entry& entry : roster.entries()) {
      records +=
          "jusou," +
          entry.municipality().substr(std::string("municipalities/").size()) +
          "," + std::to_string(year) + ",yes,no," + note + "\n";
    }
    ImportStatuses(kStatusHeader + records);
    v1::ImportStatusRecordsRequest correct = Statuses(records);
    std::string& csv = *correct.mutable_batch()->mutable_csv();
    for (std::size_t at = 0;
         (at = csv.find(",yes,", at)) != std::string::npos;) {
      csv.replace(at, 5, ",ended,");
    }
    correct.set_correction_reason(std::string(2000, 'r'));
    type::v1::ImportResult result;
    ASSERT_OK(Call(&Stub::BatchImportStatusRecords, correct, result));
    ASSERT_EQ(result.counts().updated(), 62) << result.ShortDebugString();
  }
  v1::ListStatusRecordsRequest request;
  request.set_parent("programs/jusou");
  request.set_page_size(1000);
  std::set<std::string> seen;
  int listed = 0;
  do {
    v1::ListStatusRecordsResponse page;
    ASSERT_OK(Call(&Stub::ListStatusRecords, request, page));
    EXPECT_LT(page.ByteSizeLong(), kMessage / 2);
    EXPECT_GT(page.status_records_size(), 0);
    listed += page.status_records_size();
    for (const v1::StatusRecord& record : page.status_records()) {
      seen.insert(record.municipality() + std::to_string(record.version()) +
                  std::to_string(record.fiscal_year()));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, 310 + 1240);
  EXPECT_EQ(seen.size(), 310U + 1240U);

  int changes = 0;
  for (const v1::StreamChangesResponse& message : Changes(0)) {
    EXPECT_LT(message.ByteSizeLong(), kMessage / 2);
    changes += message.changes_size();
  }
  EXPECT_EQ(changes, 62 + 310 + 1240);
}

TEST_F(RegistryBoundsTest, AMunicipalityInTwoSpellingsIsADuplicateInABatch) {
  LoadTokyo();
  RenameMizuho();
  type::v1::ImportResult result;
  ASSERT_OK(Call(&Stub::BatchImportStatusRecords,
                 Statuses("jusou,133035,2026,yes,unknown,\n"
                          "jusou,132306,2026,no,unknown,\n"),
                 result));
  EXPECT_THAT(result, Partially(R"pb(
                counts { rows: 2 created: 1 rejected: 1 }
                rejects { source_line: 3 reason_code: "DUPLICATE_RECORD" }
              )pb"));
  EXPECT_EQ(EntryOf(Roster(2026), "municipalities/133035").implementing(),
            v1::IMPLEMENTING_YES);
}

TEST_F(RegistryBoundsTest, AMunicipalityInTwoSpellingsIsADuplicateInAStream) {
  LoadTokyo();
  RenameMizuho();
  const std::vector<v1::ImportStatusRecordsRequest> batches = {
      Statuses("jusou,133035,2026,yes,unknown,\n"),
      Statuses("jusou,132306,2026,no,unknown,\n", 3)};
  // The second time its batches are repeats.
  for (int time = 0; time < 2; ++time) {
    grpc::ClientContext context;
    auto stream = stub_->ImportStatusRecords(&context);
    type::v1::ImportResult result;
    for (v1::ImportStatusRecordsRequest batch : batches) {
      batch.set_request_id("00000000-0000-0000-0000-00000000000" +
                           std::to_string(batch.batch().first_line()));
      ASSERT_TRUE(stream->Write(batch));
      ASSERT_TRUE(stream->Read(&result));
    }
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
    EXPECT_THAT(result, Partially(R"pb(
                  counts { rows: 1 rejected: 1 }
                  rejects { source_line: 3 reason_code: "DUPLICATE_RECORD" }
                )pb"));
  }
}

TEST_F(RegistryBoundsTest, AFileOfBeforeARenameDoesNotRewriteThePresent) {
  LoadTokyo();
  RenameMizuho();
  const std::string before = State().digest();
  const std::string header = "code,name,kana,name_en,type,area,council_name\n";
  const std::string shipped = ReadData("municipalities.csv");
  EXPECT_EQ(ImportMunicipalities(shipped).counts().unchanged(), 62);
  const type::v1::ImportResult other = ImportMunicipalities(
      header + "133035,別町,ベツマチ,Betsu-machi,town,町村部,\n");
  EXPECT_THAT(other, Partially(R"pb(
                counts { rows: 1 rejected: 1 }
                rejects { column: "code" reason_code: "CODE_RETIRED" }
              )pb"));
  EXPECT_EQ(State().digest(), before);
}

TEST_F(RegistryBoundsTest, ACorrectionTakenBackLeavesTheRecordOfBefore) {
  LoadTokyo();
  v1::RecordStatusRequest record =
      Record(2026, v1::IMPLEMENTING_NO, v1::PREPARATION_YES);
  record.mutable_status_record()->set_note("区の回答");
  ASSERT_OK(RecordStatus(record));
  const std::string before = State().digest();
  record.mutable_status_record()->set_implementing(v1::IMPLEMENTING_YES);
  record.mutable_status_record()->set_preparation(v1::PREPARATION_NO);
  record.mutable_status_record()->set_correction(true);
  record.mutable_status_record()->set_reason("訂正");
  ASSERT_OK(RecordStatus(record));
  v1::RetractStatusRequest retract;
  retract.set_parent("programs/jusou");
  retract.set_municipality("municipalities/131016");
  retract.set_fiscal_year(2026);
  retract.set_reason("訂正の誤り");
  v1::StatusRecord taken;
  ASSERT_OK(Call(&Stub::RetractStatus, retract, taken));
  EXPECT_THAT(taken, Partially(R"pb(
                implementing: IMPLEMENTING_NO
                preparation: PREPARATION_YES
                note: "区の回答"
                reason: "訂正の誤り"
                correction: true
                version: 5
                restored_version: 3
              )pb"));
  EXPECT_FALSE(taken.retracted());
  EXPECT_EQ(State().digest(), before);
  const v1::Roster roster = Roster(2026);
  EXPECT_EQ(EntryOf(roster, "municipalities/131016").implementing(),
            v1::IMPLEMENTING_NO);
  EXPECT_EQ(roster.unrecorded_count(), 61);
  EXPECT_EQ(roster.not_implementing_count(), 1);
  // A mirror that keeps the last word has it too.
  v1::StatusRecord last;
  for (const v1::StreamChangesResponse& message : Changes(2)) {
    for (const auto& change : message.changes()) last = change.status_record();
  }
  EXPECT_EQ(last.SerializeAsString(), taken.SerializeAsString());
  // In force: by its version and etag, like any other.
  v1::ListStatusRecordsRequest list;
  list.set_parent("programs/jusou");
  list.set_fiscal_year(2026);
  list.set_in_force(true);
  v1::ListStatusRecordsResponse listed;
  ASSERT_OK(Call(&Stub::ListStatusRecords, list, listed));
  ASSERT_EQ(listed.status_records_size(), 1);
  EXPECT_EQ(listed.status_records(0).etag(), taken.etag());
  list.set_in_force(false);
  ASSERT_OK(Call(&Stub::ListStatusRecords, list, listed));
  EXPECT_EQ(listed.status_records_size(), 3);
  retract.set_etag(taken.etag());
  ASSERT_OK(Call(&Stub::RetractStatus, retract, taken));
  EXPECT_TRUE(taken.retracted());
  EXPECT_EQ(Roster(2026).unrecorded_count(), 62);
}

TEST_F(RegistryBoundsTest, APrefectureIsNotMade) {
  v1::CreateMunicipalityRequest create;
  *create.mutable_municipality() = NewTown("160008", "乙村");
  v1::Municipality made;
  EXPECT_STATUS(Call(&Stub::CreateMunicipality, create, made),
                StatusCode::kInvalidArgument, "MUNICIPALITY_INVALID");
  v1::ResolveMunicipalityRequest resolve;
  resolve.set_text("160008");
  EXPECT_STATUS(Call(&Stub::ResolveMunicipality, resolve, made),
                StatusCode::kInvalidArgument, "CODE_OF_PREFECTURE");
  EXPECT_STATUS(GetMunicipality("municipalities/160008", made),
                StatusCode::kNotFound, "MUNICIPALITY_NOT_FOUND");
}

}  // namespace
}  // namespace welfare::registry
