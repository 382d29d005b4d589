// Numbers as they stand in the data files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/base/numbers/rational.h"

namespace welfare::indicator {

// Reads all of `text` as an integer: `12`, `-3`.
std::optional<std::int64_t> ParseInteger(std::string_view text);

// Reads all of `text` as a fraction or a decimal: `1/20`, `-1/20`, `0`, `0.7`.
std::optional<base::Rational> ParseFraction(const std::string& text);

}  // namespace welfare::indicator
