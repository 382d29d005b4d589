// Which signs stand in tables where no number can: publishers differ.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/error.h"

namespace welfare::report {

// Symbols and words that stand in a table where no number can. Printed with a
// legend wherever they are used. Written to CSV by name.
enum class Symbol {
  kNone,
  kZero,           // 0: a true zero
  kNotApplicable,  // -: no figure by definition
  kNoAnswer,       // 無回答
  kNotCounted,     // カウントしていない
  kUnknown,        // 不詳
  kSuppressed,     // X
  kLost,           // …: lost in the published document
  kLowerBound,     // 以上: stands behind a number; more may be missing
};

// What `symbol` looks like in the tables of this survey: `-`, 無回答, …; empty
// for kNone.
std::string SymbolText(Symbol symbol);
// What it means, for the legend.
std::string SymbolMeaning(Symbol symbol);
// Its name in CSV: NOT_APPLICABLE; empty for kNone.
std::string SymbolName(Symbol symbol);

// The signs of one publisher. Absences that are answers keep their words, and a
// lower bound its own, for sentences say these too.
struct SymbolProfile {
  std::map<Symbol, std::string> signs;  // of those that look otherwise
  std::string minus;  // before negative numbers; empty: as they are written

  // What `symbol` looks like.
  std::string SignOf(Symbol symbol) const;
};

// Those that a profile may write otherwise, by their keys in a template.
inline constexpr std::array<std::pair<std::string_view, Symbol>, 4>
    kChosenSymbols = {{{"zero", Symbol::kZero},
                       {"not_applicable", Symbol::kNotApplicable},
                       {"suppressed", Symbol::kSuppressed},
                       {"lost", Symbol::kLost}}};

// The profile of this name: `survey`, where zero and what is not defined stay
// apart as 0 and -; `statistics`, as in the statistical tables of ministries,
// where - is a zero and ・ what cannot be. Nothing where there is none.
std::optional<SymbolProfile> FindSymbolProfile(std::string_view name);

// Finds what is wrong with a profile at `path`: a sign that is empty, long, reads
// as a number, or is that of another symbol as well, so that a reader could not
// tell a zero from what is not defined.
std::vector<base::Violation> FindSymbolFaults(const SymbolProfile& profile,
                                              const std::string& path);

}  // namespace welfare::report
