// What may be published after what.
#include "services/report/store/publication.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

constexpr char kName[] = "reports/jusou-2025-0009";
constexpr char kOther[] = "reports/jusou-2025-0001";

std::optional<LastPublished> Last(Edition edition, bool withdrawn = false) {
  return LastPublished{.name = kOther,
                       .edition = edition,
                       .number = 3,
                       .withdrawn = withdrawn};
}

// What becomes of a created report of `edition` behind `last`: the name that it
// supersedes, or the reason of the refusal.
std::string After(const std::optional<LastPublished>& last, Edition edition,
                  const std::string& corrects = kOther) {
  const auto plan = PlanPublish(kName, ReportState::kCreated, edition,
                                corrects, last);
  if (!plan.ok()) return base::ReasonOf(plan.status());
  EXPECT_EQ(plan->state, StateOf(edition));
  EXPECT_EQ(plan->number, last.has_value() ? 4 : 1);
  return plan->supersedes.empty() ? "nothing" : plan->supersedes;
}

TEST(PlanPublish, ProvisionalThenFinalThenCorrections) {
  EXPECT_EQ(After(std::nullopt, Edition::kProvisional), "nothing");
  EXPECT_EQ(After(std::nullopt, Edition::kFinal), "nothing");
  EXPECT_EQ(After(std::nullopt, Edition::kCorrected), "EDITION_ORDER");
  EXPECT_EQ(After(Last(Edition::kProvisional), Edition::kProvisional), kOther);
  EXPECT_EQ(After(Last(Edition::kProvisional), Edition::kFinal), kOther);
  EXPECT_EQ(After(Last(Edition::kProvisional), Edition::kCorrected),
            "EDITION_ORDER");
  for (const Edition last : {Edition::kFinal, Edition::kCorrected}) {
    EXPECT_EQ(After(Last(last), Edition::kProvisional), "EDITION_ORDER");
    EXPECT_EQ(After(Last(last), Edition::kFinal), "EDITION_ORDER");
    EXPECT_EQ(After(Last(last), Edition::kCorrected), kOther);
    EXPECT_EQ(After(Last(last), Edition::kCorrected, "reports/another"),
              "EDITION_ORDER");
  }
}

TEST(PlanPublish, AWithdrawnFinalIsFollowedByItsCorrectionAlone) {
  EXPECT_EQ(After(Last(Edition::kProvisional, true), Edition::kProvisional),
            "nothing");
  EXPECT_EQ(After(Last(Edition::kFinal, true), Edition::kFinal),
            "EDITION_ORDER");
  EXPECT_EQ(After(Last(Edition::kFinal, true), Edition::kCorrected), kOther);
}

TEST(PlanPublish, OnceIsEnough) {
  for (const ReportState state :
       {ReportState::kProvisional, ReportState::kFinal, ReportState::kCorrected,
        ReportState::kWithdrawn}) {
    EXPECT_STATUS(
        PlanPublish(kName, state, Edition::kProvisional, "", std::nullopt),
        absl::StatusCode::kFailedPrecondition, "REPORT_STATE");
  }
}

TEST(PlanPublish, WhatIsNotMarkedIsNotPublished) {
  EXPECT_EQ(After(std::nullopt, Edition::kNone), "EDITION_MISSING");
}

}  // namespace
}  // namespace welfare::report
