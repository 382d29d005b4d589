#include "gateway/budgets/peer_key.h"

#include <arpa/inet.h>

#include <algorithm>

namespace welfare::gateway {
namespace {

// ::ffff:0:0/96 holds IPv4 (RFC 4291, 2.5.5.2).
constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0,    0,
                                                   0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::size_t kPrefixBytes = 8;

}  // namespace

PeerKey PeerKey::Of(std::string_view address) {
  const std::string text(address.substr(0, address.find('%')));
  PeerKey key;
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    std::copy(kMapped.begin(), kMapped.end(), key.bytes_.begin());
    const auto* from = reinterpret_cast<const unsigned char*>(&v4);
    std::copy(from, from + 4, key.bytes_.begin() + kMapped.size());
    return key;
  }
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return key;
  std::copy(std::begin(v6.s6_addr), std::end(v6.s6_addr), key.bytes_.begin());
  const bool mapped =
      std::equal(kMapped.begin(), kMapped.end(), key.bytes_.begin());
  if (!mapped) {
    std::fill(key.bytes_.begin() + kPrefixBytes, key.bytes_.end(), 0);
  }
  return key;
}

std::string PeerKey::ToString() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes_.begin())) {
    inet_ntop(AF_INET, bytes_.data() + kMapped.size(), text, sizeof(text));
    return text;
  }
  inet_ntop(AF_INET6, bytes_.data(), text, sizeof(text));
  return std::string(text) + "/64";
}

}  // namespace welfare::gateway
