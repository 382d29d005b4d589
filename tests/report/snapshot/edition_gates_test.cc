// Which answers are enough for which edition.
#include "services/report/snapshot/edition_gates.h"

#include <gtest/gtest.h>

#include <string>

#include "services/base/error.h"

namespace welfare::report {
namespace {

constexpr int kPercent = 90;

// The reason of the refusal; empty: the answers are ready. Half of what is
// given stands in another group.
std::string Refused(Edition edition, int expected, int received, int accepted) {
  Snapshot snapshot;
  snapshot.edition = edition;
  snapshot.progress = {{.expected = expected / 2,
                        .received = received / 2,
                        .accepted = accepted / 2},
                       {.expected = expected - expected / 2,
                        .received = received - received / 2,
                        .accepted = accepted - accepted / 2}};
  return base::ReasonOf(CheckEditionGates(snapshot, kPercent));
}

TEST(EditionGates, AskNothingOfAProvisionalReport) {
  EXPECT_EQ(Refused(Edition::kProvisional, 100, 0, 0), "");
  EXPECT_EQ(Refused(Edition::kProvisional, 0, 0, 0), "");
}

TEST(EditionGates, WantEnoughAnswersAllAccepted) {
  for (const Edition edition : {Edition::kFinal, Edition::kCorrected}) {
    EXPECT_EQ(Refused(edition, 100, 90, 90), "");
    EXPECT_EQ(Refused(edition, 100, 89, 89), "RESPONSE_RATE_LOW");
    EXPECT_EQ(Refused(edition, 100, 100, 99), "SUBMISSIONS_NOT_ACCEPTED");
    EXPECT_EQ(Refused(edition, 0, 0, 0), "RESPONSE_RATE_LOW");
  }
}

}  // namespace
}  // namespace welfare::report
