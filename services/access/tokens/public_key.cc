#include "services/access/tokens/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <string>
#include <utility>
#include <vector>

namespace welfare::access {
namespace {

constexpr std::size_t kP256Bytes = 32;

template <auto kFree>
struct FreeBy {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Number = std::unique_ptr<BIGNUM, FreeBy<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, FreeBy<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, FreeBy<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeBy<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeBy<EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, FreeBy<ECDSA_SIG_free>>;

// Takes off the thread's queue what OpenSSL put there meanwhile.
class ErrorScope {
 public:
  ErrorScope() { ERR_set_mark(); }
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;
  ~ErrorScope() { ERR_pop_to_mark(); }
};

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number MakeNumber(std::string_view bytes) {
  return Number(
      BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

EVP_PKEY* MakeKey(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr ||
      EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY,
                        params.get()) != 1) {
    return nullptr;
  }
  return key;
}

// r and s as the DER that OpenSSL verifies; empty when there is none.
std::vector<unsigned char> ToDer(std::string_view signature) {
  std::vector<unsigned char> der;
  const EcSignature pair(ECDSA_SIG_new());
  Number r = MakeNumber(signature.substr(0, kP256Bytes));
  Number s = MakeNumber(signature.substr(kP256Bytes));
  if (pair == nullptr || r == nullptr || s == nullptr ||
      ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) {
    return der;
  }
  // They belong to the pair now.
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  const int size = i2d_ECDSA_SIG(pair.get(), nullptr);
  if (size <= 0) return der;
  der.resize(static_cast<std::size_t>(size));
  unsigned char* end = der.data();
  i2d_ECDSA_SIG(pair.get(), &end);
  return der;
}

// Looked up once: EVP_sha256() is looked up anew by each call that uses it.
const EVP_MD* Sha256Algorithm() {
  static const EVP_MD* const algorithm =
      EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

}  // namespace

std::string_view ToString(Algorithm algorithm) {
  return algorithm == Algorithm::kRs256 ? "RS256" : "ES256";
}

void PublicKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

PublicKey::PublicKey(Algorithm algorithm, Key key)
    : algorithm_(algorithm),
      key_(std::move(key)),
      signature_bytes_(
          algorithm == Algorithm::kEs256
              ? 2 * kP256Bytes
              : static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()))) {}

std::optional<PublicKey> PublicKey::MakeRsa(std::string_view modulus,
                                            std::string_view exponent) {
  const ErrorScope errors;
  const Number n = MakeNumber(modulus);
  const Number e = MakeNumber(exponent);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (n == nullptr || e == nullptr || builder == nullptr ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) !=
          1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) !=
          1) {
    return std::nullopt;
  }
  Key key(MakeKey("RSA", builder.get()));
  if (key == nullptr) return std::nullopt;
  return PublicKey(Algorithm::kRs256, std::move(key));
}

std::optional<PublicKey> PublicKey::MakeP256(std::string_view x,
                                             std::string_view y) {
  const ErrorScope errors;
  // Both coordinates, uncompressed (SEC 1, section 2.3.3). OpenSSL refuses a
  // point that is not on the curve.
  const std::string point = std::string("\x04").append(x).append(y);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                      SN_X9_62_prime256v1, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                       point.data(), point.size()) != 1) {
    return std::nullopt;
  }
  Key key(MakeKey("EC", builder.get()));
  if (key == nullptr) return std::nullopt;
  return PublicKey(Algorithm::kEs256, std::move(key));
}

bool PublicKey::Verifies(std::string_view message,
                         std::string_view signature) const {
  if (signature.size() != signature_bytes_) return false;
  const ErrorScope errors;
  std::vector<unsigned char> der;
  if (algorithm_ == Algorithm::kEs256) {
    der = ToDer(signature);
    if (der.empty()) return false;
    signature = {reinterpret_cast<const char*>(der.data()), der.size()};
  }
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // the context's
  if (context == nullptr ||
      EVP_DigestVerifyInit(context.get(), &parameters, Sha256Algorithm(),
                           nullptr, key_.get()) != 1 ||
      (algorithm_ == Algorithm::kRs256 &&
       EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PADDING) != 1)) {
    return false;
  }
  return EVP_DigestVerify(context.get(), Bytes(signature), signature.size(),
                          Bytes(message), message.size()) == 1;
}

}  // namespace welfare::access
