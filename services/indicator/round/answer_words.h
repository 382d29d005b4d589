// What a respondent answered, in words.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "services/indicator/round/round_table.h"

namespace welfare::indicator {

// The cell of a text: whether there is one.
inline constexpr std::string_view kAnswered = "answered";
inline constexpr std::string_view kAnsweredLabel = "記載あり";

// Returns what `row` answered to the item at position `item`: the labels and
// codes of its options or table rows, the number with its unit, that there is a
// text (never the text), or the absence.
std::string AnswerInWords(const RoundTable& table, std::size_t item,
                          std::size_t row);

}  // namespace welfare::indicator
