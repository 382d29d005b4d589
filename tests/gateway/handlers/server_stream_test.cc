// Server streams over HTTP: lines of NDJSON and events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/answers/content_coding.h"
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
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kChanges[] = "/v1/registry/changes:stream";

std::string Changes(const std::string& what, const std::string& more = "") {
  return std::string(kChanges) + "?dataIncarnation=" + what + more;
}

TEST(ServerStream, IsLinesOfJsonAndAnEnd) {
  RunningGateway gateway;
  const std::string one =
      Http(gateway, "GET " + Changes("few", "&afterVersion=7"));
  EXPECT_THAT(one, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                         HasSubstr("content-type: application/x-ndjson\r\n"),
                         HasSubstr("x-content-type-options: nosniff\r\n"),
                         HasSubstr("x-request-id: "),
                         HasSubstr("cache-control: no-store\r\n")));
  bool whole = false;
  const std::string body = Unchunked(one, &whole);
  EXPECT_TRUE(whole);
  EXPECT_EQ(body,
            "{\"result\":{\"changes\":[],\"version\":\"8\"}}\n"
            "{\"result\":{\"changes\":[],\"version\":\"9\"}}\n"
            "{\"result\":{\"changes\":[],\"version\":\"10\"}}\n"
            "{\"end\":{\"count\":3}}\n");
  H2Client client(gateway);
  const auto two = client.Fetch("GET", Changes("few", "&afterVersion=7"));
  EXPECT_EQ(two.status(), 200);
  EXPECT_EQ(two.headers.at("content-type"), "application/x-ndjson");
  EXPECT_EQ(two.body, body);
  EXPECT_EQ(two.error, 0u);
  const auto snake = client.Fetch("GET", Changes("few", "&fields_case=snake"));
  EXPECT_THAT(snake.body, HasSubstr("\"version\":\"1\""));
}

TEST(ServerStream, WithoutAMessageIsItsEnd) {
  RunningGateway gateway;
  EXPECT_EQ(Unchunked(Http(gateway, "GET " + Changes("none"))),
            "{\"end\":{\"count\":0}}\n");
  H2Client client(gateway);
  EXPECT_EQ(client.Fetch("GET", Changes("none")).body,
            "{\"end\":{\"count\":0}}\n");
}

TEST(ServerStream, FailsBeforeItsFirstMessageAsAnyCall) {
  RunningGateway gateway;
  for (const std::string accept : {"*/*", "text/event-stream"}) {
    const std::string one =
        Http(gateway, "GET " + Changes("refuse"), "Accept: " + accept + "\r\n");
    EXPECT_THAT(one, AllOf(StartsWith("HTTP/1.1 404 "),
                           HasSubstr("content-type: application/json\r\n"),
                           HasSubstr("MUNICIPALITY_NOT_FOUND")));
    H2Client client(gateway);
    const auto two =
        client.Fetch("GET", Changes("refuse"), {{"accept", accept}});
    EXPECT_EQ(two.status(), 404);
    EXPECT_THAT(two.body, HasSubstr("MUNICIPALITY_NOT_FOUND"));
  }
  EXPECT_THAT(Http(gateway, std::string("GET ") + kChanges + "?nope=1"),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("nope")));
  EXPECT_THAT(Http(gateway, std::string("POST ") + kChanges),
              StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(Http(gateway, std::string("GET ") + kChanges,
                   "content-type: application/json\r\n", R"({"a":1})"),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("FIELD_MISPLACED")));
}

// Who reads the lines finds the failure; who looks at none finds a transfer
// that did not end.
TEST(ServerStream, ThatFailsHalfWaySaysSoTwice) {
  RunningGateway gateway;
  const std::string one = Http(gateway, "GET " + Changes("break"));
  EXPECT_THAT(one, StartsWith("HTTP/1.1 200 OK\r\n"));
  bool whole = true;
  const auto lines = LinesOf(Unchunked(one, &whole));
  EXPECT_FALSE(whole);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[3]["error"]["status"], "NOT_FOUND");
  EXPECT_EQ(lines[3]["error"]["code"], 404);
  EXPECT_EQ(lines[3]["error"]["details"][0]["reason"],
            "MUNICIPALITY_NOT_FOUND");
  H2Client client(gateway);
  const auto two = client.Fetch("GET", Changes("break"));
  EXPECT_EQ(two.status(), 200);
  EXPECT_EQ(two.body, Unchunked(one));
  EXPECT_EQ(two.error, static_cast<std::uint32_t>(NGHTTP2_INTERNAL_ERROR));
  // The connection lives.
  EXPECT_EQ(client.Fetch("GET", "/healthz").status(), 200);
  EXPECT_THAT(gateway.observer.seen(),
              ::testing::Contains(std::string("GET ") + kChanges + " 404"));
}

TEST(ServerStream, IsEventsForThoseWhoAskForThem) {
  RunningGateway gateway;
  const std::string expected =
      "id: 8\ndata: {\"result\":{\"changes\":[],\"version\":\"8\"}}\n\n"
      "id: 9\ndata: {\"result\":{\"changes\":[],\"version\":\"9\"}}\n\n"
      "id: 10\ndata: {\"result\":{\"changes\":[],\"version\":\"10\"}}\n\n";
  const std::string end = "event: end\ndata: {\"end\":{\"count\":3}}\n\n";
  const std::string one =
      Http(gateway, "GET " + Changes("few", "&afterVersion=7"),
           "Accept: text/event-stream\r\n");
  EXPECT_THAT(one, HasSubstr("content-type: text/event-stream\r\n"));
  EXPECT_EQ(Unchunked(one), expected + end);
  H2Client client(gateway);
  EXPECT_EQ(
      client
          .Fetch("GET", Changes("few", "&afterVersion=7"),
                 {{"accept", "application/json, text/event-stream;q=0.5"}})
          .body,
      expected + end);
  // Who refuses events gets lines.
  EXPECT_THAT(client
                  .Fetch("GET", Changes("few"),
                         {{"accept", "text/event-stream;q=0, */*"}})
                  .headers.at("content-type"),
              "application/x-ndjson");
  const auto broken =
      client.Fetch("GET", Changes("break"), {{"accept", "text/event-stream"}});
  EXPECT_THAT(broken.body, HasSubstr("event: failure\ndata: {\"error\":{"));
  EXPECT_THAT(broken.body, Not(HasSubstr("event: end")));
}

// A browser comes back to the address it had, with the id it has seen.
TEST(ServerStream, GoesOnBehindTheLastEvent) {
  RunningGateway gateway;
  H2Client client(gateway);
  const auto after = [&](const std::string& id) {
    return client.Fetch(
        "GET", Changes("few", "&afterVersion=7"),
        {{"accept", "text/event-stream"}, {"last-event-id", id}});
  };
  EXPECT_THAT(after("41").body, StartsWith("id: 42\n"));
  EXPECT_THAT(after("").body, StartsWith("id: 8\n"));
  for (const std::string id : {"x", "1x", "99999999999999999999", " 1"}) {
    const auto answer = after(id);
    if (id == " 1") continue;  // HTTP takes the space off
    EXPECT_EQ(answer.status(), 400) << id;
    EXPECT_THAT(answer.body, HasSubstr("MALFORMED_HEADER"));
  }
}

TEST(ServerStream, TellsThatItLives) {
  RunningGateway gateway({}, {.heartbeat = milliseconds(20)});
  {
    H2Client client(gateway);
    const std::int32_t events = client.Request(
        "GET", Changes("quiet"), {{"accept", "text/event-stream"}});
    const std::int32_t lines = client.Request("GET", Changes("quiet"));
    EXPECT_TRUE(client.Run([&] {
      return CountOf(client.at(events).body, ":\n\n") >= 3 &&
             client.at(lines).status() == 200;
    }));
    EXPECT_EQ(client.at(events).status(), 200);
    EXPECT_THAT(client.at(lines).body, IsEmpty());
  }
  Raw raw(gateway);
  raw.Send("GET " + Changes("quiet") +
           " HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n");
  EXPECT_THAT(raw.Read([](const std::string& got) {
    return CountOf(got, ":\n\n") >= 3;
  }),
              HasSubstr(":\n\n\r\n3\r\n:\n\n"));
  raw.Close();
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.cancelled() == 3; }));
}

TEST(ServerStream, IsCompressedForThoseWhoTakeIt) {
  RunningGateway gateway;
  H2Client client(gateway);
  // Small messages, and some that are made beside the loop.
  for (const std::string& target : {Changes("few"), std::string(kChanges)}) {
    const auto plain = client.Fetch("GET", target);
    EXPECT_FALSE(plain.headers.contains("content-encoding"));
    const auto packed =
        client.Fetch("GET", target, {{"accept-encoding", "gzip, br"}});
    EXPECT_EQ(packed.headers.at("content-encoding"), "gzip");
    EXPECT_EQ(packed.headers.at("vary"),
              "accept, accept-encoding, accept-language");
    EXPECT_TRUE(Inflate(packed.body) == plain.body) << target;
    bool whole = false;
    const std::string one = Unchunked(
        Http(gateway, "GET " + target, "Accept-Encoding: gzip\r\n"), &whole);
    EXPECT_TRUE(whole);
    EXPECT_TRUE(Inflate(one) == plain.body) << target;
    EXPECT_LT(one.size(), target == kChanges ? plain.body.size() / 50 : 200u);
  }
  const auto events = client.Fetch(
      "GET", Changes("few"),
      {{"accept-encoding", "gzip"}, {"accept", "text/event-stream"}});
  EXPECT_THAT(Inflate(events.body), HasSubstr("event: end\ndata: {\"end\""));
  EXPECT_EQ(client.Fetch("HEAD", Changes("few"), {{"accept-encoding", "gzip"}})
                .headers.at("content-encoding"),
            "gzip");
}

TEST(ServerStream, IsAsItIsForThoseWhoTakeNothingElse) {
  RunningGateway gateway;
  H2Client client(gateway);
  for (const std::string coding :
       {"br", "identity", "gzip;q=0", "gzip;q=0.5, identity"}) {
    const auto plain =
        client.Fetch("GET", Changes("few"), {{"accept-encoding", coding}});
    EXPECT_FALSE(plain.headers.contains("content-encoding")) << coding;
    EXPECT_EQ(LinesOf(plain.body).size(), 4u);
  }
  // Who wants a part of it wants it as it is.
  EXPECT_FALSE(client
                   .Fetch("GET", Changes("few"),
                          {{"accept-encoding", "gzip"}, {"range", "bytes=1-"}})
                   .headers.contains("content-encoding"));
  const auto neither =
      client.Fetch("GET", Changes("few"), {{"accept-encoding", "*;q=0"}});
  EXPECT_EQ(neither.status(), 406);
  EXPECT_THAT(neither.body, HasSubstr("ENCODING_NOT_ACCEPTABLE"));
}

// Who follows a stream has each message when it was sent.
TEST(ServerStream, ThatIsCompressedKeepsNothingBack) {
  RunningGateway gateway({}, {.heartbeat = milliseconds(20)});
  H2Client client(gateway);
  const std::int32_t lines =
      client.Request("GET", Changes("watch"), {{"accept-encoding", "gzip"}});
  EXPECT_TRUE(client.Run([&] {
    return CountOf(Inflate(client.at(lines).body), "{\"result\":") == 1;
  }));
  const std::int32_t events = client.Request(
      "GET", Changes("quiet"),
      {{"accept-encoding", "gzip"}, {"accept", "text/event-stream"}});
  EXPECT_TRUE(client.Run(
      [&] { return CountOf(Inflate(client.at(events).body), ":\n\n") >= 3; }));
}

TEST(ServerStream, ThatIsCompressedAndFailsSaysSoTwice) {
  RunningGateway gateway;
  H2Client client(gateway);
  const auto packed =
      client.Fetch("GET", Changes("break"), {{"accept-encoding", "gzip"}});
  const auto lines = LinesOf(Inflate(packed.body));
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[3]["error"]["details"][0]["reason"],
            "MUNICIPALITY_NOT_FOUND");
  EXPECT_NE(packed.error, 0u);
  // Before its first message it is as any failure, and never compressed.
  const auto refused =
      client.Fetch("GET", Changes("refuse"), {{"accept-encoding", "gzip"}});
  EXPECT_EQ(refused.status(), 404);
  EXPECT_THAT(refused.body, HasSubstr("MUNICIPALITY_NOT_FOUND"));
}

// What compresses a stream is held for it, and charged to its caller.
TEST(ServerStream, ThatIsCompressedIsPaidFor) {
  RunningGateway gateway;
  H2Client client(gateway);
  const std::int32_t id =
      client.Request("GET", Changes("watch"), {{"accept-encoding", "gzip"}});
  EXPECT_TRUE(client.Run([&] { return !client.at(id).body.empty(); }));
  // Beside its connection and its call.
  constexpr std::size_t kOthers = std::size_t{64} * 1024;
  EXPECT_GE(gateway.budget().bytes(), kOthers + GzipWriter::kStreamBytes);
}

TEST(ServerStream, AnswersHead) {
  RunningGateway gateway;
  const std::string one = Http(gateway, "HEAD " + Changes("few"));
  EXPECT_THAT(one, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                         HasSubstr("content-type: application/x-ndjson\r\n")));
  EXPECT_EQ(BodyOf(one), "");
  H2Client client(gateway);
  const auto two = client.Fetch("HEAD", Changes("watch"));
  EXPECT_EQ(two.status(), 200);
  EXPECT_EQ(two.body, "");
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.cancelled() == 1; }));
  EXPECT_EQ(client.Fetch("HEAD", Changes("refuse")).status(), 404);
}

TEST(ServerStream, EndsWhenItsCallerLeaves) {
  RunningGateway gateway;
  {
    Raw raw(gateway);
    raw.Send("GET " + Changes("watch") + " HTTP/1.1\r\nHost: a\r\n\r\n");
    raw.Read([](const std::string& got) {
      return got.find("result") != std::string::npos;
    });
  }
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.cancelled() == 1; }));
  H2Client client(gateway);
  const std::int32_t id = client.Request("GET", Changes("watch"));
  ASSERT_TRUE(client.Run(
      [&] { return client.at(id).body.find("result") != std::string::npos; }));
  client.Cancel(id);
  EXPECT_TRUE(client.RunToEnd(id));
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.cancelled() == 2; }));
}

// 400 messages of 64 KiB.
TEST(ServerStream, WaitsForItsReader) {
  RunningGateway gateway;
  const auto settled = [&] {
    int before = -1;
    WaitFor(
        [&] {
          const int now = gateway.registry.written();
          return now == std::exchange(before, now) && now > 1;
        },
        seconds(2));
    return gateway.registry.written();
  };
  {
    H2Client client(gateway, /*reads=*/false);
    const std::int32_t id = client.Request("GET", kChanges);
    ASSERT_TRUE(client.Run([&] { return !client.at(id).body.empty(); }));
    // gRPC's own windows hold some; a part of them is all that is written.
    EXPECT_LT(settled(), kParts / 2);
  }
  H2Client client(gateway);
  const auto all = client.Fetch("GET", kChanges);
  EXPECT_EQ(LinesOf(all.body).size(), kParts + 1u);
  EXPECT_THAT(all.body, HasSubstr("{\"end\":{\"count\":400}}"));
  bool whole = false;
  const std::string one =
      Unchunked(Http(gateway, std::string("GET ") + kChanges), &whole);
  EXPECT_TRUE(whole);
  EXPECT_EQ(one.size(), all.body.size());
  EXPECT_TRUE(one == all.body);
}

TEST(ServerStream, IsNotHeldForThoseWhoNeverRead) {
  RunningGateway gateway(
      {.answer = {.grace = milliseconds(200)}, .look_every = milliseconds(50)});
  H2Client client(gateway, /*reads=*/false);
  const std::int32_t id =
      client.Request("GET", std::string(kChanges) + "?follow=true");
  ASSERT_TRUE(client.Run([&] { return !client.at(id).body.empty(); }));
  EXPECT_TRUE(client.RunToEnd(id));
  EXPECT_NE(client.at(id).error, 0u);
  EXPECT_THAT(gateway.observer.seen(),
              ::testing::Contains(std::string("GET ") + kChanges + " 499"));
}

TEST(ServerStream, OfNoEndIsToldThatTheGatewayStops) {
  for (const std::string& target : {std::string("/v1/registry/versions:watch"),
                                    Changes("watch", "&follow=true")}) {
    RunningGateway gateway;
    H2Client client(gateway);
    const std::int32_t id = client.Request("GET", target);
    ASSERT_TRUE(client.Run([&] { return !client.at(id).body.empty(); }));
    std::jthread stopper([&] { gateway.Stop(seconds(30)); });
    ASSERT_TRUE(client.RunToEnd(id)) << target;
    const auto lines = LinesOf(client.at(id).body);
    ASSERT_EQ(lines.size(), 2u) << client.at(id).body;
    EXPECT_EQ(lines[1]["error"]["details"][0]["reason"], "SHUTTING_DOWN");
    EXPECT_NE(client.at(id).error, 0u);
  }
  RunningGateway gateway;
  gateway.routing().draining = true;
  EXPECT_THAT(Http(gateway, "GET /v1/registry/versions:watch"),
              AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("SHUTTING_DOWN"),
                    HasSubstr("retry-after: 1\r\n")));
}

TEST(ServerStream, HeldByADeadlineEndsWithIt) {
  RunningGateway gateway;
  H2Client client(gateway);
  const auto quiet =
      client.Fetch("GET", Changes("quiet"), {{"grpc-timeout", "50m"}});
  EXPECT_EQ(quiet.status(), 504);
  const auto watch =
      client.Fetch("GET", Changes("watch"), {{"grpc-timeout", "300m"}});
  EXPECT_EQ(watch.status(), 200);
  EXPECT_THAT(watch.body, HasSubstr("DEADLINE_EXCEEDED"));
}

}  // namespace
}  // namespace welfare::gateway
