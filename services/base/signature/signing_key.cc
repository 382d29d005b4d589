#include "services/base/signature/signing_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <utility>

#include "services/base/coding/sha256.h"

namespace welfare::base {
namespace {

constexpr std::size_t kIdDigits = 16;

template <auto kFree>
struct FreeBy {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Text = std::unique_ptr<BIO, FreeBy<BIO_free_all>>;
using Digest = std::unique_ptr<EVP_MD_CTX, FreeBy<EVP_MD_CTX_free>>;

// Takes off the thread's queue what OpenSSL put there meanwhile.
class ErrorsTaken {
 public:
  ErrorsTaken() { ERR_set_mark(); }
  ErrorsTaken(const ErrorsTaken&) = delete;
  ErrorsTaken& operator=(const ErrorsTaken&) = delete;
  ~ErrorsTaken() { ERR_pop_to_mark(); }
};

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Text OpenText(std::string_view pem) {
  if (pem.size() > kMostKeyBytes) return nullptr;
  return Text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

bool IsEd25519(const KeyPointer& key) {
  return key != nullptr && EVP_PKEY_get_id(key.get()) == EVP_PKEY_ED25519;
}

// Empty where OpenSSL fails.
std::string IdOf(const KeyPointer& key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  if (size <= 0) return {};
  const std::string digest = Sha256Hex(
      {reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return digest.substr(0, kIdDigits);
}

// Who is asked for the password of an encrypted key: nobody.
int NoPassword(char* /*buffer*/, int /*size*/, int /*writing*/,
               void* /*data*/) {
  return -1;
}

bool HasMore(std::string_view pem, BIO* text) {
  const std::string_view rest =
      pem.substr(pem.size() - static_cast<std::size_t>(BIO_pending(text)));
  return rest.find("-----BEGIN") != std::string_view::npos;
}

}  // namespace

void FreeKey::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

SigningKey::SigningKey(KeyPointer key, std::string id)
    : key_(std::move(key)), id_(std::move(id)) {}

std::optional<SigningKey> SigningKey::Read(std::string_view pem) {
  const ErrorsTaken errors;
  const Text text = OpenText(pem);
  if (text == nullptr) return std::nullopt;
  KeyPointer key(
      PEM_read_bio_PrivateKey(text.get(), nullptr, NoPassword, nullptr));
  if (!IsEd25519(key) || HasMore(pem, text.get())) return std::nullopt;
  std::string id = IdOf(key);
  if (id.empty()) return std::nullopt;
  return SigningKey(std::move(key), std::move(id));
}

std::string SigningKey::Sign(std::string_view message) const {
  const ErrorsTaken errors;
  const Digest context(EVP_MD_CTX_new());
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr,
                         key_.get()) != 1 ||
      EVP_DigestSign(context.get(),
                     reinterpret_cast<unsigned char*>(signature.data()), &size,
                     Bytes(message), message.size()) != 1 ||
      size != kSignatureBytes) {
    return {};
  }
  return signature;
}

VerifyingKey::VerifyingKey(KeyPointer key, std::string id)
    : key_(std::move(key)), id_(std::move(id)) {}

std::vector<VerifyingKey> VerifyingKey::ReadAll(std::string_view pem) {
  const ErrorsTaken errors;
  std::vector<VerifyingKey> keys;
  const Text text = OpenText(pem);
  if (text == nullptr) return keys;
  do {
    KeyPointer key(PEM_read_bio_PUBKEY(text.get(), nullptr, NoPassword,
                                       nullptr));
    if (!IsEd25519(key)) return {};
    std::string id = IdOf(key);
    if (id.empty()) return {};
    keys.push_back(VerifyingKey(std::move(key), std::move(id)));
  } while (HasMore(pem, text.get()));
  return keys;
}

bool VerifyingKey::Verifies(std::string_view message,
                            std::string_view signature) const {
  if (signature.size() != kSignatureBytes) return false;
  const ErrorsTaken errors;
  const Digest context(EVP_MD_CTX_new());
  return context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr,
                              key_.get()) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(),
                          Bytes(message), message.size()) == 1;
}

}  // namespace welfare::base
