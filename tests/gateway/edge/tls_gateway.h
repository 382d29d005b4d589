// The gateway behind TLS, and callers that are made of OpenSSL alone.
#pragma once

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/edge/tls_context.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/work/system_clock.h"
#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"
#include "tests/support/certificates.h"
#include "tests/support/temp_dir.h"

namespace welfare::gateway {

inline constexpr char kGet[] =
    "GET /v1/municipalities/a HTTP/1.1\r\nHost: a\r\n\r\n";

struct FreeOpenssl {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* settings) const { SSL_CTX_free(settings); }
};
using BioPtr = std::unique_ptr<BIO, FreeOpenssl>;
using SslPtr = std::unique_ptr<SSL, FreeOpenssl>;
using SettingsPtr = std::unique_ptr<SSL_CTX, FreeOpenssl>;

class TlsGatewayTest : public ::testing::Test {
 protected:
  TlsGatewayTest() {
    // OpenSSL's own sockets raise it where the gateway has closed.
    std::signal(SIGPIPE, SIG_IGN);
    UseCertificate(servers_.Issue());
  }
  ~TlsGatewayTest() override {
    if (gateway_ != nullptr) gateway_->Stop(std::chrono::milliseconds(0));
  }

  void UseCertificate(const support::Issued& issued) {
    support::WritePrivately(files_.key, issued.key);
    support::WritePrivately(files_.certificate, issued.certificate);
  }

  // From now on clients show certificates of `clients_`.
  void AskForCertificates(const std::string& authorities,
                          const std::string& crl) {
    files_.client_ca = folder_.File("clients.pem");
    support::WritePrivately(files_.client_ca, authorities);
    if (crl.empty()) return;
    files_.crl = folder_.File("clients.crl");
    support::WritePrivately(files_.crl, crl);
  }

  void Serve(bool required = true, SessionLimits limits = {}) {
    if (gateway_ != nullptr) gateway_->Stop(std::chrono::milliseconds(0));
    gateway_ = nullptr;
    auto made = TlsContext::Make({.files = files_,
                                  .client_certificate_required = required,
                                  .look_every = std::chrono::milliseconds(10)},
                                 metrics_, clock_);
    ASSERT_TRUE(made.ok()) << made.status();
    context_ = *std::move(made);
    gateway_ = std::make_unique<RunningGateway>(limits, Routing::Options{},
                                                false, context_.get());
  }

  // How many handshakes ended so.
  double Handshakes(const std::string& result) {
    return metrics_
        .AddCounter("welfare_tls_handshakes_total", "", {{"result", result}})
        .Value();
  }
  double FilesRefused() {
    return metrics_
        .AddGauge("welfare_tls_files_refused", "", {{"toward", "clients"}})
        .Value();
  }

  support::TempDir folder_;
  support::TestAuthority servers_{"Servers"};
  support::TestAuthority clients_{"Clients"};
  platform::TlsFiles files_{.certificate = folder_.File("server.pem"),
                            .key = folder_.File("server.key"),
                            .client_ca = {},
                            .crl = {}};
  platform::MetricsRegistry metrics_;
  platform::SystemClock clock_;
  std::unique_ptr<TlsContext> context_;
  std::unique_ptr<RunningGateway> gateway_;
};

// What a caller is like.
struct CallerWish {
  int version = 0;  // the only one it speaks; 0: any
  std::string ciphers = {};
  std::string alpn = {};  // as on the wire: "\x02h2"
  std::optional<support::Issued> certificate = {};
  std::string chain = {};  // PEM of one intermediate
  int receive_buffer = 0;
};

// One connection of a caller, blocking, five seconds at most.
class TlsCaller {
 public:
  explicit TlsCaller(const RunningGateway& gateway, const CallerWish& wish = {})
      : settings_(SSL_CTX_new(TLS_client_method())) {
    // Whatever it speaks, the gateway is what refuses.
    SSL_CTX_set_security_level(settings_.get(), 0);
    SSL_CTX_set_min_proto_version(
        settings_.get(), wish.version == 0 ? TLS1_VERSION : wish.version);
    SSL_CTX_set_max_proto_version(settings_.get(), wish.version);
    if (!wish.ciphers.empty()) {
      EXPECT_EQ(SSL_CTX_set_cipher_list(settings_.get(), wish.ciphers.c_str()),
                1);
    }
    if (wish.certificate.has_value()) Show(wish);
    Connect(gateway, wish.receive_buffer);
    ssl_.reset(SSL_new(settings_.get()));
    if (!wish.alpn.empty()) {
      SSL_set_alpn_protos(
          ssl_.get(), reinterpret_cast<const unsigned char*>(wish.alpn.data()),
          static_cast<unsigned>(wish.alpn.size()));
    }
    SSL_set_fd(ssl_.get(), fd_);
  }
  ~TlsCaller() { close(fd_); }
  TlsCaller(const TlsCaller&) = delete;
  TlsCaller& operator=(const TlsCaller&) = delete;

  SSL* ssl() { return ssl_.get(); }

  bool Handshake() {
    ERR_clear_error();
    return SSL_connect(ssl_.get()) == 1;
  }

  bool Send(std::string_view bytes) {
    std::size_t sent = 0;
    return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent) == 1 &&
           sent == bytes.size();
  }

  // Reads until `count` pieces of `part` have come, or the end.
  std::string ReadUntil(std::string_view part, int count = 1) {
    std::size_t at = 0;
    while (true) {
      while (count > 0) {
        const std::size_t found = got_.find(part, at);
        if (found == std::string::npos) break;
        at = found + part.size();
        --count;
      }
      if (count == 0) return got_;
      char buffer[16384];
      std::size_t size = 0;
      if (SSL_read_ex(ssl_.get(), buffer, sizeof buffer, &size) != 1) {
        ended_cleanly_ = SSL_get_error(ssl_.get(), 0) == SSL_ERROR_ZERO_RETURN;
        return got_;
      }
      got_.append(buffer, size);
    }
  }
  void Forget() { got_.clear(); }
  bool ended_cleanly() const { return ended_cleanly_; }

  // Whether it is served: a handshake alone says nothing under TLS 1.3.
  bool IsServed() {
    return Handshake() && Send(kGet) &&
           ReadUntil("\r\n\r\n").starts_with("HTTP/1.1 200");
  }

 private:
  void Show(const CallerWish& wish) {
    const auto from = [](const std::string& pem) {
      return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    };
    X509* const own = PEM_read_bio_X509(
        from(wish.certificate->certificate).get(), nullptr, nullptr, nullptr);
    EVP_PKEY* const key = PEM_read_bio_PrivateKey(
        from(wish.certificate->key).get(), nullptr, nullptr, nullptr);
    EXPECT_EQ(SSL_CTX_use_certificate(settings_.get(), own), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey(settings_.get(), key), 1);
    X509_free(own);
    EVP_PKEY_free(key);
    if (wish.chain.empty()) return;
    SSL_CTX_add0_chain_cert(
        settings_.get(),
        PEM_read_bio_X509(from(wish.chain).get(), nullptr, nullptr, nullptr));
  }

  void Connect(const RunningGateway& gateway, int receive_buffer) {
    fd_ = socket(AF_INET, SOCK_STREAM, 0);
    const timeval limit{5, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (receive_buffer > 0) {
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer,
                 sizeof receive_buffer);
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(gateway.port());
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr generic;
    std::memcpy(&generic, &to, sizeof(to));
    EXPECT_EQ(connect(fd_, &generic, sizeof(to)), 0);
  }

  SettingsPtr settings_;
  SslPtr ssl_;
  int fd_ = -1;
  std::string got_;
  bool ended_cleanly_ = false;
};

// What a caller sends first, for those that send it badly.
inline std::string ClientHello() {
  const SettingsPtr settings(SSL_CTX_new(TLS_client_method()));
  const SslPtr ssl(SSL_new(settings.get()));
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), in, out);
  SSL_connect(ssl.get());
  ERR_clear_error();
  char* text = nullptr;
  const long size = BIO_get_mem_data(out, &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace welfare::gateway
