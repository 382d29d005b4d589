// What was published about a round, held against what the platform computes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"
#include "services/base/wording.h"
#include "services/indicator/compute/round_indicators.h"
#include "services/indicator/round/registry_history.h"

namespace welfare::indicator {

// How a statement can be checked. Sent between services; do not renumber.
enum class Check {
  kComputed = 1,    // from answers
  kRegistry = 2,    // from the registry
  kProgress = 3,    // from the returns or the round itself
  kOptionList = 4,  // the length of an option list
  kEditorial = 5,   // written or counted in free text by the author
  kLegal = 6,       // about the law
  kTrend = 7,       // change over time, without a figure
  kLost = 8,        // the chart's numbers are lost
  kPartlyKnown = 9,
};

// Returns `computed`, `option_list` and so on.
std::string_view ToString(Check check);
std::optional<Check> FindCheck(std::string_view text);

// What a row states, and by which alone it is judged. Sent between services; do
// not renumber.
enum class Claim {
  kNone = 0,     // nothing that can be checked
  kCount = 1,    // a number of respondents, options or members: 23地区
  kShare = 2,    // a count and its base: 62/62
  kPercent = 3,  // 70.0%
  kWording = 4,  // 7割以上
  kValue = 5,    // a total, a rank, dates, a series
};

// Whether a printed number is the computed one. Sent between services; do not
// renumber.
enum class Agreement { kNone = 0, kSame = 1, kDiffers = 2 };

// One row of the published figures: one reading of one statement.
struct PublishedFigure {
  std::string figure_id;
  std::string statement_id;
  std::string reading;  // `only`, or `A`, `B`
  Check check = Check::kEditorial;
  int round_year = 0;      // the round whose answers decide it
  int reference_year = 0;  // the year it speaks of
  std::vector<std::string> items;
  std::vector<std::string> cells;  // only read for option lists
  int page = 0;
  std::string label;
  std::vector<std::string> populations;
  std::optional<std::int64_t> numerator;
  std::optional<std::int64_t> denominator;
  std::string value;
  std::string value_as_published;
  std::string kind;  // `exact`, `at_least` and so on: see the data's README
  std::optional<std::int64_t> lower_bound;  // inclusive
  std::optional<std::int64_t> upper_bound;  // inclusive
  std::string wording;  // judged by the wording profile; empty for numbers
  Claim claim = Claim::kNone;  // see ClaimOf
};

// Returns what a row states:
//   a wording where it prints one and no exact count (`kind`);
//   a percentage or a share where it is printed as one (`70.0%`, `62/62`);
//   a value where `value` is filled in and no members of a list are counted;
//   else a count.
Claim ClaimOf(const PublishedFigure& figure);

// How a row is computed.
struct FigureSource {
  std::string indicator;
  std::string cell;    // a key or an absence kind; empty: all cells, a series
  std::string within;  // registry rows: population that is the base
  std::vector<std::string> options;  // the part of an option list it names
  bool two_rounds = false;  // compares `round_year` (or the year before) with
                            // the round the statements are about
};

// Everything published about one round.
struct PublishedRound {
  int fiscal_year = 0;
  std::vector<PublishedFigure> figures;  // in page order
  std::map<std::string, FigureSource, std::less<>> sources;
  base::WordingProfile profile;

  // Returns every violation: sources of unknown rows, computed rows without a
  // source, readings of one statement that disagree on page or check, figure
  // ids twice, an invalid profile.
  std::vector<base::Violation> Validate() const;
};

// How a wording and a figure agree. Sent between services; do not renumber.
enum class StatementVerdict {
  kFits = 1,
  kHigherClassFits = 2,
  kDoesNotFit = 3,
  kImpossible = 4,
  kUnchecked = 5,
  kNotComputed = 6,
};

// One way to read a statement.
struct StatementReading {
  std::string reading;
  const PopulationSet* population = nullptr;  // null where there is none
  // The population as a statement about another year means it: its label with
  // that year, its members in that year. Unset: as in the round.
  std::optional<std::string> population_label;
  std::optional<int> population_size;
  std::string computed;  // `23/30 (76.7%)`, `1527`, names
  std::optional<int> count;
  std::optional<int> base;
  StatementVerdict verdict = StatementVerdict::kNotComputed;
  std::string rule;       // what decided, in words
  std::string indicator;  // empty for the registry
  std::string cell;
  std::string not_computed_reason;
  std::string not_computed_reason_ja;
  // What the row states decides; the rest is compared and shown.
  Claim claim = Claim::kNone;
  Agreement count_agreement = Agreement::kNone;
  Agreement base_agreement = Agreement::kNone;
  std::optional<StatementVerdict> wording_verdict;
  std::optional<std::int64_t> published_count;
  std::optional<std::int64_t> published_base;
  std::string wording;
};

// One statement with all its readings. Met when a reading FITS.
struct Statement {
  std::string id;
  int page = 0;
  std::string label;
  std::string published;
  Check check = Check::kEditorial;
  std::vector<StatementReading> readings;
  StatementVerdict verdict = StatementVerdict::kNotComputed;  // the best
  std::vector<std::string> agreeing_readings;
  std::string not_computed_reason;     // empty where it is computed
  std::string not_computed_reason_ja;  // the same in Japanese
  int round_year = 0;
  bool synthetic = false;
};

// What statements are computed from. Rounds by fiscal year; those that do not
// exist are left out.
struct StatementInputs {
  std::map<int, const RoundIndicators*> rounds;
  // Rounds that are planned and were never opened: as no round, but said so.
  std::set<int> planned;
  // The registry at the pin of the round the statements are about.
  const RegistryHistory* history = nullptr;
};

// Returns every statement in page order, each reading judged. A row that
// cannot be computed says why and never fails the others.
// REQUIRES: `published` is valid; `inputs.rounds` has `published.fiscal_year`.
std::vector<Statement> JudgeStatements(const PublishedRound& published,
                                       const StatementInputs& inputs);

}  // namespace welfare::indicator
