// What callers send inside TLS, and instead of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/gateway/edge/tls_gateway.h"

namespace welfare::gateway {
namespace {

namespace v1 = ::welfare::registry::v1;
using support::WaitFor;
using ::testing::HasSubstr;

SessionLimits HeaderTimeout(std::int64_t milliseconds) {
  SessionLimits limits;
  limits.header_timeout_ms = milliseconds;
  return limits;
}

std::unique_ptr<v1::RegistryService::Stub> Stub(const RunningGateway& gateway,
                                                const std::string& authority) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = authority;
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride("localhost");
  arguments.SetMaxReceiveMessageSize(-1);
  return v1::RegistryService::NewStub(grpc::CreateCustomChannel(
      gateway.address(), grpc::SslCredentials(options), arguments));
}

TEST_F(TlsGatewayTest, PlainHttpIsClosed) {
  Serve();
  for (const std::string& bytes :
       {std::string(kGet), std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nHost: a\r\n\r\n")}) {
    Raw raw(*gateway_);
    raw.Send(bytes);
    EXPECT_THAT(raw.ReadAll(), Not(HasSubstr("HTTP")));
    EXPECT_TRUE(raw.closed());
  }
  EXPECT_EQ(Handshakes("not_tls"), 3);
  EXPECT_TRUE(WaitFor([&] { return gateway_->connections() == 0; }));
}

TEST_F(TlsGatewayTest, TargetsMayNameTheirScheme) {
  Serve();
  for (const std::string scheme : {"https", "http"}) {
    TlsCaller caller(*gateway_);
    ASSERT_TRUE(caller.Handshake());
    caller.Send("GET " + scheme +
                "://localhost/v1/municipalities/131016 HTTP/1.1\r\n"
                "Host: a\r\n\r\n");
    EXPECT_THAT(caller.ReadUntil("municipalities/131016"),
                HasSubstr("municipalities/131016"))
        << scheme;
  }
}

TEST_F(TlsGatewayTest, HalfAHandshakeAndSilenceEndWithTheHeadersTime) {
  Serve(true, HeaderTimeout(200));
  const std::string hello = ClientHello();
  for (const std::size_t part :
       {std::size_t{0}, std::size_t{3}, hello.size() / 2, hello.size()}) {
    Raw raw(*gateway_);
    raw.Send(std::string_view(hello).substr(0, part));
    raw.ReadAll();
    EXPECT_TRUE(raw.closed()) << part;
  }
  // Shaken, and then nothing.
  TlsCaller silent(*gateway_);
  ASSERT_TRUE(silent.Handshake());
  silent.ReadUntil("nothing");
  EXPECT_TRUE(silent.ended_cleanly());
  EXPECT_TRUE(WaitFor([&] { return gateway_->connections() == 0; }));
  EXPECT_TRUE(WaitFor([&] { return Handshakes("left") == 4; }));
}

TEST_F(TlsGatewayTest, FiveHundredThatNeverFinishHoldNobodyUp) {
  Serve();
  const std::string hello = ClientHello();
  std::vector<std::unique_ptr<Raw>> silent;
  for (std::size_t i = 0; i < 500; ++i) {
    silent.push_back(std::make_unique<Raw>(*gateway_));
    silent.back()->Send(std::string_view(hello).substr(0, i % hello.size()));
  }
  ASSERT_TRUE(WaitFor([&] { return gateway_->connections() >= 500; }));
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(TlsCaller(*gateway_).IsServed());
  }
  EXPECT_GE(gateway_->connections(), 500U);
}

TEST_F(TlsGatewayTest, RandomBytesInsteadOfAHandshakeAreSurvived) {
  Serve(true, HeaderTimeout(300));
  std::mt19937 random(20250616);
  const std::string hello = ClientHello();
  for (int i = 0; i < 400; ++i) {
    std::string bytes = i % 2 == 0 ? hello : std::string(random() % 600, 'x');
    // A good hello with some bytes wrong, or nothing good at all.
    const std::size_t changes = i % 2 == 0 ? 1 + random() % 8 : bytes.size();
    for (std::size_t j = 0; j < changes; ++j) {
      bytes[i % 2 == 0 ? random() % bytes.size() : j] =
          static_cast<char>(random());
    }
    // As a record of a handshake, so that more is looked at.
    if (i % 4 == 1 && bytes.size() > 5) bytes.replace(0, 3, "\x16\x03\x01");
    Raw(*gateway_).Send(bytes);
  }
  EXPECT_TRUE(TlsCaller(*gateway_).IsServed());
  EXPECT_TRUE(WaitFor([&] { return gateway_->connections() == 0; }));
}

// A caller whose connection breaks after so many bytes; true when they were
// enough for an answer.
bool CutAfter(const RunningGateway& gateway, std::size_t bytes_left,
              int version) {
  const SettingsPtr settings(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(settings.get(), version);
  const SslPtr ssl(SSL_new(settings.get()));
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), in, out);
  Raw raw(gateway);
  std::size_t taken = 0;
  bool asked = false;
  while (true) {
    ERR_clear_error();
    if (SSL_connect(ssl.get()) == 1 && !asked) {
      asked = true;
      SSL_write(ssl.get(), kGet, sizeof kGet - 1);
    }
    char buffer[4096];
    if (asked && SSL_read(ssl.get(), buffer, sizeof buffer) > 0) return true;
    char* text = nullptr;
    const long size = BIO_get_mem_data(out, &text);
    if (size > 0) {
      const std::size_t part =
          std::min(bytes_left, static_cast<std::size_t>(size));
      raw.Send({text, part});
      bytes_left -= part;
      if (part < static_cast<std::size_t>(size)) return false;
      (void)BIO_reset(out);
    }
    const std::string got =
        raw.Read([&](const std::string& all) { return all.size() > taken; });
    if (got.size() == taken) return false;
    BIO_write(in, got.data() + taken, static_cast<int>(got.size() - taken));
    taken = got.size();
  }
}

TEST_F(TlsGatewayTest, AConnectionMayBreakAtAnyByte) {
  Serve();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    int served = 0;
    for (std::size_t bytes = 0; bytes < 700; bytes += 7) {
      served += CutAfter(*gateway_, bytes, version) ? 1 : 0;
    }
    EXPECT_GT(served, 0);
    EXPECT_LT(served, 100);
  }
  EXPECT_TRUE(WaitFor([&] { return gateway_->connections() == 0; }));
  EXPECT_TRUE(TlsCaller(*gateway_).IsServed());
}

TEST_F(TlsGatewayTest, TheEndIsSaidWithCloseNotify) {
  Serve();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsCaller caller(*gateway_, {.version = version});
    ASSERT_TRUE(caller.Handshake());
    caller.Send(
        "GET /v1/municipalities/a HTTP/1.1\r\nHost: a\r\n"
        "Connection: close\r\n\r\n");
    EXPECT_THAT(caller.ReadUntil("nothing"), HasSubstr("200 OK"));
    EXPECT_TRUE(caller.ended_cleanly());
  }
}

TEST_F(TlsGatewayTest, ACallerThatSaysItsEndIsGone) {
  Serve();
  TlsCaller caller(*gateway_);
  ASSERT_TRUE(caller.Handshake());
  ASSERT_TRUE(
      caller.Send("GET /v1/municipalities/slow HTTP/1.1\r\nHost: a\r\n\r\n"));
  ASSERT_TRUE(WaitFor([&] { return gateway_->registry.slow() == 1; }));
  SSL_shutdown(caller.ssl());
  EXPECT_TRUE(WaitFor([&] { return gateway_->registry.cancelled() == 1; }));
  EXPECT_TRUE(WaitFor([&] { return gateway_->connections() == 0; }));
}

TEST_F(TlsGatewayTest, LargeBodiesGoBothWays) {
  Serve();
  const std::string csv(3'000'000, 'x');
  const std::string body = R"({"batch":{"csv":")" + csv + R"("}})";
  const std::string request =
      "POST /v1/municipalities:batchImport HTTP/1.1\r\nHost: a\r\n"
      "Content-Type: application/json\r\nConnection: close\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsCaller caller(*gateway_, {.version = version});
    ASSERT_TRUE(caller.Handshake());
    ASSERT_TRUE(caller.Send(request));
    EXPECT_THAT(caller.ReadUntil("nothing"), HasSubstr("3000000"));
  }
  const auto stub = Stub(*gateway_, servers_.certificate());
  grpc::ClientContext context;
  v1::ImportMunicipalitiesRequest import;
  import.mutable_batch()->set_csv(csv);
  type::v1::ImportResult result;
  const grpc::Status status =
      stub->BatchImportMunicipalities(&context, import, &result);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(result.version(), 3'000'000);
  grpc::ClientContext stream_context;
  const auto reader = stub->StreamChanges(&stream_context, {});
  v1::StreamChangesResponse part;
  int parts = 0;
  while (reader->Read(&part)) {
    EXPECT_EQ(part.changes(0).deleted().size(), 64U * 1024);
    ++parts;
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(parts, kParts);
}

TEST_F(TlsGatewayTest, ASlowReaderGetsEverything) {
  Serve();
  constexpr char kPage[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  TlsCaller caller(*gateway_, {.receive_buffer = 4096});
  ASSERT_TRUE(caller.Handshake());
  // Their pages are far more than the network holds, so the gateway waits.
  constexpr int kRequests = 1500;
  std::string requests;
  for (int i = 0; i < kRequests; ++i) requests += kPage;
  ASSERT_TRUE(caller.Send(requests));
  const std::string got = caller.ReadUntil("</html>", kRequests);
  EXPECT_EQ(CountOf(got, "HTTP/1.1 200"), kRequests);
  EXPECT_EQ(CountOf(got, "</html>"), kRequests);
}

TEST_F(TlsGatewayTest, AStreamThatNobodyReadsWaitsWithoutTheOthers) {
  Serve();
  const auto stub = Stub(*gateway_, servers_.certificate());
  grpc::ClientContext context;
  const auto reader = stub->StreamChanges(&context, {});
  v1::StreamChangesResponse part;
  ASSERT_TRUE(reader->Read(&part));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(TlsCaller(*gateway_).IsServed());
  EXPECT_LT(gateway_->registry.written(), kParts);
  context.TryCancel();
  EXPECT_FALSE(reader->Finish().ok());
}

constexpr char kFollow[] =
    "GET /v1/registry/changes:stream?dataIncarnation=watch&follow=true "
    "HTTP/1.1\r\nHost: a\r\n";

// Each message is a record of its own when it is made, though no end comes.
TEST_F(TlsGatewayTest, AnEndlessStreamIsReadWhileItGoesOn) {
  Serve();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsCaller caller(*gateway_, {.version = version});
    ASSERT_TRUE(caller.Handshake());
    ASSERT_TRUE(caller.Send(std::string(kFollow) + "\r\n"));
    EXPECT_THAT(caller.ReadUntil("}}\n"), HasSubstr("{\"result\":"));
    // Compressed too.
    TlsCaller packed(*gateway_, {.version = version});
    ASSERT_TRUE(packed.Handshake());
    ASSERT_TRUE(
        packed.Send(std::string(kFollow) + "Accept-Encoding: gzip\r\n\r\n"));
    EXPECT_THAT(packed.ReadUntil("\x1f\x8b"), HasSubstr("gzip\r\n"));
    EXPECT_TRUE(TlsCaller(*gateway_).IsServed());
  }
  EXPECT_TRUE(WaitFor([&] { return gateway_->registry.cancelled() == 4; }));
}

TEST_F(TlsGatewayTest, AnEndlessStreamEndsWithItsCaller) {
  Serve();
  {
    TlsCaller says(*gateway_);
    ASSERT_TRUE(says.Handshake());
    ASSERT_TRUE(says.Send(std::string(kFollow) + "\r\n"));
    says.ReadUntil("result");
    SSL_shutdown(says.ssl());
    EXPECT_TRUE(WaitFor([&] { return gateway_->registry.cancelled() == 1; }));
  }
  {
    TlsCaller breaks(*gateway_);
    ASSERT_TRUE(breaks.Handshake());
    ASSERT_TRUE(breaks.Send(std::string(kFollow) + "\r\n"));
    breaks.ReadUntil("result");
  }
  EXPECT_TRUE(WaitFor([&] { return gateway_->registry.cancelled() == 2; }));
  const auto stub = Stub(*gateway_, servers_.certificate());
  grpc::ClientContext context;
  v1::StreamChangesRequest request;
  request.set_data_incarnation("watch");
  const auto reader = stub->StreamChanges(&context, request);
  v1::StreamChangesResponse part;
  ASSERT_TRUE(reader->Read(&part));
  context.TryCancel();
  EXPECT_FALSE(reader->Finish().ok());
  EXPECT_TRUE(WaitFor([&] { return gateway_->registry.cancelled() == 3; }));
}

TEST_F(TlsGatewayTest, AnEndlessStreamIsToldThatTheGatewayStops) {
  Serve();
  TlsCaller lines(*gateway_);
  ASSERT_TRUE(lines.Handshake());
  ASSERT_TRUE(lines.Send(
      "GET /v1/registry/versions:watch HTTP/1.1\r\nHost: a\r\n\r\n"));
  lines.ReadUntil("result");
  const auto stub = Stub(*gateway_, servers_.certificate());
  grpc::ClientContext context;
  const auto reader = stub->WatchVersions(&context, {});
  type::v1::WatchVersionsResponse versions;
  ASSERT_TRUE(reader->Read(&versions));
  std::jthread stopper([&] { gateway_->Stop(support::kPatience); });
  EXPECT_THAT(lines.ReadUntil("nothing"), HasSubstr("SHUTTING_DOWN"));
  EXPECT_TRUE(lines.ended_cleanly());
  EXPECT_FALSE(reader->Read(&versions));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

// What begins with one certificate goes on with it.
TEST_F(TlsGatewayTest, AnEndlessStreamOutlivesItsCertificate) {
  Serve();
  TlsCaller caller(*gateway_);
  ASSERT_TRUE(caller.Handshake());
  ASSERT_TRUE(caller.Send(
      "GET /v1/registry/changes:stream?dataIncarnation=steps HTTP/1.1\r\n"
      "Host: a\r\n\r\n"));
  caller.ReadUntil("\"version\":\"1\"");
  const support::TestAuthority renewed("Renewed");
  UseCertificate(renewed.Issue());
  const auto is_new = [&] {
    TlsCaller next(*gateway_);
    if (!next.Handshake()) return false;
    X509* const shown = SSL_get1_peer_certificate(next.ssl());
    char issuer[64] = {};
    X509_NAME_get_text_by_NID(X509_get_issuer_name(shown), NID_commonName,
                              issuer, sizeof issuer);
    X509_free(shown);
    return std::string(issuer) == "Renewed";
  };
  EXPECT_TRUE(WaitFor(is_new));
  gateway_->registry.Go();
  EXPECT_THAT(caller.ReadUntil("\"end\""), HasSubstr("\"version\":\"2\""));
}

TEST_F(TlsGatewayTest, AShortAnswerIsOneRecord) {
  Serve();
  TlsCaller caller(*gateway_);
  ASSERT_TRUE(caller.Handshake());
  ASSERT_TRUE(caller.Send(kGet));
  char record[16 * 1024];
  std::size_t size = 0;
  ASSERT_EQ(SSL_read_ex(caller.ssl(), record, sizeof record, &size), 1);
  const std::string answer(record, size);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
  EXPECT_TRUE(answer.ends_with("}")) << answer;
}

}  // namespace
}  // namespace welfare::gateway
