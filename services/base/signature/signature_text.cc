#include "services/base/signature/signature_text.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "services/base/coding/base64.h"
#include "services/base/signature/signing_key.h"

namespace welfare::base {
namespace {

// What the lines of a kind are called.
struct Form {
  SignedFile::Kind kind;
  std::string_view first_line;
  std::string_view name;
  std::string_view time;
  std::string_view content;
};
constexpr Form kForms[] = {
    {SignedFile::Kind::kReport, "welfare report signature 1", "report",
     "published", "snapshot"},
    {SignedFile::Kind::kSheet, "welfare feedback signature 1", "sheet", "made",
     "number"},
};
constexpr std::string_view kSignature = "signature: ";
constexpr std::size_t kDigestDigits = 64;

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

std::string OneLine(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(line, IsControl, ' ');
  return line;
}

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool ReadSize(std::string_view text, std::int64_t& size) {
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), size);
  return error == std::errc() && end == text.data() + text.size() &&
         size >= 0 && text == std::to_string(size);
}

// Takes lines off a text, one after the other.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  // The next line without its line feed; false: there is no whole one.
  bool Next(std::string_view& line) {
    ++number_;
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return false;
    line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return std::ranges::none_of(line, IsControl);
  }
  // What stands behind `name: ` in the next line.
  bool Next(std::string_view name, std::string& value) {
    std::string_view line;
    if (!Next(line) || !line.starts_with(name)) return false;
    line.remove_prefix(name.size());
    if (!line.starts_with(": ")) return false;
    value = line.substr(2);
    return true;
  }
  bool AtEnd() const { return rest_.empty(); }
  // Of the line that was asked for last.
  int number() const { return number_; }

 private:
  std::string_view rest_;
  int number_ = 0;
};

// Reads all lines; false at the first that is none.
bool ReadLines(LineReader& lines, SignedFile& file, std::string& signature) {
  std::string_view first;
  if (!lines.Next(first)) return false;
  const auto form = std::ranges::find(kForms, first, &Form::first_line);
  if (form == std::end(kForms)) return false;
  file.kind = form->kind;
  std::string written;
  if (!lines.Next(form->name, file.name) || !lines.Next("title", file.title) ||
      !lines.Next("edition", file.edition) ||
      (file.kind == SignedFile::Kind::kReport &&
       !lines.Next("level", file.level)) ||
      !lines.Next(form->time, written)) {
    return false;
  }
  const auto time = Timestamp::ParseRfc3339(written);
  if (!time.ok() || time->ToRfc3339() != written) return false;
  file.time = *time;
  std::string size;
  if (!lines.Next(form->content, file.content) || !IsHex(file.content) ||
      !lines.Next("format", file.format) ||
      !lines.Next("file", file.filename) || !lines.Next("size", size) ||
      !ReadSize(size, file.size) || !lines.Next("sha256", file.digest) ||
      file.digest.size() != kDigestDigits || !IsHex(file.digest) ||
      !lines.Next("key", file.key) || !IsHex(file.key)) {
    return false;
  }
  std::string text;
  if (!lines.Next("signature", text)) return false;
  auto bytes = DecodeBase64(text);
  if (!bytes.has_value() || bytes->size() != kSignatureBytes ||
      text != EncodeBase64(*bytes, true)) {
    return false;
  }
  signature = *std::move(bytes);
  return lines.AtEnd();
}

}  // namespace

std::string LinesToSign(const SignedFile& file) {
  const Form& form = *std::ranges::find(kForms, file.kind, &Form::kind);
  std::string lines(form.first_line);
  const auto add = [&lines](std::string_view name, std::string_view value) {
    lines += "\n" + std::string(name) + ": " + OneLine(value);
  };
  add(form.name, file.name);
  add("title", file.title);
  add("edition", file.edition);
  if (file.kind == SignedFile::Kind::kReport) add("level", file.level);
  add(form.time, file.time.ToRfc3339());
  add(form.content, file.content);
  add("format", file.format);
  add("file", file.filename);
  add("size", std::to_string(file.size));
  add("sha256", file.digest);
  add("key", file.key);
  return lines + "\n";
}

std::string SignatureText(std::string_view lines, std::string_view bytes) {
  return std::string(lines) + std::string(kSignature) +
         EncodeBase64(bytes, true) + "\n";
}

std::optional<FileSignature> ReadSignatureText(std::string_view text,
                                               int& fault) {
  if (text.size() > kMostSignatureBytes) {
    fault = 1;
    return std::nullopt;
  }
  FileSignature read;
  LineReader lines(text);
  if (!ReadLines(lines, read.file, read.bytes)) {
    fault = lines.number();
    return std::nullopt;
  }
  read.lines = text.substr(0, text.rfind(kSignature));
  return read;
}

std::string_view FormatOfBytes(std::string_view bytes) {
  if (bytes.starts_with("%PDF-")) return "pdf";
  if (bytes.starts_with("<!doctype html>") ||
      bytes.starts_with("<!DOCTYPE html>")) {
    return "html";
  }
  if (bytes.starts_with("{")) return "json";
  if (bytes.starts_with("PK\x03\x04")) {
    // A workbook says what its parts are in a file of this name.
    return bytes.find("[Content_Types].xml") != std::string_view::npos ? "xlsx"
                                                                       : "csv";
  }
  return {};
}

}  // namespace welfare::base
