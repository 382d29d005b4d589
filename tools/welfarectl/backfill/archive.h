// Files that come packed: gzip, zstd, and zip with one file in it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/status/statusor.h"

namespace welfare::ctl {

// More than any file of the platform has, unpacked.
inline constexpr std::int64_t kMostUnpacked = std::int64_t{64} << 30;

// Unpacks what stands in `packed` into `out`. False: it is not packed, and
// nothing is written. `path` is for errors.
//
// Errors: INVALID_ARGUMENT, ARCHIVE_BROKEN: it ends too early, its checksum is
//   wrong, it has none or several files in it, or more than kMostUnpacked; a
//   window of zstd is larger than the 128 MiB that its tool takes unasked.
//   UNAVAILABLE, FILE_UNWRITABLE: the disk has no room.
absl::StatusOr<bool> Unpack(std::FILE* packed, std::FILE* out,
                            const std::string& path);

}  // namespace welfare::ctl
