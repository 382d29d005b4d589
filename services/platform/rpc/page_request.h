#pragma once

#include "absl/status/statusor.h"
#include "services/base/page.h"
#include "services/platform/rpc/deterministic_bytes.h"

namespace welfare::platform {

// Returns the page that a List request asks for. Its tokens are bound to every
// field of the request but page_size, page_token and min_version.
//
// Errors: those of base::Page::Read.
template <typename Request>
absl::StatusOr<base::Page> ReadPage(const Request& request) {
  Request parameters = request;
  parameters.clear_page_size();
  parameters.clear_page_token();
  if constexpr (requires { parameters.clear_min_version(); }) {
    parameters.clear_min_version();
  }
  return base::Page::Read(request.page_size(), request.page_token(),
                          DeterministicBytes(parameters));
}

}  // namespace welfare::platform
