// Lists of submissions through the real module: pages by bytes and of one
// revision; what calls beside imports refuse as too long.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/status_matchers.h"
#include "tests/survey/api/pets_survey.h"

namespace welfare::survey {
namespace {

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
    ASSERT_OK(page);
    EXPECT_LT(page->ByteSizeLong(), std::size_t{3} << 20);
    EXPECT_EQ(page->total_size(), 62);
    for (const auto& one : page->submissions()) names.insert(one.name());
    list.set_page_token(page->next_page_token());
    ++pages;
  } while (!list.page_token().empty());
  EXPECT_THAT(names, SizeIs(62));
  EXPECT_EQ(pages, 3);

  // The texts of one item are 1.7 MB here, more than goes into one message.
  std::map<std::string, std::vector<std::string>> texts;
  std::map<std::string, int> messages;
  int expected = 0;
  grpc::ClientContext again;
  reader = stub_->StreamRoundColumns(&again, columns);
  while (reader->Read(&part)) {
    EXPECT_LT(part.ByteSizeLong(), std::size_t{3} << 20);
    if (part.has_header()) expected = part.header().columns();
    if (!part.has_column()) continue;
    const v1::Column& column = part.column();
    const std::string key = column.item() + "/" + column.row();
    std::vector<std::string>& whole = texts[key];
    EXPECT_EQ(column.first_row() == 0, messages[key]++ == 0) << key;
    if (column.texts_size() > 0) {
      EXPECT_EQ(static_cast<int>(whole.size()), column.first_row());
      EXPECT_EQ(column.texts_size(),
                static_cast<int>(column.absences().size()));
    }
    whole.insert(whole.end(), column.texts().begin(), column.texts().end());
  }
  ASSERT_TRUE(reader->Finish().ok());
  EXPECT_EQ(static_cast<int>(messages.size()), expected);
  EXPECT_EQ(messages["story/"], 2);
  EXPECT_THAT(texts["story/"], SizeIs(124));
  EXPECT_EQ(messages["cats/"], 1);
}

TEST_F(Lists, LongOutlinesMakeShortPages) {
  constexpr int kFirstYear = 1950;
  constexpr int kRounds = 60;
  for (int year = kFirstYear; year < kFirstYear + kRounds; ++year) {
    v1::CreateRoundRequest request;
    request.set_parent("surveys/pets");
    request.set_round_id(std::to_string(year));
    v1::Round& round = *request.mutable_round();
    round.set_display_name(std::string(20'000, 'd'));
    round.set_purpose(std::string(20'000, 'p'));
    round.set_method(std::string(20'000, 'm'));
    round.set_publisher(std::string(20'000, 'q'));
    round.mutable_window_start()->set_year(2025);
    round.mutable_window_start()->set_month(6);
    round.mutable_window_start()->set_day(16);
    *round.mutable_window_end() = round.window_start();
    round.set_codebook("surveys/pets/codebooks/1");
    round.set_program("programs/jusou");
    ASSERT_OK(Call(&Stub::CreateRound, request));
  }
  v1::ListRoundsRequest list;
  list.set_parent("surveys/pets");
  list.set_page_size(1'000);
  std::vector<std::string> names;
  int pages = 0;
  do {
    const auto page = Call(&Stub::ListRounds, list);
    ASSERT_OK(page);
    EXPECT_LT(page->ByteSizeLong(), std::size_t{2} << 20);
    for (const auto& one : page->rounds()) names.push_back(one.name());
    list.set_page_token(page->next_page_token());
    ++pages;
  } while (!list.page_token().empty());
  EXPECT_THAT(names, SizeIs(kRounds + 1));
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_GT(pages, 1);
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
  ASSERT_OK(first);
  v1::ReturnSubmissionRequest back;
  back.set_name(std::string(kRound) + "/submissions/131024-municipality");
  back.set_reason("why");
  ASSERT_OK(Call(&Stub::ReturnSubmission, back));
  list.set_page_token(first->next_page_token());
  const auto second = Call(&Stub::ListSubmissions, list);
  ASSERT_OK(second);
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
  EXPECT_STATUS(Call(&Stub::ListSubmissions, list),
                absl::StatusCode::kOutOfRange, "VERSION_NOT_REACHED");
  list.set_data_version(-1);
  EXPECT_STATUS(Call(&Stub::ListSubmissions, list),
                absl::StatusCode::kInvalidArgument, "VERSION_NEGATIVE");
  list.set_data_version(0);
  list.add_states(static_cast<v1::Submission::State>(77));
  EXPECT_STATUS(Call(&Stub::ListSubmissions, list),
                absl::StatusCode::kInvalidArgument, "FILTER_INVALID");
}

TEST_F(Lists, ContactsAndReasonsHaveALengthInEveryCall) {
  v1::CreateSubmissionRequest create;
  create.set_parent(kRound);
  create.set_submission_id("131016-municipality");
  create.mutable_submission()->mutable_header()->set_contact(
      std::string(501, 'c'));
  EXPECT_STATUS(Call(&Stub::CreateSubmission, create),
                absl::StatusCode::kInvalidArgument, "SUBMISSION_INVALID");
  create.mutable_submission()->mutable_header()->set_contact("c");
  for (int i = 0; i < 20'001; ++i) create.mutable_submission()->add_answers();
  EXPECT_STATUS(Call(&Stub::CreateSubmission, create),
                absl::StatusCode::kInvalidArgument, "SUBMISSION_INVALID");
  ASSERT_EQ(Run(Rows("131016,municipality", "one", "w")).counts().created(), 4);
  v1::ReturnSubmissionRequest back;
  back.set_name(std::string(kRound) + "/submissions/131016-municipality");
  back.set_reason(std::string(2'001, 'r'));
  EXPECT_STATUS(Call(&Stub::ReturnSubmission, back),
                absl::StatusCode::kInvalidArgument, "SUBMISSION_INVALID");
}

}  // namespace
}  // namespace welfare::survey
