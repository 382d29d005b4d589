#include "services/text/visible.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "services/base/utf8.h"

namespace welfare::text {
namespace {

// Unicode's control, format, separator and combining characters as far as they
// come into Japanese files, and the fillers of Hangul that look like blanks.
struct Range {
  std::uint32_t first;
  std::uint32_t last;
};
constexpr Range kInvisible[] = {
    {0x0000, 0x001F}, {0x007F, 0x00A0}, {0x00AD, 0x00AD}, {0x0300, 0x036F},
    {0x061C, 0x061C}, {0x115F, 0x1160}, {0x1680, 0x1680}, {0x17B4, 0x17B5},
    {0x180B, 0x180F}, {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F},
    {0x3000, 0x3000}, {0x3099, 0x309A}, {0x3164, 0x3164}, {0xFE00, 0xFE0F},
    {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0xE0000, 0xE0FFF},
};

bool IsInvisible(std::uint32_t point) {
  return std::any_of(std::begin(kInvisible), std::end(kInvisible),
                     [&](const Range& range) {
                       return range.first <= point && point <= range.last;
                     });
}

std::string Hex(std::uint32_t value, int least_digits) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string hex;
  for (; value > 0 || static_cast<int>(hex.size()) < least_digits;
       value >>= 4) {
    hex.insert(hex.begin(), kDigits[value & 0xFU]);
  }
  return hex;
}

// The bytes of the character that begins with `first`.
std::size_t SizeOf(unsigned char first) {
  return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

// REQUIRES: `character` is one, in UTF-8.
std::uint32_t Decode(std::string_view character) {
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint32_t>(
        static_cast<unsigned char>(character[at]));
  };
  if (character.size() == 1) return byte(0);
  std::uint32_t point = byte(0) & (0x7FU >> character.size());
  for (std::size_t at = 1; at < character.size(); ++at) {
    point = (point << 6) | (byte(at) & 0x3FU);
  }
  return point;
}

}  // namespace

std::string Shorten(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return std::string(text.substr(0, end)) + "...";
}

std::string ShowInvisible(std::string_view text, std::size_t most) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    if (shown.size() > most) return shown + "...";
    const std::size_t size = std::min(
        SizeOf(static_cast<unsigned char>(text[at])), text.size() - at);
    const std::string_view character = text.substr(at, size);
    if (base::FindInvalidUtf8(character) != std::string_view::npos) {
      shown += "<0x" + Hex(static_cast<unsigned char>(text[at]), 2) + ">";
      ++at;
      continue;
    }
    const std::uint32_t point = Decode(character);
    const bool at_end = at == 0 || at + size == text.size();
    if (IsInvisible(point) || (point == ' ' && at_end)) {
      shown += "<U+" + Hex(point, 4) + ">";
    } else {
      shown += character;
    }
    at += size;
  }
  return shown;
}

}  // namespace welfare::text
