// Pages of List methods (AIP-158).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/status/statusor.h"

#include "services/base/names/municipality_code.h"
#include "services/base/time/fiscal_year.h"

namespace welfare::base {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 1000;

// What a List request asks for: how many elements, and after which one. A page
// begins after a key, never at an offset, so elements that come or go meanwhile
// move nothing. platform/page_request.h makes one from a request.
//
// A key is a tuple of std::int64_t, FiscalYear, MunicipalityCode, and
// std::string, which may hold anything but only stands last. A list that must
// stay true to the version of its first page makes that version a part.
class Page {
 public:
  // `parameters` is any text that is equal exactly when the request's other
  // parameters are (parent, filter, order, versions; not the page size).
  //
  // Errors, both INVALID_ARGUMENT, with a violation:
  //   PAGE_SIZE_INVALID: below 0.
  //   PAGE_TOKEN_INVALID: not a token, or made for other parameters.
  static absl::StatusOr<Page> Read(int page_size, std::string_view page_token,
                                   std::string parameters);

  // From 1 to kMaxPageSize.
  int size() const { return size_; }

  // Returns the key after which the page begins; nullopt for the first page.
  //
  // Errors: INVALID_ARGUMENT, reason PAGE_TOKEN_INVALID: it has other parts.
  template <typename Key>
  absl::StatusOr<std::optional<Key>> After() const {
    return After(static_cast<Key*>(nullptr));
  }

  // Returns the next_page_token of a page that ends with the element of this
  // key. REQUIRES: the key is not one empty text, which would be the first
  // page.
  template <typename... Parts>
  std::string TokenAfter(const std::tuple<Parts...>& key) const;

 private:
  Page(int size, std::string key, std::string parameters)
      : size_(size), key_(std::move(key)), parameters_(std::move(parameters)) {}

  template <typename... Parts>
  absl::StatusOr<std::optional<std::tuple<Parts...>>> After(
      std::tuple<Parts...>* type) const;

  // One part of a key and the '/' behind it, taken off `rest`; nullopt when it
  // cannot be read.
  template <typename Part>
  static std::optional<Part> Take(std::string_view& rest);

  static std::string Write(std::int64_t number);
  static std::string Write(FiscalYear year);
  static std::string Write(const MunicipalityCode& code);
  static std::string Write(const std::string& text) { return text; }

  int size_;
  std::string key_;  // empty for the first page
  std::string parameters_;
};

// INVALID_ARGUMENT, PAGE_TOKEN_INVALID, for a token whose key names nothing.
absl::Status PageTokenInvalid();

// A page token is base64url of a version byte, 8 bytes of the parameters'
// SHA-256, the key, and 8 bytes of SHA-256 over all before. It is opaque to
// callers and holds no secret.
std::string EncodePageToken(std::string_view key, std::string_view parameters);

// Returns the key; an empty one for an empty token.
//
// Errors: INVALID_ARGUMENT, reason PAGE_TOKEN_INVALID.
absl::StatusOr<std::string> DecodePageToken(std::string_view token,
                                            std::string_view parameters);

template <>
std::optional<std::int64_t> Page::Take(std::string_view& rest);
template <>
std::optional<FiscalYear> Page::Take(std::string_view& rest);
template <>
std::optional<MunicipalityCode> Page::Take(std::string_view& rest);
template <>
std::optional<std::string> Page::Take(std::string_view& rest);

template <typename... Parts>
absl::StatusOr<std::optional<std::tuple<Parts...>>> Page::After(
    std::tuple<Parts...>* /*type*/) const {
  if (key_.empty()) return std::optional<std::tuple<Parts...>>();
  std::string_view rest = key_;
  // Braces: from left to right.
  const std::tuple<std::optional<Parts>...> taken{Take<Parts>(rest)...};
  return std::apply(
      [&](const auto&... part)
          -> absl::StatusOr<std::optional<std::tuple<Parts...>>> {
        if (!(part.has_value() && ...) || !rest.empty()) {
          return PageTokenInvalid();
        }
        return std::optional<std::tuple<Parts...>>(std::in_place, *part...);
      },
      taken);
}

template <typename... Parts>
std::string Page::TokenAfter(const std::tuple<Parts...>& key) const {
  std::string text;
  std::apply(
      [&](const auto&... part) { (text.append(Write(part)).append("/"), ...); },
      key);
  text.pop_back();
  return EncodePageToken(text, parameters_);
}

}  // namespace welfare::base
