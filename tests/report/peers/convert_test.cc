// What peers answered, as values.
#include "services/report/peers/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "welfare/indicator/v1/indicator.pb.h"
#include "welfare/registry/v1/status.pb.h"
#include "welfare/survey/v1/round.pb.h"

#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using ::testing::ElementsAre;

TEST(PeerConvert, WhatCannotBeReadIsThePeersFault) {
  survey::v1::Round round;
  round.set_name("rounds/2025");
  EXPECT_STATUS(FromProto(round), absl::StatusCode::kInternal,
                "PEER_ANSWER_INVALID");
  EXPECT_STATUS(FromProto(indicator::v1::Statement()),
                absl::StatusCode::kInternal, "PEER_ANSWER_INVALID");
}

TEST(PeerConvert, WordsAreReadByTheirNumbersAndOthersAreNone) {
  indicator::v1::IndicatorValue value;
  value.set_name("surveys/jusou/indicators/plan/values/2025");
  value.set_fiscal_year(2025);
  value.set_reference_year(2025);
  value.set_measure(indicator::v1::Indicator::HISTOGRAM);
  value.add_flags(indicator::v1::Cell::NO_VALUE);
  value.add_flags(static_cast<indicator::v1::Cell::Flag>(99));
  value.add_cells()->set_role(indicator::v1::Cell::ROLE_OTHER);
  value.add_cells();
  const auto read = FromProto(value);
  ASSERT_OK(read);
  EXPECT_EQ(read->measure, Measure::kHistogram);
  EXPECT_THAT(read->flags, ElementsAre(CellFlag::kNoValue));
  EXPECT_EQ(read->cells[0].role, OptionRole::kOther);
  EXPECT_EQ(read->cells[1].role, OptionRole::kAnswer);
  value.set_measure(static_cast<indicator::v1::Indicator::Measure>(99));
  EXPECT_EQ(FromProto(value)->measure, std::nullopt);

  indicator::v1::Statement statement;
  statement.set_name("surveys/jusou/rounds/2025/statements/p02");
  statement.set_verdict(indicator::v1::Statement::VERDICT_IMPOSSIBLE);
  statement.add_readings()->set_base_agreement(
      indicator::v1::Statement::AGREEMENT_DIFFERS);
  const auto said = FromProto(statement);
  ASSERT_OK(said);
  EXPECT_EQ(said->check, std::nullopt);
  EXPECT_EQ(said->verdict, Verdict::kImpossible);
  EXPECT_EQ(said->readings[0].base, Agreement::kDiffers);
  EXPECT_EQ(said->readings[0].count, std::nullopt);

  registry::v1::Roster roster;
  roster.add_entries()->set_implementing(registry::v1::IMPLEMENTING_ENDED);
  EXPECT_EQ(FromProto(roster).entries[0].implementing, Implementing::kEnded);
  EXPECT_EQ(FromProto(roster).entries[0].preparation, std::nullopt);
}

}  // namespace
}  // namespace welfare::report
