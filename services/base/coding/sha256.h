// SHA-256 (FIPS 180-4) by OpenSSL, so that content is named by its digest.
// Not for secrets: comparisons here are not constant in time.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace welfare::base {

// Digests bytes given in pieces. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  void Update(std::string_view bytes);
  // Returns the 32 bytes of the digest. Call once, then no more.
  std::string Finish();
  // The same as 64 lowercase hexadecimal digits.
  std::string FinishHex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// Returns the digest.
std::array<char, 32> Sha256Digest(std::string_view bytes);

// Returns the digest as 32 bytes.
std::string Sha256Bytes(std::string_view bytes);

// Returns the digest as 64 lowercase hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);

// Whether `text` is written as Sha256Hex writes it.
bool IsSha256Hex(std::string_view text);

// Returns `bytes` as lowercase hexadecimal digits.
std::string HexEncode(std::string_view bytes);

}  // namespace welfare::base
