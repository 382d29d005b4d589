#include "gateway/requests/call_headers.h"

#include <algorithm>
#include <array>

#include "gateway/routes/text.h"
#include "services/base/coding/base64.h"
#include "services/base/coding/trace_parent.h"

namespace welfare::gateway {
namespace {

constexpr std::array<std::string_view, 4> kForwarded = {
    "traceparent", "tracestate", "accept-language", "grpc-trace-bin"};

bool IsForwarded(std::string_view name) {
  return std::find(kForwarded.begin(), kForwarded.end(), name) !=
         kForwarded.end();
}

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c <= 0x7E; });
}

bool IsRequestId(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
         });
}

// What an entry takes on the wire at most: base64 makes four bytes of three.
std::size_t SizeOf(std::string_view name, std::string_view value) {
  return name.size() + value.size() * 4 / 3 + 32;
}

// What of `rest` stands before the next `end`; takes both off.
std::string_view TakePart(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  const std::string_view part = rest.substr(0, at);
  rest = at == rest.npos ? std::string_view() : rest.substr(at + 1);
  return part;
}

}  // namespace

std::variant<CallHeaders, Failure> ReadCallHeaders(
    const std::vector<Header>& headers, std::string_view fresh_id) {
  CallHeaders out;
  // The id and who calls come always, a trace and a language often.
  out.metadata.reserve(5);
  std::size_t size = 0;
  bool language_named = false;
  std::size_t traces = 0;  // headers `traceparent`, and `tracestate`
  std::size_t states = 0;
  for (const Header& header : headers) {
    std::string_view name = header.name;
    if (name == "grpc-timeout") {
      const auto timeout = ParseGrpcTimeout(header.value);
      if (!timeout.has_value() || out.timeout.has_value()) {
        return MalformedHeader("grpc-timeout");
      }
      out.timeout = timeout;
      continue;
    }
    if (name == "x-request-id") {
      if (IsRequestId(header.value)) out.request_id = header.value;
      continue;
    }
    constexpr std::string_view kPrefix = "grpc-metadata-";
    if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
    const bool forwarded = IsForwarded(name);
    if (!name.ends_with("-bin")) {
      // Most of what comes goes no further, tokens among it.
      if (!forwarded) continue;
      if (!IsPrintable(header.value)) return MalformedHeader(header.name);
      if (name == "accept-language" && !language_named) {
        out.language = base::FromAcceptLanguage(header.value);
        language_named = true;
      }
      if (name == "tracestate") ++states;
      if (name == "traceparent" && ++traces == 1) {
        out.trace_id = base::TraceIdIn(header.value);
      }
      size += SizeOf(name, header.value);
      out.metadata.emplace_back(std::string(name), header.value);
      continue;
    }
    // Several values may share one header, separated by commas.
    std::string_view rest = header.value;
    while (true) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      std::optional<std::string> bytes =
          base::DecodeBase64(TrimSpace(rest.substr(0, comma)));
      if (!bytes.has_value()) return MalformedHeader(header.name);
      if (forwarded) {
        size += SizeOf(name, *bytes);
        out.metadata.emplace_back(std::string(name), *std::move(bytes));
      }
      if (comma == rest.size()) break;
      rest.remove_prefix(comma + 1);
    }
  }
  if (size > kMaxForwardedMetadata) {
    Failure failure = MessageTooLarge(kMaxForwardedMetadata);
    failure.http_status = 431;
    return failure;
  }
  if (traces > 1) out.trace_id.clear();
  if (traces + states > 0 && out.trace_id.empty()) {
    std::erase_if(out.metadata, [](const auto& entry) {
      return entry.first == "traceparent" || entry.first == "tracestate";
    });
  }
  if (out.request_id.empty()) out.request_id = std::string(fresh_id);
  out.metadata.emplace_back("x-request-id", out.request_id);
  return out;
}

std::optional<std::chrono::nanoseconds> ParseGrpcTimeout(
    std::string_view text) {
  if (text.size() < 2 || text.size() > 9) return std::nullopt;
  std::int64_t amount = 0;
  for (const char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    amount = amount * 10 + (c - '0');
  }
  std::int64_t unit = 0;
  switch (text.back()) {
    case 'H':
      unit = 3'600'000'000'000;
      break;
    case 'M':
      unit = 60'000'000'000;
      break;
    case 'S':
      unit = 1'000'000'000;
      break;
    case 'm':
      unit = 1'000'000;
      break;
    case 'u':
      unit = 1'000;
      break;
    case 'n':
      unit = 1;
      break;
    default:
      return std::nullopt;
  }
  // Eight digits of hours do not fit; a century is as good as for ever.
  constexpr std::int64_t kLongest = std::int64_t{876'000} * 3'600'000'000'000;
  if (amount > kLongest / unit) return std::chrono::nanoseconds(kLongest);
  return std::chrono::nanoseconds(amount * unit);
}

bool IsMediaType(std::string_view content_type, std::string_view media_type) {
  const std::size_t semicolon =
      std::min(content_type.find(';'), content_type.size());
  if (!EqualsIgnoreCaseAscii(TrimSpace(content_type.substr(0, semicolon)),
                             media_type)) {
    return false;
  }
  std::string_view rest = content_type.substr(semicolon);
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string parameter = ToLowerAscii(TrimSpace(rest.substr(0, end)));
    rest.remove_prefix(end);
    if (parameter.starts_with("charset=") && parameter != "charset=utf-8" &&
        parameter != "charset=\"utf-8\"") {
      return false;
    }
  }
  return true;
}

bool AsksFor(std::string_view accept, std::string_view media_type) {
  while (!accept.empty()) {
    std::string_view range = TakePart(accept, ',');
    if (!EqualsIgnoreCaseAscii(TrimSpace(TakePart(range, ';')), media_type)) {
      continue;
    }
    bool refused = false;
    while (!range.empty()) {
      const std::string weight = ToLowerAscii(TrimSpace(TakePart(range, ';')));
      refused = refused || (weight.starts_with("q=0") &&
                            weight.find_first_not_of("0.", 2) == weight.npos);
    }
    if (!refused) return true;
  }
  return false;
}

void AppendResponseMetadata(
    const std::vector<std::pair<std::string, std::string>>& metadata,
    std::vector<Header>& headers) {
  for (const auto& [key, value] : metadata) {
    if (key != "content-language" || !IsPrintable(value)) continue;
    headers.push_back({.name = key, .value = value});
  }
}

}  // namespace welfare::gateway
