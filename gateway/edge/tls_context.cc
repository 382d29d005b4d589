#include "gateway/edge/tls_context.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "services/base/error.h"
#include "services/platform/errors.h"

namespace welfare::gateway {
namespace {

// Ephemeral keys and AEAD alone (RFC 9325, 4.2). Those of TLS 1.3 are all so.
constexpr char kCiphers12[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr char kCiphers13[] =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
    "TLS_CHACHA20_POLY1305_SHA256";
constexpr char kGroups[] = "X25519:P-256:P-384";

// Authorities between a client's certificate and the root. More is no
// municipality's, and each costs a signature to check.
constexpr int kMostIntermediates = 3;

constexpr std::array<std::string_view, 6> kHandshakeResults = {
    "done",        "left",    "no_certificate",
    "certificate", "not_tls", "nothing_in_common"};

using BioPtr = std::unique_ptr<BIO, decltype([](BIO* bio) { BIO_free(bio); })>;

BioPtr ReadPem(const std::string& pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// The protocol that we like best of those the caller speaks. One that names
// only others is refused; one that names none is told by its first bytes.
int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* size,
                   const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr unsigned char kOurs[] = "\x02h2\x08http/1.1";
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, kOurs, sizeof kOurs - 1, offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

bool UseOwnCertificate(SSL_CTX* context,
                       const platform::TlsMaterial& material) {
  const BioPtr in = ReadPem(material.certificate_pem);
  for (bool first = true;; first = false) {
    X509* const certificate =
        PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr);
    if (certificate == nullptr) break;
    // The chain takes over what it is given, the certificate of its own not.
    const bool taken = first
                           ? SSL_CTX_use_certificate(context, certificate) == 1
                           : SSL_CTX_add0_chain_cert(context, certificate) == 1;
    if (first || !taken) X509_free(certificate);
    if (!taken) return false;
  }
  ERR_clear_error();
  const BioPtr key_in = ReadPem(material.key_pem);
  EVP_PKEY* const key =
      PEM_read_bio_PrivateKey(key_in.get(), nullptr, nullptr, nullptr);
  const bool taken =
      key != nullptr && SSL_CTX_use_PrivateKey(context, key) == 1;
  EVP_PKEY_free(key);
  return taken;
}

void AskForClientCertificates(SSL_CTX* context,
                              const platform::TlsMaterial& material,
                              bool required) {
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  const BioPtr authorities = ReadPem(material.client_ca_pem);
  while (X509* const authority =
             PEM_read_bio_X509(authorities.get(), nullptr, nullptr, nullptr)) {
    X509_STORE_add_cert(store, authority);
    SSL_CTX_add_client_CA(context, authority);
    X509_free(authority);
  }
  if (!material.crl_pem.empty()) {
    const BioPtr crls = ReadPem(material.crl_pem);
    while (X509_CRL* const crl =
               PEM_read_bio_X509_CRL(crls.get(), nullptr, nullptr, nullptr)) {
      X509_STORE_add_crl(store, crl);
      X509_CRL_free(crl);
    }
    // Of authorities too: a revoked intermediate is no way around.
    X509_STORE_set_flags(store,
                         X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  }
  ERR_clear_error();
  SSL_CTX_set_verify(
      context,
      SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
      nullptr);
  SSL_CTX_set_verify_depth(context, kMostIntermediates);
  SSL_CTX_set_purpose(context, X509_PURPOSE_SSL_CLIENT);
}

// Null: OpenSSL refuses what was found to be good.
std::shared_ptr<SSL_CTX> MakeContext(const platform::TlsMaterial& material,
                                     bool required) {
  const std::shared_ptr<SSL_CTX> shared(SSL_CTX_new(TLS_server_method()),
                                        SSL_CTX_free);
  SSL_CTX* const context = shared.get();
  if (context == nullptr) return nullptr;
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_security_level(context, 2);
  SSL_CTX_set_cipher_list(context, kCiphers12);
  SSL_CTX_set_ciphersuites(context, kCiphers13);
  SSL_CTX_set1_groups_list(context, kGroups);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_TICKET |
                                   // HTTP says itself where its messages end.
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  // No session is taken up again, by ticket or from memory: a caller whose
  // certificate was revoked could otherwise go on with the old verdict.
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS |
                                SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, nullptr);
  if (!UseOwnCertificate(context, material)) return nullptr;
  if (!material.client_ca_pem.empty()) {
    AskForClientCertificates(context, material, required);
  }
  return shared;
}

}  // namespace

TlsContext::TlsContext(platform::MetricsRegistry& metrics) {
  for (const std::string_view result : kHandshakeResults) {
    handshakes_.push_back(&metrics.AddCounter(
        "welfare_tls_handshakes_total", "TLS handshakes, by how they ended.",
        {{"result", std::string(result)}}));
  }
}

TlsContext::~TlsContext() = default;

absl::StatusOr<std::unique_ptr<TlsContext>> TlsContext::Make(
    Options options, platform::MetricsRegistry& metrics,
    const base::Clock& clock) {
  std::unique_ptr<TlsContext> made(new TlsContext(metrics));
  const auto take = [context = made.get(), path = options.files.certificate,
                     required = options.client_certificate_required](
                        const platform::TlsMaterial& material) -> absl::Status {
    std::shared_ptr<SSL_CTX> next = MakeContext(material, required);
    if (next == nullptr) return platform::TlsCertificateInvalid(path);
    const std::lock_guard lock(context->mutex_);
    context->current_.swap(next);
    return absl::OkStatus();
  };
  WELFARE_ASSIGN_OR_RETURN(
      made->watch_, platform::TlsWatch::Make({.files = std::move(options.files),
                                              .toward = "clients",
                                              .look_every = options.look_every},
                                             take, metrics, clock));
  return made;
}

std::shared_ptr<SSL_CTX> TlsContext::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void TlsContext::Count(Handshake ended) {
  handshakes_[static_cast<std::size_t>(ended)]->Increment();
}

}  // namespace welfare::gateway
