// The cell of a text: whether there is one.
#pragma once

#include <string_view>

namespace welfare::indicator {

inline constexpr std::string_view kAnswered = "answered";
inline constexpr std::string_view kAnsweredLabel = "記載あり";

}  // namespace welfare::indicator
