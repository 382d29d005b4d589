// Page tokens of List methods.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace welfare::base {

// A page token says after which key the next page begins (keyset, never an
// offset), and is bound to the other parameters of the request: base64url of
// a version byte, 8 bytes of the parameters' SHA-256, the key, and 8 bytes of
// SHA-256 over all before. It is opaque to callers and holds no secret.

// Returns the token of the page after `last_key`. `parameters` is any text that
// is equal exactly when the request's other parameters are (parent, filter,
// order, versions; not page_size).
std::string EncodePageToken(std::string_view last_key,
                            std::string_view parameters);

// Returns the key after which the page begins. An empty token is the first
// page: the key is empty.
//
// Errors, both INVALID_ARGUMENT:
//   PAGE_TOKEN_INVALID: not a token, or changed on the way.
//   PAGE_TOKEN_PARAMETERS: made for other parameters.
absl::StatusOr<std::string> DecodePageToken(std::string_view token,
                                            std::string_view parameters);

// Returns the page size to use: `fallback` for 0, at most `largest`.
//
// Errors:
//   INVALID_ARGUMENT, reason PAGE_SIZE_NEGATIVE: below 0.
absl::StatusOr<int> CoercePageSize(int requested, int fallback = 50,
                                   int largest = 1000);

// Base64 with the URL alphabet and without padding (RFC 4648 section 5).
std::string EncodeBase64Url(std::string_view bytes);

// Returns the bytes of `text`; only the one canonical spelling is read.
//
// Errors:
//   INVALID_ARGUMENT, reason BASE64_INVALID: not base64url.
absl::StatusOr<std::string> DecodeBase64Url(std::string_view text);

}  // namespace welfare::base
