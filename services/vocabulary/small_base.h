#pragma once

namespace welfare::vocabulary {

// A base of 1 up to below this is flagged SMALL_BASE: one respondent moves a
// percentage by more than 3.3 points. 30 is the published rounds' usual base.
inline constexpr int kSmallBaseLimit = 30;

}  // namespace welfare::vocabulary
