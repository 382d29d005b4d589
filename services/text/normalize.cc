#include "services/text/normalize.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>

#include <array>
#include <cstdint>
#include <utility>

#include "services/base/digits.h"
#include "services/base/error.h"
#include "services/base/utf8.h"

namespace welfare::text {
namespace {

// Declared variants: the left spelling is read as the right one. Other old and
// new forms of characters are different names until the registry declares them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3>
    kVariants = {{
        {"ヶ", "ケ"},  // U+30F6, small: 青ヶ島村
        {"ｹ", "ケ"},   // U+FF79, half-width
        {"桧", "檜"},  // 檜原村
    }};

// White space at the start of `text`: its size in bytes, or 0.
std::size_t SpaceAtStart(std::string_view text) {
  if (text.empty()) return 0;
  const char c = text[0];
  if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
  if (text.starts_with("\xC2\xA0")) return 2;      // U+00A0
  if (text.starts_with("\xE3\x80\x80")) return 3;  // U+3000
  if (text.starts_with("\xEF\xBB\xBF")) return 3;  // U+FEFF
  return 0;
}

std::size_t SpaceAtEnd(std::string_view text) {
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
    if (text.size() >= size &&
        SpaceAtStart(text.substr(text.size() - size)) == size) {
      return size;
    }
  }
  return 0;
}

// The size of a variation selector at the start of `text`: U+FE00 to U+FE0F
// (EF B8 80 to 8F) or U+E0100 to U+E01EF (F3 A0 84 80 to F3 A0 87 AF).
std::size_t VariationSelectorAt(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  if (text.size() >= 3 && byte(0) == 0xEF && byte(1) == 0xB8 &&
      byte(2) >= 0x80 && byte(2) <= 0x8F) {
    return 3;
  }
  if (text.size() >= 4 && byte(0) == 0xF3 && byte(1) == 0xA0 &&
      ((byte(2) >= 0x84 && byte(2) <= 0x86) ||
       (byte(2) == 0x87 && byte(3) <= 0xAF))) {
    return 4;
  }
  return 0;
}

}  // namespace

absl::StatusOr<std::string> ToNfc(std::string_view utf8) {
  if (const std::size_t bad = base::FindInvalidUtf8(utf8);
      bad != std::string_view::npos) {
    return base::MakeError(absl::StatusCode::kInvalidArgument, "NOT_UTF8",
                           "The text is not valid UTF-8.")
        .With("offset", static_cast<long long>(bad));
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  if (U_SUCCESS(error)) {
    nfc->normalizeUTF8(
        0,
        icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())),
        sink, nullptr, error);
  }
  if (U_FAILURE(error)) {
    return base::MakeError(absl::StatusCode::kInternal, "ICU_FAILED",
                           "The Unicode library failed to normalise.")
        .With("error", u_errorName(error));
  }
  return out;
}

std::string DigitsToAscii(std::string_view utf8) {
  return base::FoldFullWidthDigits(utf8);
}

std::string_view Trim(std::string_view utf8) {
  while (const std::size_t size = SpaceAtStart(utf8)) utf8.remove_prefix(size);
  while (const std::size_t size = SpaceAtEnd(utf8)) utf8.remove_suffix(size);
  return utf8;
}

absl::StatusOr<std::string> NameKey(std::string_view utf8) {
  WELFARE_ASSIGN_OR_RETURN(const std::string normal, ToNfc(Trim(utf8)));
  std::string key;
  const std::string_view text = normal;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (const std::size_t size = VariationSelectorAt(rest)) {
      at += size;
      continue;
    }
    bool folded = false;
    for (const auto& [variant, form] : kVariants) {
      if (rest.starts_with(variant)) {
        key += form;
        at += variant.size();
        folded = true;
        break;
      }
    }
    if (!folded) key.push_back(text[at++]);
  }
  return key;
}

}  // namespace welfare::text
