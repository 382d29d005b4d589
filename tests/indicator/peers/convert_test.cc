// What peers answered, as values.
#include "services/indicator/peers/convert.h"

#include <gtest/gtest.h>

#include "welfare/registry/v1/status.pb.h"
#include "welfare/survey/v1/codebook.pb.h"
#include "welfare/survey/v1/round.pb.h"

#include "tests/support/status_matchers.h"

namespace welfare::indicator {
namespace {

TEST(PeerConvert, WhatCannotBeReadIsThePeersFault) {
  survey::v1::Round round;
  round.set_name("rounds/2025");
  EXPECT_STATUS(FromProto(round), absl::StatusCode::kInternal, "PEER_ANSWER");

  survey::v1::Codebook codebook;
  codebook.set_name("surveys/jusou/codebooks/2025-1");
  codebook.add_items()->set_item("plan");  // of no type
  EXPECT_STATUS(FromProto(codebook), absl::StatusCode::kInternal,
                "PEER_ANSWER");

  registry::v1::Roster roster;
  roster.add_entries()->set_municipality("131016");
  EXPECT_STATUS(FromProto(roster), absl::StatusCode::kInternal, "PEER_ANSWER");
}

}  // namespace
}  // namespace welfare::indicator
