// Drafts that hold wrong answers, and two who edit one submission.
#include <string>
#include <vector>

#include "tests/survey/api/small_survey.h"

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using Drafts = SmallSurvey;

std::vector<std::string> Listed(const v1::Submission& submission) {
  std::vector<std::string> listed;
  for (const v1::AnswerViolation& one : submission.violations()) {
    EXPECT_THAT(one.message(), Not(IsEmpty()));
    listed.push_back(one.item() + ": " + one.reason());
  }
  return listed;
}

TEST_F(Drafts, KeepWrongAnswersAndNameThem) {
  PrepareOpen();
  v1::Submission sent;
  AddAnswer(sent, "has").mutable_codes()->add_codes("maybe");
  AddAnswer(sent, "words").set_integer(3);
  const auto created = Create(sent);
  ASSERT_OK(created);
  EXPECT_THAT(Listed(*created),
              ElementsAre("has: OPTION_NOT_OFFERED", "words: TYPE_MISMATCH"));
  const auto read = Get();
  ASSERT_OK(read);
  EXPECT_THAT(read->answers(), SizeIs(2));
  EXPECT_EQ(read->answers(0).codes().codes(0), "maybe");
  EXPECT_EQ(Listed(*read), Listed(*created));

  const absl::Status refused = Submit().status();
  EXPECT_STATUS(refused, absl::StatusCode::kInvalidArgument,
                "SUBMISSION_INVALID");
  EXPECT_THAT(Violations(refused),
              UnorderedElementsAre("answers.has: OPTION_NOT_OFFERED",
                                   "answers.words: TYPE_MISMATCH"));
  const auto mended = Update(Complete());
  ASSERT_OK(mended);
  EXPECT_THAT(Listed(*mended), IsEmpty());
  EXPECT_OK(Submit());
}

TEST_F(Drafts, RefuseWhatTheyCannotKeepWithEveryViolation) {
  PrepareOpen();
  v1::Submission sent;
  AddAnswer(sent, "nothing").set_integer(3);
  AddAnswer(sent, "words");
  AddAnswer(sent, "has").mutable_codes()->add_codes("maybe");
  const absl::Status refused = Create(sent).status();
  EXPECT_THAT(Violations(refused),
              UnorderedElementsAre("answers.nothing: UNKNOWN_ITEM",
                                   "answers.words: EMPTY_ANSWER",
                                   "answers.has: OPTION_NOT_OFFERED"));
  EXPECT_STATUS(Get(), absl::StatusCode::kNotFound, "SUBMISSION_NOT_FOUND");
}

TEST_F(Drafts, AnotherContactMovesTagAndTime) {
  PrepareOpen();
  v1::Submission sent = Complete();
  sent.mutable_header()->set_department("one");
  const auto before = Create(sent);
  ASSERT_OK(before);
  runner_->clock().Advance(std::chrono::seconds(5));
  v1::Submission edit;
  edit.mutable_header()->set_contact("tel");
  const auto after = Update(edit);
  ASSERT_OK(after);
  EXPECT_NE(after->etag(), before->etag());
  EXPECT_GT(after->update_time().seconds(), before->update_time().seconds());
  // The other editor learns of it.
  v1::Submission late;
  late.set_etag(before->etag());
  late.mutable_header()->set_contact("fax");
  EXPECT_STATUS(Update(late), absl::StatusCode::kAborted, "ETAG_MISMATCH");
  // The same again is no news.
  const auto same = Update(edit);
  ASSERT_OK(same);
  EXPECT_EQ(same->etag(), after->etag());
}

TEST_F(Drafts, AnEmptyMaskChangesWhatIsPopulated) {
  PrepareOpen();
  v1::Submission sent = Complete();
  sent.mutable_header()->set_department("department");
  sent.mutable_header()->set_contact("contact");
  ASSERT_OK(Create(sent));
  v1::Submission day;
  SetDay(6, 20, *day.mutable_header()->mutable_received_on());
  auto read = Update(day);
  ASSERT_OK(read);
  EXPECT_EQ(read->header().department(), "department");
  EXPECT_EQ(read->header().contact(), "contact");
  EXPECT_EQ(read->header().received_on().day(), 20);
  EXPECT_THAT(read->answers(), SizeIs(2));

  v1::Submission department;
  department.mutable_header()->set_department("another");
  read = Update(department, {"header.department"});
  ASSERT_OK(read);
  EXPECT_EQ(read->header().department(), "another");
  EXPECT_EQ(read->header().contact(), "contact");

  // A star replaces.
  read = Update(department, {"*"});
  ASSERT_OK(read);
  EXPECT_EQ(read->header().contact(), "");
  EXPECT_FALSE(read->header().has_received_on());
  EXPECT_THAT(read->answers(), IsEmpty());

  EXPECT_THAT(
      Violations(Update(day, {"header.telephone", "x"}).status()),
      ElementsAre("update_mask: PATH_UNKNOWN", "update_mask: PATH_UNKNOWN"));
}

TEST_F(Drafts, TheReasonOfAReturnStaysUntilItIsHandedInAgain) {
  PrepareOpen();
  ASSERT_OK(Create(Complete()));
  ASSERT_OK(Submit());
  ASSERT_OK(Return("The number is missing."));
  v1::Submission edit;
  AddAnswer(edit, "has").mutable_codes()->add_codes("no");
  AddAnswer(edit, "words").set_text("other words");
  ASSERT_OK(Update(edit));
  v1::Submission contact;
  contact.mutable_header()->set_contact("tel");
  ASSERT_OK(Update(contact));
  EXPECT_EQ(Get()->reason(), "The number is missing.");
  ASSERT_OK(Submit());
  EXPECT_EQ(Get()->reason(), "");
  v1::ListSubmissionRevisionsRequest list;
  list.set_name(NameOf());
  const auto revisions = Call(&Stub::ListSubmissionRevisions, list);
  ASSERT_OK(revisions);
  std::vector<std::string> reasons;
  for (const v1::Submission& revision : revisions->revisions()) {
    reasons.push_back(revision.reason());
    EXPECT_THAT(revision.DebugString(), Not(HasSubstr("tel")));
  }
  EXPECT_THAT(reasons, ElementsAre("", "", "The number is missing.",
                                   "The number is missing.",
                                   "The number is missing.", ""));
}

}  // namespace
}  // namespace welfare::survey
