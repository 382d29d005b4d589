#include "gateway/calls/file_answer.h"

#include <algorithm>
#include <limits>

#include "gateway/routes/text.h"

namespace welfare::gateway {
namespace {

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

// A position in a file. What does not fit lies behind every end.
std::optional<std::uint64_t> ParsePosition(std::string_view digits) {
  constexpr std::uint64_t kFarthest = std::numeric_limits<std::int64_t>::max();
  if (digits.empty()) return std::nullopt;
  std::uint64_t position = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    position =
        position > kFarthest / 10
            ? kFarthest
            : std::min(kFarthest,
                       position * 10 + static_cast<std::uint64_t>(c - '0'));
  }
  return position;
}

}  // namespace

std::string SafeContentType(const std::string& text) {
  const bool good = !text.empty() && text.size() <= 128 &&
                    text.find('/') != text.npos &&
                    std::all_of(text.begin(), text.end(),
                                [](char c) { return c >= 0x20 && c <= 0x7E; });
  return good ? text : "application/octet-stream";
}

std::string ContentDisposition(const std::string& filename) {
  std::string ascii;
  std::string encoded;
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : filename) {
    const auto byte = static_cast<unsigned char>(c);
    if (IsNameCharacter(c)) {
      ascii.push_back(c);
      encoded.push_back(c);
    } else {
      if ((byte & 0xC0) != 0x80) ascii.push_back('_');
      encoded.push_back('%');
      encoded.push_back(kHex[byte >> 4]);
      encoded.push_back(kHex[byte & 15]);
    }
  }
  if (ascii.empty()) return "attachment";
  std::string out = "attachment; filename=\"" + ascii + "\"";
  if (ascii != filename) out += "; filename*=UTF-8''" + encoded;
  return out;
}

std::string TagOf(const std::string& digest) {
  const bool good = !digest.empty() && digest.size() <= 128 &&
                    std::all_of(digest.begin(), digest.end(), IsNameCharacter);
  return good ? digest : "";
}

std::optional<ByteRange> ParseByteRange(std::string_view header) {
  constexpr std::string_view kUnit = "bytes=";
  if (header.size() < kUnit.size() ||
      !EqualsIgnoreCaseAscii(header.substr(0, kUnit.size()), kUnit)) {
    return std::nullopt;
  }
  const std::string_view range = TrimSpace(header.substr(kUnit.size()));
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view before = range.substr(0, dash);
  const std::string_view after = range.substr(dash + 1);
  ByteRange parsed{.first = ParsePosition(before),
                   .last = ParsePosition(after)};
  const bool good =
      (parsed.first || before.empty()) && (parsed.last || after.empty()) &&
      (parsed.first || parsed.last) &&
      (!parsed.first || !parsed.last || *parsed.first <= *parsed.last);
  if (!good) return std::nullopt;
  return parsed;
}

std::optional<Extent> Within(const ByteRange& range, std::uint64_t size) {
  Extent extent{.begin = 0, .end = size};
  if (!range.first) {
    extent.begin = size - std::min(size, *range.last);
  } else {
    extent.begin = *range.first;
    if (range.last) extent.end = std::min(size, *range.last + 1);
  }
  if (extent.begin >= extent.end) return std::nullopt;
  return extent;
}

}  // namespace welfare::gateway
