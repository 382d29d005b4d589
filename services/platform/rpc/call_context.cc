#include "services/platform/rpc/call_context.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "services/base/coding/base64.h"
#include "services/base/coding/sha256.h"
#include "services/platform/observe/version.h"

namespace welfare::platform {

bool AnswerTag::Name(std::string_view state, base::Language language) {
  std::string named = "state\n";
  named += BuildVersion();
  named += '\n';
  named += BuildCommit();
  named += '\n';
  named += base::ToTag(language);
  named += '\n';
  named += state;
  return Take(named);
}

bool AnswerTag::NameBytes(std::string_view digest) {
  return Take("bytes\n" + std::string(digest));
}

bool AnswerTag::Take(std::string_view named) {
  // 120 bits, so that base64 needs no filling: nobody meets an equal one by
  // chance, and who makes one deceives himself.
  constexpr std::size_t kTagBytes = 15;
  text_ =
      base::EncodeBase64(base::Sha256Bytes(named).substr(0, kTagBytes), false);
  is_held_ = false;
  std::string_view rest = held_;
  while (!rest.empty() && !is_held_) {
    const std::string_view one = rest.substr(0, rest.find(','));
    is_held_ = one == text_;
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
  }
  return is_held_;
}

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
