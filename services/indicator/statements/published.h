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
#include "services/vocabulary/check.h"
#include "services/vocabulary/claim.h"

namespace welfare::indicator {

using vocabulary::Check;
using vocabulary::Claim;

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
  std::optional<Claim> claim;  // see ClaimOf
};

// Returns what a row states:
//   a wording where it prints one and no exact count (`kind`);
//   a percentage or a share where it is printed as one (`70.0%`, `62/62`);
//   a value where `value` is filled in and no members of a list are counted;
//   else a count.
std::optional<Claim> ClaimOf(const PublishedFigure& figure);

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
