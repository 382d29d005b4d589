#include "services/base/pages/page.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>

#include "services/base/coding/base64.h"
#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/base/error_table.h"

namespace welfare::base {
namespace {

// 1: not bound to the kind of list; no longer taken.
constexpr char kVersion = 2;
constexpr std::size_t kHashSize = 8;

std::string ShortHash(std::string_view bytes) {
  return Sha256Bytes(bytes).substr(0, kHashSize);
}

// Cuts the text up to the next '/' off `rest`, and the '/'.
std::string_view TakeText(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('/'), rest.size());
  const std::string_view text = rest.substr(0, end);
  rest.remove_prefix(std::min(rest.size(), end + 1));
  return text;
}

}  // namespace

std::string EncodePageToken(std::string_view key, std::string_view parameters) {
  std::string bytes(1, kVersion);
  bytes += ShortHash(parameters);
  bytes += key;
  bytes += ShortHash(bytes);
  return EncodeBase64Url(bytes);
}

absl::StatusOr<std::string> DecodePageToken(std::string_view token,
                                            std::string_view parameters) {
  if (token.empty()) return std::string();
  const auto decoded = DecodeBase64Url(token);
  if (!decoded) return PageTokenInvalid();
  const std::string_view bytes = *decoded;
  if (bytes.size() < 1 + 2 * kHashSize || bytes[0] != kVersion) {
    return PageTokenInvalid();
  }
  const std::string_view body = bytes.substr(0, bytes.size() - kHashSize);
  if (bytes.substr(body.size()) != ShortHash(body)) return PageTokenInvalid();
  if (body.substr(1, kHashSize) != ShortHash(parameters)) {
    return PageTokenInvalid();
  }
  return std::string(body.substr(1 + kHashSize));
}

absl::Status PageTokenInvalid() {
  return MakeError(BaseRow("PAGE_TOKEN_INVALID"))
      .WithViolation(
          MakeViolation(BaseFault("PAGE_TOKEN_INVALID"), "page_token"));
}

absl::StatusOr<Page> Page::Read(int page_size, std::string_view page_token,
                                std::string parameters) {
  if (page_size < 0) {
    return MakeError(BaseRow("PAGE_SIZE_INVALID"))
        .With("page_size", page_size)
        .WithViolation(
            MakeViolation(BaseFault("PAGE_SIZE_INVALID"), "page_size"));
  }
  WELFARE_ASSIGN_OR_RETURN(std::string key,
                           DecodePageToken(page_token, parameters));
  return Page(
      page_size == 0 ? kDefaultPageSize : std::min(page_size, kMaxPageSize),
      std::move(key), std::move(parameters));
}

template <>
std::optional<std::int64_t> Page::Take(std::string_view& rest) {
  const std::string_view text = TakeText(rest);
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) {
    return std::nullopt;
  }
  return number;
}

template <>
std::optional<FiscalYear> Page::Take(std::string_view& rest) {
  const auto year = FiscalYear::Parse(TakeText(rest));
  return year.ok() ? std::optional(*year) : std::nullopt;
}

template <>
std::optional<MunicipalityCode> Page::Take(std::string_view& rest) {
  const auto code = MunicipalityCode::ParseKnown(TakeText(rest));
  return code.ok() ? std::optional(*code) : std::nullopt;
}

template <>
std::optional<std::string> Page::Take(std::string_view& rest) {
  std::string text(rest);
  rest = {};
  return text;
}

std::string Page::Write(std::int64_t number) { return std::to_string(number); }
std::string Page::Write(FiscalYear year) { return year.ToString(); }
std::string Page::Write(const MunicipalityCode& code) {
  return code.ToString();
}

}  // namespace welfare::base
