// Lists of submissions through the real module: pages by bytes and of one
// revision; what calls beside imports refuse as too long.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/support/status_matchers.h"
#include "tests/survey/api/pets_survey.h"

namespace welfare::survey {
namespace {

using support::IsOk;
using support::StatusIs;
using ::testing::SizeIs;

using Lists = PetsSurvey;

TEST_F(Lists, LongSubmissionsMakeShortPages) {
  std::string text;
  for (int i = 0; i < 9'000; ++i) text += "あ";
  std::vector<std::string> codes;
  v1::StreamRoundColumnsRequest columns;
  columns.set_name(kRound);
  grpc::ClientContext context;
  auto reader = stub_->StreamRoundColumns(&context, columns);
  v1::StreamRoundColumnsResponse part;
  while (reader->Read(&part)) {
    for (const auto& row : part.header().frame().rows()) {
      if (row.respondent_kind() == type::v1::RESPONDENT_KIND_COUNCIL) {
        codes.push_back(row.municipality_code());
      }
    }
  }
  ASSERT_TRUE(reader->Finish().ok());
  std::string rows;
  for (const std::string& code : codes) {
    rows += Rows(code + ",council", text, text);
  }
  ASSERT_EQ(Send(Batch(rows))->counts().created(), 4 * 62);
  v1::ListSubmissionsRequest list;
  list.set_parent(kRound);
  list.set_page_size(1'000);
  list.set_full(true);
  std::set<std::string> names;
  int pages = 0;
  do {
    const auto page = Call(&Stub::ListSubmissions, list);
    ASSERT_THAT(page, IsOk());
    EXPECT_LT(page->ByteSizeLong(), std::size_t{3} << 20);
    EXPECT_EQ(page->total_size(), 62);
    for (const auto& one : page->submissions()) names.insert(one.name());
    list.set_page_token(page->next_page_token());
    ++pages;
  } while (!list.page_token().empty());
  EXPECT_THAT(names, SizeIs(62));
  EXPECT_EQ(pages, 2);
}

TEST_F(Lists, AllPagesOfAListSpeakForOneRevision) {
  ASSERT_EQ(Run(Rows("131016,municipality", "one", "w") +
                Rows("131024,municipality", "two", "w"))
                .counts()
                .created(),
            8);
  v1::ListSubmissionsRequest list;
  list.set_parent(kRound);
  list.set_page_size(1);
  list.set_full(true);
  const auto first = Call(&Stub::ListSubmissions, list);
  ASSERT_THAT(first, IsOk());
  v1::ReturnSubmissionRequest back;
  back.set_name(std::string(kRound) + "/submissions/131024-municipality");
  back.set_reason("why");
  ASSERT_THAT(Call(&Stub::ReturnSubmission, back), IsOk());
  list.set_page_token(first->next_page_token());
  const auto second = Call(&Stub::ListSubmissions, list);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->round_revision(), first->round_revision());
  EXPECT_EQ(second->submissions(0).state(), v1::Submission::STATE_SUBMITTED);
  list.clear_page_token();
  list.set_page_size(10);
  // What counts now, and what counted then.
  list.add_states(v1::Submission::STATE_SUBMITTED);
  list.add_states(v1::Submission::STATE_ACCEPTED);
  EXPECT_THAT(Call(&Stub::ListSubmissions, list)->submissions(), SizeIs(1));
  list.set_data_version(first->round_revision());
  EXPECT_THAT(Call(&Stub::ListSubmissions, list)->submissions(), SizeIs(2));
  list.set_data_version(999);
  EXPECT_THAT(Call(&Stub::ListSubmissions, list),
              StatusIs(absl::StatusCode::kOutOfRange, "VERSION_NOT_REACHED"));
  list.set_data_version(-1);
  EXPECT_THAT(Call(&Stub::ListSubmissions, list),
              StatusIs(absl::StatusCode::kInvalidArgument, "VERSION_NEGATIVE"));
  list.set_data_version(0);
  list.add_states(static_cast<v1::Submission::State>(77));
  EXPECT_THAT(Call(&Stub::ListSubmissions, list),
              StatusIs(absl::StatusCode::kInvalidArgument, "FILTER_INVALID"));
}

TEST_F(Lists, ContactsAndReasonsHaveALengthInEveryCall) {
  v1::CreateSubmissionRequest create;
  create.set_parent(kRound);
  create.set_submission_id("131016-municipality");
  create.mutable_submission()->mutable_header()->set_contact(
      std::string(501, 'c'));
  EXPECT_THAT(
      Call(&Stub::CreateSubmission, create),
      StatusIs(absl::StatusCode::kInvalidArgument, "SUBMISSION_INVALID"));
  create.mutable_submission()->mutable_header()->set_contact("c");
  for (int i = 0; i < 20'001; ++i) create.mutable_submission()->add_answers();
  EXPECT_THAT(
      Call(&Stub::CreateSubmission, create),
      StatusIs(absl::StatusCode::kInvalidArgument, "SUBMISSION_INVALID"));
  ASSERT_EQ(Run(Rows("131016,municipality", "one", "w")).counts().created(), 4);
  v1::ReturnSubmissionRequest back;
  back.set_name(std::string(kRound) + "/submissions/131016-municipality");
  back.set_reason(std::string(2'001, 'r'));
  EXPECT_THAT(
      Call(&Stub::ReturnSubmission, back),
      StatusIs(absl::StatusCode::kInvalidArgument, "SUBMISSION_INVALID"));
}

}  // namespace
}  // namespace welfare::survey
