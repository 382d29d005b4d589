// Which indicators there are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"

#include "tests/indicator/indicator_service_fixture.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace welfare::indicator {
namespace {

using support::Partially;

class IndicatorReaderTest : public testing::IndicatorServiceTest {};

TEST_F(IndicatorReaderTest, ListsDefinitions) {
  v1::ListIndicatorsRequest request;
  request.set_parent("surveys/jusou");
  request.set_page_size(1000);
  const auto response =
      Call(&v1::IndicatorService::Stub::ListIndicators, request);
  ASSERT_OK(response);
  EXPECT_EQ(response->total_size(), response->indicators_size());
  EXPECT_GE(response->indicators_size(), 115);

  v1::GetIndicatorRequest one;
  one.set_name("surveys/jusou/indicators/plan_period_5_or_6_years");
  const auto indicator = Call(&v1::IndicatorService::Stub::GetIndicator, one);
  ASSERT_OK(indicator);
  EXPECT_THAT(
      *indicator,
      Partially(
          R"pb(measure: COUNT
               population { id: "plan_made" }
               items: "plan_period_years"
               condition: "${plan_period_years} = 'y5' or ${plan_period_years} = 'y6'"
               pages: 4
               definition: 1)pb"));
  one.set_name("surveys/jusou/indicators/nothing");
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::GetIndicator, one),
                absl::StatusCode::kNotFound, "INDICATOR_NOT_FOUND");
  request.set_parent("surveys/other");
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::ListIndicators, request),
                absl::StatusCode::kNotFound, "SURVEY_NOT_FOUND");
}

}  // namespace
}  // namespace welfare::indicator
