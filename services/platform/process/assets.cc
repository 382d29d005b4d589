#include "services/platform/process/assets.h"

#include <fstream>
#include <iterator>
#include <system_error>

#include "services/platform/errors.h"

namespace welfare::platform {

std::filesystem::path DefaultAssetsDir() {
  std::error_code error;
  const std::filesystem::path program =
      std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    std::filesystem::path installed =
        program.parent_path().parent_path() / "share" / "welfare";
    if (std::filesystem::is_directory(installed / "services", error)) {
      return installed;
    }
  }
  return WELFARE_BUILD_SOURCE_DIR;
}

std::filesystem::path AssetPath(const std::filesystem::path& assets_dir,
                                std::string_view service,
                                std::string_view file) {
  return assets_dir / "services" / service / "data" / file;
}

absl::StatusOr<std::string> ReadAsset(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return AssetNotFound(path.string());
  std::string content{std::istreambuf_iterator<char>(in),
                      std::istreambuf_iterator<char>()};
  if (in.bad()) return AssetNotFound(path.string());
  return content;
}

}  // namespace welfare::platform
