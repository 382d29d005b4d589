#include "services/text/characters.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>
#include <cstdint>

namespace welfare::text {
namespace {

constexpr char32_t kByteOrderMark = 0xFEFF;
constexpr char32_t kEmptyBraille = 0x2800;
constexpr char32_t kZeroWidthJoiner = 0x200D;

constexpr bool IsPlainAscii(char c) { return c > ' ' && c < 0x7F; }

UChar32 ToIcu(char32_t character) { return static_cast<UChar32>(character); }

bool IsMargin(char32_t character) {
  return IsWhiteSpace(character) || character == kByteOrderMark;
}

// Where the character begins that ends before `end`.
std::size_t PreviousStart(std::string_view utf8, std::size_t end) {
  do {
    --end;
  } while (end > 0 && (static_cast<unsigned char>(utf8[end]) & 0xC0U) == 0x80U);
  return end;
}

}  // namespace

std::optional<char32_t> NextCharacter(std::string_view utf8, std::size_t& at) {
  const auto first = static_cast<unsigned char>(utf8[at]);
  if (first < 0x80) {
    ++at;
    return first;
  }
  // No character has more than four bytes; the rest of a long text would not
  // fit ICU's index.
  const std::string_view rest = utf8.substr(at, 4);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(rest.data());
  std::int32_t index = 0;
  UChar32 character = 0;
  U8_NEXT(bytes, index, static_cast<std::int32_t>(rest.size()), character);
  if (character < 0) {
    ++at;
    return std::nullopt;
  }
  at += static_cast<std::size_t>(index);
  return static_cast<char32_t>(character);
}

void AppendCharacter(char32_t character, std::string& out) {
  std::array<std::uint8_t, U8_MAX_LENGTH> bytes{};
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(bytes.data(), size, static_cast<std::uint32_t>(character));
  out.append(bytes.begin(), bytes.begin() + size);
}

bool IsWhiteSpace(char32_t character) {
  return u_isUWhiteSpace(ToIcu(character)) != 0;
}

bool IsLineEnd(char32_t character) {
  return (character >= '\n' && character <= '\r') || character == 0x85 ||
         character == 0x2028 || character == 0x2029;
}

bool IsControl(char32_t character) {
  return u_charType(ToIcu(character)) == U_CONTROL_CHAR;
}

bool IsDirectionMark(char32_t character) {
  return u_hasBinaryProperty(ToIcu(character), UCHAR_BIDI_CONTROL) != 0;
}

bool IsVariationSelector(char32_t character) {
  return u_hasBinaryProperty(ToIcu(character), UCHAR_VARIATION_SELECTOR) != 0;
}

bool ContinuesCluster(char32_t character) {
  return character == kZeroWidthJoiner ||
         u_hasBinaryProperty(ToIcu(character), UCHAR_GRAPHEME_EXTEND) != 0;
}

bool IsInvisible(char32_t character) {
  return character == kEmptyBraille ||
         u_hasBinaryProperty(ToIcu(character),
                             UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

std::optional<std::size_t> CountPlain(std::string_view utf8) {
  if (utf8.empty()) return std::nullopt;
  std::size_t count = 0;
  const auto byte = [&](std::size_t at) {
    return static_cast<unsigned char>(utf8[at]);
  };
  for (std::size_t at = 0; at < utf8.size(); ++count) {
    if (IsPlainAscii(utf8[at])) {
      ++at;
      continue;
    }
    if (at + 3 > utf8.size() || byte(at) < 0xE3 || byte(at) > 0xE9 ||
        (byte(at + 1) & 0xC0U) != 0x80U || (byte(at + 2) & 0xC0U) != 0x80U) {
      return std::nullopt;
    }
    const unsigned character = (byte(at) & 0x0FU) << 12U |
                               (byte(at + 1) & 0x3FU) << 6U |
                               (byte(at + 2) & 0x3FU);
    const bool kana = (character >= 0x3041 && character <= 0x3096) ||
                      (character >= 0x30A1 && character <= 0x30FC);
    const bool kanji = character >= 0x4E00 && character <= 0x9FFC;
    const bool stop = character == 0x3001 || character == 0x3002;
    if (!kana && !kanji && !stop) return std::nullopt;
    at += 3;
  }
  return count;
}

bool IsBlank(std::string_view utf8) {
  if (!utf8.empty() && IsPlainAscii(utf8[0])) return false;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto character = NextCharacter(utf8, at);
    if (!character || !(IsWhiteSpace(*character) || IsInvisible(*character))) {
      return false;
    }
  }
  return true;
}

std::string_view Trim(std::string_view utf8) {
  if (!utf8.empty() && IsPlainAscii(utf8.front()) &&
      IsPlainAscii(utf8.back())) {
    return utf8;
  }
  while (!utf8.empty()) {
    std::size_t at = 0;
    const auto character = NextCharacter(utf8, at);
    if (!character || !IsMargin(*character)) break;
    utf8.remove_prefix(at);
  }
  while (!utf8.empty()) {
    const std::size_t start = PreviousStart(utf8, utf8.size());
    std::size_t at = start;
    const auto character = NextCharacter(utf8, at);
    if (!character || at != utf8.size() || !IsMargin(*character)) break;
    utf8 = utf8.substr(0, start);
  }
  return utf8;
}

}  // namespace welfare::text
