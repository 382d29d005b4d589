// Base64 (RFC 4648) by Abseil, read strictly: what was not written by an
// encoder is refused, so that two texts never mean the same bytes by chance.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace welfare::base {

// Standard alphabet; `padded` says whether `=` fills the last group.
std::string EncodeBase64(std::string_view bytes, bool padded);

// URL alphabet (section 5), without padding.
std::string EncodeBase64Url(std::string_view bytes);

// Takes the standard and the URL alphabet, padded or not. Nothing when `text`
// holds anything else, a wrong length or set bits after the last byte.
std::optional<std::string> DecodeBase64(std::string_view text);

// Takes only what EncodeBase64Url writes.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace welfare::base
