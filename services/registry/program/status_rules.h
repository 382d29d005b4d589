// What may be recorded about a programme (Social Welfare Act 106-4: optional,
// so starting directly, pausing and ending are all lawful). Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/time/fiscal_year.h"
#include "services/registry/program/status.h"

namespace welfare::registry {

// Facts recorded for one year.
struct YearFacts {
  base::FiscalYear fiscal_year;
  StatusFacts facts;
  std::string note;
};

// What is on record around the year of a proposal, for one programme and
// municipality. Years without a record are skipped, never filled in.
struct StatusSurroundings {
  std::optional<YearFacts> same;    // the record of the year itself
  std::optional<YearFacts> before;  // the nearest earlier year with a record
  std::optional<YearFacts> after;   // the nearest later year with a record
};

// A record somebody wants to make.
struct StatusProposal {
  base::FiscalYear fiscal_year;
  StatusFacts facts;
  std::string note;
  std::string reason;
  bool correction = false;  // it may replace or contradict what is on record
  // The reason is that of corrections only: a record that corrects nothing is
  // kept without it.
  bool reason_of_corrections = false;
  // An empty note takes the note on record back; otherwise it says nothing.
  bool takes_note_back = false;
};

// What becomes of a proposal.
struct StatusDecision {
  enum class Outcome {
    kCreated,    // the first record of its year
    kUpdated,    // a correction of the year's record
    kUnchanged,  // nothing new is said; no record is made
  };
  Outcome outcome = Outcome::kUnchanged;
  // Whether the record counts as a correction (StatusRecord::correction).
  bool correction = false;

  friend bool operator==(const StatusDecision&,
                         const StatusDecision&) = default;
};

// Returns whether `next` may follow `previous`, the nearest earlier year on
// record:
//   implementing after anything; not implementing after anything but
//   implementing; ended only after implementing or ended.
// So yes, ended, no, yes is lawful and yes, no is not.
bool IsLawfulTransition(std::optional<Implementing> previous,
                        std::optional<Implementing> next);

// Returns OK when the two facts can stand in one record.
//
// Errors:
//   INVALID_ARGUMENT, reason PREPARATION_WHILE_IMPLEMENTING: a municipality
//     that runs the programme no longer prepares for it.
absl::Status CheckFacts(const StatusFacts& facts);

// Returns what becomes of `proposal`. Equal facts with no new note are
// unchanged; other facts or another note for a year on record need a
// correction; so does breaking the lawful order with the years on record
// before and after. A correction needs a reason.
// REQUIRES: CheckFacts(proposal.facts) is OK.
//
// Errors:
//   FAILED_PRECONDITION, reason CORRECTION_REASON_REQUIRED: a correction
//     without flag or reason.
//   FAILED_PRECONDITION, reason TRANSITION_UNLAWFUL: the year has no record,
//     and the new one would contradict its neighbours.
absl::StatusOr<StatusDecision> DecideStatus(
    const StatusSurroundings& surroundings, const StatusProposal& proposal);

}  // namespace welfare::registry
