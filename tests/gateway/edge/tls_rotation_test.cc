// Files that change while the gateway serves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/gateway/edge/tls_gateway.h"

namespace welfare::gateway {
namespace {

using support::Issued;
using support::WaitFor;
using ::testing::AllOf;
using ::testing::HasSubstr;

// The name in the certificate that a new caller is shown.
std::string ShownName(const RunningGateway& gateway) {
  TlsCaller caller(gateway);
  if (!caller.Handshake()) return "";
  char name[100] = "";
  X509_NAME_get_text_by_NID(
      X509_get_subject_name(SSL_get0_peer_certificate(caller.ssl())),
      NID_commonName, name, sizeof name);
  return name;
}

TEST_F(TlsGatewayTest, NewFilesServeNewCallersAndTakeNothingFromTheOthers) {
  Serve();
  std::atomic<bool> done{false};
  std::atomic<int> failed{0};
  std::atomic<int> requests{0};
  std::vector<std::jthread> callers;
  for (int i = 0; i < 2; ++i) {
    // Connections of one request each.
    callers.emplace_back([&] {
      while (!done) {
        failed += TlsCaller(*gateway_).IsServed() ? 0 : 1;
        ++requests;
      }
    });
  }
  // One connection through all of it.
  callers.emplace_back([&] {
    TlsCaller caller(*gateway_);
    failed += caller.Handshake() ? 0 : 1;
    while (!done) {
      failed += caller.Send(kGet) ? 0 : 1;
      failed += caller.ReadUntil("HTTP/1.1 200").empty() ? 1 : 0;
      caller.Forget();
      ++requests;
    }
  });
  for (int i = 0; i < 10; ++i) {
    const std::string name = "server " + std::to_string(i);
    UseCertificate(servers_.Issue({.common_name = name}));
    EXPECT_TRUE(WaitFor([&] { return ShownName(*gateway_) == name; })) << name;
  }
  EXPECT_TRUE(WaitFor([&] { return requests > 100; }));
  done = true;
  callers.clear();
  EXPECT_EQ(failed, 0);
  EXPECT_TRUE(WaitFor([&] { return FilesRefused() == 0; }));
}

TEST_F(TlsGatewayTest, FilesThatCannotBeUsedChangeNothing) {
  UseCertificate(servers_.Issue({.common_name = "first"}));
  Serve();
  ::testing::internal::CaptureStderr();
  support::WritePrivately(files_.certificate, "broken");
  EXPECT_TRUE(WaitFor([&] { return FilesRefused() == 1; }));
  EXPECT_EQ(ShownName(*gateway_), "first");
  // Once, however often it is looked at.
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(TlsCaller(*gateway_).IsServed());
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(CountOf(log, "earlier ones serve on"), 1) << log;
  EXPECT_THAT(log, AllOf(HasSubstr("TLS_CERTIFICATE_INVALID"),
                         HasSubstr(files_.certificate)));
  UseCertificate(servers_.Issue({.common_name = "second"}));
  EXPECT_TRUE(WaitFor([&] { return ShownName(*gateway_) == "second"; }));
  EXPECT_TRUE(WaitFor([&] { return FilesRefused() == 0; }));
}

TEST_F(TlsGatewayTest, ARevocationIsInForceForTheNextCaller) {
  const Issued issued = clients_.Client("leaver");
  AskForCertificates(clients_.certificate(), clients_.Crl());
  Serve();
  TlsCaller before(*gateway_, {.certificate = issued});
  ASSERT_TRUE(before.IsServed());
  support::WritePrivately(files_.crl, clients_.Crl({issued.certificate}));
  EXPECT_TRUE(WaitFor([&] {
    return !TlsCaller(*gateway_, {.certificate = issued}).IsServed();
  }));
  // What was let in stays, as the README says.
  ASSERT_TRUE(before.Send(kGet));
  EXPECT_EQ(CountOf(before.ReadUntil("HTTP/1.1 200", 2), "HTTP/1.1 200"), 2);
}

TEST_F(TlsGatewayTest, ExpiryIsAMetric) {
  UseCertificate(servers_.Issue({.until = 1000}));
  Serve();
  const double expiry =
      metrics_
          .AddGauge("welfare_tls_certificate_expiry_timestamp_seconds", "",
                    {{"toward", "clients"}})
          .Value();
  const double now = static_cast<double>(clock_.Now().micros()) / 1e6;
  EXPECT_GT(expiry, now + 900);
  EXPECT_LT(expiry, now + 1001);
}

}  // namespace
}  // namespace welfare::gateway
