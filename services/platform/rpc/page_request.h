#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "services/base/pages/page.h"
#include "services/platform/rpc/deterministic_bytes.h"

namespace welfare::platform {

// Returns the page that a List request asks for. Its tokens are bound to the
// list (the type of its request), to the `incarnation` of the store that its
// keys are of (empty where they are of none), and to every field of the request
// but page_size, page_token and min_version.
//
// Errors: those of base::Page::Read.
template <typename Request>
absl::StatusOr<base::Page> ReadPage(const Request& request,
                                    std::string_view incarnation = {}) {
  Request parameters = request;
  parameters.clear_page_size();
  parameters.clear_page_token();
  if constexpr (requires { parameters.clear_min_version(); }) {
    parameters.clear_min_version();
  }
  // No name holds a NUL, so the parts cannot run into each other.
  std::string bound = Request::descriptor()->full_name();
  bound.append(1, '\0').append(incarnation).append(1, '\0');
  bound += DeterministicBytes(parameters);
  return base::Page::Read(request.page_size(), request.page_token(),
                          std::move(bound));
}

}  // namespace welfare::platform
