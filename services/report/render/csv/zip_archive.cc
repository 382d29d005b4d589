#include "services/report/render/csv/zip_archive.h"

#include <zip.h>
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "services/report/errors.h"

namespace welfare::report {
namespace {

// DOS date of 1980-01-01: year 0, month 1, day 1.
constexpr zip_uint16_t kFirstDate = (1U << 5U) | 1U;

// A report's tables have a few million bytes.
constexpr std::uint64_t kMostUnpacked = std::uint64_t{256} << 20;

struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Source = std::unique_ptr<zip_source_t, FreeSource>;
using Archive = std::unique_ptr<zip_t, Discard>;

absl::Status Failed(std::string_view what) { return RenderFailed("zip", what); }

}  // namespace

absl::StatusOr<std::string> MakeZipArchive(
    const std::vector<ArchiveFile>& files) {
  zip_error_t error;
  zip_error_init(&error);
  Source target(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (target == nullptr) return Failed(zip_error_strerror(&error));
  Archive archive(zip_open_from_source(target.get(), ZIP_TRUNCATE, &error));
  if (archive == nullptr) return Failed(zip_error_strerror(&error));
  // The archive owns one reference; ours reads the bytes after it is closed.
  zip_source_keep(target.get());
  for (const ArchiveFile& file : files) {
    Source source(zip_source_buffer(archive.get(), file.bytes.data(),
                                    file.bytes.size(), 0));
    if (source == nullptr) return Failed(zip_strerror(archive.get()));
    const zip_int64_t index = zip_file_add(archive.get(), file.name.c_str(),
                                           source.get(), ZIP_FL_ENC_UTF_8);
    if (index < 0) return Failed(zip_strerror(archive.get()));
    // Now the archive's; it frees the source.
    static_cast<void>(source.release());
    const auto at = static_cast<zip_uint64_t>(index);
    if (zip_file_set_dostime(archive.get(), at, 0, kFirstDate, 0) != 0 ||
        zip_set_file_compression(archive.get(), at, ZIP_CM_DEFLATE, 6) != 0) {
      return Failed(zip_strerror(archive.get()));
    }
  }
  if (zip_close(archive.get()) != 0) {
    return Failed(zip_strerror(archive.get()));
  }
  static_cast<void>(archive.release());
  zip_stat_t stat;
  if (zip_source_open(target.get()) != 0 ||
      zip_source_stat(target.get(), &stat) != 0) {
    return Failed("the archive cannot be read back");
  }
  std::string bytes(stat.size, '\0');
  const zip_int64_t read =
      zip_source_read(target.get(), bytes.data(), bytes.size());
  zip_source_close(target.get());
  if (read < 0 || static_cast<std::size_t>(read) != bytes.size()) {
    return Failed("the archive cannot be read back");
  }
  return bytes;
}

absl::StatusOr<std::vector<ArchiveFile>> ReadZipArchive(
    const std::string& bytes) {
  zip_error_t error;
  zip_error_init(&error);
  Source source(
      zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error));
  if (source == nullptr) return Failed(zip_error_strerror(&error));
  const Archive archive(zip_open_from_source(source.get(), ZIP_RDONLY, &error));
  if (archive == nullptr) return Failed(zip_error_strerror(&error));
  // Now the archive's; it frees the source.
  static_cast<void>(source.release());
  std::vector<ArchiveFile> files;
  std::uint64_t left = kMostUnpacked;
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const auto at = static_cast<zip_uint64_t>(i);
    zip_stat_t stat;
    if (zip_stat_index(archive.get(), at, 0, &stat) != 0) {
      return Failed(zip_strerror(archive.get()));
    }
    if (stat.size > left) return Failed("the archive is too large");
    left -= stat.size;
    zip_file_t* file = zip_fopen_index(archive.get(), at, 0);
    if (file == nullptr) return Failed(zip_strerror(archive.get()));
    std::string text(stat.size, '\0');
    const zip_int64_t read = zip_fread(file, text.data(), text.size());
    zip_fclose(file);
    if (read < 0 || static_cast<std::size_t>(read) != text.size()) {
      return Failed("a file of the archive cannot be read");
    }
    files.push_back({stat.name, std::move(text)});
  }
  return files;
}

std::string ZipLibrary() {
  return std::string("libzip ") + zip_libzip_version() + " zlib " +
         zlibVersion();
}

}  // namespace welfare::report
