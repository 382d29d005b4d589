#pragma once

#include <array>
#include <compare>
#include <string>
#include <string_view>

namespace welfare::gateway {

// Who is at the other end of a connection, as far as its address tells: an
// IPv4 address, or the /64 of an IPv6 address, which one household or office
// has for itself and can wear any address of. An IPv4 address in the form of
// IPv6 is that IPv4 address.
class PeerKey {
 public:
  // Of an address as a socket names it: "192.0.2.7", "2001:db8::1",
  // "fe80::1%eth0". A text that is no address gives one key for all of those.
  static PeerKey Of(std::string_view address);

  // "192.0.2.7", "2001:db8::/64"; for logs.
  std::string ToString() const;

  friend auto operator<=>(const PeerKey&, const PeerKey&) = default;

 private:
  std::array<unsigned char, 16> bytes_{};
};

}  // namespace welfare::gateway
