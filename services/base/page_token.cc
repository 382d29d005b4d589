#include "services/base/page_token.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "services/base/error.h"
#include "services/base/sha256.h"

namespace welfare::base {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kHashSize = 8;
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string ShortHash(std::string_view bytes) {
  return Sha256Bytes(bytes).substr(0, kHashSize);
}

absl::Status InvalidToken() {
  return MakeError(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID",
                   "The page token is not one that was handed out; begin with "
                   "the first page.");
}

}  // namespace

std::string EncodeBase64Url(std::string_view bytes) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (count += 8; count >= 6; count -= 6) {
      out.push_back(kAlphabet[(bits >> (count - 6)) & 63]);
    }
  }
  if (count > 0) out.push_back(kAlphabet[(bits << (6 - count)) & 63]);
  return out;
}

absl::StatusOr<std::string> DecodeBase64Url(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  bool valid = text.size() % 4 != 1;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) {
      valid = false;
      break;
    }
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>((bits >> count) & 0xFF));
    }
  }
  // Bits left over must be zero, or two spellings would mean the same.
  if (!valid || (bits & ((1U << count) - 1)) != 0) {
    return MakeError(absl::StatusCode::kInvalidArgument, "BASE64_INVALID",
                     "The text is not base64url without padding.");
  }
  return out;
}

std::string EncodePageToken(std::string_view last_key,
                            std::string_view parameters) {
  std::string bytes(1, kVersion);
  bytes += ShortHash(parameters);
  bytes += last_key;
  bytes += ShortHash(bytes);
  return EncodeBase64Url(bytes);
}

absl::StatusOr<std::string> DecodePageToken(std::string_view token,
                                            std::string_view parameters) {
  if (token.empty()) return std::string();
  const auto decoded = DecodeBase64Url(token);
  if (!decoded.ok()) return InvalidToken();
  const std::string_view bytes = *decoded;
  if (bytes.size() < 1 + 2 * kHashSize || bytes[0] != kVersion) {
    return InvalidToken();
  }
  const std::string_view body = bytes.substr(0, bytes.size() - kHashSize);
  if (bytes.substr(body.size()) != ShortHash(body)) return InvalidToken();
  if (body.substr(1, kHashSize) != ShortHash(parameters)) {
    return MakeError(absl::StatusCode::kInvalidArgument,
                     "PAGE_TOKEN_PARAMETERS",
                     "The page token was made for other parameters; repeat "
                     "them unchanged or begin with the first page.");
  }
  return std::string(body.substr(1 + kHashSize));
}

absl::StatusOr<int> CoercePageSize(int requested, int fallback, int largest) {
  if (requested < 0) {
    return MakeError(absl::StatusCode::kInvalidArgument, "PAGE_SIZE_NEGATIVE",
                     "The page size must not be negative.")
        .With("page_size", requested);
  }
  return requested == 0 ? fallback : std::min(requested, largest);
}

}  // namespace welfare::base
