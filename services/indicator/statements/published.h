// What was published about a round, as rows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"
#include "services/base/wording/wording.h"

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

}  // namespace welfare::indicator
