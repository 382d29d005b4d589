#pragma once

#include <string_view>

namespace welfare::gateway {

// Where the gateway says whether it serves.
inline constexpr std::string_view kHealthPath = "/healthz";

}  // namespace welfare::gateway
