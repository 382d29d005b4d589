#include "tests/support/certificates.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

namespace welfare::support {
namespace {

using BioPtr = std::unique_ptr<BIO, decltype([](BIO* b) { BIO_free(b); })>;
using CertificatePtr =
    std::unique_ptr<X509, decltype([](X509* c) { X509_free(c); })>;
using KeyPtr =
    std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* k) { EVP_PKEY_free(k); })>;

BioPtr From(const std::string& pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::string TextIn(const BioPtr& bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

CertificatePtr ReadCertificate(const std::string& pem) {
  return CertificatePtr(
      PEM_read_bio_X509(From(pem).get(), nullptr, nullptr, nullptr));
}

KeyPtr ReadKey(const std::string& pem) {
  return KeyPtr(
      PEM_read_bio_PrivateKey(From(pem).get(), nullptr, nullptr, nullptr));
}

std::string PemOf(EVP_PKEY* key, const EVP_CIPHER* cipher = nullptr) {
  const BioPtr out(BIO_new(BIO_s_mem()));
  unsigned char password[] = "secret";
  PEM_write_bio_PrivateKey(out.get(), key, cipher,
                           cipher == nullptr ? nullptr : password,
                           cipher == nullptr ? 0 : 6, nullptr, nullptr);
  return TextIn(out);
}

void AddExtension(X509* certificate, X509* issuer, int kind,
                  const std::string& value) {
  if (value.empty()) return;
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension =
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  ASSERT_NE(extension, nullptr) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Signed by `issuer`, or by itself where that is empty.
Issued Make(const CertificateWish& wish, const Issued& issuer) {
  const KeyPtr key(wish.rsa_bits > 0
                       ? EVP_RSA_gen(static_cast<unsigned>(wish.rsa_bits))
                       : EVP_EC_gen("P-256"));
  const CertificatePtr made(X509_new());
  X509_set_version(made.get(), 2);
  unsigned char serial[8];
  RAND_bytes(serial, sizeof serial);
  serial[0] &= 0x7F;
  BIGNUM* const number = BN_bin2bn(serial, sizeof serial, nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(made.get()));
  BN_free(number);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), wish.from);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), wish.until);
  X509_NAME* const name = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(
      name, "CN", MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(wish.common_name.c_str()), -1, -1,
      0);
  X509_set_pubkey(made.get(), key.get());
  const bool by_itself = issuer.certificate.empty();
  const CertificatePtr above =
      by_itself ? nullptr : ReadCertificate(issuer.certificate);
  X509* const signer = by_itself ? made.get() : above.get();
  X509_set_issuer_name(made.get(), X509_get_subject_name(signer));
  AddExtension(made.get(), signer, NID_basic_constraints,
               wish.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  AddExtension(made.get(), signer, NID_key_usage,
               wish.authority ? "critical,keyCertSign,cRLSign"
                              : "critical,digitalSignature");
  AddExtension(made.get(), signer, NID_ext_key_usage, wish.extended_usage);
  AddExtension(made.get(), signer, NID_subject_alt_name, wish.alternatives);
  AddExtension(made.get(), signer, NID_subject_key_identifier, "hash");
  const KeyPtr signs = by_itself ? nullptr : ReadKey(issuer.key);
  X509_sign(made.get(), by_itself ? key.get() : signs.get(), EVP_sha256());
  const BioPtr out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), made.get());
  return {.certificate = TextIn(out), .key = PemOf(key.get())};
}

CertificateWish AuthorityCalled(const std::string& name) {
  return {.common_name = name,
          .alternatives = "",
          .extended_usage = "",
          .authority = true};
}

}  // namespace

TestAuthority::TestAuthority(const std::string& name)
    : own_(Make(AuthorityCalled(name), {})) {}

TestAuthority::TestAuthority(const std::string& name,
                             const TestAuthority& parent)
    : own_(Make(AuthorityCalled(name), parent.own_)) {}

Issued TestAuthority::Issue(const CertificateWish& wish) const {
  return Make(wish, own_);
}

Issued TestAuthority::Client(const std::string& common_name) const {
  return Issue({.common_name = common_name,
                .alternatives = "DNS:" + common_name +
                                ",URI:https://city.example/" + common_name,
                .extended_usage = "clientAuth"});
}

std::string TestAuthority::Crl(const std::vector<std::string>& certificates,
                               long until) const {
  const std::unique_ptr<X509_CRL,
                        decltype([](X509_CRL* c) { X509_CRL_free(c); })>
      crl(X509_CRL_new());
  X509_CRL_set_version(crl.get(), 1);
  const CertificatePtr own = ReadCertificate(own_.certificate);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(own.get()));
  ASN1_TIME* const time = ASN1_TIME_new();
  X509_gmtime_adj(time, -7200);
  X509_CRL_set1_lastUpdate(crl.get(), time);
  for (const std::string& pem : certificates) {
    const CertificatePtr revoked = ReadCertificate(pem);
    X509_REVOKED* const entry = X509_REVOKED_new();
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked.get()));
    X509_REVOKED_set_revocationDate(entry, time);
    X509_CRL_add0_revoked(crl.get(), entry);
  }
  X509_gmtime_adj(time, until);
  X509_CRL_set1_nextUpdate(crl.get(), time);
  ASN1_TIME_free(time);
  X509_CRL_sort(crl.get());
  X509_CRL_sign(crl.get(), ReadKey(own_.key).get(), EVP_sha256());
  const BioPtr out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_CRL(out.get(), crl.get());
  return TextIn(out);
}

std::string Encrypted(const std::string& key) {
  return PemOf(ReadKey(key).get(), EVP_aes_256_cbc());
}

void WritePrivately(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  std::remove(beside.c_str());
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
  ASSERT_GE(file, 0) << beside;
  EXPECT_EQ(write(file, text.data(), text.size()),
            static_cast<ssize_t>(text.size()));
  close(file);
  std::filesystem::rename(beside, path);
}

}  // namespace welfare::support
