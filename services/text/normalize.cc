#include "services/text/normalize.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "services/base/coding/utf8.h"
#include "services/base/error.h"
#include "services/base/numbers/digits.h"
#include "services/text/characters.h"

namespace welfare::text {
namespace {

constexpr base::ErrorRow kIcuFailed = {
    "ICU_FAILED", absl::StatusCode::kInternal,
    "The Unicode library failed to normalise.", ""};
constexpr base::ErrorRow kNameNotUtf8 = {
    "NOT_UTF8", absl::StatusCode::kInvalidArgument,
    "The text is not valid UTF-8.",
    "UTF-8として正しくない文字列です。UTF-8で送ってください。"};

// Declared variants: the left spelling is read as the right one. Other old and
// new forms of characters are different names until the registry declares them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2>
    kVariants = {{
        {"ヶ", "ケ"},  // U+30F6, small: 青ヶ島村
        {"桧", "檜"},  // 檜原村
    }};

constexpr char32_t kVoiced = 0x3099;
constexpr char32_t kSemiVoiced = 0x309A;

bool IsHalfWidthKana(char32_t character) {
  return character >= 0xFF61 && character <= 0xFF9F;
}

bool IsKana(char32_t character) {
  return character >= 0x3041 && character <= 0x30FF;
}

// ICU's normaliser, which lives as long as the process; null only where ICU
// lacks its data.
const icu::Normalizer2* Nfc() {
  UErrorCode error = U_ZERO_ERROR;
  return icu::Normalizer2::getNFCInstance(error);
}
const icu::Normalizer2* Nfkc() {
  UErrorCode error = U_ZERO_ERROR;
  return icu::Normalizer2::getNFKCInstance(error);
}

absl::StatusOr<std::string> Normalize(const icu::Normalizer2* form,
                                      std::string_view utf8) {
  UErrorCode error = form == nullptr ? U_MISSING_RESOURCE_ERROR : U_ZERO_ERROR;
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  if (U_SUCCESS(error)) {
    form->normalizeUTF8(
        0,
        icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())),
        sink, nullptr, error);
  }
  if (U_FAILURE(error)) {
    return base::MakeError(kIcuFailed).With("error", u_errorName(error));
  }
  return out;
}

}  // namespace

bool IsComposed(std::string_view utf8) {
  return utf8.find("\xE3\x82\x99") == std::string_view::npos &&
         utf8.find("\xE3\x82\x9A") == std::string_view::npos;
}

std::string ComposeKana(std::string_view utf8) {
  // Few texts have one.
  if (IsComposed(utf8)) return std::string(utf8);
  const icu::Normalizer2* const nfc = Nfc();
  std::string out;
  char32_t last = 0;        // the kana that `out` ends with; 0: none
  std::size_t last_at = 0;  // where it begins there
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t from = at;
    const auto character = NextCharacter(utf8, at);
    if (character && last != 0 && nfc != nullptr &&
        (*character == kVoiced || *character == kSemiVoiced)) {
      const UChar32 composed = nfc->composePair(
          static_cast<UChar32>(last), static_cast<UChar32>(*character));
      if (composed > 0) {
        out.resize(last_at);
        AppendCharacter(static_cast<char32_t>(composed), out);
        last = 0;
        continue;
      }
    }
    last_at = out.size();
    out += utf8.substr(from, at - from);
    last = character && IsKana(*character) ? *character : U'\0';
  }
  return out;
}

std::string FoldWidth(std::string_view utf8) {
  if (std::ranges::all_of(utf8, [](char c) { return (c & 0x80) == 0; })) {
    return std::string(utf8);
  }
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t from = at;
    const auto character = NextCharacter(utf8, at);
    if (!character) {
      out += utf8.substr(from, at - from);
    } else if (*character >= 0xFF01 && *character <= 0xFF5E) {
      out += static_cast<char>(*character - 0xFEE0);
    } else if (*character == 0x3000) {
      out += ' ';
    } else if (IsHalfWidthKana(*character)) {
      const auto wide = Normalize(Nfkc(), utf8.substr(from, at - from));
      out += wide.ok() ? std::string_view(*wide) : utf8.substr(from, at - from);
    } else {
      out += utf8.substr(from, at - from);
    }
  }
  return ComposeKana(out);
}

std::string DigitsToAscii(std::string_view utf8) {
  return base::FoldFullWidthDigits(utf8);
}

absl::StatusOr<std::string> NameKey(std::string_view utf8) {
  if (const std::size_t bad = base::FindInvalidUtf8(utf8);
      bad != std::string_view::npos) {
    return base::MakeError(kNameNotUtf8)
        .With("offset", static_cast<long long>(bad));
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* const form =
      icu::Normalizer2::getNFKCCasefoldInstance(error);
  WELFARE_ASSIGN_OR_RETURN(const std::string normal, Normalize(form, utf8));
  std::string key;
  const std::string_view text = Trim(normal);
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    bool folded = false;
    for (const auto& [variant, kept] : kVariants) {
      if (rest.starts_with(variant)) {
        key += kept;
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
