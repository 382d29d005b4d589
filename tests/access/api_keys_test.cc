#include "services/access/api_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "tests/access/tokens/issuer.h"
#include "tests/access/violations.h"
#include "tests/support/status_matchers.h"

namespace welfare::access {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

base::Timestamp Time(std::string_view text) {
  return base::Timestamp::ParseRfc3339(text).value();
}

Identity Batch(std::vector<std::string> grants = {"manager@jusou"}) {
  return *Identity::Make({.subject = "batch of 131016",
                          .grants = grants,
                          .municipality_code = "131016",
                          .respondent_kind = "council",
                          .authentication = Authentication::kApiKey});
}

const base::Timestamp kCreated = Time("2026-04-01T00:00:00Z");
const base::Timestamp kExpires = Time("2027-04-01T00:00:00+09:00");
const base::Timestamp kNow = Time("2026-06-01T00:00:00Z");

std::string CauseOf(const Admission& admission) {
  const auto* refusal = std::get_if<Refusal>(&admission);
  return refusal == nullptr ? "admitted" : std::string(ToString(*refusal));
}

TEST(ApiKeys, LetTheirOwnersIn) {
  const NewApiKey made = MakeApiKey(Batch(), kCreated, kExpires);
  ApiKeys keys;
  ASSERT_TRUE(keys.Add(made.key));
  const Admission admission = keys.Verify(made.text, kNow);
  ASSERT_EQ(CauseOf(admission), "admitted");
  EXPECT_EQ(std::get<Caller>(admission).identity, Batch());
  EXPECT_EQ(std::get<Caller>(admission).expires, kExpires);
}

TEST(ApiKeys, AreRandomAndKeptAsDigests) {
  std::set<std::string> texts;
  for (int i = 0; i < 100; ++i) {
    const NewApiKey made = MakeApiKey(Batch(), kCreated, {});
    EXPECT_TRUE(texts.insert(made.text).second);
    EXPECT_EQ(made.text.size(), 63U);
    EXPECT_EQ(made.text.substr(0, 20), "wk_" + made.key.id + "_");
    ApiKeys keys;
    keys.Add(made.key);
    EXPECT_THAT(keys.ToJson(), Not(HasSubstr(made.text.substr(20))));
  }
}

TEST(ApiKeys, AreRefusedInAnyOtherForm) {
  const NewApiKey made = MakeApiKey(Batch(), kCreated, kExpires);
  const NewApiKey other = MakeApiKey(Batch(), kCreated, kExpires);
  ApiKeys keys;
  keys.Add(made.key);
  const auto cause = [&](const std::string& text) {
    return CauseOf(keys.Verify(text, kNow));
  };
  const std::string id = made.text.substr(3, 16);
  const std::string secret = made.text.substr(20);
  for (const std::string& text :
       {std::string(), std::string("wk_"), id, secret,
        "WK_" + id + "_" + secret, "wk_" + id + secret, "wk_" + id + "_",
        "wk_" + id + "_" + secret + "=", "wk_" + id + "_" + secret + "A",
        " " + made.text, made.text + "\n", "wk_" + id + "_" + secret.substr(1),
        "wk_" + id + "-" + secret, "wk__" + id + secret, made.text + made.text,
        "wk_" + std::string(16, 'G') + "_" + secret}) {
    EXPECT_EQ(cause(text), "key_format") << text;
  }
  EXPECT_EQ(cause(other.text), "key_unknown");
  EXPECT_EQ(cause("wk_" + id + "_" + other.text.substr(20)), "key_secret");
  for (std::size_t i = 0; i < made.text.size(); ++i) {
    for (const char c : {'A', 'b', '0', '-'}) {
      std::string changed = made.text;
      changed[i] = c;
      if (changed != made.text) {
        EXPECT_NE(cause(changed), "admitted") << changed;
      }
    }
  }
}

TEST(ApiKeys, EndByTimeAndByHand) {
  const NewApiKey made = MakeApiKey(Batch(), kCreated, kExpires);
  const NewApiKey endless = MakeApiKey(Batch(), kCreated, {});
  ApiKeys keys;
  keys.Add(made.key);
  keys.Add(endless.key);
  EXPECT_EQ(CauseOf(keys.Verify(made.text, kExpires)), "key_expired");
  EXPECT_EQ(CauseOf(keys.Verify(endless.text, Time("2999-01-01T00:00:00Z"))),
            "admitted");
  EXPECT_TRUE(keys.Revoke(made.key.id, kNow));
  EXPECT_EQ(CauseOf(keys.Verify(made.text, kNow)), "key_revoked");
  // Whoever does not know the secret does not learn that there was a key.
  std::string forged = made.text;
  forged[30] = forged[30] == 'A' ? 'B' : 'A';
  EXPECT_EQ(CauseOf(keys.Verify(forged, kExpires)), "key_secret");
  EXPECT_FALSE(keys.Revoke("0000000000000000", kNow));
  EXPECT_TRUE(keys.Revoke(made.key.id, kExpires));
  EXPECT_EQ(keys.all().at(made.key.id).revoked, kNow);
}

TEST(ApiKeys, AllSoundAlikeUntilTheirTimeIsOver) {
  for (const Refusal refusal : {Refusal::kKeyFormat, Refusal::kKeyUnknown,
                                Refusal::kKeySecret, Refusal::kKeyRevoked}) {
    EXPECT_STATUS(StatusOf(refusal), absl::StatusCode::kUnauthenticated,
                  "API_KEY_INVALID");
  }
  EXPECT_STATUS(StatusOf(Refusal::kKeyExpired),
                absl::StatusCode::kUnauthenticated, "API_KEY_EXPIRED");
}

TEST(ApiKeys, AreNotAddedTwice) {
  const NewApiKey made = MakeApiKey(Batch(), kCreated, {});
  ApiKeys keys;
  EXPECT_TRUE(keys.Add(made.key));
  EXPECT_FALSE(keys.Add(made.key));
}

TEST(ApiKeyFiles, AreReadAsTheyWereWritten) {
  ApiKeys keys;
  keys.Add(
      MakeApiKey(Batch({"respondent@jusou", "auditor@*"}), kCreated, kExpires)
          .key);
  keys.Add(
      MakeApiKey(*Identity::Make({.subject = "a \"quoted\" \\ one",
                                  .authentication = Authentication::kApiKey}),
                 kCreated, {})
          .key);
  keys.Revoke(keys.all().begin()->first, kNow);
  const auto again = ApiKeys::Parse(keys.ToJson());
  ASSERT_OK(again);
  EXPECT_EQ(again->all(), keys.all());
  EXPECT_EQ(again->ToJson(), keys.ToJson());
  const auto none = ApiKeys::Parse(ApiKeys().ToJson());
  ASSERT_OK(none);
  EXPECT_TRUE(none->all().empty());
}

TEST(ApiKeyFiles, HaveOneKeyALine) {
  ApiKeys keys;
  keys.Add({"0123456789abcdef", base::Sha256Bytes("secret"), Batch(), kCreated,
            kExpires});
  EXPECT_EQ(keys.ToJson(),
            "{\"version\":1,\"keys\":[\n"
            "{\"id\":\"0123456789abcdef\",\"secret_sha256\":"
            "\"2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
            "\",\"subject\":\"batch of 131016\",\"grants\":[\"manager@jusou\"],"
            "\"municipality_code\":\"131016\",\"respondent_kind\":\"council\","
            "\"created\":\"2026-04-01T00:00:00Z\","
            "\"expires\":\"2027-03-31T15:00:00Z\"}\n"
            "]}\n");
}

Members Key() {
  return {{"id", "\"0123456789abcdef\""},
          {"secret_sha256", "\"" + base::Sha256Hex("secret") + "\""},
          {"subject", "\"batch\""},
          {"grants", "[\"manager@jusou\"]"},
          {"created", "\"2026-04-01T00:00:00Z\""}};
}

std::set<std::string> FileViolations(const std::string& json) {
  const auto keys = ApiKeys::Parse(json);
  EXPECT_STATUS(keys, absl::StatusCode::kInvalidArgument, "API_KEYS_INVALID");
  return ViolationsOf(keys.status());
}

std::set<std::string> KeyViolations(const Members& key) {
  return FileViolations("{\"version\":1,\"keys\":[" + ToJson(key) + "]}");
}

TEST(ApiKeyFiles, AreRefusedInAnotherForm) {
  EXPECT_OK(ApiKeys::Parse("{\"version\":1,\"keys\":[" + ToJson(Key()) + "]}"));
  EXPECT_THAT(FileViolations(""), ElementsAre(" JSON_SYNTAX"));
  EXPECT_THAT(FileViolations("[]"), ElementsAre("version FILE_VERSION"));
  EXPECT_THAT(FileViolations("{\"version\":2,\"keys\":[]}"),
              ElementsAre("version FILE_VERSION"));
  EXPECT_THAT(FileViolations("{\"version\":1}"),
              ElementsAre("keys MEMBER_MISSING"));
  EXPECT_THAT(FileViolations("{\"version\":1,\"keys\":{}}"),
              ElementsAre("keys MEMBER_TYPE"));
  EXPECT_THAT(FileViolations("{\"version\":1,\"keys\":[],\"salt\":1}"),
              ElementsAre("salt MEMBER_UNKNOWN"));
  EXPECT_THAT(FileViolations("{\"version\":1,\"keys\":[1]}"),
              ElementsAre("keys[0] MEMBER_TYPE"));
  std::string many = "{\"version\":1,\"keys\":[0";
  for (std::size_t i = 0; i < kMaxApiKeys; ++i) many += ",0";
  EXPECT_THAT(FileViolations(many + "]}"), ElementsAre("keys KEYS_COUNT"));
  EXPECT_THAT(FileViolations(std::string(kMaxApiKeysBytes + 1, ' ')),
              ElementsAre(" FILE_SIZE"));
}

TEST(ApiKeyFiles, AreRefusedWithKeysThatAreNone) {
  EXPECT_THAT(
      KeyViolations({}),
      ElementsAre("keys[0].created MEMBER_MISSING",
                  "keys[0].grants MEMBER_MISSING", "keys[0].id MEMBER_MISSING",
                  "keys[0].secret_sha256 MEMBER_MISSING",
                  "keys[0].subject MEMBER_MISSING"));
  EXPECT_THAT(KeyViolations(With(Key(), "id", "\"0123456789ABCDEF\"")),
              ElementsAre("keys[0].id API_KEY_ID"));
  EXPECT_THAT(KeyViolations(With(Key(), "secret_sha256", "\"secret\"")),
              ElementsAre("keys[0].secret_sha256 API_KEY_DIGEST"));
  EXPECT_THAT(KeyViolations(With(Key(), "secret_sha256", "null")),
              ElementsAre("keys[0].secret_sha256 MEMBER_TYPE"));
  // A bound that this build does not know.
  EXPECT_THAT(KeyViolations(With(Key(), "addresses", "[\"10.0.0.0/8\"]")),
              ElementsAre("keys[0].addresses MEMBER_UNKNOWN"));
  EXPECT_THAT(KeyViolations(With(Key(), "subject", "\"班\"")),
              ElementsAre("keys[0].subject SUBJECT_FORMAT"));
  EXPECT_THAT(KeyViolations(With(Key(), "grants", "[\"root@*\"]")),
              ElementsAre("keys[0].grants[0] ROLE_UNKNOWN"));
  EXPECT_THAT(KeyViolations(With(Key(), "grants", "[1]")),
              ElementsAre("keys[0].grants MEMBER_TYPE"));
  EXPECT_THAT(KeyViolations(With(Key(), "grants", "[\"respondent@jusou\"]")),
              ElementsAre("keys[0].municipality_code RESPONDENT_CLAIMS"));
  EXPECT_THAT(KeyViolations(With(Key(), "created", "\"2026-04-01\"")),
              ElementsAre("keys[0].created TIMESTAMP_INVALID"));
  EXPECT_THAT(KeyViolations(With(Key(), "expires", "\"2026-04-01T00:00:00Z\"")),
              ElementsAre("keys[0].expires API_KEY_TIMES"));
  EXPECT_THAT(
      KeyViolations(With(Key(), "expires", "\"9999-12-31T23:00:00-09:00\"")),
      ElementsAre("keys[0].expires TIMESTAMP_INVALID"));
  EXPECT_THAT(KeyViolations(With(Key(), "revoked", "true")),
              ElementsAre("keys[0].revoked MEMBER_TYPE"));
  EXPECT_THAT(FileViolations("{\"version\":1,\"keys\":[" + ToJson(Key()) + "," +
                             ToJson(Key()) + "]}"),
              ElementsAre("keys[1].id API_KEY_ID_REPEATED"));
}

}  // namespace
}  // namespace welfare::access
