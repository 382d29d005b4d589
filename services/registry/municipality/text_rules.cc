#include "services/registry/municipality/text_rules.h"

#include <algorithm>

#include "services/base/resource_name.h"
#include "services/base/utf8.h"
#include "services/registry/faults.h"
#include "services/text/normalize.h"

namespace welfare::registry {
namespace {

// Whether every character is katakana, its long vowel mark or middle dot:
// U+30A1 to U+30FC, in UTF-8 three bytes from E3 82 A1 to E3 83 BC.
bool IsKatakana(std::string_view text) {
  if (text.size() % 3 != 0) return false;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const std::string_view character = text.substr(at, 3);
    if (character < "\xE3\x82\xA1" || character > "\xE3\x83\xBC") return false;
  }
  return true;
}

}  // namespace

absl::Status CheckText(std::string_view text, std::size_t max_bytes) {
  const bool has_control =
      std::any_of(text.begin(), text.end(), [](char character) {
        return (character >= 0 && character < 0x20) || character == 0x7F;
      });
  if (text.size() > max_bytes || has_control || text::Trim(text) != text ||
      base::FindInvalidUtf8(text) != std::string_view::npos) {
    return TextInvalid(max_bytes);
  }
  return absl::OkStatus();
}

absl::Status CheckKana(std::string_view text) {
  return IsKatakana(text) ? absl::OkStatus() : KanaInvalid(text);
}

absl::Status CheckPopulationBand(std::string_view id) {
  return id.empty() || base::IsResourceId(id) ? absl::OkStatus()
                                              : BandInvalid(id);
}

}  // namespace welfare::registry
