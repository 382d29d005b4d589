#include "services/platform/rpc/call_context.h"

#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <string_view>

namespace welfare::platform {
std::string MakeRequestId() {
  // A call of the generator costs about the same for 16 bytes as for 1 KiB,
  // more than the rest of a cached read does; so each thread takes a stock of a
  // page.
  constexpr std::size_t kIdBytes = 16;
  thread_local std::array<unsigned char, 256 * kIdBytes> stock;
  thread_local std::size_t used = stock.size();
  if (used == stock.size()) {
    RAND_bytes(stock.data(), static_cast<int>(stock.size()));
    used = 0;
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id(2 * kIdBytes, '0');
  for (std::size_t i = 0; i < kIdBytes; ++i) {
    const unsigned char byte = stock[used + i];
    id[2 * i] = kDigits[byte >> 4];
    id[2 * i + 1] = kDigits[byte & 0xF];
  }
  used += kIdBytes;
  return id;
}

}  // namespace welfare::platform
