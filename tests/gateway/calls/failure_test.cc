#include "gateway/calls/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "google/rpc/error_details.pb.h"

namespace welfare::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(HttpStatusOf, FollowsTheTableOfCodeProto) {
  constexpr int kStatuses[] = {200, 499, 500, 400, 504, 404, 409, 403, 429,
                               400, 409, 400, 501, 500, 503, 500, 401};
  for (int code = 0; code < 17; ++code) {
    EXPECT_EQ(HttpStatusOf(code), kStatuses[code]) << code;
  }
  EXPECT_EQ(HttpStatusOf(99), 500);
}

TEST(Failure, PrintsAsAip193) {
  const FieldViolation violations[] = {
      {.field = "a.b", .description = "must be \"x\""}};
  EXPECT_EQ(
      ErrorJson(InvalidRequest(violations)),
      R"({"error":{"code":400,"message":"The request is invalid: 'a.b' must )"
      R"(be \"x\".","status":"INVALID_ARGUMENT","details":[{"@type":)"
      R"("type.googleapis.com/google.rpc.ErrorInfo","reason":)"
      R"("INVALID_REQUEST","domain":"gateway.welfare","metadata":{}},)"
      R"({"@type":"type.googleapis.com/google.rpc.BadRequest",)"
      R"("fieldViolations":[{"field":"a.b","description":)"
      R"("must be \"x\""}]}]}})");
}

TEST(Failure, PrintsAsProblemDetails) {
  const auto problem =
      nlohmann::json::parse(ProblemJson(PathNotFound("/x"), "/x"));
  EXPECT_EQ(problem["status"], 404);
  EXPECT_EQ(problem["title"], "Not Found");
  EXPECT_EQ(problem["reason"], "PATH_NOT_FOUND");
  EXPECT_EQ(problem["instance"], "/x");
  EXPECT_EQ(problem["code"], "NOT_FOUND");
}

TEST(Failure, KeepsCallersTextOutOfHeaders) {
  const Failure failure = MethodNotAllowed("GET\r\nX: y", "GET");
  EXPECT_THAT(failure.headers, ElementsAre(Pair("allow", "GET")));
}

TEST(Failure, TurnsRetryInfoIntoSeconds) {
  google::rpc::Status status;
  status.set_code(14);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(1);
  retry.mutable_retry_delay()->set_nanos(1);
  status.add_details()->PackFrom(retry);
  const Failure failure = FromStatus(status);
  EXPECT_EQ(failure.http_status, 503);
  EXPECT_THAT(failure.headers, ElementsAre(Pair("retry-after", "2")));
}

TEST(Failure, Answers401WithAFixedChallenge) {
  google::rpc::Status status;
  status.set_code(16);
  status.set_message("bad\r\nheader");
  EXPECT_THAT(FromStatus(status).headers,
              ElementsAre(Pair("www-authenticate", "Bearer")));
}

}  // namespace
}  // namespace welfare::gateway
