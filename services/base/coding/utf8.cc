#include "services/base/coding/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace welfare::base {

std::size_t FindInvalidUtf8(std::string_view text) {
  const auto byte = [&](std::size_t at) {
    return static_cast<unsigned char>(text[at]);
  };
  std::size_t at = 0;
  while (at < text.size()) {
    const unsigned char lead = byte(at);
    if (lead < 0x80) {
      // Eight at once where they are ASCII.
      std::uint64_t next = 0;
      while (at + sizeof next <= text.size()) {
        std::memcpy(&next, text.data() + at, sizeof next);
        if ((next & 0x8080808080808080U) != 0) break;
        at += sizeof next;
      }
      if (at < text.size() && byte(at) < 0x80) ++at;
      continue;
    }
    // Most others are kana and kanji: three bytes, of which any will do.
    if (lead >= 0xE1 && lead <= 0xEC && at + 3 <= text.size() &&
        (byte(at + 1) & 0xC0U) == 0x80U && (byte(at + 2) & 0xC0U) == 0x80U) {
      at += 3;
      continue;
    }
    // The length, and the range of the second byte that leaves out overlong
    // forms, surrogates and numbers above U+10FFFF (Unicode, table 3-7).
    std::size_t length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      length = 3;
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      length = 4;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    } else {
      return at;
    }
    if (at + length > text.size()) return at;
    if (byte(at + 1) < low || byte(at + 1) > high) return at;
    for (std::size_t i = 2; i < length; ++i) {
      if (byte(at + i) < 0x80 || byte(at + i) > 0xBF) return at;
    }
    at += length;
  }
  return std::string_view::npos;
}

std::size_t CountCodePoints(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace welfare::base
