#include "services/platform/call_context.h"

#include <openssl/rand.h>

#include <array>

#include "services/platform/digest.h"

namespace welfare::platform {

std::string MakeRequestId() {
  std::array<unsigned char, 16> random{};
  RAND_bytes(random.data(), static_cast<int>(random.size()));
  return HexEncode(std::string(random.begin(), random.end()));
}

}  // namespace welfare::platform
