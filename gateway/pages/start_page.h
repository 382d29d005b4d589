#pragma once

#include <span>
#include <string>

#include "gateway/routes/http_route.h"

namespace welfare::gateway {

// The page at `/`: what this is and what can be asked of it.
std::string IndexPage(std::span<const HttpRoute> routes);

}  // namespace welfare::gateway
