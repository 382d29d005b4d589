// Everything one report is made from, as plain values: what the peers answered
// at pinned versions, frozen. Nothing in a snapshot says when or under which
// counter it was taken, except `Provenance`, which never reaches the bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/base/absence.h"
#include "services/base/names/respondent.h"
#include "services/base/time/date.h"
#include "services/report/snapshot/audience.h"
#include "services/report/snapshot/change.h"
#include "services/report/snapshot/edition.h"
#include "services/vocabulary/agreement.h"
#include "services/vocabulary/basis.h"
#include "services/vocabulary/cell_flag.h"
#include "services/vocabulary/check.h"
#include "services/vocabulary/implementing.h"
#include "services/vocabulary/measure.h"
#include "services/vocabulary/option_role.h"
#include "services/vocabulary/preparation.h"
#include "services/vocabulary/verdict.h"

namespace welfare::report {

// What a peer does not say, or says in words of a later version, is unset.
using vocabulary::Agreement;
using vocabulary::Basis;
using vocabulary::CellFlag;
using vocabulary::Check;
using vocabulary::Implementing;
using vocabulary::Measure;
using vocabulary::OptionRole;
using vocabulary::Preparation;
using vocabulary::Verdict;

// One municipality in one fiscal year.
struct RosterEntry {
  std::string municipality;  // `municipalities/131016`; sorts by code
  std::string name;
  std::string area;  // 区部, 市部, 町村部, 島しょ
  std::optional<Implementing> implementing;
  std::optional<Preparation> preparation;
  bool newcomer = false;  // implements, and surely did not the year before
  bool newcomer_unknown = false;  // implements; no record of the year before
};

struct Roster {
  int fiscal_year = 0;
  std::vector<RosterEntry> entries;  // in code order
  std::vector<std::string> leavers;  // names of municipalities
};

// One group of the returns.
struct ProgressGroup {
  base::RespondentKind kind = base::RespondentKind::kMunicipality;
  bool implementing = false;
  int expected = 0;
  int received = 0;
  int on_time = 0;
  int accepted = 0;  // or final
};

// What all groups come to; of no kind.
inline ProgressGroup TotalOf(const std::vector<ProgressGroup>& groups) {
  ProgressGroup all;
  for (const ProgressGroup& group : groups) {
    all.expected += group.expected;
    all.received += group.received;
    all.on_time += group.on_time;
    all.accepted += group.accepted;
  }
  return all;
}

// What a round says of itself.
struct RoundFacts {
  std::string survey;  // `jusou`
  int fiscal_year = 0;
  std::string display_name;
  std::string purpose;
  std::string method;
  std::string publisher;
  base::Date window_start;
  base::Date window_end;  // inclusive
  std::string codebook;   // version, `2025-1`
  bool synthetic = false;
};

// Whether the measure gives plain values (totals, maxima, ranks) instead of
// counts of respondents. The measure alone decides what a table looks like: a
// value that nobody gave is a symbol in it, never another kind of table.
constexpr bool IsValueMeasure(std::optional<Measure> measure) {
  return measure == Measure::kSum || measure == Measure::kRank;
}

// One figure: `count` of `base` respondents, or a plain `value`.
struct ValueCell {
  std::string key;
  std::string label;
  int count = 0;
  int base = 0;
  std::optional<std::string> percent;  // one decimal, half-up
  std::optional<std::string> value;    // a decimal: total, maximum, rank, mean
  std::vector<CellFlag> flags;
  OptionRole role = OptionRole::kAnswer;
};

struct AbsenceCount {
  base::Absence kind = base::Absence::kNoAnswer;
  int count = 0;
  std::optional<std::string> percent;  // of the base, where the kind stays in
};

// One indicator computed for one round.
struct IndicatorValue {
  std::string id;
  int fiscal_year = 0;
  int reference_year = 0;
  std::string label;
  std::optional<Measure> measure;
  std::string population_id;
  std::string population_label;
  int population_size = 0;
  int base = 0;
  int answered = 0;
  std::vector<ValueCell> cells;  // codebook order
  std::vector<AbsenceCount> absences;
  bool multiple_answer = false;
  std::string unit;
  std::vector<CellFlag> flags;
  std::string definition_digest;

  // Returns the cell with `key`, or null.
  const ValueCell* FindCell(std::string_view key) const {
    for (const ValueCell& cell : cells) {
      if (cell.key == key) return &cell;
    }
    return nullptr;
  }
  // Returns how many members have no value for this reason.
  int CountOf(base::Absence kind) const {
    for (const AbsenceCount& absence : absences) {
      if (absence.kind == kind) return absence.count;
    }
    return 0;
  }
};

// Indicators of one round by id.
using IndicatorValues = std::map<std::string, IndicatorValue, std::less<>>;

// One way to read a published statement. `verdict` is about what the statement
// states; the rest compares what is printed beside it and decides nothing.
struct Reading {
  std::string reading;  // `only`, `A`, `B`
  std::string population_label;
  std::string computed;
  std::optional<Verdict> verdict;
  std::string rule;
  std::optional<Agreement> count = {};  // of the printed count
  std::optional<Agreement> base = {};   // of the printed base
  std::optional<Verdict> wording = {};  // whether the wording fits
};

// A published statement held against what the platform computes.
struct Statement {
  std::string id;
  int page = 0;
  std::string label;
  std::string published;
  std::optional<Check> check;
  std::vector<Reading> readings;
  std::optional<Verdict> verdict;
  std::string agreeing_readings;
  std::string not_computed_reason;  // in Japanese

  // Whether it is of a kind that can be computed, in this round or another.
  bool computable() const {
    return check == Check::kComputed || check == Check::kRegistry ||
           check == Check::kProgress;
  }
};

// A written answer as it is printed.
struct PrintedExcerpt {
  std::string id;
  std::string item;  // mlc_consent_issue, or `item/row`
  std::string category;
  std::string text;
  std::string respondent;  // 自治体, 区部の自治体, 千代田区
};

// Counters of the stores the snapshot was taken from, and which stores these
// were: kept with the report, never part of its content or its bytes.
struct Provenance {
  std::int64_t registry_version = 0;
  std::int64_t round_revision = 0;
  std::int64_t previous_round_revision = 0;  // 0: no previous round
  // The registry and the survey that these count in; empty: not known.
  std::string registry_incarnation = {};
  std::string round_incarnation = {};
};

struct Snapshot {
  Basis basis = Basis::kProvisional;
  Edition edition = Edition::kProvisional;
  // Of a correction: the id of the snapshot that it corrects, and why.
  std::string corrected_snapshot = {};
  std::string correction_reason = {};
  std::vector<Change> errata = {};  // and what it changes of that one
  // Of a report for stakeholders: who answered what, as far as they are shown.
  Audience audience = Audience::kEverybody;
  std::vector<NamedQuestion> named = {};
  RoundFacts round;
  std::vector<ProgressGroup> progress;
  IndicatorValues values;
  // Why an indicator has no value in this round, where the indicator service
  // says so; in Japanese, by its id.
  std::map<std::string, std::string, std::less<>> left_out;
  // The round of the year before, where it exists.
  std::optional<RoundFacts> previous_round;
  std::vector<ProgressGroup> previous_progress;
  IndicatorValues previous_values;
  std::vector<Roster> rosters;  // by fiscal year, oldest first
  std::vector<Statement> statements;
  std::string wording_profile;
  std::string template_digest;  // SHA-256 of the template's text
  std::vector<PrintedExcerpt> excerpts = {};  // in the order of the template
  Provenance provenance;
  // Digests of the answers that count, by respondent, of the round and of the
  // one before. As `provenance`, beside the content.
  std::map<std::string, std::string, std::less<>> counted = {};
  std::map<std::string, std::string, std::less<>> previous_counted = {};

  // Returns the roster of `fiscal_year`, or null.
  const Roster* FindRoster(int fiscal_year) const {
    for (const Roster& roster : rosters) {
      if (roster.fiscal_year == fiscal_year) return &roster;
    }
    return nullptr;
  }
};

}  // namespace welfare::report
