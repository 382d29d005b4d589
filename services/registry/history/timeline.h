// What became of a programme over all fiscal years on record: the numbers per
// year, and every municipality's way. Derived, never stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/time/fiscal_year.h"
#include "services/registry/history/history.h"
#include "services/registry/program/program.h"

namespace welfare::registry {

// A step between two fiscal years.
enum class TransitionKind {
  kPreparationStarted,
  kPreparationStopped,  // without running the programme
  kStarted,             // runs it for the first time
  kPaused,              // ran it, and is on record as not running it
  kResumed,             // runs it again
  kEnded,
};

struct Transition {
  base::FiscalYear fiscal_year;  // the first after the step
  TransitionKind kind = TransitionKind::kStarted;

  friend bool operator==(const Transition&, const Transition&) = default;
};

// The two facts of a year, both on record.
struct YearStatus {
  base::FiscalYear fiscal_year;
  StatusFacts status;

  friend bool operator==(const YearStatus&, const YearStatus&) = default;
};

// Returns the steps in `years`, which are in order. Steps are seen between
// neighbouring records, whatever years lie between, and at the first: a year
// without a record is no step. Preparation that is unknown is no step either.
std::vector<Transition> FindTransitions(const std::vector<YearStatus>& years);

// One municipality's way. Borrows the history.
struct TimelineRow {
  const Municipality* municipality = nullptr;
  std::vector<YearStatus> years;  // those with a record, in order
  std::optional<base::FiscalYear> first_implementation_year;
  std::vector<Transition> transitions;
};

// One fiscal year. Borrows the history.
struct TimelineYear {
  base::FiscalYear fiscal_year;
  int size = 0;        // municipalities that exist in it
  int unrecorded = 0;  // of these, without a record
  std::vector<const Municipality*> implementing;
  std::vector<const Municipality*> newcomers;          // surely
  std::vector<const Municipality*> newcomers_unknown;  // or not
  std::vector<const Municipality*> leavers;
  std::vector<const Municipality*> preparing;
};

struct ProgramTimeline {
  std::string program;
  std::int64_t version = 0;
  std::vector<TimelineYear> years;  // those with a record, in order
  std::vector<TimelineRow> rows;    // municipalities with one, by resource id
};

ProgramTimeline ComputeTimeline(const RegistryView& view,
                                const Program& program);

}  // namespace welfare::registry
