#include "services/text/display_width.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

namespace welfare::text {
namespace {

std::size_t WidthOf(UChar32 character, bool ambiguous_wide) {
  switch (u_charType(character)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
      return 0;
    default:
      break;
  }
  switch (u_getIntPropertyValue(character, UCHAR_EAST_ASIAN_WIDTH)) {
    case U_EA_WIDE:
    case U_EA_FULLWIDTH:
      return 2;
    case U_EA_AMBIGUOUS:
      return ambiguous_wide ? 2 : 1;
    default:
      return 1;
  }
}

std::size_t SpacesFor(std::string_view utf8, std::size_t width) {
  const std::size_t used = DisplayWidth(utf8);
  return used < width ? width - used : 0;
}

}  // namespace

std::size_t DisplayWidth(std::string_view utf8, bool ambiguous_wide) {
  std::size_t width = 0;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
  const auto size = static_cast<std::int32_t>(utf8.size());
  std::int32_t at = 0;
  while (at < size) {
    UChar32 character = 0;
    U8_NEXT(bytes, at, size, character);
    width += character < 0 ? 1 : WidthOf(character, ambiguous_wide);
  }
  return width;
}

std::string PadRight(std::string_view utf8, std::size_t width) {
  std::string out(utf8);
  out.append(SpacesFor(utf8, width), ' ');
  return out;
}

std::string PadLeft(std::string_view utf8, std::size_t width) {
  std::string out(SpacesFor(utf8, width), ' ');
  out += utf8;
  return out;
}

}  // namespace welfare::text
