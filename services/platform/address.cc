#include "services/platform/address.h"

#include <charconv>

namespace welfare::platform {

std::optional<TcpAddress> ParseTcpAddress(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = address.substr(0, colon);
  const std::string_view digits = address.substr(colon + 1);
  TcpAddress result;
  const auto [end, error] = std::from_chars(
      digits.data(), digits.data() + digits.size(), result.port);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  if (host.empty()) return std::nullopt;
  result.host = host == "localhost" ? "127.0.0.1" : std::string(host);
  return result;
}

bool IsGrpcAddress(std::string_view address) {
  for (const std::string_view prefix : {"unix:", "unix-abstract:"}) {
    if (address.starts_with(prefix)) return address.size() > prefix.size();
  }
  for (const std::string_view prefix : {"ipv4:", "ipv6:"}) {
    if (address.starts_with(prefix)) address.remove_prefix(prefix.size());
  }
  constexpr std::string_view kDns = "dns:";
  if (address.starts_with(kDns)) {
    address.remove_prefix(kDns.size());
    if (address.starts_with("//")) {
      const std::size_t slash = address.find('/', 2);
      if (slash == std::string_view::npos) return false;
      address.remove_prefix(slash + 1);
    }
  }
  return ParseTcpAddress(address).has_value();
}

}  // namespace welfare::platform
