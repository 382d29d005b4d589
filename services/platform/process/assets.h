#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace welfare::platform {

// Data files that ship with the services live below one folder, laid out as in
// the source tree: <assets>/services/<service>/data/<file>.

// Returns the folder used when --assets-dir is not set: share/welfare beside
// the installed program's bin, else the tree this program was built from.
std::filesystem::path DefaultAssetsDir();

// Returns the path of `file` of `service` ("registry", "municipalities.csv").
std::filesystem::path AssetPath(const std::filesystem::path& assets_dir,
                                std::string_view service,
                                std::string_view file);

// Returns a file's content, as bytes.
//
// Errors: NOT_FOUND, reason ASSET_NOT_FOUND.
absl::StatusOr<std::string> ReadAsset(const std::filesystem::path& path);

}  // namespace welfare::platform
