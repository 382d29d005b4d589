// A file that is fetched in parts, and gone on with where it was cut.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/base/coding/sha256.h"

namespace welfare::ctl {

// What comes is kept beside the file, under a name that says of which content it
// is a part, and takes its name once it is whole. Used by one thread.
class ResumedFile {
 public:
  // `digest`: SHA-256 of the whole, hexadecimal; `size`: its bytes.
  ResumedFile(std::filesystem::path path, std::string digest,
              std::int64_t size);

  // Whether the file is there, whole and with this content.
  bool IsThere() const;
  // Bytes that are there of an earlier fetch.
  std::int64_t Offset();
  // Adds what comes next.
  //
  // Errors: UNAVAILABLE, reason FILE_UNWRITABLE.
  absl::Status Append(std::string_view bytes);
  // Gives the file its name. What is not of this content is thrown away, so that
  // the next fetch begins anew.
  //
  // Errors: as Append; DATA_LOSS, reason DOWNLOAD_CUT: bytes are missing or
  //   others.
  absl::Status Finish();

 private:
  const std::filesystem::path path_;
  const std::filesystem::path part_;
  const std::string digest_;
  const std::int64_t size_;
  std::ofstream out_;
};

}  // namespace welfare::ctl
