// Answers that a caller has already, in the form it takes, over real HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/answers/content_coding.h"
#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"

namespace welfare::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kRoster[] = "GET /v1/programs/jusou/rosters/2025";
constexpr char kMunicipality[] = "GET /v1/municipalities/131016";

// The value of a header of an answer; empty: it has none.
std::string ValueOf(const std::string& response, const std::string& name) {
  const std::string head = response.substr(0, response.find("\r\n\r\n") + 2);
  const std::size_t at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

std::string TagOf(const std::string& response) {
  return ValueOf(response, "etag");
}

std::string IfNoneMatch(const std::string& value) {
  return "If-None-Match: " + value + "\r\n";
}

std::string ReasonIn(const std::string& response) {
  const auto body = nlohmann::json::parse(BodyOf(response), nullptr, false);
  if (!body.is_object() || !body.contains("error")) return "";
  return body["error"]["details"][0]["reason"];
}

std::string Unpacked(const std::string& bytes) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string in = bytes;
  std::string out(8 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(GatewayCaching, WhoHasTheAnswerIsSentNothing) {
  RunningGateway gateway;
  const std::string first = Http(gateway, kRoster);
  EXPECT_THAT(first, StartsWith("HTTP/1.1 200 "));
  const std::string tag = TagOf(first);
  EXPECT_THAT(tag, AllOf(StartsWith("\""), Not(HasSubstr("W/"))));
  EXPECT_EQ(ValueOf(first, "cache-control"),
            "public, max-age=0, must-revalidate");
  EXPECT_EQ(ValueOf(first, "vary"), "accept-encoding, accept-language");
  for (const std::string& method : std::vector<std::string>{"GET", "HEAD"}) {
    for (const std::string& given :
         {tag, "W/" + tag, "\"x\", " + tag + ", \"y\""}) {
      const std::string again = Http(
          gateway, method + std::string(kRoster).substr(3), IfNoneMatch(given));
      EXPECT_THAT(again, StartsWith("HTTP/1.1 304 Not Modified\r\n"));
      EXPECT_EQ(TagOf(again), tag);
      EXPECT_EQ(ValueOf(again, "cache-control"),
                ValueOf(first, "cache-control"));
      EXPECT_EQ(ValueOf(again, "vary"), ValueOf(first, "vary"));
      EXPECT_EQ(ValueOf(again, "content-type"), "");
      EXPECT_EQ(ValueOf(again, "content-length"), "");
      EXPECT_EQ(BodyOf(again), "");
    }
  }
  // The service was asked each time, and made the answer once.
  EXPECT_EQ(gateway.registry.rosters_asked.load(), 7);
  EXPECT_EQ(gateway.registry.rosters_made.load(), 1);
}

TEST(GatewayCaching, WhatHasChangedIsSentAtOnce) {
  RunningGateway gateway;
  std::string tag = TagOf(Http(gateway, kRoster));
  for (int i = 0; i < 20; ++i) {
    ++gateway.registry.roster_version;
    const std::string changed = Http(gateway, kRoster, IfNoneMatch(tag));
    EXPECT_THAT(changed, StartsWith("HTTP/1.1 200 "));
    EXPECT_NE(TagOf(changed), tag);
    tag = TagOf(changed);
  }
}

TEST(GatewayCaching, ATagIsOfOneAddressAndOneForm) {
  RunningGateway gateway;
  const std::string tag = TagOf(Http(gateway, kRoster));
  for (const std::string& other : std::vector<std::string>{
           "GET /v1/programs/jusou/rosters/2024",
           std::string(kRoster) + "?fields=version",
           std::string(kRoster) + "?fields_case=snake",
           std::string(kRoster) + "?comparedFiscalYear=2024"}) {
    EXPECT_THAT(Http(gateway, other, IfNoneMatch(tag)),
                Not(StartsWith("HTTP/1.1 304 ")))
        << other;
  }
}

TEST(GatewayCaching, AnAnswerWithoutAVersionIsKnownByItsBytes) {
  RunningGateway gateway;
  const std::string first = Http(gateway, kMunicipality);
  const std::string tag = TagOf(first);
  ASSERT_NE(tag, "");
  EXPECT_THAT(Http(gateway, kMunicipality, IfNoneMatch(tag)),
              StartsWith("HTTP/1.1 304 "));
  const std::string other =
      Http(gateway, "GET /v1/municipalities/131016?dataVersion=7");
  EXPECT_NE(TagOf(other), tag);
  EXPECT_EQ(TagOf(Http(gateway, "GET /v1/municipalities/131016?dataVersion=7")),
            TagOf(other));
}

TEST(GatewayCaching, FailuresAndWritesAreKeptByNobody) {
  RunningGateway gateway;
  for (const std::string& response :
       {Http(gateway, "GET /v1/municipalities/missing", IfNoneMatch("*")),
        Http(gateway, "GET /v1/nowhere", IfNoneMatch("*")),
        Http(gateway, "PATCH /v1/municipalities/1",
             "Content-Type: application/json\r\n", R"({"displayName":"x"})")}) {
    EXPECT_THAT(response, Not(StartsWith("HTTP/1.1 304 ")));
    EXPECT_EQ(ValueOf(response, "cache-control"), "no-store");
    EXPECT_EQ(TagOf(response), "");
  }
}

TEST(GatewayCaching, AStarRefusesWhateverThereIs) {
  RunningGateway gateway;
  const std::string tag = TagOf(Http(gateway, kRoster));
  const std::string response = Http(gateway, kRoster, IfNoneMatch("*"));
  EXPECT_THAT(response, StartsWith("HTTP/1.1 304 "));
  EXPECT_EQ(TagOf(response), tag);
}

TEST(GatewayCaching, ReadsHostileListsInTheirBounds) {
  RunningGateway gateway;
  const std::string tag = TagOf(Http(gateway, kRoster));
  std::string long_list;
  while (long_list.size() < 8 * 1024)
    long_list += "\"0123456789abcdef0123456789abcdef\",";
  // Good, if long: it may hold the right one.
  EXPECT_THAT(Http(gateway, kRoster, IfNoneMatch(long_list + tag)),
              StartsWith("HTTP/1.1 304 "));
  for (const std::string& list : std::vector<std::string>{
           std::string(8 * 1024, '"'), std::string(8 * 1024, 'a'),
           std::string(8 * 1024, ','), long_list + "\"", "W/W/\"a\"",
           "*, " + tag, "\"\xff", ""}) {
    const std::string response = Http(gateway, kRoster, IfNoneMatch(list));
    EXPECT_THAT(response, StartsWith("HTTP/1.1 400 ")) << list.substr(0, 40);
    EXPECT_EQ(ReasonIn(response), "MALFORMED_HEADER");
    EXPECT_THAT(Http(gateway, kRoster, "If-Match: " + list + "\r\n"),
                StartsWith("HTTP/1.1 400 "));
  }
  EXPECT_THAT(Http(gateway, kRoster, IfNoneMatch(std::string(1'000'000, ','))),
              StartsWith("HTTP/1.1 431 "));
  // Bytes that a service must not be told are no tag of ours.
  std::string torn = tag;
  torn[3] = '\xe3';
  EXPECT_THAT(Http(gateway, kRoster, IfNoneMatch(torn)),
              StartsWith("HTTP/1.1 200 "));
}

TEST(GatewayCaching, IfMatchOfAReadIsComparedStrongly) {
  RunningGateway gateway;
  for (const std::string& line :
       std::vector<std::string>{kRoster, kMunicipality}) {
    const std::string tag = TagOf(Http(gateway, line));
    EXPECT_THAT(Http(gateway, line, "If-Match: " + tag + "\r\n"),
                StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(Http(gateway, line, "If-Match: *\r\n"),
                StartsWith("HTTP/1.1 200 "));
    for (const std::string& other : {"W/" + tag, std::string("\"x\"")}) {
      const std::string response =
          Http(gateway, line, "If-Match: " + other + "\r\n");
      EXPECT_THAT(response, StartsWith("HTTP/1.1 412 Precondition Failed\r\n"));
      EXPECT_EQ(ReasonIn(response), "PRECONDITION_FAILED");
    }
  }
}

TEST(GatewayCaching, AWriteComparesTheTagOfWhatWasRead) {
  RunningGateway gateway;
  const std::string tag =
      TagOf(Http(gateway, "GET /v1/municipalities/guarded"));
  const auto patch = [&](const std::string& if_match,
                         const std::string& body = R"({"displayName":"x"})") {
    return Http(
        gateway, "PATCH /v1/municipalities/guarded",
        "Content-Type: application/json\r\nIf-Match: " + if_match + "\r\n",
        body);
  };
  // The tag of the answer, and the etag within it.
  EXPECT_THAT(patch(tag), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(patch(FakeRegistry::kEtag), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(patch("*"), StartsWith("HTTP/1.1 200 "));
  // One of several: the first is refused, and names the right one.
  gateway.registry.updates = 0;
  EXPECT_THAT(patch("\"a\", \"b\", " + tag), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(gateway.registry.updates.load(), 2);
  for (const std::string& other :
       {"W/" + tag, std::string("\"store-6\""), std::string("\"a\", \"b\"")}) {
    const std::string response = patch(other);
    EXPECT_THAT(response, StartsWith("HTTP/1.1 412 "));
    EXPECT_EQ(ReasonIn(response), "ETAG_MISMATCH");
    EXPECT_THAT(BodyOf(response), HasSubstr("\"status\":\"ABORTED\""));
  }
  // In the body it is a conflict, as ever.
  EXPECT_THAT(Http(gateway, "PATCH /v1/municipalities/guarded",
                   "Content-Type: application/json\r\n",
                   R"({"displayName":"x","etag":"\"store-6\""})"),
              StartsWith("HTTP/1.1 409 "));
  EXPECT_EQ(ReasonIn(patch("\"store-6\"",
                           R"({"displayName":"x","etag":"\"store-7\""})")),
            "INVALID_REQUEST");
  EXPECT_THAT(Http(gateway, "DELETE /v1/municipalities/guarded?reason=x",
                   "If-Match: \"store-6\"\r\n"),
              StartsWith("HTTP/1.1 412 "));
  EXPECT_EQ(
      ReasonIn(Http(gateway, "POST /v1/municipalities",
                    "Content-Type: application/json\r\nIf-Match: *\r\n", "{}")),
      "PRECONDITION_UNSUPPORTED");
  EXPECT_EQ(ReasonIn(Http(gateway, "POST /v1/municipalities",
                          "Content-Type: application/json\r\n"
                          "If-None-Match: *\r\nAccept-Language: ja\r\n",
                          "{}")),
            "PRECONDITION_UNSUPPORTED");
}

TEST(GatewayCaching, TheKeyOfARequestIsItsId) {
  RunningGateway gateway;
  const std::string json = "Content-Type: application/json\r\n";
  const std::string uuid = "8e03978e-40d5-43e8-bc93-6894a57f9324";
  const auto create = [&](const std::string& key, const std::string& query = "",
                          const std::string& body = "{}") {
    return Http(gateway, "POST /v1/municipalities" + query,
                json + "Idempotency-Key: " + key + "\r\n", body);
  };
  for (const std::string& key : {uuid, '"' + uuid + '"'}) {
    EXPECT_THAT(create(key), HasSubstr("\"name\":\"" + uuid + '"'));
  }
  EXPECT_THAT(create(uuid, "?requestId=" + uuid), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(create(uuid, "?requestId=x"),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("INVALID_REQUEST"),
                    HasSubstr("HEADER_CONTRADICTED: contradicts the header "
                              "Idempotency-Key")));
  EXPECT_EQ(ReasonIn(create("x")), "MALFORMED_HEADER");
  const std::string reused = create("0b5b1c7e-1111-4111-8111-000000000000");
  EXPECT_THAT(reused, StartsWith("HTTP/1.1 422 "));
  EXPECT_EQ(ReasonIn(reused), "REQUEST_ID_REUSED");
  // As a field it is an argument like others.
  EXPECT_THAT(Http(gateway,
                   "POST /v1/municipalities?requestId="
                   "0b5b1c7e-1111-4111-8111-000000000000",
                   json, "{}"),
              StartsWith("HTTP/1.1 400 "));
  // A read is its own repeat.
  EXPECT_THAT(Http(gateway, kMunicipality, "Idempotency-Key: x\r\n"),
              StartsWith("HTTP/1.1 200 "));
}

TEST(GatewayCaching, CompressesForThoseWhoTakeIt) {
  RunningGateway gateway;
  // On the loop, and beside it.
  for (const int entries : {60, 3000}) {
    gateway.registry.roster_entries = entries;
    ++gateway.registry.roster_version;
    const std::string plain = Http(gateway, kRoster);
    const std::string packed =
        Http(gateway, kRoster, "Accept-Encoding: br, gzip;q=0.9\r\n");
    EXPECT_EQ(ValueOf(plain, "content-encoding"), "");
    EXPECT_EQ(ValueOf(packed, "content-encoding"), "gzip");
    EXPECT_EQ(ValueOf(packed, "content-length"),
              std::to_string(BodyOf(packed).size()));
    EXPECT_LT(BodyOf(packed).size() * 4, BodyOf(plain).size());
    EXPECT_EQ(Unpacked(BodyOf(packed)), BodyOf(plain));
    EXPECT_NE(TagOf(packed), TagOf(plain));
    // Each is known by its own tag, to those who take it.
    const std::string both = IfNoneMatch(TagOf(packed) + ", " + TagOf(plain));
    const std::string again =
        Http(gateway, kRoster, "Accept-Encoding: gzip\r\n" + both);
    EXPECT_THAT(again, StartsWith("HTTP/1.1 304 "));
    EXPECT_EQ(TagOf(again), TagOf(packed));
    EXPECT_EQ(TagOf(Http(gateway, kRoster, both)), TagOf(plain));
    EXPECT_THAT(Http(gateway, kRoster, IfNoneMatch(TagOf(packed))),
                StartsWith("HTTP/1.1 200 "));
    // HEAD says what GET would.
    const std::string head =
        Http(gateway, "HEAD" + std::string(kRoster).substr(3),
             "Accept-Encoding: gzip\r\n");
    EXPECT_EQ(ValueOf(head, "content-length"),
              ValueOf(packed, "content-length"));
    EXPECT_EQ(ValueOf(head, "content-encoding"), "gzip");
    EXPECT_EQ(TagOf(head), TagOf(packed));
    EXPECT_EQ(BodyOf(head), "");
  }
}

TEST(GatewayCaching, LeavesSmallAnswersAndRefusalsAsTheyAre) {
  RunningGateway gateway;
  for (const std::string& line : std::vector<std::string>{
           kMunicipality, "GET /v1/nowhere", "GET /v1/municipalities/missing",
           "GET /healthz"}) {
    EXPECT_EQ(ValueOf(Http(gateway, line, "Accept-Encoding: gzip\r\n"),
                      "content-encoding"),
              "")
        << line;
  }
  // Unless nothing else is taken.
  const std::string packed =
      Http(gateway, kMunicipality, "Accept-Encoding: gzip, identity;q=0\r\n");
  EXPECT_EQ(ValueOf(packed, "content-encoding"), "gzip");
  EXPECT_THAT(Unpacked(BodyOf(packed)), StartsWith("{\"name\":"));
  const std::string neither =
      Http(gateway, kMunicipality, "Accept-Encoding: *;q=0\r\n");
  EXPECT_THAT(neither, StartsWith("HTTP/1.1 406 Not Acceptable\r\n"));
  EXPECT_EQ(ReasonIn(neither), "ENCODING_NOT_ACCEPTABLE");
  for (const char* absurd :
       {"gzip;q=99999999999999999999", "gzip;q=-0", "gzip;q=0.00000001",
        "gzip;q=1;q=1", "\"gzip\"", "gzip;;q=1"}) {
    EXPECT_EQ(ValueOf(Http(gateway, kRoster,
                           "Accept-Encoding: " + std::string(absurd) + "\r\n"),
                      "content-encoding"),
              "")
        << absurd;
  }
}

TEST(GatewayCaching, ListedPagesMayCallAndOthersSeeNothing) {
  auto origins = CrossOrigin::Parse("https://app.example");
  ASSERT_TRUE(origins.ok());
  RunningGateway gateway({}, {.cross_origin = *origins});
  const std::string origin = "Origin: https://app.example\r\n";
  // What is asked before: no service hears of it.
  const std::string preflight =
      Http(gateway, "OPTIONS /v1/programs/jusou/rosters/2025",
           origin +
               "Access-Control-Request-Method: GET\r\n"
               "Access-Control-Request-Headers: if-none-match\r\n");
  EXPECT_THAT(preflight, StartsWith("HTTP/1.1 204 "));
  EXPECT_EQ(ValueOf(preflight, "access-control-allow-origin"),
            "https://app.example");
  EXPECT_EQ(ValueOf(preflight, "access-control-allow-methods"),
            "GET, HEAD, OPTIONS");
  EXPECT_EQ(gateway.registry.rosters_asked.load(), 0);
  // Whatever the answer is.
  const std::string tag = TagOf(Http(gateway, kRoster));
  for (const std::string& response :
       {Http(gateway, kRoster, origin),
        Http(gateway, kRoster, origin + IfNoneMatch(tag)),
        Http(gateway, "GET /v1/nowhere", origin),
        Http(gateway, "GET /v1/reports/r1:download?format=html", origin),
        Http(gateway, "GET /healthz", origin)}) {
    EXPECT_EQ(ValueOf(response, "access-control-allow-origin"),
              "https://app.example");
    EXPECT_THAT(response, HasSubstr("\r\nvary: origin\r\n"));
  }
  for (const std::string& response :
       {Http(gateway, kRoster, "Origin: https://evil.example\r\n"),
        Http(gateway, kRoster),
        Http(gateway, "OPTIONS /v1/programs/jusou/rosters/2025",
             "Origin: https://evil.example\r\n"
             "Access-Control-Request-Method: GET\r\n")}) {
    EXPECT_THAT(response, Not(HasSubstr("access-control-")));
    EXPECT_THAT(response, HasSubstr("\r\nvary: origin\r\n"));
  }
}

TEST(GatewayCaching, ABodyIsReadThroughTheAnnotation) {
  auto origins = CrossOrigin::Parse("https://app.example");
  ASSERT_TRUE(origins.ok());
  RunningGateway gateway({}, {.cross_origin = *origins});
  const std::string response =
      Http(gateway, "POST /v1/municipalities:batchImport",
           "Origin: https://app.example\r\nContent-Type: application/json\r\n",
           R"({"batch":{"csv":")" + std::string(3'000'000, 'x') + R"("}})");
  EXPECT_THAT(BodyOf(response), HasSubstr("\"version\":\"3000000\""));
  // And who leaves is noticed.
  Raw raw(gateway);
  raw.Send("GET /v1/municipalities/slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(support::WaitFor([&] { return gateway.registry.slow() == 1; }));
  raw.Close();
  EXPECT_TRUE(
      support::WaitFor([&] { return gateway.registry.cancelled() == 1; }));
}

TEST(GatewayCaching, NobodysPagesMayCallByDefault) {
  RunningGateway gateway;
  EXPECT_THAT(
      Http(gateway, kRoster, "Origin: https://app.example\r\n"),
      AllOf(Not(HasSubstr("access-control-")), Not(HasSubstr("vary: origin"))));
}

}  // namespace
}  // namespace welfare::gateway
