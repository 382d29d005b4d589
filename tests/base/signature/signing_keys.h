// Ed25519 keys for tests, made anew each time.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace welfare::base::testing {

// A pair of keys in PEM.
struct KeyPair {
  std::string private_pem;
  std::string public_pem;
};

// `type`: "ED25519", "X25519", ...
inline KeyPair MakeKeyPair(const char* type = "ED25519") {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_Q_keygen(nullptr, nullptr, type), EVP_PKEY_free);
  const auto written = [](auto write) {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> text(
        BIO_new(BIO_s_mem()), BIO_free_all);
    if (write(text.get()) != 1) throw std::runtime_error("no key");
    char* data = nullptr;
    const long size = BIO_get_mem_data(text.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
  };
  return {.private_pem = written([&](BIO* text) {
            return PEM_write_bio_PKCS8PrivateKey(text, key.get(), nullptr,
                                                 nullptr, 0, nullptr, nullptr);
          }),
          .public_pem = written([&](BIO* text) {
            return PEM_write_bio_PUBKEY(text, key.get());
          })};
}

}  // namespace welfare::base::testing
