#include "tools/welfarectl/files/resumed_file.h"

#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/files/whole_file.h"

namespace welfare::ctl {
namespace {

std::optional<std::string> DigestOf(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  const std::string bytes((std::istreambuf_iterator<char>(in)),
                          std::istreambuf_iterator<char>());
  return base::Sha256Hex(bytes);
}

std::filesystem::path PartOf(const std::filesystem::path& path,
                             const std::string& digest) {
  constexpr std::size_t kShown = 16;
  return path.string() + "." + digest.substr(0, kShown) + ".part";
}

}  // namespace

ResumedFile::ResumedFile(std::filesystem::path path, std::string digest,
                         std::int64_t size)
    : path_(std::move(path)),
      part_(PartOf(path_, digest)),
      digest_(std::move(digest)),
      size_(size) {}

bool ResumedFile::IsThere() const {
  std::error_code none;
  const std::uintmax_t size = std::filesystem::file_size(path_, none);
  return !none && static_cast<std::int64_t>(size) == size_ &&
         DigestOf(path_) == digest_;
}

std::int64_t ResumedFile::Offset() {
  std::error_code none;
  const std::uintmax_t size = std::filesystem::file_size(part_, none);
  if (none) return 0;
  if (static_cast<std::int64_t>(size) <= size_) {
    return static_cast<std::int64_t>(size);
  }
  std::filesystem::remove(part_, none);
  return 0;
}

absl::Status ResumedFile::Append(std::string_view bytes) {
  if (!out_.is_open()) out_.open(part_, std::ios::binary | std::ios::app);
  out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (out_.good()) return absl::OkStatus();
  return base::MakeError(CtlRow("FILE_UNWRITABLE")).With("path", part_.string());
}

absl::Status ResumedFile::Finish() {
  out_.close();
  std::error_code failed;
  const std::uintmax_t size = std::filesystem::file_size(part_, failed);
  const std::int64_t got = failed ? 0 : static_cast<std::int64_t>(size);
  if (got != size_ || DigestOf(part_) != digest_) {
    // A part that is no beginning of the whole is of no use.
    if (got >= size_) std::filesystem::remove(part_, failed);
    return base::MakeError(CtlRow("DOWNLOAD_CUT"))
        .With("got", static_cast<long long>(got))
        .With("size", static_cast<long long>(size_));
  }
  std::filesystem::rename(part_, path_, failed);
  if (!failed) return absl::OkStatus();
  return base::MakeError(CtlRow("FILE_UNWRITABLE")).With("path", path_.string());
}

}  // namespace welfare::ctl
