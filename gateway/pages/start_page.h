#pragma once

#include <string>
#include <string_view>

#include "gateway/calls/own_pages.h"
#include "services/base/wording/language.h"

namespace welfare::gateway {

// The page at `/`, for people: what this is, the roster, the published reports,
// health, and the API with a form to try it. Made of `document`, the OpenAPI
// document. Its script and style stand in it and are named by their digests in
// its content-security-policy, which lets it speak to this gateway alone.
//
// REQUIRES: `document` is what OpenApiDocument returned.
OwnPage StartPage(std::string_view document, base::Language language);

}  // namespace welfare::gateway
