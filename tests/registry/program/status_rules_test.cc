#include "services/registry/program/status_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/registry/samples.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using support::IsOkAndHolds;
using Decided = StatusDecision::Outcome;
constexpr auto kFailedPrecondition = absl::StatusCode::kFailedPrecondition;

YearFacts On(int year, Implementing implementing, std::string note = "") {
  return {Year(year), {implementing, Preparation::kNo}, std::move(note)};
}

StatusProposal Propose(int year, Implementing implementing) {
  return {.fiscal_year = Year(year),
          .facts = {implementing, Preparation::kNo},
          .note = "",
          .reason = ""};
}

StatusProposal Correct(int year, Implementing implementing,
                       std::string reason) {
  StatusProposal proposal = Propose(year, implementing);
  proposal.correction = true;
  proposal.reason = std::move(reason);
  return proposal;
}

TEST(StatusRules, AllowEveryTransitionButTwo) {
  const std::optional<Implementing> all[] = {std::nullopt, Implementing::kYes,
                                             Implementing::kNo,
                                             Implementing::kEnded};
  for (const auto& previous : all) {
    for (const auto& next : all) {
      const bool stops_silently =
          previous == Implementing::kYes && next == Implementing::kNo;
      const bool ends_what_never_ran =
          previous == Implementing::kNo && next == Implementing::kEnded;
      EXPECT_EQ(IsLawfulTransition(previous, next),
                !stops_silently && !ends_what_never_ran)
          << FileWord(previous) << " to " << FileWord(next);
    }
  }
}

TEST(StatusRules, RefusePreparationBesideImplementing) {
  EXPECT_STATUS(CheckFacts({Implementing::kYes, Preparation::kYes}),
                absl::StatusCode::kInvalidArgument,
                "PREPARATION_WHILE_IMPLEMENTING");
  for (const StatusFacts facts :
       {StatusFacts{Implementing::kYes, Preparation::kNo},
        StatusFacts{Implementing::kYes, Preparation::kUnknown},
        StatusFacts{Implementing::kNo, Preparation::kYes},
        StatusFacts{Implementing::kEnded, Preparation::kYes}}) {
    EXPECT_OK(CheckFacts(facts));
  }
}

TEST(StatusRules, CreateTheFirstRecordOfAYear) {
  EXPECT_THAT(DecideStatus({}, Propose(2024, Implementing::kYes)),
              IsOkAndHolds(StatusDecision{Decided::kCreated, false}));
}

TEST(StatusRules, LetAMunicipalityStartDirectlyPauseAndStartAgain) {
  EXPECT_THAT(
      DecideStatus(
          {.same = {}, .before = On(2023, Implementing::kNo), .after = {}},
          Propose(2024, Implementing::kYes)),
      IsOkAndHolds(StatusDecision{Decided::kCreated, false}));
  EXPECT_THAT(
      DecideStatus(
          {.same = {}, .before = On(2024, Implementing::kYes), .after = {}},
          Propose(2025, Implementing::kEnded)),
      IsOkAndHolds(StatusDecision{Decided::kCreated, false}));
  EXPECT_THAT(
      DecideStatus(
          {.same = {}, .before = On(2025, Implementing::kEnded), .after = {}},
          Propose(2027, Implementing::kYes)),
      IsOkAndHolds(StatusDecision{Decided::kCreated, false}));
}

TEST(StatusRules, RefuseToStopWithoutAnEnding) {
  EXPECT_STATUS(
      DecideStatus(
          {.same = {}, .before = On(2022, Implementing::kYes), .after = {}},
          Propose(2024, Implementing::kNo)),
      kFailedPrecondition, "TRANSITION_UNLAWFUL");
}

TEST(StatusRules, RefuseAnEarlierYearThatContradictsALaterOne) {
  EXPECT_STATUS(
      DecideStatus(
          {.same = {}, .before = {}, .after = On(2025, Implementing::kNo)},
          Propose(2024, Implementing::kYes)),
      kFailedPrecondition, "TRANSITION_UNLAWFUL");
}

TEST(StatusRules, LetAReasonedCorrectionBreakTheOrder) {
  const StatusSurroundings surroundings{
      .same = {}, .before = On(2024, Implementing::kYes), .after = {}};
  EXPECT_THAT(DecideStatus(surroundings,
                           Correct(2025, Implementing::kNo, "届出の誤り")),
              IsOkAndHolds(StatusDecision{Decided::kCreated, true}));
  EXPECT_STATUS(
      DecideStatus(surroundings, Correct(2025, Implementing::kNo, "")),
      kFailedPrecondition, "TRANSITION_UNLAWFUL");
}

TEST(StatusRules, ReplaceARecordOnlyByAReasonedCorrection) {
  const StatusSurroundings surroundings{
      .same = On(2023, Implementing::kNo), .before = {}, .after = {}};
  EXPECT_STATUS(DecideStatus(surroundings, Propose(2023, Implementing::kYes)),
                kFailedPrecondition, "CORRECTION_REASON_REQUIRED");
  EXPECT_STATUS(
      DecideStatus(surroundings, Correct(2023, Implementing::kYes, "")),
      kFailedPrecondition, "CORRECTION_REASON_REQUIRED");
  EXPECT_THAT(
      DecideStatus(surroundings, Correct(2023, Implementing::kYes, "訂正")),
      IsOkAndHolds(StatusDecision{Decided::kUpdated, true}));
}

TEST(StatusRules, CallEqualFactsUnchangedEvenAsACorrection) {
  const StatusSurroundings surroundings{
      .same = On(2023, Implementing::kYes, "区の公表資料"),
      .before = {},
      .after = {}};
  for (StatusProposal proposal : {Propose(2023, Implementing::kYes),
                                  Correct(2023, Implementing::kYes, "訂正")}) {
    EXPECT_THAT(DecideStatus(surroundings, proposal),
                IsOkAndHolds(StatusDecision{Decided::kUnchanged, false}));
    proposal.note = "区の公表資料";
    EXPECT_THAT(DecideStatus(surroundings, proposal),
                IsOkAndHolds(StatusDecision{Decided::kUnchanged, false}));
  }
}

TEST(StatusRules, TreatANewNoteAsACorrection) {
  const StatusSurroundings surroundings{
      .same = On(2023, Implementing::kYes, "区の公表資料"),
      .before = {},
      .after = {}};
  StatusProposal proposal = Propose(2023, Implementing::kYes);
  proposal.note = "都の公表資料";
  EXPECT_STATUS(DecideStatus(surroundings, proposal), kFailedPrecondition,
                "CORRECTION_REASON_REQUIRED");
}

}  // namespace
}  // namespace welfare::registry
