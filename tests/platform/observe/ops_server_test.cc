#include "services/platform/observe/ops_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "tests/support/http_get.h"
#include "tests/support/status_matchers.h"

namespace welfare::platform {
namespace {

using support::HttpGet;
using support::TcpClient;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::chrono::milliseconds kLong = std::chrono::hours(1);

class OpsServerTest : public ::testing::Test {
 protected:
  void Start(OpsServer::Options options = {}) {
    options.address = "127.0.0.1:0";
    auto server = OpsServer::Start(options, metrics_, readiness_);
    ASSERT_OK(server);
    server_ = *std::move(server);
  }
  std::string Get(const std::string& path) {
    return HttpGet(server_->port(), path);
  }

  MetricsRegistry metrics_;
  Readiness readiness_;
  std::unique_ptr<OpsServer> server_;
};

TEST_F(OpsServerTest, AnswersThreePaths) {
  metrics_.AddCounter("welfare_things_total", "Things.").Increment();
  Start();
  EXPECT_THAT(Get("/metrics"), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                                     HasSubstr("text/plain; version=0.0.4"),
                                     HasSubstr("\nwelfare_things_total 1\n")));
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Get("/readyz?verbose"),
              AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("\r\n\r\nready\n")));
  readiness_.Report("survey", absl::UnavailableError("no database"));
  EXPECT_THAT(Get("/readyz"), AllOf(StartsWith("HTTP/1.1 503 "),
                                    HasSubstr("survey: no database\n")));
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Get("/other"), StartsWith("HTTP/1.1 404 "));
}

TEST_F(OpsServerTest, RefusesWhatItDoesNotUnderstand) {
  Start();
  struct Case {
    std::string request;
    std::string answer;
  };
  for (const Case& wrong : std::vector<Case>{
           {"POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405 "},
           {"nonsense\r\n\r\n", "HTTP/1.1 400 "},
           {"\r\n\r\n", "HTTP/1.1 400 "},
           {"GET /metrics HTTP/2\r\n\r\n", "HTTP/1.1 400 "},
           {"GET /" + std::string(20'000, 'x'), "HTTP/1.1 431 "}}) {
    TcpClient client(server_->port());
    client.Send(wrong.request);
    EXPECT_THAT(client.ReadAll(), StartsWith(wrong.answer));
  }
  TcpClient head(server_->port());
  head.Send("HEAD /readyz HTTP/1.1\r\n\r\n");
  EXPECT_THAT(head.ReadAll(), AllOf(StartsWith("HTTP/1.1 200 "),
                                    Not(HasSubstr("\r\n\r\nready"))));
}

TEST_F(OpsServerTest, TakesARequestInPieces) {
  Start();
  TcpClient client(server_->port());
  for (const char c : std::string("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")) {
    client.Send({c});
  }
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(OpsServerTest, SilentConnectionsHoldUpNobody) {
  Start({.address = {},
         .max_connections = 4,
         .head_timeout = kLong,
         .send_timeout = kLong});
  std::vector<std::unique_ptr<TcpClient>> silent;
  for (int i = 0; i < 20; ++i) {
    silent.push_back(std::make_unique<TcpClient>(server_->port()));
    silent.back()->Send("GET /metr");
    EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200 "));
  }
  // The first of them has made room.
  EXPECT_EQ(silent.front()->ReadAll(), "");
}

TEST_F(OpsServerTest, ASilentConnectionEndsByItself) {
  Start({.address = {}, .head_timeout = std::chrono::milliseconds(20)});
  TcpClient client(server_->port());
  EXPECT_EQ(client.ReadAll(), "");
}

TEST_F(OpsServerTest, EndsWithConnectionsOpen) {
  Start({.address = {}, .head_timeout = kLong});
  TcpClient silent(server_->port());
  EXPECT_THAT(Get("/livez"), StartsWith("HTTP/1.1 200 "));
  server_.reset();
  EXPECT_EQ(silent.ReadAll(), "");
}

TEST_F(OpsServerTest, ATakenPortIsASentence) {
  Start();
  const std::string address = "127.0.0.1:" + std::to_string(server_->port());
  EXPECT_STATUS(OpsServer::Start({.address = address}, metrics_, readiness_),
                absl::StatusCode::kFailedPrecondition, "ADDRESS_UNAVAILABLE");
  EXPECT_STATUS(
      OpsServer::Start({.address = "127.0.0.1"}, metrics_, readiness_),
      absl::StatusCode::kFailedPrecondition, "ADDRESS_UNAVAILABLE");
}

}  // namespace
}  // namespace welfare::platform
