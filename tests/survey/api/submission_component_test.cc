// The life of a submission, and how submissions are listed.
#include <string>
#include <vector>

#include "services/text/csv.h"
#include "tests/support/proto_matchers.h"
#include "tests/survey/api/jusou_survey.h"

namespace welfare::survey {
namespace {

using support::Partially;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Submissions = JusouSurvey;

TEST_F(Submissions, ARequestIdIsUsedOnce) {
  PrepareOpen();
  const std::vector<v1::Answer> answers = {
      MakeCodes("plan_formulated", {"formulated"})};
  const auto first = Create("131024-municipality", answers, "id-1");
  ASSERT_OK(first);
  const std::int64_t revision = GetRound()->revision();
  const auto again = Create("131024-municipality", answers, "id-1");
  ASSERT_OK(again);
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_STATUS(Create("131024-municipality", {}, "id-1"),
                absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
  EXPECT_STATUS(Create("131024-municipality", answers, "id-2"),
                absl::StatusCode::kAlreadyExists, "SUBMISSION_EXISTS");
  EXPECT_EQ(GetRound()->revision(), revision);
}

TEST_F(Submissions, ADraftIsUpdatedSubmittedAcceptedAndReturned) {
  PrepareOpen();
  const std::string who = "131016-municipality";
  const auto draft =
      Create(who, {MakeCodes("mun_preparing_self_report", {"considering"})});
  ASSERT_OK(draft);
  EXPECT_THAT(*draft, Partially(R"pb(state: STATE_DRAFT
                                     revision: 1
                                     round_revision: 3
                                     synthetic: true)pb"));
  // Of this store: the same revision of a restored one does not match.
  EXPECT_EQ(draft->etag(),
            '"' + GetRound()->incarnation().substr(0, 16) + "-1\"");

  const auto missing =
      Call(&Stub::SubmitSubmission, Named<v1::SubmitSubmissionRequest>(who));
  EXPECT_STATUS(missing, absl::StatusCode::kInvalidArgument,
                "SUBMISSION_INVALID");
  EXPECT_THAT(Violations(missing.status()),
              Contains("answers.planned_start_fy: ANSWER_MISSING"));

  // The same respondent's answers of the demonstration round.
  v1::UpdateSubmissionRequest update;
  update.mutable_submission()->set_name(draft->name());
  const std::string csv = ReadFile(Demo() / "synthetic-jusou-2025-answers.csv");
  const std::vector<text::CsvRecord> records = text::ReadCsv(csv).value();
  for (const text::CsvRecord& record : records) {
    if (record.cells[2] != "131016" || record.cells[3] != "municipality") {
      continue;
    }
    v1::Answer& answer = *update.mutable_submission()->add_answers();
    answer.set_item(record.cells[4]);
    answer.set_other_text(record.cells[6]);
    type::v1::Absence::Kind absence;
    if (type::v1::Absence::Kind_Parse(record.cells[7], &absence)) {
      answer.set_absence(absence);
    } else if (record.cells[4] == "planned_start_fy") {
      answer.set_integer(std::stoi(record.cells[5]));
    } else {
      std::string codes = record.cells[5];
      for (std::size_t at = 0; at <= codes.size();) {
        const std::size_t end = std::min(codes.find(' ', at), codes.size());
        answer.mutable_codes()->add_codes(codes.substr(at, end - at));
        at = end + 1;
      }
    }
  }
  update.mutable_submission()->mutable_header()->set_department("福祉課");
  update.mutable_submission()->mutable_header()->set_contact("内線 1");
  update.mutable_submission()->set_etag("\"7\"");
  EXPECT_STATUS(Call(&Stub::UpdateSubmission, update),
                absl::StatusCode::kAborted, "ETAG_MISMATCH");
  update.mutable_submission()->set_etag(draft->etag());
  const auto updated = Call(&Stub::UpdateSubmission, update);
  ASSERT_OK(updated);
  EXPECT_EQ(updated->revision(), 2);
  EXPECT_EQ(updated->header().department(), "福祉課");

  // Equal content is no news.
  update.mutable_submission()->set_etag("");
  const auto unchanged = Call(&Stub::UpdateSubmission, update);
  ASSERT_OK(unchanged);
  EXPECT_EQ(unchanged->revision(), 2);

  const auto submitted =
      Call(&Stub::SubmitSubmission, Named<v1::SubmitSubmissionRequest>(who));
  ASSERT_OK(submitted);
  EXPECT_EQ(submitted->state(), v1::Submission::STATE_SUBMITTED);
  EXPECT_EQ(submitted->header().received_on().month(), 6);
  EXPECT_FALSE(submitted->late());
  EXPECT_STATUS(Call(&Stub::UpdateSubmission, update),
                absl::StatusCode::kFailedPrecondition, "SUBMISSION_STATE");

  const auto accepted =
      Call(&Stub::AcceptSubmission, Named<v1::AcceptSubmissionRequest>(who));
  ASSERT_OK(accepted);
  EXPECT_EQ(accepted->state(), v1::Submission::STATE_ACCEPTED);
  auto back = Named<v1::ReturnSubmissionRequest>(who);
  back.set_reason("もう一度");
  ASSERT_OK(Call(&Stub::ReturnSubmission, back));
  EXPECT_STATUS(
      Call(&Stub::AcceptSubmission, Named<v1::AcceptSubmissionRequest>(who)),
      absl::StatusCode::kFailedPrecondition, "SUBMISSION_STATE");

  v1::ListSubmissionRevisionsRequest list;
  list.set_name(draft->name());
  list.set_page_size(3);
  const auto first = Call(&Stub::ListSubmissionRevisions, list);
  ASSERT_OK(first);
  EXPECT_THAT(first->revisions(), SizeIs(3));
  list.set_page_token(first->next_page_token());
  const auto second = Call(&Stub::ListSubmissionRevisions, list);
  ASSERT_OK(second);
  EXPECT_THAT(second->revisions(), SizeIs(2));
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_EQ(second->revisions(1).reason(), "もう一度");

  // As it was at an earlier round revision.
  EXPECT_EQ(Get(who, 3)->answers_size(), 1);
  EXPECT_STATUS(Get(who, 2), absl::StatusCode::kNotFound,
                "SUBMISSION_NOT_FOUND");
  EXPECT_STATUS(Get(who, 99), absl::StatusCode::kOutOfRange,
                "VERSION_NOT_REACHED");
  EXPECT_GT(Get(who)->computed_absences_size(), 40);
}

TEST_F(Submissions, AfterTheWindowIsLate) {
  PrepareOpen();
  const std::string who = "131024-council";
  v1::CreateSubmissionRequest request;
  request.set_parent(kRound);
  request.set_submission_id(who);
  auto& day =
      *request.mutable_submission()->mutable_header()->mutable_received_on();
  day.set_year(2025);
  day.set_month(7);
  day.set_day(12);
  EXPECT_TRUE(Call(&Stub::CreateSubmission, request)->late());
  // Whoever counts from the columns can tell who was inside the window.
  const auto columns = ReadColumns();
  ASSERT_OK(columns);
  int dated = 0;
  for (const v1::Frame::Row& row : columns->header.frame().rows()) {
    if (!row.has_received_on()) continue;
    ++dated;
    EXPECT_TRUE(row.late());
    EXPECT_EQ(row.received_on().day(), 12);
  }
  EXPECT_EQ(dated, 1);
}

TEST_F(Submissions, ListsSubmissionsByPages) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  v1::ListSubmissionsRequest list;
  list.set_parent(kRound);
  list.set_page_size(50);
  std::vector<std::string> names;
  while (true) {
    const auto page = Call(&Stub::ListSubmissions, list);
    ASSERT_OK(page);
    EXPECT_EQ(page->total_size(), 124);
    for (const auto& submission : page->submissions()) {
      names.push_back(submission.name());
      EXPECT_EQ(submission.answers_size(), 0);
    }
    if (page->next_page_token().empty()) break;
    list.set_page_token(page->next_page_token());
  }
  EXPECT_THAT(names, SizeIs(124));
  EXPECT_THAT(names[0], HasSubstr("131016-municipality"));
  EXPECT_THAT(names[1], HasSubstr("131016-council"));
  list.set_respondent_kind(type::v1::RESPONDENT_KIND_COUNCIL);
  EXPECT_STATUS(Call(&Stub::ListSubmissions, list),
                absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
  list.clear_page_token();
  list.set_full(true);
  const auto councils = Call(&Stub::ListSubmissions, list);
  ASSERT_OK(councils);
  EXPECT_EQ(councils->total_size(), 62);
  EXPECT_GT(councils->submissions(0).answers_size(), 0);
  EXPECT_NE(councils->submissions(0).header().department(), "");
  list.set_page_size(-1);
  EXPECT_STATUS(Call(&Stub::ListSubmissions, list),
                absl::StatusCode::kInvalidArgument, "PAGE_SIZE_INVALID");
}

TEST_F(Submissions, TwoSurveysWithEqualItemsLiveBesideEachOther) {
  PrepareOpen();
  PrepareOpen("trial");
  ASSERT_OK(Create("131024-municipality",
                   {MakeCodes("plan_formulated", {"formulated"})}));
  ASSERT_OK(Create("131024-municipality",
                   {MakeCodes("plan_formulated", {"none"})}, "",
                   "surveys/trial/rounds/2025"));
  EXPECT_EQ(Get("131024-municipality")->answers(0).codes().codes(0),
            "formulated");
  v1::GetSubmissionRequest request;
  request.set_name("surveys/trial/rounds/2025/submissions/131024-municipality");
  EXPECT_EQ(Call(&Stub::GetSubmission, request)->answers(0).codes().codes(0),
            "none");
  EXPECT_EQ(GetRound()->revision(), 3);
  EXPECT_EQ(GetRound("surveys/trial/rounds/2025")->revision(), 3);
  v1::ListRoundsRequest list;
  list.set_parent("surveys/trial");
  EXPECT_THAT(Call(&Stub::ListRounds, list)->rounds(), SizeIs(1));
}

}  // namespace
}  // namespace welfare::survey
