// What somebody may have meant to type.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace welfare::ctl {

// Those of `known` that `typed` is a beginning of or misspells, the nearest
// first, at most three. A letter left out, put in, changed, or swapped with its
// neighbour is one mistake; one is allowed in each three letters, and one in a
// shorter word.
std::vector<std::string> NearestTo(std::string_view typed,
                                   std::span<const std::string> known);

}  // namespace welfare::ctl
