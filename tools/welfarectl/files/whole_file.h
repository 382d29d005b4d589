// Files that are read and written as a whole.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace welfare::ctl {

// Errors: NOT_FOUND, reason FILE_UNREADABLE.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

// Writes to a temporary name beside `path` and renames, so that half a file
// never stands under its name.
//
// Errors: UNAVAILABLE, reason FILE_UNWRITABLE.
absl::Status WriteWholeFile(const std::filesystem::path& path,
                            std::string_view bytes);

}  // namespace welfare::ctl
