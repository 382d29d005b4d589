#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace welfare::platform {

struct TcpAddress {
  std::string host;  // without brackets; localhost is 127.0.0.1
  std::uint16_t port = 0;
};

// Reads "127.0.0.1:7190", "[::1]:7190", "localhost:0". Nothing when there is
// no host or no port from 0 to 65535; whether the host exists is not asked.
std::optional<TcpAddress> ParseTcpAddress(std::string_view address);

// Whether gRPC could listen on or call `address`: one of TCP, "unix:path",
// "unix-abstract:name", or "dns:[//authority/]host:port".
bool IsGrpcAddress(std::string_view address);

}  // namespace welfare::platform
