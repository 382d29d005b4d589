// The demonstration round and parts of it, imported.
#include <string>
#include <vector>

#include "tests/support/proto_matchers.h"
#include "tests/survey/api/jusou_survey.h"

namespace welfare::survey {
namespace {

using support::Partially;
using ::testing::Contains;
using ::testing::IsEmpty;

using DemoImport = JusouSurvey;

TEST_F(DemoImport, ImportsTheDemonstrationRoundAtOnce) {
  PrepareOpen();
  v1::ImportSubmissionsRequest batch = DemoBatch();
  batch.set_request_id("batch-1");
  batch.set_validate_only(true);
  const auto dry = Import(batch);
  ASSERT_OK(dry);
  EXPECT_TRUE(dry->validate_only());
  EXPECT_EQ(GetRound()->revision(), 2);

  batch.set_validate_only(false);
  const auto done = Import(batch);
  ASSERT_OK(done);
  EXPECT_THAT(done->rejects(), IsEmpty());
  EXPECT_EQ(done->counts().SerializeAsString(),
            dry->counts().SerializeAsString());
  EXPECT_EQ(done->counts().rows(), 2732);
  EXPECT_EQ(done->counts().created(), 2732);
  EXPECT_EQ(done->version(), 2 + 124);

  // The same call again, then the same data again.
  EXPECT_EQ(Import(batch)->SerializeAsString(), done->SerializeAsString());
  batch.set_request_id("batch-2");
  const auto again = Import(batch);
  ASSERT_OK(again);
  EXPECT_EQ(again->counts().unchanged(), 2732);
  EXPECT_EQ(again->version(), 2 + 124);

  v1::GetRoundProgressRequest request;
  request.set_name(kRound);
  EXPECT_THAT(*Call(&Stub::GetRoundProgress, request), Partially(R"pb(
    expected: 124
    received: 124
    groups {
      respondent_kind: RESPONDENT_KIND_MUNICIPALITY
      implementing: true
      expected: 30
      received: 30
      on_time: 30
    }
    groups { expected: 32 received: 32 }
    groups {
      respondent_kind: RESPONDENT_KIND_COUNCIL
      implementing: true
      expected: 30
    }
    groups { expected: 32 }
  )pb"));
}

TEST_F(DemoImport, ARefusedRecordRefusesItsSubmissionAndNoOther) {
  PrepareOpen();
  const std::string good =
      "jusou,2025,131032,council,council_coordinator_placed,no,,\n"
      "jusou,2025,131032,council,council_place_exists,no,,\n"
      "jusou,2025,131032,council,council_contracted_programs,,,NO_ANSWER\n"
      "jusou,2025,131032,council,cb_activities,exchange environment,,\n"
      "jusou,2025,131032,council,council_in_conferences,none,,\n";
  const auto result = ImportRows(
      "jusou,2025,131041,council,council_coordinator_placed,no,,\n"
      "jusou,2025,131041,council,council_place_exists,perhaps,,\n"
      "jusou,2025,131041,council,council_contracted_programs,other,,\n"
      "jusou,2025,131017,council,council_place_exists,no,,\n"
      "jusou,2030,131041,council,council_place_exists,no,,\n" +
      good + "jusou,2025,131059,council,council_place_exists,no,,,extra\n" +
      "jusou,2025,131059,council,council_coordinator_placed,no,,\n");
  ASSERT_OK(result);
  std::vector<std::string> rejects;
  for (const auto& reject : result->rejects()) {
    rejects.push_back(std::to_string(reject.source_line()) + " " +
                      reject.column() + " " + reject.value() + " " +
                      reject.reason_code());
  }
  EXPECT_THAT(rejects, Contains("2   SUBMISSION_REJECTED"));
  EXPECT_THAT(rejects, Contains("3 value perhaps OPTION_NOT_OFFERED"));
  EXPECT_THAT(rejects, Contains("4 other_text  OTHER_TEXT_REQUIRED"));
  EXPECT_THAT(rejects, Contains("5 municipality_code 131017 CHECK_DIGIT"));
  EXPECT_THAT(rejects, Contains("6 fiscal_year 2030 ROUND_NOT_FOUND"));
  EXPECT_THAT(rejects, Contains("12   CSV_CELLS"));
  EXPECT_THAT(rejects, Contains("13   SUBMISSION_REJECTED"));
  EXPECT_EQ(result->rejects(0).raw_record(),
            "jusou,2025,131041,council,council_coordinator_placed,no,,");
  const auto& counts = result->counts();
  EXPECT_EQ(counts.rows(), 12);
  EXPECT_EQ(counts.rows(), counts.created() + counts.updated() +
                               counts.unchanged() + counts.deleted() +
                               counts.rejected());
  EXPECT_STATUS(Get("131041-council"), absl::StatusCode::kNotFound,
                "SUBMISSION_NOT_FOUND");
  EXPECT_STATUS(Get("131059-council"), absl::StatusCode::kNotFound,
                "SUBMISSION_NOT_FOUND");
}

TEST_F(DemoImport, AChangedRecordIsUpdatedAndTheRestIsUnchanged) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  v1::ImportSubmissionsRequest batch = DemoBatch();
  std::string& csv = *batch.mutable_batch()->mutable_csv();
  const std::size_t at = csv.find("131032,municipality,collab_methods,");
  ASSERT_NE(at, std::string::npos);
  const std::size_t value = csv.find(",collab_methods,", at) + 16;
  csv.replace(value, csv.find('\n', value) - value, ",,UNKNOWN");
  const auto result = Import(batch);
  ASSERT_OK(result);
  EXPECT_EQ(result->counts().updated(), 1);
  EXPECT_EQ(result->counts().unchanged(), 2731);
  EXPECT_EQ(result->version(), 2 + 124 + 1);
  EXPECT_EQ(Get("131032-municipality")->revision(), 2);
}

TEST_F(DemoImport, ADryRunSaysWhatTheImportThenDoes) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  const std::int64_t before = GetRound()->revision();
  // One submission changed, one refused, one of nobody, the rest as it was.
  v1::ImportSubmissionsRequest batch = DemoBatch();
  std::string& csv = *batch.mutable_batch()->mutable_csv();
  const auto set = [&](const std::string& key, const std::string& cells) {
    const std::size_t at = csv.find(key);
    ASSERT_NE(at, std::string::npos);
    const std::size_t value = at + key.size();
    csv.replace(value, csv.find('\n', value) - value, cells);
  };
  set("131032,municipality,collab_methods,", ",,UNKNOWN");
  set("131041,municipality,collab_methods,", "by_magic,,");
  csv += "jusou,2025,139998,council,council_place_exists,no,,\n";
  batch.set_validate_only(true);
  const auto dry = Import(batch);
  ASSERT_OK(dry);
  EXPECT_EQ(dry->counts().updated(), 1);
  EXPECT_GT(dry->counts().rejected(), 2);
  EXPECT_EQ(dry->counts().unchanged(), 2733 - 1 - dry->counts().rejected());
  EXPECT_EQ(GetRound()->revision(), before);
  EXPECT_EQ(Get("131032-municipality")->revision(), 1);
  batch.set_validate_only(false);
  auto done = Import(batch);
  ASSERT_OK(done);
  EXPECT_EQ(done->version(), before + 1);
  done->set_validate_only(true);
  done->set_version(dry->version());
  EXPECT_EQ(done->SerializeAsString(), dry->SerializeAsString());
}

TEST_F(DemoImport, AcceptedAnswersAreNotOverwritten) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  ASSERT_OK(Call(&Stub::AcceptSubmission,
                 Named<v1::AcceptSubmissionRequest>("131032-municipality")));
  EXPECT_EQ(Import(DemoBatch())->counts().unchanged(), 2732);
  v1::ImportSubmissionsRequest batch = DemoBatch();
  std::string& csv = *batch.mutable_batch()->mutable_csv();
  const std::size_t at = csv.find("131032,municipality,collab_methods,");
  const std::size_t value = csv.find(",collab_methods,", at) + 16;
  csv.replace(value, csv.find('\n', value) - value, ",,UNKNOWN");
  const auto result = Import(batch);
  ASSERT_OK(result);
  ASSERT_GT(result->rejects_size(), 0);
  EXPECT_EQ(result->rejects(0).reason_code(), "SUBMISSION_STATE");
  EXPECT_EQ(Get("131032-municipality")->revision(), 2);
}

TEST_F(DemoImport, AHeaderAloneChangesTheHeaderOnly) {
  PrepareOpen();
  ASSERT_OK(Create("131024-municipality",
                   {MakeCodes("plan_formulated", {"formulated"})}));
  const auto result =
      ImportRows("",
                 "jusou,2025,131024,municipality,福祉課,内線 1,2025-07-01\n"
                 "jusou,2025,131032,municipality,福祉課,内線 1,2025-07-01\n"
                 "jusou,2025,139998,municipality,福祉課,内線 1,2025-07-01\n");
  ASSERT_OK(result);
  ASSERT_EQ(result->rejects_size(), 2);
  EXPECT_EQ(result->rejects(0).reason_code(), "SUBMISSION_NOT_FOUND");
  EXPECT_EQ(result->rejects(1).reason_code(), "UNKNOWN_MUNICIPALITY");
  const auto draft = Get("131024-municipality");
  EXPECT_EQ(draft->state(), v1::Submission::STATE_DRAFT);
  EXPECT_EQ(draft->header().department(), "福祉課");
  EXPECT_EQ(draft->header().received_on().month(), 7);
  EXPECT_EQ(draft->answers_size(), 1);
  EXPECT_EQ(draft->revision(), 2);
  // Equal again: no news.
  ASSERT_OK(ImportRows(
      "", "jusou,2025,131024,municipality,福祉課,内線 1,2025-07-01\n"));
  EXPECT_EQ(Get("131024-municipality")->revision(), 2);
}

TEST_F(DemoImport, ATextThatIsNoTableIsRefusedAsAWhole) {
  PrepareOpen();
  EXPECT_STATUS(ImportRows("jusou,2025,131032,council,x,\"no end,,\n"),
                absl::StatusCode::kInvalidArgument, "CSV_INVALID");
  v1::ImportSubmissionsRequest request;
  request.mutable_batch()->set_csv("survey,fiscal_year\n");
  EXPECT_STATUS(Import(request), absl::StatusCode::kInvalidArgument,
                "CSV_INVALID");
}

TEST_F(DemoImport, StreamsAnAnswerForEachBatch) {
  PrepareOpen();
  grpc::ClientContext context;
  auto stream = stub_->ImportSubmissions(&context);
  v1::ImportSubmissionsRequest batch = DemoBatch();
  for (const char* id : {"a", "b"}) {
    batch.set_request_id(id);
    ASSERT_TRUE(stream->Write(batch));
    type::v1::ImportResult result;
    ASSERT_TRUE(stream->Read(&result));
    EXPECT_EQ(result.request_id(), id);
    EXPECT_EQ(result.counts().rows(), 2732);
  }
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace welfare::survey
