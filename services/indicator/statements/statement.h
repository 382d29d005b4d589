// A published statement, held against what the platform computes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/indicator/figures/population_set.h"
#include "services/indicator/statements/published.h"
#include "services/vocabulary/agreement.h"
#include "services/vocabulary/verdict.h"

namespace welfare::indicator {

using vocabulary::Agreement;
using vocabulary::Verdict;

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
  Verdict verdict = Verdict::kNotComputed;
  std::string rule;       // what decided, in words
  std::string indicator;  // empty for the registry
  std::string cell;
  std::string not_computed_reason;
  std::string not_computed_reason_ja;
  // What the row states decides; the rest is compared and shown.
  std::optional<Claim> claim;
  std::optional<Agreement> count_agreement;
  std::optional<Agreement> base_agreement;
  std::optional<Verdict> wording_verdict;
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
  Verdict verdict = Verdict::kNotComputed;  // the best
  std::vector<std::string> agreeing_readings;
  std::string not_computed_reason;     // empty where it is computed
  std::string not_computed_reason_ja;  // the same in Japanese
  int round_year = 0;
  bool synthetic = false;
};

}  // namespace welfare::indicator
