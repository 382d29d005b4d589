// A published statement, held against what the platform computes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/indicator/figures/population_set.h"
#include "services/indicator/statements/published.h"

namespace welfare::indicator {

// Whether a printed number is the computed one. Sent between services; do not
// renumber.
enum class Agreement { kNone = 0, kSame = 1, kDiffers = 2 };

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

}  // namespace welfare::indicator
