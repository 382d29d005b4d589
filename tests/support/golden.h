#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace welfare::support {

// A line of a list of reasons: `INVALID_ARGUMENT ROUND_INVALID`.
std::string ReasonLine(absl::StatusCode code, std::string_view reason);

// Expects that the file `path` below the source folder says `text`; with
// WELFARE_UPDATE_GOLDEN set it is written instead.
void ExpectGolden(const std::string& path, const std::string& text);
// The same for lines, in their order.
void ExpectGolden(const std::string& path, const std::set<std::string>& lines);

}  // namespace welfare::support
