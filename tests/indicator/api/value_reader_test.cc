// Values, their lists and their explanations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"

#include "tests/indicator/indicator_service_fixture.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace welfare::indicator {
namespace {

using support::Partially;

class ValueReaderTest : public testing::IndicatorServiceTest {};

TEST_F(ValueReaderTest, AnswersAValueWithEverythingItCameFrom) {
  const auto value = Value("plan_formulated");
  ASSERT_OK(value);
  EXPECT_THAT(*value, Partially(R"pb(
    name: "surveys/jusou/indicators/plan_formulated/values/2025"
    fiscal_year: 2025
    reference_year: 2025
    display_name: "重層的支援体制整備事業実施計画の策定状況"
    measure: DISTRIBUTION
    population {
      id: "implementing"
      label: "令和7年度 実施自治体"
      predicate: "registry('implementing', 0)"
      size: 30
    }
    base: 30
    answered: 30
    basis: PROVISIONAL
    synthetic: true
  )pb"));
  EXPECT_THAT(value->cells(0), Partially(R"pb(
                key: "formulated"
                label: "策定済み"
                count: 23
                base: 30
                percent: "76.7"
              )pb"));
  EXPECT_THAT(value->versions(), Partially(R"pb(registry: 5
                                                round: 124
                                                definition: 1
                                                codebook: "2025-1")pb"));
  EXPECT_EQ(value->versions().definition_digest().size(), 64U);
  EXPECT_EQ(value->absences_size(), 6);
}

TEST_F(ValueReaderTest, ListsEveryValueInPagesAtOneRevision) {
  v1::ListIndicatorValuesRequest request;
  request.set_parent("surveys/jusou/rounds/2025");
  request.set_page_size(40);
  std::set<std::string> names;
  int pages = 0;
  do {
    const auto response =
        Call(&v1::IndicatorService::Stub::ListIndicatorValues, request);
    ASSERT_OK(response);
    for (const auto& value : response->indicator_values()) {
      EXPECT_TRUE(names.insert(value.name()).second) << value.name();
      EXPECT_EQ(value.versions().round(), 124);
    }
    // A new revision between two pages changes nothing for the second.
    survey_.SetRevision(2025, 130);
    if (response->next_page_token().empty()) {
      EXPECT_EQ(static_cast<int>(names.size()), response->total_size());
    }
    request.set_page_token(response->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_GT(pages, 2);
  EXPECT_TRUE(names.contains(
      "surveys/jusou/indicators/outreach_operation_split/values/2025"));
  EXPECT_TRUE(
      names.contains("surveys/jusou/indicators/cb_activities_council/values/"
                     "2025"));
}

TEST_F(ValueReaderTest, ExplainsACellByRespondents) {
  v1::ExplainIndicatorValueRequest request;
  request.set_name("surveys/jusou/indicators/outreach_operation/values/2025");
  request.set_cell("direct");
  const auto response =
      Call(&v1::IndicatorService::Stub::ExplainIndicatorValue, request);
  ASSERT_OK(response);
  int in = 0;
  for (const auto& one : response->explanations()) in += one.in() ? 1 : 0;
  EXPECT_EQ(in, 5);
  EXPECT_EQ(response->explanations_size(), 30);
  for (const auto& one : response->explanations()) {
    if (one.in()) {
      EXPECT_THAT(one.reason(), ::testing::HasSubstr("直営 (direct)"));
    }
    EXPECT_EQ(one.submission_revision(), 1);
    EXPECT_THAT(one.respondent(), ::testing::EndsWith("-municipality"));
  }
  request.set_cell("none");
  EXPECT_STATUS(
      Call(&v1::IndicatorService::Stub::ExplainIndicatorValue, request),
      absl::StatusCode::kInvalidArgument, "CELL_UNKNOWN");
}

TEST_F(ValueReaderTest, APageTokenIsOfOneList) {
  v1::ListIndicatorsRequest indicators;
  indicators.set_parent("surveys/jusou");
  indicators.set_page_size(1);
  const auto first =
      Call(&v1::IndicatorService::Stub::ListIndicators, indicators);
  ASSERT_OK(first);
  ASSERT_FALSE(first->next_page_token().empty());
  v1::ListStatementsRequest statements;
  statements.set_parent("surveys/jusou/rounds/2025");
  statements.set_page_size(1);
  statements.set_page_token(first->next_page_token());
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::ListStatements, statements),
                absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
  // Of equal fields, too.
  v1::ListIndicatorValuesRequest values;
  values.set_parent("surveys/jusou/rounds/2025");
  values.set_page_size(1);
  const auto page =
      Call(&v1::IndicatorService::Stub::ListIndicatorValues, values);
  ASSERT_OK(page);
  statements.set_page_token(page->next_page_token());
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::ListStatements, statements),
                absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
}

TEST_F(ValueReaderTest, WrongQuestionsGetClearErrors) {
  EXPECT_STATUS(Value("nothing"), absl::StatusCode::kNotFound,
                "INDICATOR_NOT_FOUND");
  EXPECT_STATUS(Value("plan_formulated", 0, 0, 2023),
                absl::StatusCode::kNotFound, "ROUND_NOT_FOUND");
  v1::GetIndicatorValueRequest request;
  request.set_name("surveys/jusou/indicators/plan_formulated");
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::GetIndicatorValue, request),
                absl::StatusCode::kInvalidArgument, "NAME_INVALID");
  request.set_name("surveys/jusou/indicators/plan_formulated/values/2025");
  request.set_basis(static_cast<type::v1::Basis::Kind>(9));
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::GetIndicatorValue, request),
                absl::StatusCode::kInvalidArgument, "BASIS_UNKNOWN");
  v1::ListIndicatorValuesRequest list;
  list.set_parent("surveys/jusou/rounds/2025");
  list.set_page_size(-1);
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::ListIndicatorValues, list),
                absl::StatusCode::kInvalidArgument, "PAGE_SIZE_INVALID");
  list.set_page_size(0);
  list.set_page_token("nonsense");
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::ListIndicatorValues, list),
                absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
}

TEST_F(ValueReaderTest, FinalBasisCountsNoneOfASubmittedRound) {
  v1::GetIndicatorValueRequest request;
  request.set_name("surveys/jusou/indicators/plan_formulated/values/2025");
  request.set_basis(type::v1::Basis::FINAL);
  const auto value =
      Call(&v1::IndicatorService::Stub::GetIndicatorValue, request);
  ASSERT_OK(value);
  EXPECT_EQ(value->base(), 0);
  EXPECT_EQ(value->population().size(), 30);
  EXPECT_THAT(value->flags(), ::testing::ElementsAre(v1::Cell::UNDEFINED));
  EXPECT_FALSE(value->cells(0).has_percent());
}

TEST_F(ValueReaderTest, MeasuresComputing) {
  ASSERT_OK(Value("plan_formulated"));
  EXPECT_THAT(
      runner_.metrics().Expose(),
      ::testing::HasSubstr("welfare_indicator_compute_seconds_count 1"));
}

}  // namespace
}  // namespace welfare::indicator
