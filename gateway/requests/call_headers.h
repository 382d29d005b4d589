#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/exchange/exchange.h"
#include "gateway/requests/failure.h"
#include "services/access/principal.h"
#include "services/base/wording/language.h"

namespace welfare::gateway {

// What the headers of a request say about the call to make of it.
struct CallHeaders {
  // For the backend: what the allow-list lets through and the request id.
  // Values of `-bin` keys are raw bytes.
  std::vector<std::pair<std::string, std::string>> metadata;
  std::string request_id;
  // Of `traceparent`; empty where none came that is valid.
  std::string trace_id;
  // Empty until AddIdentity.
  access::Principal principal = {};
  // From `accept-language`, the first of them, which the backend reads too.
  base::Language language = base::Language::kEnglish;
  // From `grpc-timeout`.
  std::optional<std::chrono::nanoseconds> timeout;
};

// The most bytes of metadata that go to a backend, 32 per entry included. A
// backend closes the whole connection, which other callers share, at 8 KiB.
inline constexpr std::size_t kMaxForwardedMetadata = 6 * 1024;

// Reads the headers of a request. Let through are `traceparent`, `tracestate`,
// `accept-language`, `grpc-trace-bin` and what comes as `grpc-metadata-<one of
// them>`; everything else stays here, above all `x-welfare-*` and what proves
// who calls. `x-request-id` is taken over when it is 1 to 64 of [A-Za-z0-9._-],
// else `fresh_id` is used. `traceparent` and `tracestate` stay here unless
// there is one of the former and it is valid, as W3C Trace Context has it.
//
// Fails when a `-bin` value is no base64, a value let through is not printable
// ASCII (a backend's client would stop the process), `grpc-timeout` is
// malformed, or the metadata is too large.
std::variant<CallHeaders, Failure> ReadCallHeaders(
    const std::vector<Header>& headers, std::string_view fresh_id);

// "1 to 8 digits and one of H M S m u n"; empty when malformed.
std::optional<std::chrono::nanoseconds> ParseGrpcTimeout(std::string_view text);

// True when a `content-type` header names that media type, in UTF-8 where it
// names a charset.
bool IsMediaType(std::string_view content_type, std::string_view media_type);

// True when an `accept` header names exactly that media type, with a weight
// above 0: it stands for what a caller asks for, not for what it puts up with.
bool AsksFor(std::string_view accept, std::string_view media_type);

// The metadata of a backend's answer that callers may see: `content-language`
// and, from services, nothing named `x-welfare-*`, `grpc-*` or reserved by
// HTTP. Values of `-bin` keys become base64.
void AppendResponseMetadata(
    const std::vector<std::pair<std::string, std::string>>& metadata,
    std::vector<Header>& headers);

}  // namespace welfare::gateway
