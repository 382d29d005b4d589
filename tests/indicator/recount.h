// A slow, row-wise recount that shares nothing with the code it checks: plain
// structs, plain loops, no bitmaps, no expression language.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/base/absence.h"
#include "services/indicator/figures/figures.h"
#include "services/indicator/round/round_table.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator::testing {

// Whether the row's submission counts.
bool RowCounts(const TestRow& row, Basis basis);

// What the round says of an item, after masking.
TestAnswer Seen(const TestRow& row, const std::string& item, Basis basis);

// Membership: true, false, or nothing for UNKNOWN.
std::optional<bool> IsMember(const std::string& population, const TestRow& row,
                             Basis basis);
std::vector<const TestRow*> Members(const std::string& population,
                                    const std::vector<TestRow>& rows,
                                    Basis basis);

struct Recount {
  int size = 0;
  int base = 0;
  int answered = 0;
  std::map<base::Absence, int> absences;
  std::map<std::string, int> cells;
};

// Recounts over one item; `keys_of` says in which cells an answer is.
Recount RecountItem(
    const std::string& population, const std::string& item,
    const std::vector<TestRow>& rows, Basis basis,
    const std::function<std::vector<std::string>(const TestAnswer&)>& keys_of);

// The cells of coded answers.
std::vector<std::string> AsCodes(const TestAnswer& answer);

void ExpectSame(const Figures& figures, const Recount& recount);

// Tenths of a percent, by long division instead of the platform's formula.
std::string PercentByHand(int k, int n);

}  // namespace welfare::indicator::testing
