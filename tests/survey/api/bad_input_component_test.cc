// Bad input: a clear error, and nothing changes.
#include <cstdint>
#include <string>
#include <vector>

#include "tests/survey/api/jusou_survey.h"

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;

class BadInput : public JusouSurvey {
 protected:
  void SetUp() override {
    JusouSurvey::SetUp();
    PrepareOpen();
    before_ = GetRound()->revision();
  }
  void TearDown() override {
    EXPECT_EQ(GetRound()->revision(), before_);
    v1::ListSubmissionsRequest list;
    list.set_parent(kRound);
    EXPECT_EQ(Call(&Stub::ListSubmissions, list)->total_size(), 0);
  }

  void ExpectViolation(const std::string& respondent,
                       const std::vector<v1::Answer>& answers,
                       const std::string& violation) {
    const auto result = Create(respondent, answers);
    EXPECT_STATUS(result, absl::StatusCode::kInvalidArgument,
                  "SUBMISSION_INVALID");
    EXPECT_THAT(Violations(result.status()), ElementsAre(violation));
  }

  // A draft would keep the answers and name what is wrong with them.
  void ExpectListed(const std::string& respondent,
                    const std::vector<v1::Answer>& answers,
                    const std::string& item, const std::string& reason) {
    v1::CreateSubmissionRequest request;
    request.set_parent(kRound);
    request.set_submission_id(respondent);
    request.set_validate_only(true);
    for (const v1::Answer& answer : answers) {
      *request.mutable_submission()->add_answers() = answer;
    }
    const auto result = Call(&Stub::CreateSubmission, request);
    ASSERT_OK(result);
    ASSERT_EQ(result->violations_size(), 1);
    EXPECT_EQ(result->violations(0).item(), item);
    EXPECT_EQ(result->violations(0).reason(), reason);
  }

  std::int64_t before_ = 0;
};

// 131024 (Chuo) implements, 131016 (Chiyoda) does not.
TEST_F(BadInput, UnknownMunicipality) {
  ExpectViolation("139998-municipality", {},
                  "submission_id: UNKNOWN_MUNICIPALITY");
}

TEST_F(BadInput, WrongCheckDigit) {
  EXPECT_STATUS(Create("131017-municipality", {}),
                absl::StatusCode::kInvalidArgument, "CHECK_DIGIT");
}

TEST_F(BadInput, UnknownItem) {
  ExpectViolation("131024-municipality", {MakeInteger("nothing", 1)},
                  "answers.nothing: UNKNOWN_ITEM");
}

TEST_F(BadInput, OptionNotOffered) {
  ExpectListed("131024-municipality",
               {MakeCodes("plan_formulated", {"perhaps"})}, "plan_formulated",
               "OPTION_NOT_OFFERED");
}

TEST_F(BadInput, TwoExclusiveOptions) {
  ExpectListed("131024-municipality",
               {MakeCodes("collab_partners", {"police", "none"})},
               "collab_partners", "EXCLUSIVE_OPTION");
}

TEST_F(BadInput, AnswerToAQuestionNotAsked) {
  ExpectListed("131016-municipality",
               {MakeCodes("plan_formulated", {"formulated"})},
               "plan_formulated", "NOT_ASKED_BY_ROUTING");
}

TEST_F(BadInput, TextWhereANumberBelongs) {
  ExpectListed("131024-municipality", {MakeText("sc_cases", "many")},
               "sc_cases", "TYPE_MISMATCH");
}

TEST_F(BadInput, ValidateOnlyWritesNothing) {
  v1::CreateSubmissionRequest request;
  request.set_parent(kRound);
  request.set_submission_id("131024-municipality");
  request.set_validate_only(true);
  EXPECT_OK(Call(&Stub::CreateSubmission, request));
}

TEST_F(BadInput, UnknownMaskAndNames) {
  v1::UpdateSubmissionRequest request;
  request.mutable_submission()->set_name(std::string(kRound) +
                                         "/submissions/131024-municipality");
  request.mutable_update_mask()->add_paths("colour");
  EXPECT_STATUS(Call(&Stub::UpdateSubmission, request),
                absl::StatusCode::kInvalidArgument, "SUBMISSION_INVALID");
  EXPECT_STATUS(Create("131024-mayor", {}), absl::StatusCode::kInvalidArgument,
                "NAME_INVALID");
  EXPECT_STATUS(GetRound("surveys/jusou/rounds/2030"),
                absl::StatusCode::kNotFound, "ROUND_NOT_FOUND");
  EXPECT_STATUS(Get("131024-municipality"), absl::StatusCode::kNotFound,
                "SUBMISSION_NOT_FOUND");
}

TEST_F(BadInput, VersionsBelowZero) {
  EXPECT_STATUS(Get("131024-municipality", -1),
                absl::StatusCode::kInvalidArgument, "VERSION_NEGATIVE");
  EXPECT_STATUS(ReadColumns(-1), absl::StatusCode::kInvalidArgument,
                "VERSION_NEGATIVE");
  v1::StreamRoundChangesRequest request;
  request.set_name(kRound);
  request.set_after_revision(-1);
  grpc::ClientContext context;
  auto reader = stub_->StreamRoundChanges(&context, request);
  v1::StreamRoundChangesResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_STATUS(platform::FromGrpcStatus(reader->Finish()),
                absl::StatusCode::kInvalidArgument, "VERSION_NEGATIVE");
}

TEST_F(BadInput, KindsAndStatesOfNoName) {
  v1::ListSubmissionsRequest list;
  list.set_parent(kRound);
  list.set_respondent_kind(static_cast<type::v1::RespondentKind>(9));
  EXPECT_STATUS(Call(&Stub::ListSubmissions, list),
                absl::StatusCode::kInvalidArgument, "FILTER_INVALID");
  list.clear_respondent_kind();
  list.set_state(static_cast<v1::Submission::State>(9));
  EXPECT_STATUS(Call(&Stub::ListSubmissions, list),
                absl::StatusCode::kInvalidArgument, "FILTER_INVALID");
}

TEST_F(BadInput, RequestIdsThatAreNone) {
  for (const std::string& id : {std::string("a b"), std::string(65, 'a')}) {
    EXPECT_STATUS(Create("131024-municipality", {}, id),
                  absl::StatusCode::kInvalidArgument, "REQUEST_ID_INVALID");
    v1::ImportSubmissionsRequest batch = DemoBatch();
    batch.set_request_id(id);
    EXPECT_STATUS(Import(batch), absl::StatusCode::kInvalidArgument,
                  "REQUEST_ID_INVALID");
  }
}

TEST_F(BadInput, LinesBelowZero) {
  v1::ImportSubmissionsRequest batch = DemoBatch();
  batch.mutable_batch()->set_first_line(-1);
  const auto result = Import(batch);
  EXPECT_STATUS(result, absl::StatusCode::kInvalidArgument, "CSV_INVALID");
  EXPECT_THAT(Violations(result.status()),
              ElementsAre("batch.first_line: LINE_NEGATIVE"));
}

}  // namespace
}  // namespace welfare::survey
