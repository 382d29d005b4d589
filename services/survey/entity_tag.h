// By which two who edit the same thing are told of each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace welfare::survey {

// The quoted entity tag of a revision of one store:
// `"3f0c2a9d41e85b76-3"`.
std::string EntityTag(std::string_view incarnation, std::int64_t revision);

// OK where `sent` is empty or `current`, the tag of what is called `name`.
//
// Errors: ABORTED, ETAG_MISMATCH.
absl::Status CheckEntityTag(std::string_view sent, std::string_view name,
                            std::string_view current);

}  // namespace welfare::survey
