#include "gateway/requests/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/error_table.h"
#include "google/rpc/error_details.pb.h"

namespace welfare::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
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
  EXPECT_EQ(
      ErrorJson(InvalidRequest({{.field = "a.b",
                                 .reason = "FIELD_TYPE",
                                 .description = "must be \"x\"",
                                 .description_ja = "x にしてください。"}},
                               base::Language::kEnglish)),
      R"({"error":{"code":400,"message":"The request is invalid: 'a.b' must )"
      R"(be \"x\".","status":"INVALID_ARGUMENT","details":[{"@type":)"
      R"("type.googleapis.com/google.rpc.ErrorInfo","reason":)"
      R"("INVALID_REQUEST","domain":"gateway.welfare","metadata":{}},)"
      R"({"@type":"type.googleapis.com/google.rpc.BadRequest",)"
      R"("fieldViolations":[{"field":"a.b","description":)"
      R"("FIELD_TYPE: must be \"x\""}]},)"
      R"({"@type":"type.googleapis.com/google.rpc.LocalizedMessage",)"
      R"("locale":"ja","message":)"
      R"("要求に誤りがあります。a.b: x にしてください。"}]}})");
}

// google.rpc has one place for the description of a violation.
TEST(Failure, DescribesViolationsInTheLanguageAskedFor) {
  const Failure failure = InvalidRequest(
      {base::MakeViolation(FaultRow("FIELD_REPEATED"), "a"),
       base::MakeViolation(FaultRow("FIELD_UNKNOWN"), "b", {{"type", "Book"}})},
      base::Language::kJapanese);
  const std::string json = ErrorJson(failure);
  EXPECT_THAT(json, HasSubstr("FIELD_REPEATED: 二度指定されています。"));
  EXPECT_THAT(json, HasSubstr("FIELD_UNKNOWN: Bookにこの項目はありません。"));
  EXPECT_THAT(json, HasSubstr("The request is invalid: 'a' is given twice (and "
                              "1 more; see the details)."));
  EXPECT_THAT(json, HasSubstr("要求に誤りがあります。a: 二度指定されています"
                              "。ほかに 1 件あり、詳細に示しています。"));
}

TEST(Failure, HasItsSentenceInBothLanguages) {
  const std::pair<Failure, std::string_view> cases[] = {
      {MalformedPath(), "MALFORMED_PATH"},
      {MalformedQuery(), "MALFORMED_QUERY"},
      {MalformedJson(base::MakeViolation(ProblemRow("JSON_DEPTH"), "",
                                         {{"levels", "32"}})),
       "MALFORMED_JSON"},
      {MalformedHeader("x"), "MALFORMED_HEADER"},
      {MalformedFrame(ProblemRow("FRAME_CUT")), "MALFORMED_FRAME"},
      {PathNotFound("/x"), "PATH_NOT_FOUND"},
      {MethodNotAllowed("PUT", "GET"), "METHOD_NOT_ALLOWED"},
      {UnsupportedMediaType("text/csv"), "UNSUPPORTED_MEDIA_TYPE"},
      {MessageTooLarge(1), "MESSAGE_TOO_LARGE"},
      {TooManyFields(1), "TOO_MANY_FIELDS"},
      {GatewayOverloaded(), "GATEWAY_OVERLOADED"},
      {PeerOverShare(), "PEER_OVER_SHARE"},
      {CallerRateExceeded(std::chrono::milliseconds(10)),
       "CALLER_RATE_EXCEEDED"},
      {BackendBusy(std::chrono::milliseconds(10)), "BACKEND_BUSY"},
      {BackendSilent(std::chrono::milliseconds(10)), "BACKEND_SILENT"},
      {AnswersHeldTooLarge(1), "ANSWERS_HELD_TOO_LARGE"},
      {RangeNotSatisfiable(1), "RANGE_NOT_SATISFIABLE"},
      {UnknownService("/x"), "UNKNOWN_SERVICE"},
      {MessageEncodingUnsupported(), "MESSAGE_ENCODING_UNSUPPORTED"},
      {InvalidBackendResponse(), "INVALID_BACKEND_RESPONSE"},
      {BackendUnavailable(), "BACKEND_UNAVAILABLE"},
      {ShuttingDown(), "SHUTTING_DOWN"},
      {BackendTimeout(), "DEADLINE_EXCEEDED"},
      {RequestTimeout(), "REQUEST_TIMEOUT"},
      {PreconditionFailed(), "PRECONDITION_FAILED"},
      {PreconditionUnsupported("if-match"), "PRECONDITION_UNSUPPORTED"},
      {IdempotencyKeyUnsupported(), "IDEMPOTENCY_KEY_UNSUPPORTED"},
      {EncodingNotAcceptable(), "ENCODING_NOT_ACCEPTABLE"},
      {MethodClosed(), "METHOD_CLOSED"},
  };
  // INVALID_REQUEST stands above; what is wrong with files of callers and of
  // foreign services, two each, is no answer.
  EXPECT_EQ(std::size(cases) + 5, std::size(kErrorTable));
  for (const auto& [failure, reason] : cases) {
    EXPECT_EQ(LanguageOf(failure, base::Language::kJapanese),
              base::Language::kJapanese)
        << reason;
    const std::string json = ErrorJson(failure);
    EXPECT_THAT(json, HasSubstr(reason));
    // Every word was filled in.
    EXPECT_THAT(failure.status.message(), Not(HasSubstr("{"))) << reason;
    google::rpc::LocalizedMessage localized;
    failure.status.details(failure.status.details_size() - 1)
        .UnpackTo(&localized);
    EXPECT_EQ(localized.locale(), "ja") << reason;
    EXPECT_THAT(localized.message(), Not(HasSubstr("{"))) << reason;
  }
}

TEST(Failure, PrintsAsProblemDetails) {
  const auto problem = nlohmann::json::parse(
      ProblemJson(PathNotFound("/x"), "/x", base::Language::kEnglish));
  EXPECT_EQ(problem["status"], 404);
  EXPECT_EQ(problem["title"], "Not Found");
  EXPECT_EQ(problem["reason"], "PATH_NOT_FOUND");
  EXPECT_EQ(problem["instance"], "/x");
  EXPECT_EQ(problem["code"], "NOT_FOUND");
  EXPECT_EQ(problem["detail"], "No resource or method has this path.");
  EXPECT_EQ(nlohmann::json::parse(ProblemJson(
                PathNotFound("/x"), "/x", base::Language::kJapanese))["detail"],
            "このパスのリソースや操作はありません。");
}

TEST(Failure, SpeaksEnglishWhereAServiceHasNoJapanese) {
  google::rpc::Status status;
  status.set_code(5);
  status.set_message("There is none.");
  const Failure failure = FromStatus(status);
  EXPECT_EQ(LanguageOf(failure, base::Language::kJapanese),
            base::Language::kEnglish);
  EXPECT_THAT(ProblemJson(failure, "/x", base::Language::kJapanese),
              HasSubstr("There is none."));
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
