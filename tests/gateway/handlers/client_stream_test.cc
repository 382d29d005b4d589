// Client and bidirectional streams over HTTP, from lines of NDJSON.
#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/gateway/h2_client.h"
#include "tests/gateway/handlers/lines.h"
#include "tests/gateway/inflate.h"
#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"
#include "tests/support/wait_for.h"

namespace welfare::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::WaitFor;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kImport[] = "/v1/municipalities:import";
constexpr char kLines[] = "Content-Type: application/x-ndjson\r\n";
const H2Client::Headers kLinesHeader = {
    {"content-type", "application/x-ndjson"}};

std::string Batch(const std::string& id, std::size_t bytes = 3) {
  return R"({"requestId":")" + id + R"(","batch":{"csv":")" +
         std::string(bytes, 'x') + "\"}}\n";
}

// The ids answered, and how it ended: "a b end", "a error".
std::string Told(const std::string& body) {
  std::string told;
  for (const nlohmann::json& line : LinesOf(body)) {
    if (!told.empty()) told += ' ';
    if (line.contains("result")) {
      told += line["result"]["requestId"].get<std::string>();
    } else {
      told += line.begin().key();
    }
  }
  return told;
}

TEST(ClientStream, MakesAMessageOfEachLine) {
  RunningGateway gateway;
  const std::string body =
      "\r\n" + Batch("a") + "  \n" + Batch("b", 70'000) + Batch("c");
  for (const std::string& sent : {body, body.substr(0, body.size() - 1)}) {
    const std::string one =
        Http(gateway, std::string("POST ") + kImport, kLines, sent);
    EXPECT_THAT(one, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                           HasSubstr("application/x-ndjson\r\n")));
    EXPECT_EQ(Told(Unchunked(one)), "a b c end");
    H2Client client(gateway);
    const auto two = client.Fetch("POST", kImport, kLinesHeader, sent);
    EXPECT_EQ(two.status(), 200);
    EXPECT_EQ(two.body, Unchunked(one));
    EXPECT_EQ(LinesOf(two.body)[1]["result"]["version"], "70000");
  }
  // A body without lines is a stream without messages.
  EXPECT_EQ(Unchunked(Http(gateway, std::string("POST ") + kImport,
                           "Content-Length: 0\r\n")),
            "{\"end\":{\"count\":0}}\n");
}

// Also what waits for the end of the body, over HTTP/1.1.
TEST(ClientStream, IsAnsweredCompressedToThoseWhoTakeIt) {
  RunningGateway gateway;
  const std::string body = Batch("a") + Batch("b", 70'000) + Batch("c");
  const std::string one =
      Http(gateway, std::string("POST ") + kImport,
           std::string(kLines) + "Accept-Encoding: gzip\r\n", body);
  EXPECT_THAT(one, HasSubstr("content-encoding: gzip\r\n"));
  EXPECT_EQ(Told(Inflate(Unchunked(one))), "a b c end");
  H2Client client(gateway);
  H2Client::Headers headers = kLinesHeader;
  headers.emplace_back("accept-encoding", "gzip");
  EXPECT_EQ(Told(Inflate(client.Fetch("POST", kImport, headers, body).body)),
            "a b c end");
}

// Whatever the size of the parts it comes in.
TEST(ClientStream, TakesALineByteByByte) {
  RunningGateway gateway;
  const std::string body = Batch("a") + Batch("b");
  Raw raw(gateway);
  raw.Send(std::string("POST ") + kImport +
           " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + kLines +
           "\r\n");
  for (const char c : body) raw.Send(std::string("1\r\n") + c + "\r\n");
  raw.Send("0\r\n\r\n");
  const std::string got = raw.Read([](const std::string& text) {
    return text.find("\r\n0\r\n\r\n") != text.npos;
  });
  EXPECT_EQ(Told(Unchunked(got)), "a b end");
  H2Client client(gateway);
  const std::int32_t id = client.Request("POST", kImport, kLinesHeader, true);
  for (const char c : body) {
    client.SendBody(id, std::string(1, c));
    ASSERT_TRUE(client.Run([&] { return client.at(id).to_send.empty(); }));
  }
  client.EndBody(id);
  ASSERT_TRUE(client.RunToEnd(id));
  EXPECT_EQ(Told(client.at(id).body), "a b end");
}

TEST(ClientStream, AnswersOverHttp2AsItGoes) {
  RunningGateway gateway;
  H2Client client(gateway);
  const std::int32_t id = client.Request("POST", kImport, kLinesHeader, true);
  std::string expected;
  for (const std::string name : {"a", "b", "c"}) {
    client.SendBody(id, Batch(name));
    expected += (expected.empty() ? "" : " ") + name;
    ASSERT_TRUE(client.Run([&] {
      return Told(client.at(id).body) == expected;
    })) << client.at(id).body;
  }
  EXPECT_EQ(client.at(id).status(), 200);
  client.EndBody(id);
  ASSERT_TRUE(client.RunToEnd(id));
  EXPECT_EQ(Told(client.at(id).body), "a b c end");
  EXPECT_EQ(client.at(id).error, 0u);
}

TEST(ClientStream, AnswersOverHttp1AtTheEndOfTheBody) {
  RunningGateway gateway;
  const std::string body = Batch("a") + Batch("b");
  Raw raw(gateway);
  raw.Send(std::string("POST ") + kImport + " HTTP/1.1\r\nHost: a\r\n" +
           kLines + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body.substr(0, body.size() - 1));
  ASSERT_TRUE(WaitFor([&] { return gateway.registry.imported() == 1; }));
  EXPECT_EQ(raw.ReadSome(milliseconds(100)), "");
  raw.Send("\n");
  const std::string got = raw.Read([](const std::string& text) {
    return text.find("\r\n0\r\n\r\n") != text.npos;
  });
  EXPECT_EQ(Told(Unchunked(got)), "a b end");
  // The connection is of use for the next request.
  raw.Send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(raw.Read([](const std::string& text) {
    return text.find("SERVING") != text.npos;
  }),
              HasSubstr("SERVING"));
}

TEST(ClientStream, HoldsABoundedHeapOfAnswersForHttp1) {
  RunningGateway gateway({}, {.held_answers = 1000});
  std::string body;
  for (int i = 0; i < 100; ++i) body += Batch("id-" + std::to_string(i));
  bool whole = true;
  Raw raw(gateway);
  raw.Send(std::string("POST ") + kImport + " HTTP/1.1\r\nHost: a\r\n" +
           kLines + "Content-Length: 1000000\r\n\r\n" + body);
  const std::string one = raw.ReadAll();
  EXPECT_THAT(one, StartsWith("HTTP/1.1 200 OK\r\n"));
  const auto lines = LinesOf(Unchunked(one, &whole));
  EXPECT_FALSE(whole);
  ASSERT_GT(lines.size(), 2u);
  EXPECT_EQ(lines[0]["result"]["requestId"], "id-0");
  EXPECT_EQ(lines.back()["error"]["details"][0]["reason"],
            "ANSWERS_HELD_TOO_LARGE");
  // Over HTTP/2 nothing is held.
  H2Client client(gateway);
  EXPECT_THAT(client.Fetch("POST", kImport, kLinesHeader, body).body,
              HasSubstr("{\"end\":{\"count\":100}}"));
}

TEST(ClientStream, NamesTheLineThatIsWrong) {
  RunningGateway gateway;
  struct Case {
    std::string line;
    int status;
    std::string reason;
    std::string field;
  };
  const Case cases[] = {
      {"{\"batch\":", 400, "MALFORMED_JSON", ""},
      {"{} {}", 400, "MALFORMED_JSON", ""},
      {"\xEF\xBB\xBF{}", 400, "MALFORMED_JSON", ""},
      {"{\"nope\":1}", 400, "INVALID_REQUEST", "nope"},
      {"[]", 400, "INVALID_REQUEST", ""},
      {R"({"batch":{"csv":")" + std::string(5 * 1024 * 1024, 'x') + "\"}}", 413,
       "MESSAGE_TOO_LARGE", ""},
      {std::string(5 * 1024 * 1024, ' ') + "{}", 413, "MESSAGE_TOO_LARGE", ""},
  };
  for (const Case& c : cases) {
    H2Client client(gateway);
    const auto answer = client.Fetch("POST", kImport, kLinesHeader,
                                     "\n\n" + c.line + "\n" + Batch("late"));
    EXPECT_EQ(answer.status(), c.status) << c.line.substr(0, 50);
    const auto body = nlohmann::json::parse(answer.body, nullptr, false);
    ASSERT_FALSE(body.is_discarded()) << answer.body;
    const auto& details = body["error"]["details"];
    EXPECT_EQ(details[0]["reason"], c.reason);
    EXPECT_EQ(details[0]["metadata"]["line"], "3");
    EXPECT_THAT(body["error"]["message"].get<std::string>(),
                StartsWith("Line 3: "));
    EXPECT_THAT(answer.body, HasSubstr("3行目: "));
    if (!c.field.empty()) {
      EXPECT_EQ(details[1]["fieldViolations"][0]["field"], c.field);
    }
    const std::string one =
        Http(gateway, std::string("POST ") + kImport, kLines,
             "\n\n" + c.line.substr(0, 100'000) + "\n");
    if (c.status == 400) {
      EXPECT_THAT(one, HasSubstr("\"line\":\"3\""));
    }
  }
  EXPECT_THAT(
      Http(gateway, std::string("POST ") + kImport,
           "Content-Type: application/json\r\n", Batch("a")),
      AllOf(StartsWith("HTTP/1.1 415 "), HasSubstr("UNSUPPORTED_MEDIA_TYPE"),
            HasSubstr("application/x-ndjson")));
  EXPECT_THAT(Http(gateway, std::string("GET ") + kImport),
              StartsWith("HTTP/1.1 405 "));
}

// What was answered stays answered.
TEST(ClientStream, AnswersWhatCameBeforeAWrongLine) {
  RunningGateway gateway;
  H2Client client(gateway);
  const std::int32_t id = client.Request("POST", kImport, kLinesHeader, true);
  client.SendBody(id, Batch("a"));
  ASSERT_TRUE(client.Run([&] { return Told(client.at(id).body) == "a"; }));
  client.SendBody(id, "{\n");
  ASSERT_TRUE(client.RunToEnd(id));
  EXPECT_EQ(Told(client.at(id).body), "a error");
  EXPECT_THAT(client.at(id).body, HasSubstr("Line 2: "));
  EXPECT_NE(client.at(id).error, 0u);
}

TEST(ClientStream, GivesEachMessageAnIdOfItsOwn) {
  RunningGateway gateway;
  H2Client client(gateway);
  const auto answer = client.Fetch("POST", kImport, kLinesHeader,
                                   "{}\n" + Batch("mine") + "{}\n");
  const auto lines = LinesOf(answer.body);
  ASSERT_EQ(lines.size(), 4u) << answer.body;
  const std::string first = lines[0]["result"]["requestId"];
  EXPECT_THAT(first, Not(IsEmpty()));
  EXPECT_EQ(lines[1]["result"]["requestId"], "mine");
  EXPECT_NE(lines[2]["result"]["requestId"], first);
}

// The service takes nothing: the caller is held back, and little is held.
TEST(ClientStream, HoldsItsCallerBack) {
  RunningGateway gateway;
  H2Client client(gateway);
  const std::int32_t id = client.Request("POST", kImport, kLinesHeader, true);
  client.SendBody(id, Batch("stop"));
  constexpr std::size_t kLine = 32 * 1024;
  for (int i = 0; i < 800; ++i) client.SendBody(id, Batch("x", kLine));
  const std::size_t all = client.at(id).to_send.size();
  std::size_t left = 0;
  client.Run(
      [&] {
        const std::size_t now = client.at(id).to_send.size();
        return now == std::exchange(left, now) && now < all &&
               gateway.registry.imported() == 1 &&
               !client.Run([&] { return client.at(id).to_send.size() != now; },
                           milliseconds(300));
      },
      seconds(10));
  // gRPC's own windows grow to some megabytes; a part of all it is.
  EXPECT_GT(client.at(id).to_send.size(), all / 2);
  gateway.registry.Go();
  client.EndBody(id);
  ASSERT_TRUE(client.RunToEnd(id));
  EXPECT_THAT(client.at(id).body, HasSubstr("{\"end\":{\"count\":801}}"));
}

TEST(ClientStream, EndsWhenItsCallerLeaves) {
  RunningGateway gateway;
  {
    Raw raw(gateway);
    raw.Send(std::string("POST ") + kImport + " HTTP/1.1\r\nHost: a\r\n" +
             kLines + "Content-Length: 1000\r\n\r\n" + Batch("a") +
             Batch("half").substr(0, 10));
    ASSERT_TRUE(WaitFor([&] { return gateway.registry.imported() == 1; }));
  }
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.cancelled() == 1; }));
  H2Client client(gateway);
  const std::int32_t id = client.Request("POST", kImport, kLinesHeader, true);
  client.SendBody(id, Batch("a") + "{");
  ASSERT_TRUE(client.Run([&] { return gateway.registry.imported() == 2; }));
  client.Cancel(id);
  ASSERT_TRUE(client.RunToEnd(id));
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.cancelled() == 2; }));
  // Half a line was none.
  EXPECT_EQ(gateway.registry.imported(), 2);
}

TEST(ClientStream, ThatStopsComingWithinALineIsNotWaitedFor) {
  RunningGateway gateway(
      {.body = {.grace = milliseconds(100)}, .look_every = milliseconds(20)});
  H2Client client(gateway);
  const std::int32_t half = client.Request("POST", kImport, kLinesHeader, true);
  client.SendBody(half, "{");
  const std::int32_t later =
      client.Request("POST", kImport, kLinesHeader, true);
  client.SendBody(later, Batch("a"));
  ASSERT_TRUE(client.RunToEnd(half));
  EXPECT_EQ(client.at(half).status(), 408);
  EXPECT_THAT(client.at(half).body, HasSubstr("REQUEST_TIMEOUT"));
  // Between two lines there is time.
  EXPECT_EQ(Told(client.at(later).body), "a");
  client.SendBody(later, "{");
  ASSERT_TRUE(client.RunToEnd(later));
  EXPECT_EQ(Told(client.at(later).body), "a error");
}

TEST(ClientStream, FailsAsItsServiceSays) {
  RunningGateway gateway;
  H2Client client(gateway);
  const auto first =
      client.Fetch("POST", kImport, kLinesHeader, Batch("refuse"));
  EXPECT_EQ(first.status(), 404);
  EXPECT_THAT(first.body, HasSubstr("MUNICIPALITY_NOT_FOUND"));
  const auto later = client.Fetch("POST", kImport, kLinesHeader,
                                  Batch("a") + Batch("refuse") + Batch("b"));
  EXPECT_EQ(Told(later.body), "a error");
  const std::string one = Http(gateway, std::string("POST ") + kImport, kLines,
                               Batch("a") + Batch("refuse") + Batch("b"));
  EXPECT_EQ(Told(Unchunked(one)), "a error");
}

}  // namespace
}  // namespace welfare::gateway
