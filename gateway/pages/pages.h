#pragma once

#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/calls/own_pages.h"
#include "gateway/routes/http_route.h"

namespace welfare::gateway {

// What the gateway serves of its own beside its health: the start page at `/`
// and the description of `routes` at `/openapi.json`. `version` is that of the
// program.
//
// Errors: as OpenApiDocument.
absl::StatusOr<OwnPages> MakePages(std::span<const HttpRoute> routes,
                                   std::string_view version);

}  // namespace welfare::gateway
