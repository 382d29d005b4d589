#include "services/base/numbers/digits.h"

namespace welfare::base {

std::optional<int> FullWidthDigitAt(std::string_view text) {
  // U+FF10 is EF BC 90, U+FF19 is EF BC 99.
  if (text.size() < 3 || text[0] != '\xEF' || text[1] != '\xBC') {
    return std::nullopt;
  }
  const int digit = static_cast<unsigned char>(text[2]) - 0x90;
  if (digit < 0 || digit > 9) return std::nullopt;
  return digit;
}

std::string FoldFullWidthDigits(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (const auto digit = FullWidthDigitAt(text.substr(i))) {
      out.push_back(static_cast<char>('0' + *digit));
      i += 3;
    } else {
      out.push_back(text[i]);
      ++i;
    }
  }
  return out;
}

bool HasFullWidthDigit(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (FullWidthDigitAt(text.substr(i))) return true;
  }
  return false;
}

}  // namespace welfare::base
