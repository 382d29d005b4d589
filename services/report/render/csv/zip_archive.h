// A ZIP archive whose bytes depend on nothing but its content.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace welfare::report {

struct ArchiveFile {
  std::string name;  // ASCII, without folders above
  std::string bytes;
};

// Returns a ZIP archive of `files` in their order, deflated, every file dated
// 1980-01-01 00:00 (the first time the format knows; local by definition, so
// no time zone shapes it).
//
// Errors: INTERNAL, reason RENDER_FAILED: the library refused.
absl::StatusOr<std::string> MakeZipArchive(
    const std::vector<ArchiveFile>& files);

// Returns the files of an archive in their order.
//
// Errors: INTERNAL, reason RENDER_FAILED: it is none, or is larger unpacked
//   than any of a report.
absl::StatusOr<std::vector<ArchiveFile>> ReadZipArchive(
    const std::string& bytes);

// Name and version of the library that compresses, for fingerprints.
std::string ZipLibrary();

}  // namespace welfare::report
