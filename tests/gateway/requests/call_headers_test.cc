#include "gateway/requests/call_headers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace welfare::gateway {
namespace {

using std::chrono::nanoseconds;
using ::testing::ElementsAre;
using ::testing::Pair;

constexpr char kTrace[] =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(CallHeaders, LetsOnlyTheListThrough) {
  const auto read =
      ReadCallHeaders({{"x-welfare-subject", "root"},
                       {"grpc-metadata-x-welfare-subject", "root"},
                       {"x-welfare-identity-bin", "AAE="},
                       {"grpc-metadata-x-welfare-identity-bin", "AAE="},
                       {"authorization", "Bearer t"},
                       {"grpc-metadata-authorization", "Bearer t"},
                       {"x-api-key", "k"},
                       {"grpc-metadata-traceparent", kTrace},
                       {"cookie", "c"},
                       {"user-agent", "u"},
                       {"x-other-bin", "AAE"},
                       {"grpc-trace-bin", "AAE="},
                       {"x-forwarded-for", "1.2.3.4"}},
                      "fresh");
  ASSERT_TRUE(std::holds_alternative<CallHeaders>(read));
  EXPECT_THAT(std::get<CallHeaders>(read).metadata,
              ElementsAre(Pair("traceparent", kTrace),
                          Pair("grpc-trace-bin", std::string("\0\1", 2)),
                          Pair("x-request-id", "fresh")));
}

TEST(CallHeaders, TakesATraceThatIsOne) {
  const auto read = ReadCallHeaders(
      {{"tracestate", "a=1"}, {"traceparent", kTrace}, {"tracestate", "b=2"}},
      "fresh");
  const auto& call = std::get<CallHeaders>(read);
  EXPECT_EQ(call.trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_THAT(
      call.metadata,
      ElementsAre(Pair("tracestate", "a=1"), Pair("traceparent", kTrace),
                  Pair("tracestate", "b=2"), Pair("x-request-id", "fresh")));
}

TEST(CallHeaders, DropsATraceThatIsNoneAndGoesOn) {
  for (const std::vector<Header>& sent : std::vector<std::vector<Header>>{
           {{"traceparent", "00-1"}, {"tracestate", "a=1"}},
           {{"tracestate", "a=1"}},
           {{"traceparent", kTrace}, {"traceparent", kTrace}},
           {{"traceparent", kTrace}, {"grpc-metadata-traceparent", "00-1"}}}) {
    const auto read = ReadCallHeaders(sent, "fresh");
    const auto& call = std::get<CallHeaders>(read);
    EXPECT_EQ(call.trace_id, "");
    EXPECT_THAT(call.metadata, ElementsAre(Pair("x-request-id", "fresh")));
  }
}

TEST(CallHeaders, TakesOverAPlainRequestId) {
  const auto id = [](const std::string& sent) {
    return std::get<CallHeaders>(
               ReadCallHeaders({{"x-request-id", sent}}, "fresh"))
        .request_id;
  };
  EXPECT_EQ(id("abc-1.2_3"), "abc-1.2_3");
  EXPECT_EQ(id("a b"), "fresh");
  EXPECT_EQ(id(""), "fresh");
  EXPECT_EQ(id(std::string(65, 'a')), "fresh");
}

TEST(CallHeaders, RefusesWhatWouldHurtTheBackend) {
  for (const Header& header :
       {Header{"x-any-bin", "!!!"}, Header{"x-any-bin", "AAE,A"},
        Header{"traceparent", "B\xc3\xa9"}, Header{"traceparent", "a\tb"},
        Header{"grpc-timeout", "1"}, Header{"grpc-timeout", "S"},
        Header{"grpc-timeout", "-1S"}, Header{"grpc-timeout", "1s"},
        Header{"grpc-timeout", "123456789S"}, Header{"grpc-timeout", " 1S"}}) {
    const auto read = ReadCallHeaders({header}, "f");
    ASSERT_TRUE(std::holds_alternative<Failure>(read)) << header.value;
    EXPECT_EQ(std::get<Failure>(read).http_status, 400);
  }
  const auto read =
      ReadCallHeaders({{"traceparent", std::string(7000, 'a')}}, "f");
  ASSERT_TRUE(std::holds_alternative<Failure>(read));
  EXPECT_EQ(std::get<Failure>(read).http_status, 431);
}

TEST(ParseGrpcTimeout, KnowsEveryUnit) {
  EXPECT_EQ(ParseGrpcTimeout("2H"), std::chrono::hours(2));
  EXPECT_EQ(ParseGrpcTimeout("2M"), std::chrono::minutes(2));
  EXPECT_EQ(ParseGrpcTimeout("2S"), std::chrono::seconds(2));
  EXPECT_EQ(ParseGrpcTimeout("2m"), std::chrono::milliseconds(2));
  EXPECT_EQ(ParseGrpcTimeout("2u"), std::chrono::microseconds(2));
  EXPECT_EQ(ParseGrpcTimeout("2n"), nanoseconds(2));
  EXPECT_EQ(ParseGrpcTimeout("99999999H"), std::chrono::hours(876000));
}

}  // namespace
}  // namespace welfare::gateway
