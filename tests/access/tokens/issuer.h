// An issuer of tokens for tests: a key made on the spot, and what it signs.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/access/tokens/public_key.h"

struct evp_pkey_st;

namespace welfare::access {

// Members of a JSON object in their order, values as JSON.
using Members = std::vector<std::pair<std::string, std::string>>;
std::string ToJson(const Members& members);
// `members` with `name` set to `json`, in its place or at the end.
Members With(Members members, std::string_view name, std::string_view json);
Members Without(Members members, std::string_view name);

class Issuer {
 public:
  // `rsa_bits`: of RS256.
  explicit Issuer(Algorithm algorithm, unsigned rsa_bits = 2048);
  ~Issuer();
  Issuer(const Issuer&) = delete;
  Issuer& operator=(const Issuer&) = delete;

  // Issuers that all tests of a process share.
  static const Issuer& Rs256();
  static const Issuer& Es256();

  // The members of the public key: kty, alg, use, and its numbers; no kid.
  Members Jwk() const;
  std::string PublicPem() const;

  // The signature by the key's own algorithm, raw.
  std::string Sign(std::string_view message) const;
  std::string SignDer(std::string_view message) const;  // ES256
  std::string SignPss(std::string_view message) const;  // RS256

  // What OpenSSL alone says of a signature in DER: the limit of our own check.
  bool BareVerify(std::string_view message, std::string_view signature) const;

  // header.payload.signature, of two JSON texts.
  std::string Token(std::string_view header, std::string_view payload) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  Algorithm algorithm_;
  std::unique_ptr<evp_pkey_st, Free> key_;
};

// header.payload, encoded.
std::string SigningInput(std::string_view header, std::string_view payload);
// The parts with the signature, which is encoded.
std::string Compact(std::string_view signing_input, std::string_view signature);
// HMAC-SHA-256.
std::string SignHs256(std::string_view secret, std::string_view message);

// A set of both shared issuers' keys: kid `rsa-1` and `ec-1`.
std::string TwoKeys();

}  // namespace welfare::access
