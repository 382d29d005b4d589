// A reading while it is judged.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "services/base/wording/wording.h"
#include "services/indicator/statements/judge/published_row.h"
#include "services/indicator/statements/not_computed.h"
#include "services/indicator/statements/statement.h"

namespace welfare::indicator {

// Holds what a row prints (count, base, percentage, wording, value) against
// numbers that were computed, and decides by what the row states. Whoever
// computes them says what they are, requires what is stated, or refuses.
//
// Invariant: one that was refused is not computed.
class OpenReading {
 public:
  explicit OpenReading(const PublishedRow& row);

  // What the reading shows beside its verdict.
  StatementReading& shown() { return reading_; }

  // Says why the row is not computed.
  void Refuse(NotComputed reason);
  // Says that it is: it fits as long as nothing required fails.
  void Begin() { reading_.verdict = Verdict::kFits; }
  // It is computed, and no rule says what its wording means.
  void LeaveUnchecked();

  // Adds a part of what decides; a part that does not hold makes the reading
  // not fit. Only what the row states is ever required.
  void Require(bool holds, const std::string& rule);
  // Compares the numbers and the words that the row prints with `k` of `n`, and
  // decides by what it states. `word` is null where it has no wording.
  void Decide(std::int64_t k, std::int64_t n, const base::WordingResult* word);
  // Remembers whether the printed count and base are the computed ones.
  void Note(std::int64_t k, std::int64_t n);

  StatementReading Take() && { return std::move(reading_); }

 private:
  void RequireBase(std::int64_t n);
  // The printed count, or the bounds of one that is not printed.
  void RequireCount(std::int64_t k);
  // The printed percentage, at as many decimals as it is printed with.
  void RequirePercent(std::int64_t k, std::int64_t n);
  void CheckWord(const base::WordingResult& result, std::int64_t base);

  const PublishedRow& row_;
  StatementReading reading_;
};

// Adds `part` to `text`, after `by` where there is something before it.
void Join(std::string& text, std::string_view part, std::string_view by);

// Returns `23/30 (76.7%)`; without the percentage over nobody.
std::string ShareWords(std::int64_t k, std::int64_t n);

}  // namespace welfare::indicator
