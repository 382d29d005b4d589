// Callers who show a certificate.
#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>

#include "tests/gateway/callers/asking_gateway.h"
#include "tests/gateway/edge/tls_gateway.h"

namespace welfare::gateway {
namespace {

class CertifiedCallers : public AskingGateway {
 protected:
  void SetUp() override {
    const support::Issued own = servers_.Issue();
    support::WritePrivately(files_of_tls_.certificate, own.certificate);
    support::WritePrivately(files_of_tls_.key, own.key);
    support::WritePrivately(files_of_tls_.client_ca, clients_.certificate());
    auto made = TlsContext::Make(
        {.files = files_of_tls_, .client_certificate_required = false},
        metrics_, system_clock_);
    ASSERT_TRUE(made.ok()) << made.status();
    tls_ = *std::move(made);
    Write(paths_.certificate_callers,
          R"({"version":1,"callers":[)"
          R"({"certificate":"cn:batch","grants":["manager@jusou"]}]})");
  }

  // How the gateway answers a caller with this certificate and these headers.
  std::string Ask(const std::optional<support::Issued>& certificate,
                  const std::string& headers = "") {
    CallerWish wish;
    wish.certificate = certificate;
    TlsCaller caller(*gateway_, wish);
    EXPECT_TRUE(caller.Handshake());
    EXPECT_TRUE(
        caller.Send("GET /v1/municipalities/a HTTP/1.1\r\nHost: a\r\n"
                    "Connection: close\r\n" +
                    headers + "\r\n"));
    return caller.ReadUntil("\r\n\r\n");
  }

  support::TestAuthority servers_{"Servers"};
  support::TestAuthority clients_{"Clients"};
  platform::TlsFiles files_of_tls_{.certificate = folder_.File("server.pem"),
                                   .key = folder_.File("server.key"),
                                   .client_ca = folder_.File("clients.pem"),
                                   .crl = {}};
  platform::SystemClock system_clock_;
  std::unique_ptr<TlsContext> tls_;
};

TEST_F(CertifiedCallers, AreToldToTheServiceByName) {
  Serve("jwt+mtls", tls_.get());
  EXPECT_TRUE(IsOk(Ask(clients_.Client("batch"))));
  EXPECT_EQ(SubjectIn(*gateway_), "cn:batch");
  EXPECT_EQ(Count("certificate", "admitted"), 1);
  // One that stands in no file is good for the handshake alone.
  EXPECT_TRUE(IsOk(Ask(clients_.Client("stranger"))));
  EXPECT_EQ(SubjectIn(*gateway_), "");
  EXPECT_EQ(Count("certificate", "certificate_unknown"), 1);
  EXPECT_TRUE(IsOk(Ask(std::nullopt)));
  EXPECT_EQ(SubjectIn(*gateway_), "");
}

TEST_F(CertifiedCallers, AreJudgedByTheTokenTheySend) {
  Serve("jwt+mtls", tls_.get());
  const std::string token =
      access::EcToken(access::EcHeader(), access::Claims());
  EXPECT_TRUE(IsOk(Ask(clients_.Client("batch"),
                       "Authorization: Bearer " + token + "\r\n")));
  EXPECT_EQ(SubjectIn(*gateway_), "office");
  EXPECT_FALSE(
      IsOk(Ask(clients_.Client("batch"), "Authorization: Bearer forged\r\n")));
}

TEST_F(CertifiedCallers, AreNobodyWhereCertificatesAreNotAskedFor) {
  Serve("jwt", tls_.get());
  EXPECT_TRUE(IsOk(Ask(clients_.Client("batch"))));
  EXPECT_EQ(SubjectIn(*gateway_), "");
}

}  // namespace
}  // namespace welfare::gateway
