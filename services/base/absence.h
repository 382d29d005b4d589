// Why there is no value. An answer is a value (zero is one) or exactly one of
// these; suppression is confidentiality and not among them.
#pragma once

#include <array>
#include <string_view>

#include "absl/status/statusor.h"

namespace welfare::base {

// Stored in databases and sent between services; do not renumber.
enum class Absence {
  kNoAnswer = 1,         // asked, left blank
  kNotCounted = 2,       // does it, keeps no count
  kUnknown = 3,          // answered but undecided, illegible or contradictory
  kNotApplicable = 4,    // the routing skipped it; computed
  kUnitNonresponse = 5,  // no submission; computed
  kNotAsked = 6,         // not in this round or not for this kind; computed
};

// All kinds in the order in which they are printed.
inline constexpr std::array<Absence, 6> kAllAbsences = {
    Absence::kNoAnswer,      Absence::kNotCounted,      Absence::kUnknown,
    Absence::kNotApplicable, Absence::kUnitNonresponse, Absence::kNotAsked};

// Returns whether a respondent may send this kind; the others are computed.
constexpr bool MayBeSent(Absence absence) {
  return absence == Absence::kNoAnswer || absence == Absence::kNotCounted ||
         absence == Absence::kUnknown;
}

// Returns whether a respondent with this absence stays in the base of a
// percentage (with its own count) instead of leaving it.
constexpr bool StaysInBase(Absence absence) { return MayBeSent(absence); }

// Returns the name used in proto, SQL, CSV and JSON: `NO_ANSWER`.
std::string_view ToString(Absence absence);

// Returns the Japanese word in print: 無回答, カウントしていない, 不詳, 非該当,
// 未提出, 調査対象外.
std::string_view ToJapanese(Absence absence);

// Parses a name of any kind; see MayBeSent for input from respondents.
//
// Errors:
//   INVALID_ARGUMENT, reason ABSENCE_UNKNOWN: no such kind.
absl::StatusOr<Absence> ParseAbsence(std::string_view text);

}  // namespace welfare::base
