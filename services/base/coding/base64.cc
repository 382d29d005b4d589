#include "services/base/coding/base64.h"

#include "absl/strings/escaping.h"

#include "services/base/error.h"

namespace welfare::base {
namespace {

std::string_view WithoutPadding(std::string_view text) {
  if (text.size() % 4 == 0 && !text.empty() && text.back() == '=') {
    text.remove_suffix(text[text.size() - 2] == '=' ? 2 : 1);
  }
  return text;
}

}  // namespace

std::string EncodeBase64(std::string_view bytes, bool padded) {
  std::string text = absl::Base64Escape(ToAbsl(bytes));
  if (!padded) text.resize(WithoutPadding(text).size());
  return text;
}

std::string EncodeBase64Url(std::string_view bytes) {
  return absl::WebSafeBase64Escape(ToAbsl(bytes));
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string url(WithoutPadding(text));
  for (char& c : url) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return DecodeBase64Url(url);
}

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  std::string bytes;
  // Abseil passes over white space, padding and bits that are left over.
  if (!absl::WebSafeBase64Unescape(ToAbsl(text), &bytes) ||
      EncodeBase64Url(bytes) != text) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace welfare::base
