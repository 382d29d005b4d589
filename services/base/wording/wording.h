// Checks verbal wordings of shares (7割以上, 約半数, 1/3) against counts.
//
// A wording is chosen by an author and stored; this code checks it and never
// generates it. The rules are data (a versioned profile); arithmetic is exact.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "services/base/numbers/rational.h"
#include "services/base/time/date.h"

namespace welfare::base {

// How a rule judges k of n. With v the value the word names:
enum class WordingKind {
  kRange,           // v + lower <= k/n (< or <=) v + upper
  kNearestInteger,  // k is the integer nearest to v n; both when half way
  kExists,          // k >= 1
  kAll,             // k = n
  kSameTenth,       // two rounds: nearest tenths of k/n are equal
};

// One end of a range, as an offset from v in the unit 1 (5 points are 1/20).
struct WordingBound {
  Rational offset;
  bool inclusive = true;
};

// One rule. `pattern` is the whole wording with at most one placeholder:
//   {tenths}    a digit 1 to 9, ASCII, full-width or kanji: v = digit / 10
//   {fraction}  a/b or b分のa, ASCII or full-width: v = a / b
// A pattern without placeholder takes v from `value`. The first rule of the
// profile whose pattern matches decides.
struct WordingRule {
  std::string pattern{};
  WordingKind kind = WordingKind::kRange;
  std::optional<Rational> value{};
  // kRange only. An absent bound is open.
  std::optional<WordingBound> lower{};
  std::optional<WordingBound> upper{};
  // kRange only: a class cap. From v + cap on the wording stays literally true
  // but a higher class fits.
  std::optional<Rational> cap{};
  // Whether the wording may be offered for new text.
  bool offered = true;
};

// A profile: another publisher or year may have another.
struct WordingProfile {
  std::string version;
  Date valid_from;
  std::vector<WordingRule> rules;
};

// Stored with published figures; do not renumber.
enum class WordingVerdict {
  kFits = 1,
  kHigherClassFits = 2,  // literally true, but a higher class fits
  kDoesNotFit = 3,
  kImpossible = 4,  // no count over this base can fit
  kUnchecked = 5,   // the profile has no rule for the wording
};

// Returns `FITS`, `HIGHER_CLASS_FITS`, `DOES_NOT_FIT`, `IMPOSSIBLE` or
// `UNCHECKED`.
std::string_view ToString(WordingVerdict verdict);

// A verdict and what would have fitted.
struct WordingResult {
  WordingVerdict verdict = WordingVerdict::kUnchecked;
  // The counts that fit (class cap included), when there are any; for
  // kUnchecked and two-round wordings nothing.
  std::optional<std::int64_t> least;
  std::optional<std::int64_t> most;
  // The index of the rule that decided; nothing for kUnchecked.
  std::optional<std::size_t> rule;
};

// Returns OK when every rule of the profile makes sense: a pattern with at most
// one placeholder, a value exactly when there is none and the kind needs one,
// bounds only for ranges, a lower bound with every cap, no pattern twice.
//
// Errors:
//   INVALID_ARGUMENT, reason WORDING_PROFILE: with every violation.
absl::Status ValidateWordingProfile(const WordingProfile& profile);

// Judges `wording` for `k` of `n`. Two-round wordings are kUnchecked here.
// REQUIRES: 0 <= k <= n <= 10^9; the profile is valid.
WordingResult CheckWording(const WordingProfile& profile,
                           std::string_view wording, std::int64_t k,
                           std::int64_t n);

// Judges `wording` for two rounds, `k1` of `n1` and then `k2` of `n2`. Only
// kSameTenth rules apply; other wordings are kUnchecked. A base of 0 on either
// side is kImpossible.
// REQUIRES: 0 <= k <= n <= 10^9 for both; the profile is valid.
WordingResult CheckWordingOfTwoRounds(const WordingProfile& profile,
                                      std::string_view wording, std::int64_t k1,
                                      std::int64_t n1, std::int64_t k2,
                                      std::int64_t n2);

// Judges a rank statement: `stated` are the highest distinct values in
// descending order (40, 14, 12), `values` one per respondent that counted.
// kImpossible when `stated` is empty or not strictly descending.
WordingVerdict CheckRanks(std::span<const Rational> stated,
                          std::span<const Rational> values);

}  // namespace welfare::base
