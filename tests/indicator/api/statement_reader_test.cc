// Published statements, judged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"

#include "tests/indicator/indicator_service_fixture.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace welfare::indicator {
namespace {

using support::Partially;

class StatementReaderTest : public testing::IndicatorServiceTest {};

TEST_F(StatementReaderTest, JudgesEveryPublishedStatement) {
  v1::ListStatementsRequest request;
  request.set_parent("surveys/jusou/rounds/2025");
  request.set_page_size(50);
  std::map<std::string, v1::Statement> statements;
  do {
    const auto response =
        Call(&v1::IndicatorService::Stub::ListStatements, request);
    ASSERT_OK(response);
    EXPECT_EQ(response->wording_profile(), "1");
    EXPECT_EQ(response->total_size(), 136);
    for (const auto& statement : response->statements()) {
      statements[statement.name()] = statement;
    }
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(statements.size(), 136U);
  for (const auto& [name, statement] : statements) {
    const bool computable =
        statement.check() == v1::Statement::CHECK_COMPUTED ||
        statement.check() == v1::Statement::CHECK_REGISTRY ||
        statement.check() == v1::Statement::CHECK_PROGRESS;
    if (computable) {
      EXPECT_EQ(statement.verdict(), v1::Statement::VERDICT_FITS)
          << statement.ShortDebugString();
      EXPECT_FALSE(statement.agreeing_readings().empty()) << name;
    }
    if (statement.verdict() == v1::Statement::VERDICT_NOT_COMPUTED) {
      EXPECT_FALSE(statement.not_computed_reason().empty()) << name;
      EXPECT_FALSE(statement.not_computed_reason_ja().empty()) << name;
    }
  }
  EXPECT_THAT(
      statements.at("surveys/jusou/rounds/2025/statements/p04_plan_formulated"),
      Partially(
          R"pb(page: 4
               published: "23地区"
               agreeing_readings: "only"
               round_fiscal_year: 2025
               synthetic: true
               readings {
                 reading: "only"
                 computed: "23/30 (76.7%)"
                 count: 23
                 base: 30
                 verdict: VERDICT_FITS
                 rule: "count 23"
                 claim: CLAIM_COUNT
                 count_agreement: AGREEMENT_SAME
                 base_agreement: AGREEMENT_SAME
                 wording: "7割以上"
                 wording_verdict: VERDICT_FITS
                 published_count: 23
                 published_base: 30
                 indicator: "plan_formulated"
                 cell: "formulated"
                 population { id: "implementing" size: 30 }
               })pb"));
}

TEST_F(StatementReaderTest, StatementsWithoutLastYearsRoundSaySo) {
  survey_.RemoveRound(2024);
  v1::ListStatementsRequest request;
  request.set_parent("surveys/jusou/rounds/2025");
  request.set_page_size(1000);
  const auto response =
      Call(&v1::IndicatorService::Stub::ListStatements, request);
  ASSERT_OK(response);
  for (const auto& statement : response->statements()) {
    if (!statement.name().ends_with("p06_window_no_change")) continue;
    EXPECT_EQ(statement.not_computed_reason(), "there is no round of FY2024");
    EXPECT_EQ(statement.not_computed_reason_ja(), "2024年度の回がない");
  }
}

TEST_F(StatementReaderTest, APlannedRoundOfTheYearBeforeIsAsNone) {
  survey_.PlanRound(2024);
  v1::ListStatementsRequest request;
  request.set_parent("surveys/jusou/rounds/2025");
  request.set_page_size(50);  // later pages know it too
  int seen = 0;
  do {
    const auto response =
        Call(&v1::IndicatorService::Stub::ListStatements, request);
    ASSERT_OK(response);
    for (const auto& statement : response->statements()) {
      if (statement.name().ends_with("p06_window_no_change") ||
          statement.name().ends_with("p08_partners_increase")) {
        ++seen;
        EXPECT_EQ(statement.not_computed_reason(),
                  "the round of FY2024 is planned and was never opened");
      }
    }
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, 2);
  EXPECT_STATUS(Value("plan_formulated", 0, 0, 2024),
                absl::StatusCode::kFailedPrecondition, "ROUND_STATE");
}

TEST_F(StatementReaderTest, StatementsStayAtThePinOfLastYearsRound) {
  v1::ListStatementsRequest request;
  request.set_parent("surveys/jusou/rounds/2025");
  request.set_page_size(1000);
  const auto first = Call(&v1::IndicatorService::Stub::ListStatements, request);
  ASSERT_OK(first);
  EXPECT_EQ(first->data_version(), 124);
  const std::int64_t before = first->previous_data_version();
  ASSERT_GT(before, 0);
  // Last year's round moves on: an unpinned read follows, a pinned one stays.
  survey_.SetRevision(2024, before + 1);
  request.set_previous_data_version(before);
  const auto pinned =
      Call(&v1::IndicatorService::Stub::ListStatements, request);
  ASSERT_OK(pinned);
  EXPECT_EQ(pinned->SerializeAsString(), first->SerializeAsString());
  request.clear_previous_data_version();
  const auto now = Call(&v1::IndicatorService::Stub::ListStatements, request);
  ASSERT_OK(now);
  EXPECT_EQ(now->previous_data_version(), before + 1);
  // As if there were no such round.
  request.set_previous_data_version(0);
  request.set_page_size(50);  // later pages know it too
  int seen = 0;
  do {
    const auto none = Call(&v1::IndicatorService::Stub::ListStatements, request);
    ASSERT_OK(none);
    EXPECT_EQ(none->previous_data_version(), 0);
    for (const auto& statement : none->statements()) {
      if (statement.name().ends_with("p06_window_no_change") ||
          statement.name().ends_with("p08_partners_increase")) {
        ++seen;
        EXPECT_EQ(statement.not_computed_reason(),
                  "there is no round of FY2024");
      }
    }
    request.set_page_token(none->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, 2);
  request.set_previous_data_version(-1);
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::ListStatements, request),
                absl::StatusCode::kInvalidArgument, "VERSION_NEGATIVE");
}

}  // namespace
}  // namespace welfare::indicator
