// Who calls the gateway, over real sockets: tokens and API keys let in and
// refused, and what the service behind it hears.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/base/coding/base64.h"
#include "services/platform/observe/log.h"
#include "tests/access/tokens/bad_tokens.h"
#include "tests/gateway/callers/asking_gateway.h"

namespace welfare::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string GoodToken() {
  return access::EcToken(access::EcHeader(), access::Claims());
}

class Callers : public AskingGateway {
 protected:
  struct Answer {
    grpc::Status status;
    std::string reason;
  };

  Answer Call(
      const std::vector<std::pair<std::string, std::string>>& metadata) {
    grpc::ClientContext context;
    for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
    registry::v1::GetMunicipalityRequest request;
    request.set_name("municipalities/131016");
    registry::v1::Municipality reply;
    Answer answer{.status = gateway_->Registry()->GetMunicipality(
                      &context, request, &reply),
                  .reason = {}};
    google::rpc::Status details;
    google::rpc::ErrorInfo info;
    if (details.ParseFromString(answer.status.error_details()) &&
        details.details_size() > 0 && details.details(0).UnpackTo(&info)) {
      answer.reason = info.reason();
    }
    return answer;
  }

  // A key of the file, and its text.
  std::string AddKey() {
    const std::vector<std::string> grants = {"manager@jusou"};
    const auto made = access::MakeApiKey(
        *access::Identity::Make(
            {.subject = "batch",
             .grants = grants,
             .authentication = access::Authentication::kApiKey}),
        clock_.Now(), clock_.Now() + std::chrono::hours(1));
    keys_.Add(made.key);
    Write(paths_.api_keys, keys_.ToJson());
    return made.text;
  }

  access::ApiKeys keys_;
};

TEST_F(Callers, ATokenTellsTheServiceWhoCalls) {
  Serve();
  EXPECT_TRUE(IsOk(GetWithToken(GoodToken())));
  EXPECT_EQ(SubjectIn(*gateway_), "office");
  // The token itself goes no further.
  for (const auto& [key, value] : gateway_->registry.metadata()) {
    EXPECT_THAT(value, Not(HasSubstr("eyJ"))) << key;
  }
  EXPECT_TRUE(Call({{"authorization", "Bearer " + GoodToken()}}).status.ok());
  EXPECT_EQ(SubjectIn(*gateway_), "office");
  const auto identity = access::FromMetadata(
      gateway_->registry.metadata().at(std::string(access::kIdentityMetadata)));
  ASSERT_TRUE(identity.ok());
  EXPECT_EQ(identity->authentication(), access::Authentication::kToken);
  EXPECT_TRUE(identity->Holds(access::Role::kRespondent, "jusou"));
  EXPECT_EQ(identity->respondent()->ToString(), "131016-council");
  EXPECT_EQ(Count("token", "admitted"), 2);
}

TEST_F(Callers, OfWhomNothingIsShownNothingIsSaid) {
  Serve();
  EXPECT_TRUE(IsOk(Get("")));
  EXPECT_EQ(SubjectIn(*gateway_), "");
  EXPECT_TRUE(Call({}).status.ok());
  EXPECT_EQ(SubjectIn(*gateway_), "");
  EXPECT_EQ(Count("anonymous", "admitted"), 2);
}

TEST_F(Callers, NobodySaysHimselfWhoHeIs) {
  Serve();
  const std::vector<std::string> grants = {"registrar@*"};
  const std::string forged = base::EncodeBase64(
      access::ToMetadata(
          *access::Identity::Make({.subject = "root", .grants = grants})),
      true);
  for (const std::string name :
       {"x-welfare-identity-bin", "X-WELFARE-IDENTITY-BIN",
        "Grpc-Metadata-X-Welfare-Identity-Bin"}) {
    const std::string line = name + ": " + forged + "\r\n";
    EXPECT_TRUE(IsOk(Get(line))) << name;
    EXPECT_EQ(SubjectIn(*gateway_), "") << name;
    EXPECT_TRUE(IsOk(Get(line + line))) << name;
    EXPECT_EQ(SubjectIn(*gateway_), "") << name;
    // Beside a token it does not count either.
    EXPECT_TRUE(
        IsOk(Get(line + "Authorization: Bearer " + GoodToken() + "\r\n")));
    EXPECT_EQ(SubjectIn(*gateway_), "office") << name;
  }
  EXPECT_TRUE(Call({{"x-welfare-identity-bin", "anything"},
                    {"x-welfare-identity-bin", "again"},
                    {"x-welfare-subject", "root"}})
                  .status.ok());
  EXPECT_EQ(SubjectIn(*gateway_), "");
  EXPECT_FALSE(gateway_->registry.metadata().contains("x-welfare-subject"));
}

// Refused over HTTP with 401 and one sentence, and nothing of why.
TEST_F(Callers, BadTokensAreAllTheSame401) {
  Serve();
  int refused = 0;
  for (const access::BadToken& bad : access::BadTokens()) {
    const std::string token = bad.make();
    // What no header can hold, HTTP refuses.
    const bool sendable =
        std::ranges::all_of(token, [](char c) { return c > ' ' && c <= '~'; });
    if (token.empty() || !sendable || token.size() > 8192) continue;
    const bool expired = bad.cause == access::Refusal::kExpired;
    const std::string reason = expired ? "TOKEN_EXPIRED" : "TOKEN_INVALID";
    EXPECT_THAT(
        GetWithToken(token),
        AllOf(StartsWith("HTTP/1.1 401 Unauthorized\r\n"),
              HasSubstr("www-authenticate: Bearer\r\n"), HasSubstr(reason),
              HasSubstr(expired ? "The token has expired; sign in again."
                                : "The token is not valid here; sign in "
                                  "again.")))
        << bad.what;
    const Answer answer = Call({{"authorization", "Bearer " + token}});
    EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::UNAUTHENTICATED)
        << bad.what;
    EXPECT_EQ(answer.reason, reason) << bad.what;
    ++refused;
  }
  EXPECT_GT(refused, 80);
  EXPECT_FALSE(gateway_->registry.metadata().contains(
      std::string(access::kIdentityMetadata)));
  EXPECT_EQ(Count("token", "admitted"), 0);
}

TEST_F(Callers, ARefusedCallDoesNotReachTheService) {
  Serve();
  EXPECT_TRUE(IsOk(Http(*gateway_, "GET /v1/municipalities/first")));
  EXPECT_THAT(Http(*gateway_, "GET /v1/municipalities/missing",
                   "Authorization: Bearer x\r\n"),
              StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(Http(*gateway_, "POST /v1/municipalities:batchImport",
                   "Authorization: Bearer x\r\n"
                   "Content-Type: application/json\r\n",
                   "{}"),
              StartsWith("HTTP/1.1 401 "));
  // What is no method of the API says so to everybody.
  EXPECT_THAT(Http(*gateway_, "GET /v1/nothing", "Authorization: Bearer x\r\n"),
              StartsWith("HTTP/1.1 404 "));
  for (const char* page : {"GET /", "GET /healthz"}) {
    EXPECT_TRUE(IsOk(Http(*gateway_, page, "Authorization: Bearer x\r\n")))
        << page;
  }
}

TEST_F(Callers, AnApiKeyTellsWhoCallsUntilItEnds) {
  const std::string key = AddKey();
  Serve();
  EXPECT_TRUE(IsOk(Get("X-API-Key: " + key + "\r\n")));
  EXPECT_EQ(SubjectIn(*gateway_), "batch");
  EXPECT_TRUE(Call({{"x-api-key", key}}).status.ok());
  EXPECT_EQ(Count("api_key", "admitted"), 2);
  std::string forged = key;
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(Call({{"x-api-key", forged}}).reason, "API_KEY_INVALID");
  EXPECT_THAT(Get("X-API-Key: nonsense\r\n"),
              AllOf(StartsWith("HTTP/1.1 401 "), HasSubstr("API_KEY_INVALID")));
  // Never in a URL, which stands in logs.
  EXPECT_THAT(Http(*gateway_, "GET /v1/municipalities/a?x-api-key=" + key),
              StartsWith("HTTP/1.1 400 "));
  clock_.Advance(std::chrono::hours(1));
  EXPECT_EQ(Call({{"x-api-key", key}}).reason, "API_KEY_EXPIRED");
}

TEST_F(Callers, EachSubjectHasARateOfHisOwn) {
  Serve("jwt", nullptr,
        {.rates = {.calls_per_second = 0.01, .burst_seconds = 200}});
  access::Members other = access::Claims();
  for (auto& [name, value] : other) {
    if (name == "sub") value = "\"another office\"";
  }
  const std::string others = access::EcToken(access::EcHeader(), other);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(IsOk(GetWithToken(GoodToken())));
  EXPECT_THAT(GetWithToken(GoodToken()), HasSubstr("CALLER_RATE_EXCEEDED"));
  // Not by the token, nor by the address from which both come.
  access::Members later = access::Claims();
  for (auto& [name, value] : later) {
    if (name == "iat") value = "1779999901";
  }
  EXPECT_THAT(GetWithToken(access::EcToken(access::EcHeader(), later)),
              HasSubstr("CALLER_RATE_EXCEEDED"));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(IsOk(GetWithToken(others)));
  EXPECT_THAT(GetWithToken(others), HasSubstr("CALLER_RATE_EXCEEDED"));
  // Who shows nothing counts by his address.
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(IsOk(Get("")));
  EXPECT_THAT(Get(""), HasSubstr("CALLER_RATE_EXCEEDED"));
}

TEST_F(Callers, TwoCredentialsAreRefused) {
  const std::string key = AddKey();
  Serve();
  const Answer both =
      Call({{"authorization", "Bearer " + GoodToken()}, {"x-api-key", key}});
  EXPECT_EQ(both.status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(both.reason, "CREDENTIALS_SEVERAL");
  const std::string line = "Authorization: Bearer " + GoodToken() + "\r\n";
  EXPECT_THAT(Get(line + line), AllOf(StartsWith("HTTP/1.1 401 "),
                                      HasSubstr("CREDENTIALS_SEVERAL")));
  EXPECT_THAT(Get("Authorization: Basic dTpw\r\n"),
              AllOf(StartsWith("HTTP/1.1 401 "), HasSubstr("TOKEN_INVALID")));
}

// What is not asked for is refused, not passed over.
TEST_F(Callers, OtherMethodsThanThoseChosenAreRefused) {
  const std::string key = AddKey();
  Serve("api-key");
  EXPECT_EQ(Call({{"authorization", "Bearer " + GoodToken()}}).reason,
            "TOKEN_INVALID");
  EXPECT_TRUE(Call({{"x-api-key", key}}).status.ok());
  gateway_->Stop(std::chrono::milliseconds(0));
  Serve("jwt");
  EXPECT_EQ(Call({{"x-api-key", key}}).reason, "API_KEY_INVALID");
  EXPECT_TRUE(Call({{"authorization", "Bearer " + GoodToken()}}).status.ok());
}

TEST_F(Callers, AKeptTokenEndsWithItsTime) {
  Serve();
  const std::string token = GoodToken();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(IsOk(GetWithToken(token)));
  // exp and the leeway.
  clock_.Set(access::Seconds(1'780'000'300 + 30));
  EXPECT_THAT(GetWithToken(token), HasSubstr("TOKEN_EXPIRED"));
}

TEST_F(Callers, NoTokenStandsInTheLog) {
  Serve();
  const std::string token = GoodToken();
  const std::string key = AddKey();
  std::string forged = token;
  forged[forged.size() - 5] = forged[forged.size() - 5] == 'A' ? 'B' : 'A';
  ::testing::internal::CaptureStderr();
  GetWithToken(token);
  GetWithToken(forged);
  Get("X-API-Key: " + key + "\r\n");
  Call({{"authorization", "Bearer " + forged}});
  platform::FlushLog();
  const std::string log = ::testing::internal::GetCapturedStderr();
  // Why stands there alone.
  EXPECT_THAT(log, HasSubstr("why=signature"));
  for (const std::string& secret : {token, forged, key}) {
    for (std::size_t at = 0; at + 24 <= secret.size(); at += 24) {
      EXPECT_THAT(log, Not(HasSubstr(secret.substr(at, 24))));
    }
  }
}

TEST_F(Callers, PartsOfAnAnswerAreInTheCallersLanguage) {
  Serve();
  EXPECT_THAT(
      Get("Authorization: Bearer x\r\nAccept-Language: ja\r\n"
          "Accept: application/problem+json\r\n"),
      AllOf(StartsWith("HTTP/1.1 401 "),
            HasSubstr("トークンが無効です。もう一度サインインしてください。")));
}

}  // namespace
}  // namespace welfare::gateway
