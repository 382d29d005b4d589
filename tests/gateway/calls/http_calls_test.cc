// HTTP/JSON calls through the gateway.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/json/json_reader.h"
#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"
#include "tests/support/wait_for.h"

namespace welfare::gateway {
namespace {

using std::chrono::seconds;
using support::WaitFor;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST(GatewayHttp, TranscodesAGet) {
  RunningGateway gateway;
  const std::string trace =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const std::string response =
      Http(gateway, "GET /v1/municipalities/131016?dataVersion=7",
           "X-Welfare-Subject: root\r\nTraceparent: " + trace +
               "\r\nAuthorization: Bearer t\r\n");
  EXPECT_THAT(response,
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                    HasSubstr("content-type: application/json\r\n"),
                    HasSubstr("x-content-type-options: nosniff\r\n")));
  auto json = nlohmann::json::parse(BodyOf(response), nullptr, false);
  EXPECT_EQ(json["name"], "municipalities/131016");
  EXPECT_EQ(json["version"], "7");
  EXPECT_EQ(json["displayName"], "");
  const auto metadata = gateway.registry.metadata();
  EXPECT_FALSE(metadata.contains("x-welfare-subject"));
  EXPECT_EQ(metadata.at("traceparent"), trace);
  // What proves who calls stays here.
  EXPECT_FALSE(metadata.contains("authorization"));
  // Rounded up by gRPC.
  EXPECT_LE(gateway.registry.deadline_left(), seconds(31));
}

TEST(GatewayHttp, ServesItsOwnPagesInTheLanguageOfTheCaller) {
  RunningGateway gateway;
  const std::string english = Http(gateway, "GET /");
  EXPECT_THAT(english, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                             HasSubstr("content-type: text/html\r\n"),
                             HasSubstr("cache-control: no-cache\r\n"),
                             HasSubstr("vary: accept-language\r\n"),
                             HasSubstr("etag: \""), HasSubstr("English")));
  EXPECT_THAT(Http(gateway, "GET /", "Accept-Language: ja\r\n"),
              HasSubstr("日本語"));
  EXPECT_THAT(Http(gateway, "GET /?lang=ja"), HasSubstr("日本語"));
  EXPECT_THAT(Http(gateway, "GET /none"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(Http(gateway, "POST /"),
              AllOf(StartsWith("HTTP/1.1 405"),
                    HasSubstr("allow: GET, HEAD, OPTIONS\r\n")));
  const std::string head = Http(gateway, "HEAD /");
  EXPECT_THAT(head, HasSubstr("content-length: 4116\r\n"));
  EXPECT_THAT(BodyOf(head), IsEmpty());
}

TEST(GatewayHttp, DoesNotSendAPageThatTheCallerHas) {
  RunningGateway gateway;
  const std::string first = Http(gateway, "GET /");
  const std::size_t begin = first.find("etag: ") + 6;
  const std::string etag = first.substr(begin, first.find('\r', begin) - begin);
  const std::string again =
      Http(gateway, "GET /", "If-None-Match: " + etag + "\r\n");
  EXPECT_THAT(again, AllOf(StartsWith("HTTP/1.1 304"),
                           HasSubstr("etag: " + etag + "\r\n")));
  EXPECT_THAT(BodyOf(again), IsEmpty());
  // A page is asked for as any answer.
  EXPECT_THAT(Http(gateway, "GET /", "If-Match: " + etag + "\r\n"),
              StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Http(gateway, "GET /", "If-Match: \"x\"\r\n"),
              StartsWith("HTTP/1.1 412"));
  EXPECT_THAT(Http(gateway, "GET /", "If-None-Match: x\r\n"),
              StartsWith("HTTP/1.1 400"));
  // The other language is another page.
  EXPECT_THAT(Http(gateway, "GET /?lang=ja", "If-None-Match: " + etag + "\r\n"),
              StartsWith("HTTP/1.1 200"));
}

TEST(GatewayHttp, TranscodesAPost) {
  RunningGateway gateway;
  const std::string response =
      Http(gateway, "POST /v1/municipalities:batchImport",
           "Content-Type: application/json\r\n",
           R"({"batch":{"csv":"abc"},"request_id":"r"})");
  auto json = nlohmann::json::parse(BodyOf(response), nullptr, false);
  EXPECT_EQ(json["requestId"], "r") << response;
  EXPECT_EQ(json["version"], "3");
}

int StatusOf(const std::string& response) {
  return std::stoi(response.substr(std::string_view("HTTP/1.1 ").size(), 3));
}

std::string LargeImport(std::size_t bytes) {
  return R"({"batch":{"csv":")" + std::string(bytes, 'x') + R"("}})";
}

TEST(GatewayHttp, LargeBodiesAreReadAsSmallOnes) {
  RunningGateway gateway;
  for (const std::size_t bytes : {60'000u, 70'000u, 3'000'000u}) {
    const std::string response =
        Http(gateway, "POST /v1/municipalities:batchImport",
             "Content-Type: application/json\r\n", LargeImport(bytes));
    EXPECT_EQ(
        nlohmann::json::parse(BodyOf(response), nullptr, false)["version"],
        std::to_string(bytes));
  }
  // What is wrong with one is told too.
  EXPECT_EQ(StatusOf(Http(gateway, "POST /v1/municipalities:batchImport",
                          "Content-Type: application/json\r\n",
                          LargeImport(100'000) + "x")),
            400);
}

TEST(GatewayHttp, WhoSendsALotKeepsNobodyElseWaiting) {
  RunningGateway gateway;
  // Whoever reads large bodies is busy with others.
  std::promise<void> released;
  const std::shared_future<void> release = released.get_future().share();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(
        gateway.routing()
            .transcoding
            ->Submit({}, [release](const absl::Status&) { release.wait(); })
            .ok());
  }
  std::atomic<bool> answered{false};
  auto large = std::async(std::launch::async, [&] {
    const std::string response =
        Http(gateway, "POST /v1/municipalities:batchImport",
             "Content-Type: application/json\r\n", LargeImport(100'000));
    answered = true;
    return StatusOf(response);
  });
  ASSERT_TRUE(
      WaitFor([&] { return gateway.routing().transcoding->waiting() == 1; }));
  // On both loops.
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(StatusOf(Http(gateway, "GET /v1/municipalities/131016")), 200);
  }
  EXPECT_FALSE(answered.load());
  released.set_value();
  EXPECT_EQ(large.get(), 200);
}

// Its client is gone before its turn comes.
TEST(GatewayHttp, ALargeBodyOfNobodyIsLetGo) {
  RunningGateway gateway;
  std::promise<void> released;
  const std::shared_future<void> release = released.get_future().share();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(
        gateway.routing()
            .transcoding
            ->Submit({}, [release](const absl::Status&) { release.wait(); })
            .ok());
  }
  {
    Raw connection(gateway);
    const std::string body = LargeImport(100'000);
    ASSERT_TRUE(connection.Send(
        "POST /v1/municipalities:batchImport HTTP/1.1\r\nHost: x\r\n"
        "Content-Type: application/json\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body));
    ASSERT_TRUE(
        WaitFor([&] { return gateway.routing().transcoding->waiting() == 1; }));
  }
  released.set_value();
  ASSERT_TRUE(WaitFor([&] {
    return gateway.routing().transcoding->waiting() == 0 &&
           gateway.routing().transcoding->running() == 0;
  }));
  EXPECT_EQ(StatusOf(Http(gateway, "GET /v1/municipalities/131016")), 200);
}

TEST(GatewayHttp, APatchWithoutAMaskChangesWhatItsBodyGives) {
  RunningGateway gateway;
  // As it was read: with its etag, its version and its name.
  const std::string response = Http(
      gateway, "PATCH /v1/municipalities/131016",
      "Content-Type: application/json\r\n",
      R"({"name":"municipalities/131016","etag":"\"5\"","version":"5",)"
      R"("displayName":"x","council":{"displayName":"y","nameChecked":true}})");
  const auto json = nlohmann::json::parse(BodyOf(response), nullptr, false);
  EXPECT_EQ(json["displayName"],
            "display_name;council.display_name;council.name_checked;")
      << response;
}

TEST(GatewayHttp, GivesAWriteAnIdBeforeItIsRepeated) {
  RunningGateway gateway;
  const std::string response =
      Http(gateway, "POST /v1/reports", "Content-Type: application/json\r\n",
           R"({"template":"templates/t"})");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(gateway.report.reports(), 1);
  const std::vector<std::string> ids = gateway.report.ids();
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_THAT(ids[0], Not(IsEmpty()));
  EXPECT_EQ(ids[1], ids[0]);
}

TEST(GatewayHttp, AnswersFailuresAsAip193) {
  RunningGateway gateway;
  struct Case {
    std::string request_line;
    std::string headers;
    std::string body;
    int status;
    std::string reason;
  };
  const std::string json = "Content-Type: application/json\r\n";
  std::ostringstream many;
  many << R"({"batch":{"a0":0)";
  for (std::size_t i = 1; i <= kMaxJsonValues; ++i) many << ",\"a\":0";
  many << "}}";
  const Case cases[] = {
      {"GET /v1/municipalities/missing", "", "", 404, "MUNICIPALITY_NOT_FOUND"},
      {"GET /v1/nowhere", "", "", 404, "PATH_NOT_FOUND"},
      {"GET /v1/municipalities/", "", "", 404, "PATH_NOT_FOUND"},
      {"GET /v1/municipalities/%zz", "", "", 400, "MALFORMED_PATH"},
      {"GET /v1/municipalities/1?x=y", "", "", 400, "INVALID_REQUEST"},
      {"GET /v1/municipalities/1?name=municipalities/2", "", "", 400,
       "INVALID_REQUEST"},
      {"PUT /v1/municipalities/1", "", "", 405, "METHOD_NOT_ALLOWED"},
      {"POST /v1/municipalities:batchImport", "Content-Type: text/html\r\n",
       "a,b", 415, "UNSUPPORTED_MEDIA_TYPE"},
      {"POST /v1/municipalities:batchImport", json, "{", 400, "MALFORMED_JSON"},
      {"POST /v1/municipalities:batchImport", json, R"({"nope":1})", 400,
       "INVALID_REQUEST"},
      {"POST /v1/municipalities:batchImport", json,
       std::string(5 * 1024 * 1024, ' '), 413, "MESSAGE_TOO_LARGE"},
      {"POST /v1/municipalities:batchImport", json, many.str(), 413,
       "TOO_MANY_FIELDS"},
      {"GET /v1/municipalities/1", "Grpc-Timeout: 1x\r\n", "", 400,
       "MALFORMED_HEADER"},
      {"GET /v1/municipalities/1", "X-A-Bin: !\r\n", "", 400,
       "MALFORMED_HEADER"},
      {"GET /v1/municipalities/slow", "Grpc-Timeout: 50m\r\n", "", 504,
       "DEADLINE_EXCEEDED"},
      {"POST /welfare.registry.v1.RegistryService/GetMunicipality",
       "Content-Type: application/grpc\r\n", "x", 415,
       "UNSUPPORTED_MEDIA_TYPE"},
  };
  for (const Case& c : cases) {
    const std::string response =
        Http(gateway, c.request_line, c.headers, c.body);
    EXPECT_THAT(response,
                StartsWith("HTTP/1.1 " + std::to_string(c.status) + " "))
        << c.request_line;
    auto body = nlohmann::json::parse(BodyOf(response), nullptr, false);
    ASSERT_FALSE(body.is_discarded()) << c.request_line << "\n" << response;
    EXPECT_EQ(body["error"]["code"], c.status) << c.request_line;
    ASSERT_FALSE(body["error"]["details"].empty()) << response;
    EXPECT_EQ(body["error"]["details"][0]["reason"], c.reason)
        << c.request_line;
  }
  EXPECT_THAT(Http(gateway, "PUT /v1/municipalities/1"),
              HasSubstr("\r\nallow: DELETE, GET, HEAD, OPTIONS, PATCH\r\n"));
}

TEST(GatewayHttp, AnswersInTheLanguageAskedFor) {
  RunningGateway gateway;
  const std::string wrong = "GET /v1/municipalities/1?nope=1";
  const std::string japanese =
      Http(gateway, wrong, "Accept-Language: ja,en;q=0.5\r\n");
  EXPECT_THAT(japanese,
              AllOf(HasSubstr("content-language: ja\r\n"),
                    HasSubstr("vary: accept, accept-language\r\n"),
                    HasSubstr("PARAMETER_UNKNOWN: "
                              "この操作にこのパラメータはありません。")));
  EXPECT_THAT(Http(gateway, wrong),
              AllOf(HasSubstr("content-language: en\r\n"),
                    HasSubstr("PARAMETER_UNKNOWN: is no query parameter")));
  const std::string problem =
      Http(gateway, "GET /v1/nowhere",
           "Accept-Language: ja\r\nAccept: application/problem+json\r\n");
  EXPECT_THAT(
      problem,
      HasSubstr(R"("detail":"このパスのリソースや操作はありません。")"));
  // Services are told.
  EXPECT_THAT(
      Http(gateway, "GET /v1/municipalities/131016", "Accept-Language: ja\r\n"),
      HasSubstr("vary: accept-encoding, accept-language\r\n"));
  EXPECT_EQ(gateway.registry.metadata().at("accept-language"), "ja");
}

TEST(GatewayHttp, AnswersHeadAndOptions) {
  RunningGateway gateway;
  const std::string head = Http(gateway, "HEAD /v1/municipalities/131016");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(head, HasSubstr("content-length: "));
  EXPECT_EQ(BodyOf(head), "");
  const std::string options = Http(gateway, "OPTIONS /v1/municipalities/1");
  EXPECT_THAT(options, StartsWith("HTTP/1.1 204 No Content\r\n"));
  EXPECT_THAT(options,
              HasSubstr("allow: DELETE, GET, HEAD, OPTIONS, PATCH\r\n"));
}

TEST(GatewayHttp, ServesItsOwnPages) {
  RunningGateway gateway;
  EXPECT_THAT(Http(gateway, "GET /healthz"),
              HasSubstr(R"({"status":"SERVING"})"));
}

TEST(GatewayHttp, ServesDownloadsAsTheFile) {
  RunningGateway gateway;
  const std::string response =
      Http(gateway, "GET /v1/reports/r1:download?format=html");
  EXPECT_THAT(response,
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                    HasSubstr("content-type: text/html; charset=utf-8\r\n"),
                    HasSubstr("content-disposition: attachment; "
                              "filename=\"___2025.html\"; filename*=UTF-8''"
                              "%E5%A0%B1%E5%91%8A%202025.html\r\n"),
                    HasSubstr("content-length: 6400\r\n")));
  std::string expected;
  for (int i = 0; i < kParts; ++i) expected += kPart;
  EXPECT_EQ(BodyOf(response), expected);
  EXPECT_THAT(Http(gateway, "GET /v1/reports/none:download"),
              StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Http(gateway, "GET /v1/reports/empty:download"),
              AllOf(StartsWith("HTTP/1.1 500 "),
                    HasSubstr("INVALID_BACKEND_RESPONSE")));
  const std::string broken = Http(gateway, "GET /v1/reports/broken:download");
  EXPECT_THAT(broken, StartsWith("HTTP/1.1 200 "));
  EXPECT_LT(BodyOf(broken).size(), 6400u);
}

TEST(GatewayHttp, CancelsTheCallWhenTheCallerLeaves) {
  RunningGateway gateway;
  Raw raw(gateway);
  raw.Send("GET /v1/municipalities/slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(WaitFor([&] { return gateway.registry.slow() == 1; }));
  raw.Close();
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.cancelled() == 1; }));
}

}  // namespace
}  // namespace welfare::gateway
