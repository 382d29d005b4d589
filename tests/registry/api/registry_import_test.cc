// Files that are imported, through real streams: batch by batch, and whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/registry/api/lifecycle_fixture.h"
#include "tests/support/proto_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using support::Partially;
using ::testing::SizeIs;

class RegistryImportTest : public RegistryLifecycleTest {
 protected:
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
      EXPECT_OK(status);
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

TEST_F(RegistryImportTest, AFileWithMistakesChangesNothingAsAWhole) {
  LoadTokyo();
  const std::string before = State().digest();
  const std::vector<std::pair<std::string, std::string>> lines = {
      {"jusou,131016,2026,no,no,", ""},
      {"jusou,131015,2026,no,no,", "CHECK_DIGIT"},
      {"jusou,13102,2026,no,no,", "CODE_AMBIGUOUS"},
      {"jusou,342076,2026,no,no,", "MUNICIPALITY_NOT_FOUND"},
      {"jusou,131032,令和8年,no,no,", "FISCAL_YEAR_FORMAT"},
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
  ASSERT_OK(Call(&Stub::BatchImportStatusRecords, request, result));
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
  ASSERT_OK(Call(&Stub::BatchImportStatusRecords, request, dry));
  EXPECT_EQ(dry.counts().SerializeAsString(),
            result.counts().SerializeAsString());
}

TEST_F(RegistryImportTest, AFileOfSeveralBatchesIsOneTransaction) {
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
  EXPECT_STATUS(end, StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
  // What a stream may not mix.
  v1::ImportStatusRecordsRequest mixed =
      Whole("jusou,131024,2029,yes,no,\n", 3, true);
  mixed.set_transaction(v1::IMPORT_TRANSACTION_BATCH);
  ImportStream({Whole("jusou,131016,2029,no,no,\n", 2, false), mixed}, &end);
  EXPECT_STATUS(end, StatusCode::kInvalidArgument, "TRANSACTION_MIXED");
  ImportStream({Whole("jusou,131016,2029,no,no,\n", 2, true),
                Whole("jusou,131024,2029,no,no,\n", 3, true)},
               &end);
  EXPECT_STATUS(end, StatusCode::kInvalidArgument, "TRANSACTION_MIXED");
}

TEST_F(RegistryImportTest, AFileCountsFiveOutcomes) {
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
  ASSERT_OK(Call(&Stub::BatchImportStatusRecords, request, result));
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
  request.set_correction_reason("x ");
  EXPECT_STATUS(import(), StatusCode::kInvalidArgument, "STATUS_INVALID");
  request.set_correction_reason("\u3000");
  EXPECT_OK(import());
  request.clear_correction_reason();
  request.set_request_id("no spaces allowed");
  EXPECT_STATUS(import(), StatusCode::kInvalidArgument, "REQUEST_ID_INVALID");
  request.clear_request_id();
  EXPECT_OK(import());
  EXPECT_EQ(Version(), 0);
}

TEST_F(RegistryImportTest, ADryRunGoesOnFromWhatItsBatchesWouldLeave) {
  LoadTokyo();
  const std::int64_t before = State().version();
  v1::ImportStatusRecordsRequest first;
  first.set_validate_only(true);
  first.set_strategy(type::v1::IMPORT_STRATEGY_MERGE);
  first.mutable_batch()->set_csv(kStatusHeader +
                                 std::string("jusou,139998,2026,yes,no,\n"));
  v1::ImportStatusRecordsRequest second = first;
  // Unlawful after a yes, and known only from the batch before.
  second.mutable_batch()->set_csv(kStatusHeader +
                                  std::string("jusou,139998,2027,no,no,\n"));
  first.add_municipalities_before()->set_csv(
      "code,name,kana,name_en,type,area,council_name\n"
      "139998,架空市,カクウシ,Kaku,city,市部,\n");
  const auto results = ImportStream({first, second});
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ(results[0].counts().created(), 1);
  EXPECT_EQ(results[1].counts().rejected(), 1);
  EXPECT_EQ(results[1].version(), before);
  EXPECT_EQ(State().version(), before);
}

TEST_F(RegistryImportTest, ABatchIsRefusedWhereTheRegistryHasMoved) {
  LoadTokyo();
  v1::ImportStatusRecordsRequest request;
  request.set_strategy(type::v1::IMPORT_STRATEGY_MERGE);
  request.mutable_batch()->set_csv(kStatusHeader +
                                   std::string("jusou,131016,2026,yes,no,\n"));
  request.mutable_base()->set_version(State().version());
  request.mutable_base()->set_incarnation(State().incarnation());
  v1::ImportStatusRecordsRequest late = request;
  late.mutable_batch()->set_csv(kStatusHeader +
                                std::string("jusou,131024,2026,yes,no,\n"));
  EXPECT_EQ(ImportStream({request}).at(0).counts().created(), 1);
  absl::Status end;
  EXPECT_THAT(ImportStream({late}, &end), SizeIs(0));
  EXPECT_STATUS(end, StatusCode::kAborted, "BASE_MOVED");
  EXPECT_EQ(base::GetErrorDetails(end)->metadata.at("action"),
            "ImportStatusRecords");
}

}  // namespace
}  // namespace welfare::registry
