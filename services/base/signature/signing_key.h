// Keys that sign published files and verify signatures: Ed25519 (RFC 8032), by
// OpenSSL.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace welfare::base {

// Of Ed25519.
inline constexpr std::size_t kSignatureBytes = 64;

// A larger text holds no keys.
inline constexpr std::size_t kMostKeyBytes = std::size_t{64} << 10;

struct FreeKey {
  void operator()(evp_pkey_st* key) const;
};
using KeyPointer = std::unique_ptr<evp_pkey_st, FreeKey>;

// A private key. Any number of threads may sign with it.
class SigningKey {
 public:
  // Reads an unencrypted private key in PEM; nothing where there is none of
  // Ed25519, or more than one.
  static std::optional<SigningKey> Read(std::string_view pem);

  // The first 16 hexadecimal digits of the SHA-256 of the public key in DER:
  // `openssl pkey -in KEY -pubout -outform DER | sha256sum`.
  const std::string& id() const { return id_; }
  // Returns the 64 bytes of the signature; empty where OpenSSL fails.
  std::string Sign(std::string_view message) const;

 private:
  SigningKey(KeyPointer key, std::string id);
  KeyPointer key_;
  std::string id_;
};

// A public key. Any number of threads may verify with it.
class VerifyingKey {
 public:
  // Reads all public keys of a text in PEM, one behind the other; empty where
  // it holds none, or anything that is no public key of Ed25519.
  static std::vector<VerifyingKey> ReadAll(std::string_view pem);

  const std::string& id() const { return id_; }
  bool Verifies(std::string_view message, std::string_view signature) const;

 private:
  VerifyingKey(KeyPointer key, std::string id);
  KeyPointer key_;
  std::string id_;
};

}  // namespace welfare::base
