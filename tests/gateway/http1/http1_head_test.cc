#include "gateway/http1/http1_head.h"

#include <gtest/gtest.h>

#include <string>

namespace welfare::gateway {
namespace {

constexpr std::size_t kLines = 100;

int Parse(const std::string& text) {
  Http1Head head;
  return ParseHttp1Head(text, kLines, head);
}

std::string Get(const std::string& lines) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
}

TEST(Http1Head, ReadsAGoodHead) {
  Http1Head head;
  ASSERT_EQ(ParseHttp1Head("POST /v1/x?y=z HTTP/1.1\r\nHOST: a:80\r\n"
                           "Content-Length:  12 \r\nX-Thing:\tb c\t\r\n"
                           "Expect: 100-Continue\r\n\r\n",
                           kLines, head),
            0);
  EXPECT_EQ(head.request.method, "POST");
  EXPECT_EQ(head.request.target, "/v1/x?y=z");
  EXPECT_EQ(head.request.authority, "a:80");
  EXPECT_EQ(head.request.content_length, 12u);
  ASSERT_EQ(head.request.headers.size(), 1u);
  EXPECT_EQ(head.request.headers[0], (Header{"x-thing", "b c"}));
  EXPECT_TRUE(head.expect_continue);
  EXPECT_TRUE(head.keep_alive);
}

TEST(Http1Head, TakesEveryAllowedForm) {
  for (const std::string& text : {
           Get(""),
           Get("Transfer-Encoding: chunked\r\n"),
           Get("transfer-encoding: CHUNKED\r\n"),
           Get("Content-Length: 0\r\n"),
           Get("A: \r\n"),
           Get("A:b\r\nA:c\r\n"),
           std::string("GET http://a/x HTTP/1.1\r\nHost: A\r\n\r\n"),
           std::string("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("GET / HTTP/1.0\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost:\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
       }) {
    EXPECT_EQ(Parse(text), 0) << text;
  }
}

TEST(Http1Head, RefusesWhatTwoParsersCouldReadInTwoWays) {
  const std::pair<std::string, int> cases[] = {
      {Get("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
      {Get("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
      {Get("Content-Length: 5, 5\r\n"), 400},
      {Get("Content-Length: +5\r\n"), 400},
      {Get("Content-Length: -1\r\n"), 400},
      {Get("Content-Length: 0x5\r\n"), 400},
      {Get("Content-Length: 5 5\r\n"), 400},
      {Get("Content-Length:\r\n"), 400},
      {Get("Content-Length: 99999999999999999999\r\n"), 400},
      {Get("Transfer-Encoding: xchunked\r\n"), 501},
      {Get("Transfer-Encoding: chunked, identity\r\n"), 501},
      {Get("Transfer-Encoding: gzip, chunked\r\n"), 501},
      {Get("Transfer-Encoding:\r\n"), 501},
      {Get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
       400},
      {"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {Get("Host: a\r\n"), 400},
      {"GET http://b@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET http://:80/x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET http:/a/x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET ftp://a/x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET http://a/ HTTP/1.1\r\n\r\n", 400},
      {"GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {Get("A: b\r\n c\r\n"), 400},
      {Get("A: b\r\n\tc\r\n"), 400},
      {Get("A : b\r\n"), 400},
      {Get(" A: b\r\n"), 400},
      {Get("A_B: c\r\n"), 400},
      {Get(": b\r\n"), 400},
      {Get("A\r\n"), 400},
      {Get("A(: b\r\n"), 400},
      {Get("A: b\nC: d\r\n"), 400},
      {Get("A: b\rC: d\r\n"), 400},
      {Get(std::string("A: b\0c\r\n", 8)), 400},
      {Get("A: b\x7f\r\n"), 400},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1 x/1\r\nHost: a\r\n\r\n", kNoHttp1},
      {"INVALID CONNECTION PREFACE\r\n\r\n", kNoHttp1},
      {"PRI * HTTP/2.0\r\n\r\n", kNoHttp1},
      {"GET / x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /\tx HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /\xe6\x9d\xb1 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /\r\nHost: a\r\n\r\n", 400},
      {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"GET / HTTP/11\r\nHost: a\r\n\r\n", 400},
      {Get("Expect: 200-ok\r\n"), 417},
      {"GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {Get([] {
         std::string lines;
         for (int i = 0; i < 100; ++i) lines += "A: b\r\n";
         return lines;
       }()),
       431},
      {"\r\n", 400},
      {"", 400},
  };
  for (const auto& [text, status] : cases) {
    EXPECT_EQ(Parse(text), status) << text.substr(0, 200);
  }
}

// RFC 9112, 3.2.2: Host is what a proxy heard, the target what is asked for.
TEST(Http1Head, TakesTargetsOfAbsoluteForm) {
  struct Case {
    std::string line;
    std::string target;
    std::string authority;
    bool https = false;
  };
  for (const Case& row : {
           Case{"GET http://a/x?y", "/x?y", "a"},
           Case{"GET HTTP://a:80/x", "/x", "a:80"},
           Case{"GET http://other/x", "/x", "other"},
           Case{"GET http://a", "/", "a"},
           Case{"GET http://a?y=http://b/", "/?y=http://b/", "a"},
           Case{"GET http://[::1]:80?", "/?", "[::1]:80"},
           Case{"GET https://a//x", "//x", "a", true},
           Case{"GET //a/x", "//a/x", "host"},
           Case{"GET /http://a/", "/http://a/", "host"},
           Case{"OPTIONS http://a", "*", "a"},
           Case{"OPTIONS http://a/", "/", "a"},
           Case{"OPTIONS http://a?", "/?", "a"},
           Case{"OPTIONS *", "*", "host"},
       }) {
    Http1Head head;
    EXPECT_EQ(ParseHttp1Head(row.line + " HTTP/1.1\r\nHost: host\r\n\r\n",
                             kLines, head),
              0)
        << row.line;
    EXPECT_EQ(head.request.target, row.target) << row.line;
    EXPECT_EQ(head.request.authority, row.authority) << row.line;
    EXPECT_EQ(head.https, row.https) << row.line;
  }
}

TEST(Http1Head, DecidesWhetherTheConnectionStays) {
  const auto keeps = [](const std::string& text) {
    Http1Head head;
    EXPECT_EQ(ParseHttp1Head(text, kLines, head), 0) << text;
    return head.keep_alive;
  };
  EXPECT_TRUE(keeps(Get("")));
  EXPECT_FALSE(keeps(Get("Connection: close\r\n")));
  EXPECT_FALSE(keeps(Get("Connection: x, Close\r\n")));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

}  // namespace
}  // namespace welfare::gateway
