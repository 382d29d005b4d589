// Rounds of the real survey: created, opened on the registry, closed, counted.
#include <map>
#include <string>
#include <string_view>

#include "tests/support/wait_for.h"
#include "tests/survey/api/jusou_survey.h"

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

using RoundLife = JusouSurvey;

TEST_F(RoundLife, ARoundNeedsAPublishedCodebook) {
  ASSERT_OK(ImportJusou());
  EXPECT_STATUS(CreateRound(), absl::StatusCode::kFailedPrecondition,
                "CODEBOOK_NOT_PUBLISHED");
}

TEST_F(RoundLife, RefusesASecondRoundOfAYear) {
  Prepare();
  EXPECT_STATUS(CreateRound(), absl::StatusCode::kAlreadyExists,
                "ROUND_EXISTS");
}

TEST_F(RoundLife, ListsEverythingWrongWithARound) {
  v1::CreateRoundRequest request;
  request.set_parent("surveys/jusou");
  request.set_round_id("2025");
  request.mutable_round()->set_codebook("surveys/other/codebooks/1");
  const auto result = Call(&Stub::CreateRound, request);
  EXPECT_STATUS(result, absl::StatusCode::kInvalidArgument, "ROUND_INVALID");
  EXPECT_THAT(Violations(result.status()), SizeIs(5));
}

TEST_F(RoundLife, OpeningPinsTheRegistryAndFreezesThePopulation) {
  Prepare();
  const auto opened = OpenRound();
  ASSERT_OK(opened);
  EXPECT_EQ(opened->state(), v1::Round::STATE_OPEN);
  EXPECT_EQ(opened->registry_version(), 7);
  EXPECT_EQ(opened->revision(), 2);
  registry_.SetVersion(8);
  EXPECT_OK(OpenRound());  // again: no change
  const auto columns = ReadColumns();
  ASSERT_OK(columns);
  EXPECT_EQ(columns->header.round().revision(), 2);
  EXPECT_EQ(columns->header.round().registry_version(), 7);
  const auto& rows = columns->header.frame().rows();
  ASSERT_EQ(rows.size(), 124);
  EXPECT_EQ(rows[0].municipality_code(), "131016");
  EXPECT_EQ(rows[1].display_name(), "千代田区社会福祉協議会");
  std::map<int, int> implementing;
  std::map<int, int> unknown_preparation;
  for (const auto& row : rows) {
    if (row.respondent_kind() != type::v1::RESPONDENT_KIND_MUNICIPALITY) {
      continue;
    }
    for (const auto& status : row.statuses()) {
      implementing[status.fiscal_year()] += status.implementing();
      unknown_preparation[status.fiscal_year()] += !status.has_preparation();
    }
  }
  EXPECT_THAT(
      implementing,
      ElementsAre(std::pair(2021, 2), std::pair(2022, 7), std::pair(2023, 12),
                  std::pair(2024, 23), std::pair(2025, 30)));
  // Unknown stays unknown and is not taken for no.
  EXPECT_GT(unknown_preparation[2024], 0);
  EXPECT_EQ(unknown_preparation[2025], 0);
}

TEST_F(RoundLife, OpeningNeedsTheRegistryAndNothingElseDoes) {
  Prepare();
  registry_.Break(true);
  EXPECT_STATUS(OpenRound(), absl::StatusCode::kUnavailable,
                "REGISTRY_UNAVAILABLE");
  registry_.Break(false);
  ASSERT_OK(OpenRound());
  registry_.Break(true);
  EXPECT_OK(Create("131032-municipality", {}));
  EXPECT_OK(Get("131032-municipality"));
  EXPECT_OK(Import(DemoBatch()));
}

TEST_F(RoundLife, OpeningNeedsAKnownRoster) {
  Prepare();
  ASSERT_OK(CreateRound("jusou", 2031));
  EXPECT_STATUS(OpenRound("surveys/jusou/rounds/2031"),
                absl::StatusCode::kFailedPrecondition, "REGISTRY_INCOMPLETE");
}

TEST_F(RoundLife, AClosedRoundTakesOnlyWhatWasReturned) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  auto back = Named<v1::ReturnSubmissionRequest>("131032-municipality");
  EXPECT_STATUS(Call(&Stub::ReturnSubmission, back),
                absl::StatusCode::kInvalidArgument, "REASON_REQUIRED");
  v1::CloseRoundRequest close;
  close.set_name(kRound);
  ASSERT_OK(Call(&Stub::CloseRound, close));
  EXPECT_OK(Call(&Stub::CloseRound, close));
  EXPECT_STATUS(OpenRound(), absl::StatusCode::kFailedPrecondition,
                "ROUND_STATE");
  EXPECT_STATUS(Call(&Stub::SubmitSubmission,
                     Named<v1::SubmitSubmissionRequest>("131016-municipality")),
                absl::StatusCode::kFailedPrecondition, "ROUND_NOT_OPEN");
  back.set_reason("数が合いません");
  const auto returned = Call(&Stub::ReturnSubmission, back);
  ASSERT_OK(returned);
  EXPECT_EQ(returned->state(), v1::Submission::STATE_RETURNED);
  EXPECT_EQ(returned->reason(), "数が合いません");
  const auto submitted =
      Call(&Stub::SubmitSubmission,
           Named<v1::SubmitSubmissionRequest>("131032-municipality"));
  ASSERT_OK(submitted);
  EXPECT_EQ(submitted->state(), v1::Submission::STATE_SUBMITTED);
}

TEST_F(RoundLife, ARoundThatIsNotOpenTakesNothing) {
  Prepare();
  EXPECT_STATUS(Create("131024-municipality", {}),
                absl::StatusCode::kFailedPrecondition, "ROUND_NOT_OPEN");
  EXPECT_STATUS(ReadColumns(), absl::StatusCode::kFailedPrecondition,
                "ROUND_STATE");
  const auto result = Import(DemoBatch());
  ASSERT_OK(result);
  EXPECT_EQ(result->counts().rejected(), 2732);
  EXPECT_EQ(result->rejects(0).reason_code(), "ROUND_NOT_OPEN");
  EXPECT_EQ(GetRound()->revision(), 1);
}

TEST_F(RoundLife, APageTokenIsOfOneList) {
  PrepareOpen();
  ASSERT_OK(CreateRound("jusou", 2026));
  v1::ListRoundsRequest rounds;
  rounds.set_parent("surveys/jusou");
  rounds.set_page_size(1);
  const auto page = Call(&Stub::ListRounds, rounds);
  ASSERT_OK(page);
  ASSERT_NE(page->next_page_token(), "");
  v1::ListCodebooksRequest codebooks;
  codebooks.set_parent("surveys/jusou");
  codebooks.set_page_token(page->next_page_token());
  EXPECT_STATUS(Call(&Stub::ListCodebooks, codebooks),
                absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
}

TEST_F(RoundLife, CountsSubmissions) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  // Metrics follow a commit; they do not hold up its answer.
  const auto shows = [this](std::string_view line) {
    return support::WaitFor([&] {
      return runner_->metrics().Expose().find(line) != std::string::npos;
    });
  };
  EXPECT_TRUE(
      shows("welfare_submissions_expected{respondent_kind=\"council\","
            "round=\"surveys/jusou/rounds/2025\"} 62"));
  EXPECT_TRUE(
      shows("welfare_submissions{respondent_kind=\"municipality\","
            "round=\"surveys/jusou/rounds/2025\",state=\"SUBMITTED\"} 62"));
  EXPECT_TRUE(
      shows("welfare_survey_import_rows_total{file=\"submissions\",outcome="
            "\"created\"} 2732"));
  EXPECT_TRUE(
      shows("welfare_survey_import_rows_total{file=\"submissions\",outcome="
            "\"rejected\"} 0"));
  EXPECT_TRUE(
      shows("welfare_import_last_success_timestamp_seconds{file="
            "\"submissions\"} 1"));
}

TEST_F(RoundLife, TellsHowTheRoundStands) {
  const auto value = [this](const std::string& metric) {
    const std::string text = runner_->metrics().Expose();
    const std::string line =
        "\n" + metric + "{round=\"surveys/jusou/rounds/2025\"} ";
    const std::size_t at = text.find(line);
    return at == std::string::npos ? -1.0
                                   : std::stod(text.substr(at + line.size()));
  };
  const auto becomes = [&](const std::string& metric, double expected) {
    return support::WaitFor([&] { return value(metric) == expected; });
  };
  PrepareOpen();
  EXPECT_TRUE(becomes("welfare_round_open", 1));
  EXPECT_EQ(value("welfare_round_last_submission_timestamp_seconds"), 0);
  const auto round = GetRound();
  ASSERT_OK(round);
  // The last day is over nine hours before midnight in UTC.
  ASSERT_TRUE(round->has_window_end());
  const auto last_day =
      base::Date::Make(round->window_end().year(), round->window_end().month(),
                       round->window_end().day());
  ASSERT_OK(last_day);
  EXPECT_EQ(
      value("welfare_round_window_end_timestamp_seconds"),
      static_cast<double>(last_day->days_since_epoch() * 86'400 + 15 * 3'600));
  ASSERT_OK(Import(DemoBatch()));
  EXPECT_TRUE(support::WaitFor([&] {
    return value("welfare_round_last_submission_timestamp_seconds") > 0;
  }));
  EXPECT_GE(value("welfare_round_changed_timestamp_seconds"),
            value("welfare_round_last_submission_timestamp_seconds"));
  v1::CloseRoundRequest close;
  close.set_name("surveys/jusou/rounds/2025");
  ASSERT_OK(Call(&Stub::CloseRound, close));
  EXPECT_TRUE(becomes("welfare_round_open", 0));
}

}  // namespace
}  // namespace welfare::survey
