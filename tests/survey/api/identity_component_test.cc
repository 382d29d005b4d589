// One respondent is one submission, by whatever code of its municipality a call
// names it.
#include <gtest/gtest.h>

#include <string>

#include "tests/survey/api/small_survey.h"

namespace welfare::survey {
namespace {

constexpr char kOther[] = "139998-municipality";
constexpr char kName[] = "131016-municipality";

// A round whose first municipality has two codes, the second since 2020.
class Identity : public SmallSurvey {
 protected:
  void SetUp() override {
    SmallSurvey::SetUp();
    registry_.ChangeCode("131016", "139998");
    PrepareOpen();
  }

  absl::StatusOr<v1::Submission> GetOf(const std::string& respondent,
                                       std::int64_t version = 0) {
    v1::GetSubmissionRequest request;
    request.set_name(NameOf(respondent));
    request.set_data_version(version);
    return Call(&Stub::GetSubmission, request);
  }
};

TEST_F(Identity, ASecondCodeNamesTheSameRespondent) {
  const auto created = Create(Complete(), kOther);
  ASSERT_OK(created);
  EXPECT_EQ(created->name(), NameOf(kName));
  EXPECT_STATUS(Create(Complete(), kName), absl::StatusCode::kAlreadyExists,
                "SUBMISSION_EXISTS");
  EXPECT_STATUS(Create(Complete(), kOther), absl::StatusCode::kAlreadyExists,
                "SUBMISSION_EXISTS");

  v1::ListSubmissionsRequest list;
  list.set_parent(kRound);
  const auto all = Call(&Stub::ListSubmissions, list);
  ASSERT_OK(all);
  ASSERT_EQ(all->submissions_size(), 1);
  EXPECT_EQ(all->submissions(0).name(), NameOf(kName));
}

TEST_F(Identity, EveryCallFindsTheOneSubmission) {
  ASSERT_OK(Create(Complete(), kName));
  v1::UpdateSubmissionRequest update;
  *update.mutable_submission() = Complete();
  update.mutable_submission()->set_name(NameOf(kOther));
  update.mutable_submission()->mutable_answers(1)->set_text("other words");
  update.mutable_submission()->mutable_header()->set_contact("c");
  const auto updated = Call(&Stub::UpdateSubmission, update);
  ASSERT_OK(updated);
  EXPECT_EQ(updated->name(), NameOf(kName));
  EXPECT_EQ(updated->revision(), 2);

  const auto submitted = Submit(kOther);
  ASSERT_OK(submitted);
  EXPECT_EQ(submitted->name(), NameOf(kName));
  EXPECT_EQ(submitted->header().contact(), "c");
  v1::AcceptSubmissionRequest accept;
  accept.set_name(NameOf(kOther));
  ASSERT_OK(Call(&Stub::AcceptSubmission, accept));
  v1::ReturnSubmissionRequest back;
  back.set_name(NameOf(kOther));
  back.set_reason("r");
  const auto returned = Call(&Stub::ReturnSubmission, back);
  ASSERT_OK(returned);
  EXPECT_EQ(returned->revision(), 5);

  for (const std::int64_t version :
       {std::int64_t{0}, returned->round_revision()}) {
    const auto read = GetOf(kOther, version);
    ASSERT_OK(read);
    EXPECT_EQ(read->name(), NameOf(kName));
    EXPECT_EQ(read->header().contact(), "c");
  }
  v1::ListSubmissionRevisionsRequest list;
  list.set_name(NameOf(kOther));
  const auto revisions = Call(&Stub::ListSubmissionRevisions, list);
  ASSERT_OK(revisions);
  ASSERT_EQ(revisions->revisions_size(), 5);
  EXPECT_EQ(revisions->revisions(0).name(), NameOf(kName));
}

TEST_F(Identity, ARepeatByAnotherCodeHasItsContact) {
  v1::CreateSubmissionRequest request;
  request.set_parent(kRound);
  request.set_submission_id(kOther);
  request.set_request_id("again");
  *request.mutable_submission() = Complete();
  request.mutable_submission()->mutable_header()->set_contact("c");
  for (int i = 0; i < 2; ++i) {
    const auto created = Call(&Stub::CreateSubmission, request);
    ASSERT_OK(created);
    EXPECT_EQ(created->name(), NameOf(kName));
    EXPECT_EQ(created->header().contact(), "c");
  }
}

TEST_F(Identity, TwoSpellingsOfOneNameAgreeAndTwoRespondentsDoNot) {
  v1::Submission submission = Complete();
  submission.set_name(NameOf(kName));
  ASSERT_OK(Create(submission, kOther));
  submission.set_name(NameOf("131024-municipality"));
  const auto wrong = Create(submission, kOther);
  EXPECT_STATUS(wrong, absl::StatusCode::kInvalidArgument,
                "SUBMISSION_INVALID");
  EXPECT_EQ(Violations(wrong.status()),
            std::vector<std::string>{"submission.name: NAME_CONTRADICTS"});
}

TEST_F(Identity, ACodeOfNobodyIsRefusedAsEver) {
  const auto created = Create(Complete(), "011002-municipality");
  EXPECT_STATUS(created, absl::StatusCode::kInvalidArgument,
                "SUBMISSION_INVALID");
  EXPECT_EQ(Violations(created.status()),
            std::vector<std::string>{"submission_id: UNKNOWN_MUNICIPALITY"});
  EXPECT_STATUS(GetOf("011002-municipality"), absl::StatusCode::kNotFound,
                "SUBMISSION_NOT_FOUND");
}

// The same where a round is opened although a status is missing.
TEST_F(SmallSurvey, AMunicipalityMayBeAcceptedByAnyOfItsCodes) {
  registry_.ChangeCode("131016", "139998");
  registry_.Forget("131016", 2025);
  PublishCodebook();
  ASSERT_OK(CreateRound());
  EXPECT_STATUS(OpenRound({"municipalities/131024"}),
                absl::StatusCode::kInvalidArgument, "ROUND_INVALID");
  EXPECT_OK(OpenRound({"municipalities/139998"}));
}

}  // namespace
}  // namespace welfare::survey
