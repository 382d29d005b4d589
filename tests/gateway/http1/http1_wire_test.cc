// HTTP/1.1 on the wire: raw bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"
#include "tests/support/wait_for.h"

namespace welfare::gateway {
namespace {

using support::WaitFor;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(GatewayHttp1, AnswersPipelinedRequestsInOrder) {
  RunningGateway gateway;
  Raw raw(gateway);
  raw.Send(
      "GET /v1/municipalities/1 HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /v1/municipalities/brief HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /v1/municipalities/3 HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string got = raw.Read([](const std::string& text) {
    return CountOf(text, "HTTP/1.1 ") == 3 && text.ends_with("}");
  });
  EXPECT_LT(got.find("municipalities/1\""), got.find("municipalities/brief"));
  EXPECT_LT(got.find("municipalities/brief"), got.find("municipalities/3\""));
}

TEST(GatewayHttp1, TakesChunksAndExpect) {
  RunningGateway gateway;
  Raw raw(gateway);
  raw.Send(
      "POST /v1/municipalities:batchImport HTTP/1.1\r\nHost: a\r\n"
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(raw.Read([](const std::string& text) {
    return text.ends_with("\r\n\r\n");
  }),
            "HTTP/1.1 100 Continue\r\n\r\n");
  raw.Send("5;ext=1\r\n{\"bat\r\n13\r\nch\":{\"csv\":\"abcd\"}}\r\n");
  raw.Send("0\r\nTrailer: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string got = raw.Read(
      [](const std::string& text) { return CountOf(text, "SERVING") == 1; });
  EXPECT_THAT(got, HasSubstr("\"version\":\"4\""));
}

TEST(GatewayHttp1, NeverReadsOneByteStringAsTwoNumbersOfRequests) {
  RunningGateway gateway;
  const std::string smuggled = "GET /healthz HTTP/1.1\r\nHost: b\r\n\r\n";
  const std::string cases[] = {
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, "
      "identity\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"
      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n",
      "GET / HTTP/1.1\nHost: a\n\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "x\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nabcdeX\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
          std::string(300, 'e') + "\r\na\r\n0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nBad_Name: b\r\n\r\n",
  };
  for (const std::string& request : cases) {
    Raw raw(gateway);
    raw.Send(request + smuggled);
    const std::string got = raw.ReadAll();
    EXPECT_TRUE(raw.closed()) << request;
    EXPECT_EQ(CountOf(got, "HTTP/1.1 "), 1) << request << "\n" << got;
    EXPECT_THAT(got, Not(HasSubstr("SERVING"))) << request;
    EXPECT_THAT(got, HasSubstr("connection: close")) << request;
  }
}

TEST(GatewayHttp1, AnswersTargetsOfAbsoluteForm) {
  RunningGateway gateway;
  EXPECT_THAT(Http(gateway, "GET http://other:1/v1/municipalities/1?dataVersion=2"),
              HasSubstr("municipalities/1\""));
  EXPECT_THAT(Http(gateway, "GET http://a"), HasSubstr("</html>"));
  EXPECT_THAT(Http(gateway, "OPTIONS http://a"), StartsWith("HTTP/1.1 204 "));
  // What was asked for over TLS is not given without it.
  EXPECT_THAT(Http(gateway, "GET https://a/healthz"),
              StartsWith("HTTP/1.1 421 Misdirected Request\r\n"));
}

TEST(GatewayHttp1, RefusesHeadsThatAreTooLong) {
  RunningGateway gateway;
  Raw many(gateway);
  std::string lines;
  for (int i = 0; i < 101; ++i) lines += "A: b\r\n";
  many.Send("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n");
  EXPECT_THAT(many.ReadAll(), StartsWith("HTTP/1.1 431 "));
  Raw large(gateway);
  large.Send("GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(20'000, 'b'));
  EXPECT_THAT(large.ReadAll(), StartsWith("HTTP/1.1 431 "));
}

TEST(GatewayHttp1, DoesNotWaitForSlowHeads) {
  RunningGateway gateway({.header_timeout_ms = 100, .idle_timeout_ms = 100});
  Raw silent(gateway);
  EXPECT_EQ(silent.ReadAll(), "");
  EXPECT_TRUE(silent.closed());
  Raw slow(gateway);
  slow.Send("GET / HTTP/1.1\r\nHos");
  EXPECT_THAT(slow.ReadAll(), StartsWith("HTTP/1.1 408 "));
  Raw idle(gateway);
  idle.Send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(idle.ReadAll(), StartsWith("HTTP/1.1 200 "));
  EXPECT_TRUE(idle.closed());
  EXPECT_TRUE(WaitFor([&] { return gateway.connections() == 0; }));
}

}  // namespace
}  // namespace welfare::gateway
