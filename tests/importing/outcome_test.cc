#include "services/importing/outcome.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace welfare::importing {
namespace {

// Two records with faults, one of them with two.
RejectList TwoFaulty() {
  RejectList rejects;
  const base::Violation fault{"", "WRONG", "Mend it.", ""};
  rejects.Add({.line = 2, .record = 1}, "", fault);
  rejects.Add({.line = 4, .record = 3}, "", fault);
  rejects.Add({.line = 2, .record = 1}, "", fault);
  // Headers are no records.
  rejects.Add({.table = Table::kHeaders, .line = 2, .record = 1}, "", fault);
  return rejects;
}

TEST(Outcome, EachRecordHasOne) {
  ImportOutcome outcome;
  outcome.rejects = TwoFaulty();
  outcome.counts = {.rows = 6,
                    .created = 1,
                    .updated = 1,
                    .unchanged = 1,
                    .deleted = 1,
                    .rejected = 2};
  EXPECT_OK(CheckAddsUp(outcome));
  for (int ImportCounts::*count :
       {&ImportCounts::rows, &ImportCounts::created, &ImportCounts::updated,
        &ImportCounts::unchanged, &ImportCounts::deleted,
        &ImportCounts::rejected}) {
    ImportOutcome other = outcome;
    ++(other.counts.*count);
    EXPECT_STATUS(CheckAddsUp(other), absl::StatusCode::kInternal,
                  "COUNTS_DO_NOT_ADD_UP");
  }
}

TEST(Outcome, WhoeverIsRejectedIsNamedOrCounted) {
  ImportOutcome outcome;
  outcome.rejects = TwoFaulty();
  outcome.counts = {.rows = 5, .rejected = 5};
  EXPECT_STATUS(CheckAddsUp(outcome), absl::StatusCode::kInternal,
                "COUNTS_DO_NOT_ADD_UP");
  outcome.rejected_as_whole = 3;
  EXPECT_OK(CheckAddsUp(outcome));
}

}  // namespace
}  // namespace welfare::importing
