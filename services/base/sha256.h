// SHA-256 (FIPS 180-4), so that pure code can name content by its digest.
// Not for secrets: comparisons here are not constant in time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace welfare::base {

// Digests bytes given in pieces. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  void Update(std::string_view bytes);
  // Returns the 32 bytes of the digest. Call once, then no more.
  std::array<std::uint8_t, 32> Finish();

 private:
  void Block(const std::uint8_t* block);

  std::array<std::uint32_t, 8> state_;
  std::array<std::uint8_t, 64> buffer_{};
  std::size_t buffered_ = 0;
  std::uint64_t length_ = 0;  // bytes
};

// Returns the digest as 64 lowercase hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);

// Returns the digest as 32 bytes.
std::string Sha256Bytes(std::string_view bytes);

}  // namespace welfare::base
