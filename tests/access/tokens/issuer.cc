#include "tests/access/tokens/issuer.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <cstdlib>

#include "services/base/coding/base64.h"

namespace welfare::access {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string BytesOf(const BIGNUM* number, int size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  Require(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
                       size) == size);
  return bytes;
}

std::string Quoted(std::string_view text) {
  return std::string("\"").append(text).append("\"");
}

std::string NumberOf(const EVP_PKEY* key, const char* name, int size = 0) {
  BIGNUM* number = nullptr;
  Require(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  const std::string bytes =
      BytesOf(number, size == 0 ? BN_num_bytes(number) : size);
  BN_free(number);
  return Quoted(base::EncodeBase64Url(bytes));
}

std::string SignWith(EVP_PKEY* key, std::string_view message, int padding) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* parameters = nullptr;
  Require(EVP_DigestSignInit(context, &parameters, EVP_sha256(), nullptr,
                             key) == 1);
  if (padding != 0) {
    Require(EVP_PKEY_CTX_set_rsa_padding(parameters, padding) == 1);
  }
  std::size_t size = 0;
  Require(EVP_DigestSign(context, nullptr, &size, Bytes(message),
                         message.size()) == 1);
  std::string signature(size, '\0');
  Require(EVP_DigestSign(context,
                         reinterpret_cast<unsigned char*>(signature.data()),
                         &size, Bytes(message), message.size()) == 1);
  signature.resize(size);
  EVP_MD_CTX_free(context);
  return signature;
}

}  // namespace

std::string ToJson(const Members& members) {
  std::string json = "{";
  for (const auto& [name, value] : members) {
    if (json.size() > 1) json += ",";
    json.append(Quoted(name)).append(":").append(value);
  }
  return json + "}";
}

Members With(Members members, std::string_view name, std::string_view json) {
  for (auto& [key, value] : members) {
    if (key == name) {
      value = json;
      return members;
    }
  }
  members.emplace_back(name, json);
  return members;
}

Members Without(Members members, std::string_view name) {
  std::erase_if(members, [&](const auto& one) { return one.first == name; });
  return members;
}

void Issuer::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

Issuer::Issuer(Algorithm algorithm, unsigned rsa_bits)
    : algorithm_(algorithm),
      key_(algorithm == Algorithm::kRs256 ? EVP_RSA_gen(rsa_bits)
                                          : EVP_EC_gen("P-256")) {
  Require(key_ != nullptr);
}

Issuer::~Issuer() = default;

const Issuer& Issuer::Rs256() {
  static const Issuer issuer(Algorithm::kRs256);
  return issuer;
}

const Issuer& Issuer::Es256() {
  static const Issuer issuer(Algorithm::kEs256);
  return issuer;
}

Members Issuer::Jwk() const {
  if (algorithm_ == Algorithm::kRs256) {
    return {{"kty", "\"RSA\""},
            {"alg", "\"RS256\""},
            {"use", "\"sig\""},
            {"n", NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_N)},
            {"e", NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_E)}};
  }
  return {{"kty", "\"EC\""},
          {"alg", "\"ES256\""},
          {"use", "\"sig\""},
          {"crv", "\"P-256\""},
          {"x", NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32)},
          {"y", NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32)}};
}

std::string Issuer::PublicPem() const {
  BIO* memory = BIO_new(BIO_s_mem());
  Require(PEM_write_bio_PUBKEY(memory, key_.get()) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(memory);
  return pem;
}

std::string Issuer::SignDer(std::string_view message) const {
  return SignWith(key_.get(), message, 0);
}

std::string Issuer::SignPss(std::string_view message) const {
  return SignWith(key_.get(), message, RSA_PKCS1_PSS_PADDING);
}

std::string Issuer::Sign(std::string_view message) const {
  const std::string signature = SignDer(message);
  if (algorithm_ == Algorithm::kRs256) return signature;
  const unsigned char* der = Bytes(signature);
  ECDSA_SIG* pair =
      d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(signature.size()));
  Require(pair != nullptr);
  const std::string raw =
      BytesOf(ECDSA_SIG_get0_r(pair), 32) + BytesOf(ECDSA_SIG_get0_s(pair), 32);
  ECDSA_SIG_free(pair);
  return raw;
}

bool Issuer::BareVerify(std::string_view message,
                        std::string_view signature) const {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool verifies =
      EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr,
                           key_.get()) == 1 &&
      EVP_DigestVerify(context, Bytes(signature), signature.size(),
                       Bytes(message), message.size()) == 1;
  EVP_MD_CTX_free(context);
  return verifies;
}

std::string Issuer::Token(std::string_view header,
                          std::string_view payload) const {
  const std::string input = SigningInput(header, payload);
  return Compact(input, Sign(input));
}

std::string SigningInput(std::string_view header, std::string_view payload) {
  return base::EncodeBase64Url(header) + "." + base::EncodeBase64Url(payload);
}

std::string Compact(std::string_view signing_input,
                    std::string_view signature) {
  return std::string(signing_input) + "." + base::EncodeBase64Url(signature);
}

std::string SignHs256(std::string_view secret, std::string_view message) {
  std::array<unsigned char, 32> mac{};
  unsigned int size = 0;
  Require(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
               Bytes(message), message.size(), mac.data(), &size) != nullptr);
  return {mac.begin(), mac.end()};
}

std::string TwoKeys() {
  return "{\"keys\":[" +
         ToJson(With(Issuer::Rs256().Jwk(), "kid", "\"rsa-1\"")) + "," +
         ToJson(With(Issuer::Es256().Jwk(), "kid", "\"ec-1\"")) + "]}";
}

}  // namespace welfare::access
