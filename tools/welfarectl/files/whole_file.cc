#include "tools/welfarectl/files/whole_file.h"

#include <fstream>
#include <iterator>
#include <system_error>

#include "services/base/error.h"
#include "tools/welfarectl/error_table.h"

namespace welfare::ctl {

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code ignored;
  if (!in || std::filesystem::is_directory(path, ignored)) {
    return base::MakeError(CtlRow("FILE_UNREADABLE")).With("path", path);
  }
  return std::string((std::istreambuf_iterator<char>(in)), {});
}

absl::Status WriteWholeFile(const std::filesystem::path& path,
                            std::string_view bytes) {
  const std::filesystem::path temporary = path.string() + ".part";
  std::ofstream out(temporary, std::ios::binary);
  out << bytes;
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(temporary, path, error);
  if (!out || error) {
    return base::MakeError(CtlRow("FILE_UNWRITABLE"))
        .With("path", path.string());
  }
  return absl::OkStatus();
}

}  // namespace welfare::ctl
