// Keys that verify signatures of tokens (RFC 7518), by OpenSSL.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

struct evp_pkey_st;

namespace welfare::access {

// What a key is for; never what a token says.
enum class Algorithm {
  kRs256,  // RSASSA-PKCS1-v1_5 with SHA-256
  kEs256,  // ECDSA on P-256 with SHA-256
};

// The name in JSON: `RS256`.
std::string_view ToString(Algorithm algorithm);

// One public key. Any number of threads may verify with it.
class PublicKey {
 public:
  // The RSA key of these numbers, big-endian. Nothing when OpenSSL makes none
  // of them; that they are large enough is the caller's to see.
  static std::optional<PublicKey> MakeRsa(std::string_view modulus,
                                          std::string_view exponent);
  // The key at this point of P-256. Nothing when it is not on the curve.
  // REQUIRES: 32 bytes each.
  static std::optional<PublicKey> MakeP256(std::string_view x,
                                           std::string_view y);

  Algorithm algorithm() const { return algorithm_; }

  // Whether `signature` is that of `message`. Of ES256 it is r and s, 32 bytes
  // each (RFC 7518, section 3.4), not DER. Leaves nothing in the thread's queue
  // of OpenSSL errors, where a TLS connection would find it.
  bool Verifies(std::string_view message, std::string_view signature) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  using Key = std::unique_ptr<evp_pkey_st, Free>;

  PublicKey(Algorithm algorithm, Key key);

  Algorithm algorithm_;
  Key key_;
  std::size_t signature_bytes_;
};

}  // namespace welfare::access
