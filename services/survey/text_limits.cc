#include "services/survey/text_limits.h"

#include <cstdint>
#include <string>
#include <utility>

namespace welfare::survey {

std::optional<std::size_t> CountCharacters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::size_t length = 1;
    std::uint32_t point = lead;
    if (lead >= 0xF0 && lead <= 0xF4) {
      length = 4;
      point = lead & 0x07;
    } else if (lead >= 0xE0 && lead < 0xF0) {
      length = 3;
      point = lead & 0x0F;
    } else if (lead >= 0xC2 && lead < 0xE0) {
      length = 2;
      point = lead & 0x1F;
    } else if (lead >= 0x80) {
      return std::nullopt;
    }
    if (i + length > text.size()) return std::nullopt;
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0) != 0x80) return std::nullopt;
      point = (point << 6) | (next & 0x3F);
    }
    if ((length == 3 && point < 0x800) || (length == 4 && point < 0x10000) ||
        point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
      return std::nullopt;
    }
    const bool control = (point < 0x20 || point == 0x7F) && point != '\t' &&
                         point != '\n' && point != '\r';
    if (control) return std::nullopt;
    i += length;
  }
  return count;
}

std::string Shorten(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return std::string(text.substr(0, end)) + "...";
}

std::optional<base::Violation> CheckLength(std::string_view field,
                                           std::string_view text,
                                           std::size_t longest) {
  const auto characters = CountCharacters(text);
  if (!characters) {
    return base::Violation{
        .field = std::string(field),
        .reason = "TEXT_INVALID",
        .description = "The text is not UTF-8 or holds control characters."};
  }
  if (*characters <= longest) return std::nullopt;
  return base::Violation{
      .field = std::string(field),
      .reason = "TEXT_TOO_LONG",
      .description =
          "The text has more than " + std::to_string(longest) + " characters."};
}

bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    if (text[0] == ' ' || text[0] == '\t' || text[0] == '\n' ||
        text[0] == '\r') {
      text.remove_prefix(1);
    } else if (text.starts_with("\u3000")) {
      text.remove_prefix(3);
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace welfare::survey
