#include "tools/welfarectl/backfill/text_source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "tools/welfarectl/backfill/archive.h"
#include "tools/welfarectl/error_table.h"

namespace welfare::ctl {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

absl::Status CannotRead(const std::string& path) {
  return base::MakeError(CtlRow("FILE_UNREADABLE")).With("path", path);
}

// The same error with the file and the line in it.
absl::Status AtPlace(const std::string& path, std::int64_t lines_before,
                     const absl::Status& status) {
  auto details = base::GetErrorDetails(status);
  if (!details) return status;
  std::string english = path;
  std::string japanese = path;
  if (const auto line = details->metadata.find("line");
      line != details->metadata.end()) {
    line->second = std::to_string(lines_before + std::stoll(line->second));
    english += " line " + line->second;
    japanese += " " + line->second + "行目";
  }
  details->metadata["path"] = path;
  if (!details->message_ja.empty()) {
    details->message_ja = japanese + "：" + details->message_ja;
  }
  return base::WithErrorDetails(
      absl::Status(
          status.code(),
          base::ToAbsl(english + ": " + std::string(base::MessageOf(status)))),
      *details);
}

std::int64_t CountLines(std::string_view text) {
  std::int64_t lines = 0;
  for (std::size_t at = text.find('\n'); at != std::string_view::npos;
       at = text.find('\n', at + 1)) {
    ++lines;
  }
  return lines;
}

bool IsAscii(std::string_view bytes) {
  return std::none_of(bytes.begin(), bytes.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x80;
  });
}

}  // namespace

absl::StatusOr<TextSource> TextSource::Open(const std::string& path,
                                            text::EncodingChoice choice) {
  TextSource source;
  source.facts_.path = path;
  source.choice_ = choice;
  if (path == "-") {
    // It is read more than once, so it is kept, on disk.
    source.file_.reset(std::tmpfile());
    if (source.file_ == nullptr) return CannotRead(path);
    std::string buffer(kPiece, '\0');
    while (const std::size_t got =
               std::fread(buffer.data(), 1, buffer.size(), stdin)) {
      if (std::fwrite(buffer.data(), 1, got, source.file_.get()) != got) {
        return base::MakeError(CtlRow("FILE_UNWRITABLE"))
            .With("path", "temporary file");
      }
    }
    if (std::ferror(stdin) != 0) return CannotRead(path);
  } else {
    source.file_.reset(std::fopen(path.c_str(), "rb"));
    struct stat status {};
    // A folder can be opened, and fails when it is read.
    if (source.file_ == nullptr ||
        fstat(fileno(source.file_.get()), &status) != 0 ||
        !S_ISREG(status.st_mode)) {
      return CannotRead(path);
    }
  }
  WELFARE_RETURN_IF_ERROR(source.ReadFacts());
  source.text_bytes_ = source.facts_.bytes;
  std::unique_ptr<std::FILE, Closer> unpacked(std::tmpfile());
  if (unpacked == nullptr) return CannotRead(path);
  WELFARE_ASSIGN_OR_RETURN(const bool packed,
                           Unpack(source.file_.get(), unpacked.get(), path));
  if (packed) {
    source.text_bytes_ = std::ftell(unpacked.get());
    source.file_ = std::move(unpacked);
  }
  WELFARE_RETURN_IF_ERROR(source.Rewind());
  return source;
}

absl::Status TextSource::ReadFacts() {
  base::Sha256 sha;
  std::string buffer(kPiece, '\0');
  if (std::fseek(file_.get(), 0, SEEK_SET) != 0) return CannotRead(facts_.path);
  while (const std::size_t got =
             std::fread(buffer.data(), 1, buffer.size(), file_.get())) {
    sha.Update(std::string_view(buffer).substr(0, got));
    facts_.bytes += static_cast<std::int64_t>(got);
  }
  if (std::ferror(file_.get()) != 0) return CannotRead(facts_.path);
  facts_.sha256 = sha.FinishHex();
  return absl::OkStatus();
}

absl::Status TextSource::Rewind() {
  if (std::fseek(file_.get(), 0, SEEK_SET) != 0) return CannotRead(facts_.path);
  encoding_ = text::Encoding::kUtf8;
  decided_ = false;
  begun_ = false;
  rest_.clear();
  lines_ = 0;
  ended_ = false;
  return absl::OkStatus();
}

absl::Status TextSource::ReadBytes(std::size_t wanted, std::string& bytes) {
  bytes = rest_;
  rest_.clear();
  while (!ended_) {
    const std::size_t before = bytes.size();
    bytes.resize(before + wanted);
    const std::size_t got =
        std::fread(bytes.data() + before, 1, wanted, file_.get());
    bytes.resize(before + got);
    if (std::ferror(file_.get()) != 0) return CannotRead(facts_.path);
    if (got < wanted) {
      ended_ = true;
      break;
    }
    // No character of UTF-8 or CP932 has a line end among its bytes.
    const std::size_t line = bytes.rfind('\n');
    if (line == std::string::npos && bytes.size() > kLongestLine) {
      return base::MakeError(CtlRow("LINE_TOO_LONG"))
          .With("path", facts_.path)
          .With("line", static_cast<long long>(lines_ + 1))
          .With("limit", static_cast<long long>(kLongestLine));
    }
    if (line == std::string::npos) continue;
    rest_.assign(bytes, line + 1);
    bytes.resize(line + 1);
    break;
  }
  return absl::OkStatus();
}

bool TextSource::IsUtf16() const {
  if (choice_ != text::EncodingChoice::kAuto) {
    return choice_ == text::EncodingChoice::kUtf16;
  }
  char mark[2] = {};
  const std::size_t got = std::fread(mark, 1, sizeof mark, file_.get());
  std::rewind(file_.get());
  const std::string_view begins(mark, got);
  return begins == "\xFF\xFE" || begins == "\xFE\xFF";
}

absl::StatusOr<bool> TextSource::Read(std::string& text) {
  if (ended_ && rest_.empty()) return false;
  std::string& bytes = bytes_;
  bytes.clear();
  if (!begun_ && IsUtf16()) {
    // Lines end with two bytes there: it is read as a whole.
    if (text_bytes_ > kMostUtf16) {
      return base::MakeError(CtlRow("UTF16_TOO_LARGE"))
          .With("path", facts_.path)
          .With("limit", static_cast<long long>(kMostUtf16));
    }
    bytes.resize(static_cast<std::size_t>(text_bytes_));
    bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file_.get()));
    if (std::ferror(file_.get()) != 0) return CannotRead(facts_.path);
    ended_ = true;
  } else {
    WELFARE_RETURN_IF_ERROR(ReadBytes(kPiece, bytes));
  }
  if (bytes.empty()) return false;
  if (begun_ && IsUtf8()) {
    lines_ += CountLines(bytes);
    text += bytes;
    return true;
  }
  WELFARE_ASSIGN_OR_RETURN(const std::string decoded, Decode(bytes));
  begun_ = true;
  lines_ += CountLines(decoded);
  text += decoded;
  return true;
}

bool TextSource::IsUtf8() const {
  return (decided_ && (encoding_ == text::Encoding::kUtf8 ||
                       encoding_ == text::Encoding::kUtf8WithBom)) ||
         (begun_ && choice_ == text::EncodingChoice::kUtf8);
}

absl::StatusOr<std::string> TextSource::Decode(std::string bytes) {
  const bool marked = !begun_ && bytes.starts_with(kUtf8Mark);
  if (marked && choice_ != text::EncodingChoice::kCp932 &&
      choice_ != text::EncodingChoice::kUtf16) {
    decided_ = true;
    encoding_ = text::Encoding::kUtf8WithBom;
    bytes.erase(0, kUtf8Mark.size());
  }
  if (IsUtf8()) return bytes;
  // The words of text::DecodeText for the first piece, which may be no text at
  // all.
  if (begun_ && IsAscii(bytes)) return bytes;
  auto decoded =
      text::DecodeText(bytes, decided_ && encoding_ == text::Encoding::kCp932
                                  ? text::EncodingChoice::kCp932
                                  : choice_);
  if (!decoded.ok()) {
    const bool bytes_alone =
        choice_ == text::EncodingChoice::kUtf8 &&
        base::ReasonOf(decoded.status()) == "ENCODING_UNKNOWN";
    // The records with bytes that are no text are refused, not the file.
    if (bytes_alone) {
      decided_ = true;
      return bytes;
    }
    return AtPlace(facts_.path, lines_, decoded.status());
  }
  if (!IsAscii(decoded->utf8) || decoded->encoding != text::Encoding::kUtf8) {
    decided_ = true;
    encoding_ = decoded->encoding;
  }
  return std::move(decoded->utf8);
}

}  // namespace welfare::ctl
