// Numbers as they stand in the data files.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace welfare::indicator {

// Reads all of `text` as an integer: `12`, `-3`.
std::optional<std::int64_t> ParseInteger(std::string_view text);

}  // namespace welfare::indicator
