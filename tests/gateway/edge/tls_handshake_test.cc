// Who is let in, and by which protocol.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "gateway/edge/tls_connection.h"
#include "services/platform/observe/log.h"
#include "tests/gateway/edge/tls_gateway.h"

namespace welfare::gateway {
namespace {

using support::Issued;
using support::TestAuthority;
using support::WaitFor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kPreface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
// An empty SETTINGS frame, with which HTTP/2 begins.
const std::string kSettings("\0\0\0\4\0\0\0\0\0", 9);

TEST_F(TlsGatewayTest, SpeaksTls12And13AndNothingOlder) {
  Serve();
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    EXPECT_FALSE(TlsCaller(*gateway_, {.version = version}).Handshake());
  }
  EXPECT_TRUE(WaitFor([&] { return Handshakes("nothing_in_common") == 2; }));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    EXPECT_TRUE(TlsCaller(*gateway_, {.version = version}).IsServed());
  }
  EXPECT_EQ(Handshakes("done"), 2);
}

TEST_F(TlsGatewayTest, KeysAreEphemeralAndCiphersAuthenticated) {
  // The only kind of key that could be used without forward secrecy.
  UseCertificate(servers_.Issue({.rsa_bits = 2048}));
  Serve();
  for (const std::string ciphers :
       {"AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-SHA256", "ECDHE-RSA-AES256-SHA", "AES256-SHA",
        "ECDHE-RSA-NULL-SHA", "AECDH-AES128-SHA"}) {
    EXPECT_FALSE(
        TlsCaller(*gateway_, {.version = TLS1_2_VERSION, .ciphers = ciphers})
            .Handshake())
        << ciphers;
  }
  for (const std::string ciphers :
       {"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-CHACHA20-POLY1305"}) {
    EXPECT_TRUE(
        TlsCaller(*gateway_, {.version = TLS1_2_VERSION, .ciphers = ciphers})
            .IsServed())
        << ciphers;
  }
}

TEST_F(TlsGatewayTest, AlpnDecidesTheProtocol) {
  Serve();
  TlsCaller http1(*gateway_, {.alpn = "\x08http/1.1"});
  EXPECT_TRUE(http1.IsServed());
  TlsCaller both(*gateway_, {.alpn = "\x08http/1.1\x02h2"});
  ASSERT_TRUE(both.Handshake());
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(both.ssl(), &name, &size);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(name), size), "h2");
  // The server's own SETTINGS come first; type 4.
  ASSERT_TRUE(both.Send(kPreface + kSettings));
  EXPECT_EQ(both.ReadUntil(kSettings.substr(3, 1)).substr(3, 1),
            kSettings.substr(3, 1));
  // Agreed is agreed: the bytes of the other are a fault.
  TlsCaller liar(*gateway_, {.alpn = "\x02h2"});
  ASSERT_TRUE(liar.Handshake());
  liar.Send(kGet);
  EXPECT_THAT(liar.ReadUntil("HTTP/1.1"), Not(HasSubstr("HTTP/1.1")));
  EXPECT_FALSE(TlsCaller(*gateway_, {.alpn = "\x06spdy/3"}).Handshake());
}

TEST_F(TlsGatewayTest, WithoutAlpnTheFirstBytesDecide) {
  Serve();
  EXPECT_TRUE(TlsCaller(*gateway_).IsServed());
  TlsCaller http2(*gateway_);
  ASSERT_TRUE(http2.Handshake());
  ASSERT_TRUE(http2.Send(kPreface + kSettings));
  EXPECT_EQ(http2.ReadUntil(kSettings.substr(3, 1)).substr(3, 1),
            kSettings.substr(3, 1));
}

TEST_F(TlsGatewayTest, RefusesToRenegotiate) {
  Serve();
  TlsCaller caller(*gateway_, {.version = TLS1_2_VERSION});
  ASSERT_TRUE(caller.IsServed());
  ASSERT_EQ(SSL_renegotiate(caller.ssl()), 1);
  EXPECT_NE(SSL_do_handshake(caller.ssl()), 1);
  EXPECT_TRUE(TlsCaller(*gateway_).IsServed());
}

TEST_F(TlsGatewayTest, NoSessionIsTakenUpAgain) {
  Serve();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsCaller first(*gateway_, {.version = version});
    ASSERT_TRUE(first.IsServed());
    SSL_SESSION* const session = SSL_get1_session(first.ssl());
    TlsCaller second(*gateway_, {.version = version});
    SSL_set_session(second.ssl(), session);
    EXPECT_TRUE(second.IsServed());
    EXPECT_EQ(SSL_session_reused(second.ssl()), 0);
    SSL_SESSION_free(session);
  }
}

struct ClientCase {
  std::string name;
  std::optional<Issued> shown;
  std::string chain;
  std::string result;  // of the handshake
};

TEST_F(TlsGatewayTest, OnlyGoodClientCertificatesAreLetIn) {
  const TestAuthority below("Below", clients_);
  const TestAuthority withdrawn("Withdrawn", clients_);
  const TestAuthority others("Clients");  // the same name, another key
  const Issued revoked = clients_.Client("revoked");
  AskForCertificates(
      clients_.certificate() + below.certificate() + withdrawn.certificate(),
      clients_.Crl({revoked.certificate, withdrawn.certificate()}) +
          below.Crl() + withdrawn.Crl());
  const std::vector<ClientCase> cases = {
      {"good", clients_.Client("good"), "", "done"},
      {"of an authority below", below.Client("good"), below.certificate(),
       "done"},
      {"for both sides",
       clients_.Issue({.extended_usage = "serverAuth,clientAuth"}), "", "done"},
      {"none", std::nullopt, "", "no_certificate"},
      {"of another authority", others.Client("good"), "", "certificate"},
      {"expired",
       clients_.Issue({.extended_usage = "clientAuth", .until = -60}), "",
       "certificate"},
      {"not yet valid",
       clients_.Issue({.extended_usage = "clientAuth", .from = 3600}), "",
       "certificate"},
      {"revoked", revoked, "", "certificate"},
      {"of a revoked authority", withdrawn.Client("good"),
       withdrawn.certificate(), "certificate"},
      {"for servers", clients_.Issue({.extended_usage = "serverAuth"}), "",
       "certificate"},
      {"weak",
       clients_.Issue({.extended_usage = "clientAuth", .rsa_bits = 1024}), "",
       "certificate"}};
  for (const bool required : {true, false}) {
    Serve(required);
    for (const ClientCase& one : cases) {
      for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const std::string result =
            !one.shown.has_value() && !required ? "done" : one.result;
        const double before = Handshakes(result);
        EXPECT_EQ(TlsCaller(*gateway_, {.version = version,
                                        .certificate = one.shown,
                                        .chain = one.chain})
                      .IsServed(),
                  result == "done")
            << one.name << " " << required << " " << version;
        EXPECT_TRUE(WaitFor([&] { return Handshakes(result) == before + 1; }))
            << one.name << " " << required << " " << version;
      }
    }
  }
}

TEST_F(TlsGatewayTest, AChainHasABound) {
  std::vector<TestAuthority> authorities = {clients_};
  std::string all = clients_.certificate();
  for (int i = 0; i < 5; ++i) {
    authorities.push_back(
        TestAuthority("Below " + std::to_string(i), authorities.back()));
    all += authorities.back().certificate();
  }
  AskForCertificates(all, "");
  Serve();
  EXPECT_TRUE(TlsCaller(*gateway_, {.certificate = authorities[3].Client("a")})
                  .IsServed());
  EXPECT_FALSE(TlsCaller(*gateway_, {.certificate = authorities[5].Client("a")})
                   .IsServed());
}

TEST_F(TlsGatewayTest, AnOverdueRevocationListLetsNobodyIn) {
  AskForCertificates(clients_.certificate(), clients_.Crl({}, -60));
  ::testing::internal::CaptureStderr();
  Serve();
  EXPECT_FALSE(
      TlsCaller(*gateway_, {.certificate = clients_.Client("a")}).IsServed());
  EXPECT_TRUE(WaitFor([&] { return Handshakes("certificate") == 1; }));
  platform::FlushLog();
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log,
              AllOf(HasSubstr("a revocation list is over"),
                    HasSubstr("CN=Clients"), HasSubstr("CRL has expired")));
}

TEST_F(TlsGatewayTest, TheAlertSaysWhatWasWrong) {
  AskForCertificates(clients_.certificate(), "");
  Serve();
  TlsCaller nobody(*gateway_, {.version = TLS1_3_VERSION});
  ASSERT_TRUE(nobody.Handshake());
  // More than is read at once is on its way when the alert comes.
  nobody.Send(std::string(40'000, 'x'));
  nobody.ReadUntil("nothing");
  EXPECT_EQ(ERR_GET_REASON(ERR_peek_last_error()),
            SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED);
}

TEST_F(TlsGatewayTest, AConnectionKnowsItsPeersNames) {
  AskForCertificates(clients_.certificate(), "");
  Serve(false);
  namespace asio = boost::asio;
  asio::io_context loop;
  asio::ip::tcp::acceptor acceptor(
      loop, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  for (const bool shows : {true, false}) {
    Issued issued = clients_.Issue(
        {.common_name = "調布市",
         .alternatives = "DNS:batch.chofu.example,DNS:second.example,"
                         "URI:https://chofu.example/batch,IP:127.0.0.1",
         .extended_usage = "clientAuth"});
    std::jthread caller([&] {
      const SettingsPtr settings(SSL_CTX_new(TLS_client_method()));
      if (shows) {
        support::WritePrivately(folder_.File("c.pem"), issued.certificate);
        support::WritePrivately(folder_.File("c.key"), issued.key);
        SSL_CTX_use_certificate_file(
            settings.get(), folder_.File("c.pem").c_str(), SSL_FILETYPE_PEM);
        SSL_CTX_use_PrivateKey_file(
            settings.get(), folder_.File("c.key").c_str(), SSL_FILETYPE_PEM);
      }
      asio::io_context own;
      asio::ip::tcp::socket socket(own);
      socket.connect(acceptor.local_endpoint());
      SSL* const ssl = SSL_new(settings.get());
      SSL_set_fd(ssl, socket.native_handle());
      EXPECT_EQ(SSL_connect(ssl), 1);
      SSL_free(ssl);
    });
    TlsConnection connection(acceptor.accept(), "somebody", *context_);
    std::optional<bool> ok;
    connection.Handshake([&](bool done, AlpnProtocol) { ok = done; });
    loop.restart();
    while (!ok.has_value() && loop.run_one() > 0) {
    }
    EXPECT_EQ(ok, true);
    if (!shows) {
      EXPECT_EQ(connection.peer_certificate(), nullptr);
      continue;
    }
    ASSERT_NE(connection.peer_certificate(), nullptr);
    const PeerCertificate& names = *connection.peer_certificate();
    EXPECT_EQ(names.common_name, "調布市");
    EXPECT_THAT(names.dns_names,
                ElementsAre("batch.chofu.example", "second.example"));
    EXPECT_THAT(names.uris, ElementsAre("https://chofu.example/batch"));
  }
}

TEST_F(TlsGatewayTest, ADrainDoesNotWaitForHandshakesHalfDone) {
  Serve();
  Raw half(*gateway_);
  ASSERT_TRUE(half.Send(ClientHello().substr(0, 20)));
  Raw silent(*gateway_);
  ASSERT_TRUE(support::WaitFor([&] { return gateway_->connections() == 2; }));
  gateway_->Stop(std::chrono::hours(1));
  EXPECT_EQ(gateway_->connections(), 0U);
}

TEST_F(TlsGatewayTest, WhoIsComingAsTheDrainBeginsIsStillServed) {
  Serve();
  TlsCaller caller(*gateway_);
  ASSERT_TRUE(support::WaitFor([&] { return gateway_->connections() == 1; }));
  std::jthread stop([&] { gateway_->Stop(std::chrono::seconds(9)); });
  EXPECT_TRUE(caller.IsServed());
}

}  // namespace
}  // namespace welfare::gateway
