#include "gateway/answers/cross_origin.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/routes/text.h"

namespace welfare::gateway {
namespace {

// What the API reads of a request, beyond what every page may send.
constexpr std::string_view kRequestHeaders =
    "accept, accept-language, authorization, content-type, grpc-timeout, "
    "idempotency-key, if-match, if-none-match, if-range, last-event-id, range, "
    "x-api-key, x-request-id";
// What it says in answers, beyond what every page may see.
constexpr std::string_view kResponseHeaders =
    "accept-ranges, allow, content-disposition, content-range, etag, "
    "retry-after, www-authenticate, x-request-id";
// Browsers hold answers to preflights no longer than two hours anyway; ten
// minutes let a change of the list arrive.
constexpr std::string_view kMaxAge = "600";

bool IsHost(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '.' || c == '[' || c == ']' || c == ':';
  });
}

// What is wrong with an origin; empty: nothing.
std::string_view FaultOf(std::string_view origin) {
  if (origin == "*") return "name each origin; everybody's is not allowed";
  std::string_view rest = origin;
  std::string_view own_port;
  if (rest.starts_with("https://")) {
    own_port = ":443";
  } else if (rest.starts_with("http://")) {
    own_port = ":80";
  } else {
    return "an origin begins with https:// or http://";
  }
  rest.remove_prefix(rest.find("//") + 2);
  if (!IsHost(rest)) {
    return "an origin is a scheme, a host in small letters and perhaps a port, "
           "such as https://app.example or http://localhost:5173";
  }
  // The one of an IPv6 address stands in brackets.
  const std::size_t colon = rest.rfind(':');
  const std::size_t bracket = rest.rfind(']');
  if (colon == std::string_view::npos ||
      (bracket != std::string_view::npos && colon < bracket)) {
    return "";
  }
  const std::string_view port = rest.substr(colon);
  if (port == own_port) return "browsers leave out the port of the scheme";
  if (port.size() < 2 || port.size() > 6 ||
      !std::all_of(port.begin() + 1, port.end(),
                   [](char c) { return c >= '0' && c <= '9'; })) {
    return "its port is no number";
  }
  return "";
}

}  // namespace

absl::StatusOr<CrossOrigin> CrossOrigin::Parse(std::string_view list) {
  CrossOrigin allowed;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view origin = TrimSpace(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (const std::string_view fault = FaultOf(origin); !fault.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", std::string(origin), "': ", std::string(fault)));
    }
    allowed.origins_.emplace(origin);
  }
  return allowed;
}

void CrossOrigin::Annotate(const RequestHead& request,
                           ResponseHead& head) const {
  // Also of who names no origin: a cache must not give the answer to another.
  head.headers.push_back({"vary", "origin"});
  const std::string* origin = FindHeader(request.headers, "origin");
  if (origin == nullptr || !origins_.contains(*origin)) return;
  head.headers.push_back({"access-control-allow-origin", *origin});
  const bool preflight =
      request.method == "OPTIONS" &&
      FindHeader(request.headers, "access-control-request-method") != nullptr;
  if (!preflight) {
    head.headers.push_back(
        {"access-control-expose-headers", std::string(kResponseHeaders)});
    return;
  }
  const std::string* methods = FindHeader(head.headers, "allow");
  if (methods != nullptr) {
    head.headers.push_back({"access-control-allow-methods", *methods});
  }
  head.headers.push_back(
      {"access-control-allow-headers", std::string(kRequestHeaders)});
  head.headers.push_back({"access-control-max-age", std::string(kMaxAge)});
}

}  // namespace welfare::gateway
