// A file as UTF-8 text that comes piece by piece, however large it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/text/encoding.h"

namespace welfare::ctl {

// What a file is: two with equal facts hold the same bytes.
struct FileFacts {
  std::string path;  // as given; `-` is standard input
  std::int64_t bytes = 0;
  std::string sha256;  // of them, 64 hexadecimal digits
};

// Reads a file from its beginning, any number of times. Standard input is
// copied to a temporary file first, and what is packed is unpacked into one.
// Used by one thread.
class TextSource {
 public:
  // Bytes of a piece, about. The first ones decide the encoding by the rule of
  // text::DecodeText, as soon as one holds more than ASCII.
  static constexpr std::size_t kPiece = std::size_t{4} << 20;
  // A file without line ends would be one line, and is none of ours.
  static constexpr std::size_t kLongestLine = std::size_t{16} << 20;
  // UTF-16 is read as a whole.
  static constexpr std::int64_t kMostUtf16 = std::int64_t{64} << 20;

  // Opens the file and reads it once, for its facts.
  //
  // Errors: NOT_FOUND, FILE_UNREADABLE; those of Unpack.
  static absl::StatusOr<TextSource> Open(const std::string& path,
                                         text::EncodingChoice choice);

  // Of the file as it lies there, packed or not.
  const FileFacts& facts() const { return facts_; }
  // Bytes of what is read.
  std::int64_t text_bytes() const { return text_bytes_; }
  // What was decided so far.
  text::Encoding encoding() const { return encoding_; }

  // Begins again.
  absl::Status Rewind();
  // Appends the next piece, which ends with a line, or the file; false: there
  // is none. In UTF-8, bytes that are none are handed on: see IsValidUtf8.
  //
  // Errors, with the path and the line: those of text::DecodeText;
  //   LINE_TOO_LONG.
  absl::StatusOr<bool> Read(std::string& text);

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  TextSource() = default;
  absl::Status ReadFacts();
  // REQUIRES: nothing was read yet.
  bool IsUtf16() const;
  // Reads bytes up to the end of a line, about `wanted`.
  absl::Status ReadBytes(std::size_t wanted, std::string& bytes);
  // Whether bytes are handed on as they are.
  bool IsUtf8() const;
  absl::StatusOr<std::string> Decode(std::string bytes);

  std::unique_ptr<std::FILE, Closer> file_;
  FileFacts facts_;
  std::int64_t text_bytes_ = 0;
  text::EncodingChoice choice_ = text::EncodingChoice::kAuto;
  text::Encoding encoding_ = text::Encoding::kUtf8;
  bool decided_ = false;
  bool begun_ = false;
  std::string bytes_;       // of a piece; its memory is used again
  std::string rest_;        // bytes behind the last line that was read
  std::int64_t lines_ = 0;  // read so far
  bool ended_ = false;
};

}  // namespace welfare::ctl
