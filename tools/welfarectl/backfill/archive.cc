#include "tools/welfarectl/backfill/archive.h"

#include <unistd.h>
#include <zip.h>
#include <zlib.h>
#include <zstd.h>

#include <memory>
#include <string_view>

#include "services/base/error.h"
#include "tools/welfarectl/error_table.h"

namespace welfare::ctl {
namespace {

constexpr std::size_t kBuffer = std::size_t{256} << 10;

absl::Status ArchiveBroken(const std::string& path, std::string_view why) {
  return base::MakeError(CtlRow("ARCHIVE_BROKEN"))
      .With("path", path)
      .With("why", why);
}

// Writes what was unpacked, as long as there is not too much of it.
class Unpacked {
 public:
  Unpacked(std::FILE* out, const std::string& path) : out_(out), path_(path) {}

  absl::Status Add(const char* bytes, std::size_t count) {
    total_ += static_cast<std::int64_t>(count);
    if (total_ > kMostUnpacked) return ArchiveBroken(path_, "too large");
    if (std::fwrite(bytes, 1, count, out_) == count) return absl::OkStatus();
    return base::MakeError(CtlRow("FILE_UNWRITABLE"))
        .With("path", "temporary file");
  }

 private:
  std::FILE* out_;
  const std::string& path_;
  std::int64_t total_ = 0;
};

absl::Status Gunzip(std::FILE* packed, Unpacked& out, const std::string& path) {
  z_stream stream{};
  // 16: with the header of gzip.
  if (inflateInit2(&stream, MAX_WBITS + 16) != Z_OK) {
    return ArchiveBroken(path, "zlib");
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> ended(&stream,
                                                            inflateEnd);
  std::string in(kBuffer, '\0');
  std::string text(kBuffer, '\0');
  int state = Z_STREAM_END;
  while (true) {
    const std::size_t got = std::fread(in.data(), 1, in.size(), packed);
    if (got == 0) break;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(got);
    while (stream.avail_in > 0) {
      // Files may be joined; what follows one is another, or padding.
      if (state == Z_STREAM_END && *stream.next_in == 0) {
        ++stream.next_in;
        --stream.avail_in;
        continue;
      }
      if (state == Z_STREAM_END) inflateReset(&stream);
      stream.next_out = reinterpret_cast<Bytef*>(text.data());
      stream.avail_out = static_cast<uInt>(text.size());
      state = inflate(&stream, Z_NO_FLUSH);
      if (state != Z_OK && state != Z_STREAM_END) {
        return ArchiveBroken(path, stream.msg == nullptr ? "gzip" : stream.msg);
      }
      WELFARE_RETURN_IF_ERROR(
          out.Add(text.data(), text.size() - stream.avail_out));
    }
  }
  // What is left in the window when the input is over.
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    state = inflate(&stream, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END) break;
    WELFARE_RETURN_IF_ERROR(
        out.Add(text.data(), text.size() - stream.avail_out));
  }
  if (state != Z_STREAM_END) return ArchiveBroken(path, "truncated");
  return absl::OkStatus();
}

absl::Status Unzstd(std::FILE* packed, Unpacked& out, const std::string& path) {
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(
      ZSTD_createDStream(), ZSTD_freeDStream);
  if (stream == nullptr) return ArchiveBroken(path, "zstd");
  std::string in(kBuffer, '\0');
  std::string text(kBuffer, '\0');
  // What it wants before a frame is whole; files may be joined.
  std::size_t wanted = 0;
  while (true) {
    const std::size_t got = std::fread(in.data(), 1, in.size(), packed);
    if (got == 0) break;
    ZSTD_inBuffer from{.src = in.data(), .size = got, .pos = 0};
    // A full buffer may leave more in the window when the input is over.
    bool full = false;
    while (from.pos < from.size || full) {
      ZSTD_outBuffer to{.dst = text.data(), .size = text.size(), .pos = 0};
      wanted = ZSTD_decompressStream(stream.get(), &to, &from);
      if (ZSTD_isError(wanted) != 0) {
        return ArchiveBroken(path, ZSTD_getErrorName(wanted));
      }
      WELFARE_RETURN_IF_ERROR(out.Add(text.data(), to.pos));
      full = wanted > 0 && to.pos == to.size;
    }
  }
  if (wanted > 0) return ArchiveBroken(path, "truncated");
  return absl::OkStatus();
}

absl::Status Unzip(std::FILE* packed, Unpacked& out, const std::string& path) {
  int code = 0;
  const int file = dup(fileno(packed));
  zip_t* const opened = zip_fdopen(file, ZIP_CHECKCONS, &code);
  if (opened == nullptr) {
    close(file);
    return ArchiveBroken(path, "zip");
  }
  const std::unique_ptr<zip_t, void (*)(zip_t*)> archive(opened, zip_discard);
  if (zip_get_num_entries(opened, 0) != 1) {
    return ArchiveBroken(path, "not one file in it");
  }
  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> entry(
      zip_fopen_index(opened, 0, 0), zip_fclose);
  if (entry == nullptr) return ArchiveBroken(path, zip_strerror(opened));
  std::string text(kBuffer, '\0');
  while (true) {
    const zip_int64_t got = zip_fread(entry.get(), text.data(), text.size());
    if (got < 0) return ArchiveBroken(path, zip_file_strerror(entry.get()));
    if (got == 0) return absl::OkStatus();
    WELFARE_RETURN_IF_ERROR(
        out.Add(text.data(), static_cast<std::size_t>(got)));
  }
}

}  // namespace

absl::StatusOr<bool> Unpack(std::FILE* packed, std::FILE* out,
                            const std::string& path) {
  char magic[4] = {};
  std::rewind(packed);
  const std::size_t got = std::fread(magic, 1, sizeof magic, packed);
  std::rewind(packed);
  const std::string_view begins(magic, got);
  Unpacked unpacked(out, path);
  if (begins.starts_with("\x1F\x8B")) {
    WELFARE_RETURN_IF_ERROR(Gunzip(packed, unpacked, path));
  } else if (begins == "\x28\xB5\x2F\xFD") {
    WELFARE_RETURN_IF_ERROR(Unzstd(packed, unpacked, path));
  } else if (begins == "PK\x03\x04") {
    WELFARE_RETURN_IF_ERROR(Unzip(packed, unpacked, path));
  } else {
    return false;
  }
  return true;
}

}  // namespace welfare::ctl
