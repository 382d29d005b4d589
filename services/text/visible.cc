#include "services/text/visible.h"

#include <unicode/uchar.h>

#include <cstdint>

#include "services/text/characters.h"

namespace welfare::text {
namespace {

std::string Hex(std::uint32_t value, int least_digits) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string hex;
  for (; value > 0 || static_cast<int>(hex.size()) < least_digits;
       value >>= 4) {
    hex.insert(hex.begin(), kDigits[value & 0xFU]);
  }
  return hex;
}

// Whether `character` has a look of its own.
bool HasLook(char32_t character) {
  if (character == ' ') return true;
  if (IsWhiteSpace(character) || IsInvisible(character)) return false;
  switch (u_charType(static_cast<UChar32>(character))) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_SURROGATE:
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED:
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
      return false;
    default:
      return true;
  }
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

std::string ShowCharacter(char32_t character) {
  if (character != ' ' && HasLook(character)) {
    std::string shown;
    AppendCharacter(character, shown);
    return shown;
  }
  return "<U+" + Hex(character, 4) + ">";
}

std::string ShowInvisible(std::string_view text, std::size_t most) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    if (shown.size() > most) return shown + "...";
    const std::size_t from = at;
    const auto character = NextCharacter(text, at);
    if (!character) {
      shown += "<0x" + Hex(static_cast<unsigned char>(text[from]), 2) + ">";
    } else if (*character == ' ' && from > 0 && at < text.size()) {
      shown += ' ';
    } else {
      shown += ShowCharacter(*character);
    }
  }
  return shown;
}

}  // namespace welfare::text
