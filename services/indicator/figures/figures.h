// Computed values: figures with everything that is needed to check them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

#include "services/base/absence.h"
#include "services/indicator/definition/definition.h"
#include "services/indicator/round/round_table.h"
#include "services/vocabulary/cell_flag.h"
#include "services/vocabulary/option_role.h"

namespace welfare::indicator {

// Which measure has which remark is a table in services/indicator/README.md;
// on a figure they stand in the order of their numbers.
using vocabulary::CellFlag;
using vocabulary::OptionRole;

// One figure.
struct FigureCell {
  std::string key;
  std::string label;
  int count = 0;  // respondents in the cell
  int base = 0;   // respondents the percent is taken of
  std::optional<std::string> percent;
  std::optional<std::string> value;  // of a sum, maximum, rank, mean, median
  std::optional<std::int64_t> numerator;    // of a quotient
  std::optional<std::int64_t> denominator;  // of a quotient
  // Of a series: members of the base of whom the registry does not say whether
  // they are in.
  int undecided = 0;
  OptionRole role = OptionRole::kAnswer;
  std::vector<CellFlag> flags;

  bool Has(CellFlag flag) const;
};

// One indicator computed for one round at exact versions.
struct Figures {
  std::string indicator;
  Measure measure = Measure::kCount;
  int fiscal_year = 0;
  int reference_year = 0;
  std::string label;
  std::string population;
  std::string population_label;
  std::string predicate;
  int size = 0;       // members of the population
  int undecided = 0;  // left out because the predicate is UNKNOWN
  int base = 0;
  int answered = 0;
  std::array<int, 7> absences{};  // by the number of base::Absence
  std::vector<FigureCell> cells;
  std::vector<CellFlag> flags;
  bool multiple_answer = false;
  std::string unit;
  int definition_version = 0;
  std::string definition_digest;
  std::int64_t registry_version = 0;
  std::string registry_incarnation;  // whose version; empty: not known
  std::int64_t round_revision = 0;
  std::string round_incarnation;  // whose revision
  std::string codebook;
  Basis basis = Basis::kProvisional;
  bool synthetic = false;

  int Absent(base::Absence kind) const {
    return absences[static_cast<std::size_t>(kind)];
  }
  // Returns the cell with this key, or null.
  const FigureCell* FindCell(std::string_view key) const;
};

// Sets the flags of every cell and of the whole that its numbers call for.
void SetFlags(Figures& figures);

// Returns OK when the figures are consistent:
//   size = base + the absences outside it;
//   base = answered + the absences inside it;
//   PROGRESS has no absences, a REGISTRY_SERIES none but UNKNOWN;
//   every count lies in 0..its base, every cell's base in 0..base;
//   the cells of a single answer, and of a histogram, add up to `answered`;
//   percents, values and flags of every cell and of the whole are those that
//     the table of the README says for the measure.
//
// Errors:
//   INTERNAL, reason FIGURES_INCONSISTENT.
absl::Status VerifyFigures(const Figures& figures, bool partition);

}  // namespace welfare::indicator
