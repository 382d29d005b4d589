// Files over HTTP: whole, in part, and resumed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

#include "tests/gateway/h2_client.h"
#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"

namespace welfare::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kTarget[] = "/v1/reports/r1:download?format=html";
constexpr char kTag[] = "\"d1\"";

std::string WholeFile() {
  std::string file;
  for (int i = 0; i < kParts; ++i) file += kPart;
  return file;
}

TEST(Download, IsTheWholeFile) {
  RunningGateway gateway;
  H2Client client(gateway);
  const auto answer = client.Fetch("GET", kTarget);
  EXPECT_EQ(answer.status(), 200);
  EXPECT_TRUE(answer.body == WholeFile());
  EXPECT_EQ(answer.headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(answer.headers.at("content-length"), "6400");
  EXPECT_EQ(answer.headers.at("accept-ranges"), "bytes");
  EXPECT_EQ(answer.headers.at("etag"), kTag);
  EXPECT_EQ(answer.headers.at("cache-control"), "private, no-cache");
  EXPECT_THAT(answer.headers.at("content-disposition"),
              HasSubstr("filename*=UTF-8''%E5%A0%B1%E5%91%8A%202025.html"));
}

TEST(Download, IsThePartAskedFor) {
  RunningGateway gateway;
  const std::string file = WholeFile();
  struct Case {
    std::string range;
    std::size_t begin;
    std::size_t end;
  };
  const Case cases[] = {
      {"bytes=0-0", 0, 1},         {"bytes=0-", 0, 6400},
      {"bytes=10-19", 10, 20},     {"bytes=3201-4000", 3201, 4001},
      {"bytes=6399-", 6399, 6400}, {"bytes=100-99999", 100, 6400},
      {"bytes=-5", 6395, 6400},    {"bytes=-99999", 0, 6400},
  };
  H2Client client(gateway);
  for (const Case& c : cases) {
    gateway.report.TakeOffsets();
    const auto two = client.Fetch("GET", kTarget, {{"range", c.range}});
    EXPECT_EQ(two.status(), 206) << c.range;
    EXPECT_EQ(two.error, 0u) << c.range;
    EXPECT_TRUE(two.body == file.substr(c.begin, c.end - c.begin)) << c.range;
    const std::string content_range = "bytes " + std::to_string(c.begin) + "-" +
                                      std::to_string(c.end - 1) + "/6400";
    EXPECT_EQ(two.headers.at("content-range"), content_range);
    EXPECT_EQ(two.headers.at("content-length"),
              std::to_string(c.end - c.begin));
    EXPECT_EQ(two.headers.at("etag"), kTag);
    // The service was asked from there, and not for what lies before it.
    EXPECT_EQ(gateway.report.TakeOffsets().back(),
              static_cast<std::int64_t>(c.begin));
    const std::string one = Http(gateway, std::string("GET ") + kTarget,
                                 "Range: " + c.range + "\r\n");
    EXPECT_THAT(one, AllOf(StartsWith("HTTP/1.1 206 Partial Content\r\n"),
                           HasSubstr("content-range: " + content_range)));
    EXPECT_TRUE(BodyOf(one) == two.body) << c.range;
  }
}

TEST(Download, IsTheWholeFileWhereTheRangeIsNone) {
  RunningGateway gateway;
  H2Client client(gateway);
  for (const std::string range :
       {"bytes=5-4", "bytes=a-b", "items=0-1", "bytes=0-1,3-4", "bytes=-"}) {
    const auto answer = client.Fetch("GET", kTarget, {{"range", range}});
    EXPECT_EQ(answer.status(), 200) << range;
    EXPECT_EQ(answer.body.size(), 6400u) << range;
  }
}

TEST(Download, SaysHowLargeItIsWhereTheRangeLiesBehind) {
  RunningGateway gateway;
  H2Client client(gateway);
  for (const std::string range : {"bytes=6400-", "bytes=9999-", "bytes=-0"}) {
    const auto answer = client.Fetch("GET", kTarget, {{"range", range}});
    EXPECT_EQ(answer.status(), 416) << range;
    EXPECT_EQ(answer.headers.at("content-range"), "bytes */6400");
    EXPECT_THAT(answer.body, HasSubstr("RANGE_NOT_SATISFIABLE"));
    EXPECT_THAT(Http(gateway, std::string("GET ") + kTarget,
                     "Range: " + range + "\r\n"),
                StartsWith("HTTP/1.1 416 Range Not Satisfiable\r\n"));
  }
}

// A part is of use only where the rest is of the same file.
TEST(Download, IsAPartOnlyOfTheFileThatTheCallerHas) {
  RunningGateway gateway;
  H2Client client(gateway);
  const auto resumed = [&](const std::string& tag) {
    return client.Fetch("GET", kTarget,
                        {{"range", "bytes=100-"}, {"if-range", tag}});
  };
  EXPECT_EQ(resumed(kTag).status(), 206);
  for (const std::string other :
       {"\"d2\"", "W/\"d1\"", "Sat, 29 Oct 1994 19:43:31 GMT"}) {
    const auto answer = resumed(other);
    EXPECT_EQ(answer.status(), 200) << other;
    EXPECT_TRUE(answer.body == WholeFile()) << other;
  }
}

TEST(Download, IsNotSentToThoseWhoHaveIt) {
  RunningGateway gateway;
  H2Client client(gateway);
  for (const std::string tags : {kTag, "\"x\", \"d1\"", "*", "W/\"d1\""}) {
    for (const std::string method : {"GET", "HEAD"}) {
      const auto answer =
          client.Fetch(method, kTarget, {{"if-none-match", tags}});
      EXPECT_EQ(answer.status(), 304) << tags;
      EXPECT_EQ(answer.body, "");
      EXPECT_EQ(answer.headers.at("etag"), kTag);
      EXPECT_FALSE(answer.headers.contains("content-length"));
    }
  }
  EXPECT_EQ(client.Fetch("GET", kTarget, {{"if-none-match", "\"x\""}}).status(),
            200);
  EXPECT_THAT(Http(gateway, std::string("GET ") + kTarget,
                   std::string("If-None-Match: ") + kTag + "\r\n"),
              AllOf(StartsWith("HTTP/1.1 304 Not Modified\r\n"),
                    Not(HasSubstr("content-length"))));
}

TEST(Download, IsRefusedToThoseWhoWantAnother) {
  RunningGateway gateway;
  H2Client client(gateway);
  const auto with = [&](const std::string& tags) {
    return client.Fetch("GET", kTarget, {{"if-match", tags}}).status();
  };
  EXPECT_EQ(with(kTag), 200);
  EXPECT_EQ(with(std::string("\"x\", ") + kTag), 200);
  EXPECT_EQ(with("*"), 200);
  EXPECT_EQ(with("\"x\""), 412);
  EXPECT_EQ(with(std::string("W/") + kTag), 412);
  EXPECT_EQ(with("d1"), 400);
}

TEST(Download, AnswersHeadWithoutReadingTheFile) {
  RunningGateway gateway;
  H2Client client(gateway);
  const auto two = client.Fetch("HEAD", kTarget, {{"range", "bytes=1-2"}});
  EXPECT_EQ(two.status(), 200);
  EXPECT_EQ(two.headers.at("content-length"), "6400");
  EXPECT_EQ(two.headers.at("accept-ranges"), "bytes");
  EXPECT_EQ(two.body, "");
  const std::string one = Http(gateway, std::string("HEAD ") + kTarget);
  EXPECT_THAT(one, HasSubstr("content-length: 6400\r\n"));
  EXPECT_EQ(BodyOf(one), "");
}

TEST(Download, TakesItsOffsetFromTheRangeAlone) {
  RunningGateway gateway;
  EXPECT_THAT(Http(gateway, std::string("GET ") + kTarget + "&offset=5"),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("OFFSET_BY_RANGE")));
  EXPECT_THAT(Http(gateway, std::string("GET ") + kTarget + "&offset=0"),
              StartsWith("HTTP/1.1 200 "));
}

TEST(Download, ThatBreaksOffIsResumed) {
  RunningGateway gateway;
  const std::string broken =
      Http(gateway, "GET /v1/reports/broken:download?format=html");
  std::string got = BodyOf(broken);
  ASSERT_LT(got.size(), 6400u);
  H2Client client(gateway);
  const auto rest =
      client.Fetch("GET", kTarget,
                   {{"range", "bytes=" + std::to_string(got.size()) + "-"},
                    {"if-range", kTag}});
  EXPECT_EQ(rest.status(), 206);
  EXPECT_TRUE(got + rest.body == WholeFile());
  const auto reset =
      client.Fetch("GET", "/v1/reports/broken:download?format=html");
  EXPECT_NE(reset.error, 0u);
}

// Also where the service ends as if all were sent: whoever reads by the length
// lacks bytes, and the stream was reset.
TEST(Download, OfAFileThatIsShorterThanItSaidIsNoWholeAnswer) {
  RunningGateway gateway;
  constexpr char kShort[] = "/v1/reports/short:download?format=html";
  const std::string one = Http(gateway, std::string("GET ") + kShort);
  EXPECT_THAT(one, HasSubstr("content-length: 6400\r\n"));
  EXPECT_LT(BodyOf(one).size(), 6400u);
  H2Client client(gateway);
  const auto two = client.Fetch("GET", kShort);
  EXPECT_EQ(two.headers.at("content-length"), "6400");
  EXPECT_NE(two.error, 0u);
}

}  // namespace
}  // namespace welfare::gateway
