#include "services/access/tokens/jwks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/base/coding/base64.h"
#include "services/base/error.h"
#include "tests/access/tokens/issuer.h"
#include "tests/access/violations.h"
#include "tests/support/status_matchers.h"

namespace welfare::access {
namespace {

using ::testing::ElementsAre;

Members Rsa() { return With(Issuer::Rs256().Jwk(), "kid", "\"r\""); }
Members Ec() { return With(Issuer::Es256().Jwk(), "kid", "\"e\""); }

std::string SetOf(const std::vector<Members>& keys) {
  std::string json = "{\"keys\":[";
  for (const Members& key : keys) {
    if (json.back() != '[') json += ",";
    json += ToJson(key);
  }
  return json + "]}";
}

std::set<std::string> SetViolations(const std::vector<Members>& keys) {
  return ViolationsOf(KeySet::Parse(SetOf(keys)).status());
}

// A JSON text of base64url of `bytes`.
std::string Number(const std::string& bytes) {
  return "\"" + base::EncodeBase64Url(bytes) + "\"";
}

TEST(KeySets, HoldKeysByTheirKid) {
  const auto keys = KeySet::Parse(SetOf({Rsa(), Ec()}));
  ASSERT_OK(keys);
  EXPECT_EQ(keys->size(), 2U);
  ASSERT_NE(keys->Find("r"), nullptr);
  EXPECT_EQ(keys->Find("r")->algorithm(), Algorithm::kRs256);
  ASSERT_NE(keys->Find("e"), nullptr);
  EXPECT_EQ(keys->Find("e")->algorithm(), Algorithm::kEs256);
  EXPECT_EQ(keys->Find("R"), nullptr);
  EXPECT_EQ(keys->Find(""), nullptr);
}

TEST(KeySets, PassOverWhatSaysNothingHere) {
  EXPECT_OK(KeySet::Parse("{\"keys\":[" +
                          ToJson(With(With(Without(Without(Ec(), "alg"), "use"),
                                           "x5c", "[\"MII\"]"),
                                      "key_ops", "[\"verify\"]")) +
                          "],\"issuer\":\"x\"}"));
}

TEST(KeySets, AreRefusedInAnotherForm) {
  const auto violations = [](const std::string& json) {
    const auto keys = KeySet::Parse(json);
    EXPECT_STATUS(keys, absl::StatusCode::kInvalidArgument, "JWKS_INVALID");
    return ViolationsOf(keys.status());
  };
  EXPECT_THAT(violations("{"), ElementsAre(" JSON_SYNTAX"));
  EXPECT_THAT(violations("-----BEGIN PUBLIC KEY-----"),
              ElementsAre(" JSON_SYNTAX"));
  EXPECT_THAT(violations("{\"keys\":[],\"keys\":[]}"),
              ElementsAre(" JSON_MEMBER_REPEATED"));
  EXPECT_THAT(violations("[]"), ElementsAre("keys MEMBER_MISSING"));
  EXPECT_THAT(violations(ToJson(Ec())), ElementsAre("keys MEMBER_MISSING"));
  EXPECT_THAT(violations("{\"keys\":{}}"), ElementsAre("keys MEMBER_TYPE"));
  EXPECT_THAT(violations("{\"keys\":[]}"), ElementsAre("keys KEYS_COUNT"));
  EXPECT_THAT(violations(SetOf(std::vector<Members>(33, Ec()))),
              ElementsAre("keys KEYS_COUNT"));
  EXPECT_THAT(violations("{\"keys\":[\"key\"]}"),
              ElementsAre("keys[0] MEMBER_TYPE"));
  EXPECT_THAT(violations(std::string(kMaxJwksBytes + 1, ' ')),
              ElementsAre(" FILE_SIZE"));
}

TEST(KeySets, AreRefusedWithASymmetricKey) {
  EXPECT_THAT(SetViolations({Ec(),
                             {{"kty", "\"oct\""},
                              {"kid", "\"s\""},
                              {"k", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""}}}),
              ElementsAre("keys[1].kty KEY_SYMMETRIC"));
  EXPECT_THAT(SetViolations({With(Ec(), "k", "\"AAAA\"")}),
              ElementsAre("keys[0].kty KEY_SYMMETRIC"));
}

TEST(KeySets, AreRefusedWithAPrivateKey) {
  for (const std::string member : {"d", "p", "q", "dp", "dq", "qi", "oth"}) {
    EXPECT_THAT(SetViolations({With(Rsa(), member, "\"AAAA\"")}),
                ElementsAre("keys[0]." + member + " KEY_PRIVATE"));
  }
  EXPECT_THAT(SetViolations({With(Ec(), "d", "\"AAAA\"")}),
              ElementsAre("keys[0].d KEY_PRIVATE"));
}

TEST(KeySets, PassOverKeysForEncryption) {
  const Members encryption =
      With(With(With(Rsa(), "kid", "\"x\""), "use", "\"enc\""), "alg",
           "\"RSA-OAEP\"");
  const auto keys = KeySet::Parse(SetOf({Rsa(), encryption, Ec()}));
  ASSERT_OK(keys);
  EXPECT_EQ(keys->size(), 2U);
  EXPECT_EQ(keys->Find("x"), nullptr);
  // Nobody could sign in with these alone.
  EXPECT_THAT(SetViolations({encryption, encryption}),
              ElementsAre("keys KEY_USE"));
  // A secret is out, whatever it is for.
  EXPECT_THAT(SetViolations({Rsa(), With(encryption, "d", "\"AQAB\"")}),
              ElementsAre("keys[1].d KEY_PRIVATE"));
  EXPECT_THAT(SetViolations({Rsa(), With(encryption, "kty", "\"oct\"")}),
              ElementsAre("keys[1].kty KEY_SYMMETRIC"));
}

TEST(KeySets, AreRefusedWithoutNamesOfTheirOwn) {
  EXPECT_THAT(SetViolations({Without(Ec(), "kid")}),
              ElementsAre("keys[0].kid MEMBER_MISSING"));
  EXPECT_THAT(SetViolations({With(Ec(), "kid", "1")}),
              ElementsAre("keys[0].kid MEMBER_TYPE"));
  for (const std::string& kid :
       {std::string("\"\""), std::string("\"鍵\""), std::string(R"("a\n")"),
        "\"" + std::string(129, 'k') + "\""}) {
    EXPECT_THAT(SetViolations({With(Ec(), "kid", kid)}),
                ElementsAre("keys[0].kid KEY_ID"));
  }
  EXPECT_THAT(SetViolations({Ec(), With(Rsa(), "kid", "\"e\"")}),
              ElementsAre("keys[1].kid KEY_ID_REPEATED"));
}

TEST(KeySets, AreRefusedWithKeysForAnotherUse) {
  EXPECT_THAT(SetViolations({With(Rsa(), "use", "\"seal\"")}),
              ElementsAre("keys[0].use KEY_USE"));
  EXPECT_THAT(SetViolations({With(Rsa(), "key_ops", "[\"sign\"]")}),
              ElementsAre("keys[0].key_ops KEY_USE"));
  EXPECT_THAT(SetViolations({With(Rsa(), "key_ops", "[\"sign\",\"verify\"]")}),
              ElementsAre("keys[0].key_ops KEY_USE"));
  for (const std::string alg :
       {"\"PS256\"", "\"RS384\"", "\"HS256\"", "\"none\"", "\"ES256\""}) {
    EXPECT_THAT(SetViolations({With(Rsa(), "alg", alg)}),
                ElementsAre("keys[0].alg KEY_ALGORITHM"));
  }
  EXPECT_THAT(SetViolations({With(Ec(), "alg", "\"RS256\"")}),
              ElementsAre("keys[0].alg KEY_ALGORITHM"));
  EXPECT_THAT(SetViolations({With(Ec(), "alg", "1")}),
              ElementsAre("keys[0].alg MEMBER_TYPE"));
}

TEST(KeySets, AreRefusedWithKeysOfAnotherKind) {
  EXPECT_THAT(SetViolations({With(Ec(), "kty", "\"OKP\"")}),
              ElementsAre("keys[0].kty KEY_TYPE"));
  EXPECT_THAT(SetViolations({With(Ec(), "kty", "\"ec\"")}),
              ElementsAre("keys[0].kty KEY_TYPE"));
  EXPECT_THAT(SetViolations({Without(Ec(), "kty")}),
              ElementsAre("keys[0].kty MEMBER_MISSING"));
  EXPECT_THAT(SetViolations({With(Ec(), "crv", "\"P-384\"")}),
              ElementsAre("keys[0].crv KEY_CURVE"));
  EXPECT_THAT(SetViolations({With(Ec(), "crv", "\"secp256k1\"")}),
              ElementsAre("keys[0].crv KEY_CURVE"));
  EXPECT_THAT(SetViolations({Without(Ec(), "crv")}),
              ElementsAre("keys[0].crv MEMBER_MISSING"));
}

TEST(KeySets, AreRefusedWithWeakRsaKeys) {
  const Issuer small(Algorithm::kRs256, 1024);
  EXPECT_THAT(SetViolations({With(small.Jwk(), "kid", "\"r\"")}),
              ElementsAre("keys[0].n RSA_SIZE"));
  // 2,047 bits; even; too many.
  EXPECT_THAT(SetViolations({With(Rsa(), "n",
                                  Number("\x7F" + std::string(255, '\x7F')))}),
              ElementsAre("keys[0].n RSA_SIZE"));
  EXPECT_THAT(SetViolations({With(Rsa(), "n",
                                  Number("\xFF" + std::string(255, '\x02')))}),
              ElementsAre("keys[0].n RSA_SIZE"));
  EXPECT_THAT(SetViolations({With(Rsa(), "n",
                                  Number("\x01" + std::string(1024, '\x7F')))}),
              ElementsAre("keys[0].n RSA_SIZE"));
  for (const std::string& e :
       {std::string("\x01"), std::string("\x03"), std::string("\x01\x00", 2),
        std::string("\x01\x00\x00", 3), std::string("\x01\x00\x02", 3),
        std::string("\xFF\xFF"), std::string("\x01\x00\x00\x00\x01", 5),
        std::string(300, '\x01')}) {
    EXPECT_THAT(SetViolations({With(Rsa(), "e", Number(e))}),
                ElementsAre("keys[0].e RSA_EXPONENT"))
        << e.size();
  }
}

TEST(KeySets, AreRefusedWithNumbersInAnotherForm) {
  for (const std::string n :
       {"\"\"", "\"AQAB=\"", "\"AQ+B\"", "\"AQ B\"", "\"AR\"", "\"AAEAAQ\""}) {
    EXPECT_THAT(SetViolations({With(Rsa(), "e", n)}),
                ElementsAre("keys[0].e KEY_ENCODING"));
  }
  EXPECT_THAT(SetViolations({Without(Rsa(), "n")}),
              ElementsAre("keys[0].n MEMBER_MISSING"));
  EXPECT_THAT(SetViolations({With(Rsa(), "n", "65537")}),
              ElementsAre("keys[0].n MEMBER_TYPE"));
  EXPECT_THAT(SetViolations({With(Ec(), "x", Number(std::string(31, '\1')))}),
              ElementsAre("keys[0].x KEY_ENCODING"));
  EXPECT_THAT(SetViolations({With(Ec(), "y", Number(std::string(33, '\1')))}),
              ElementsAre("keys[0].y KEY_ENCODING"));
}

TEST(KeySets, AreRefusedWithPointsOffTheCurve) {
  for (const std::string& x : {std::string(32, '\0'), std::string(32, '\1'),
                               std::string(32, '\xFF')}) {
    EXPECT_THAT(SetViolations({With(With(Ec(), "x", Number(x)), "y",
                                    Number(std::string(32, '\0')))}),
                ElementsAre("keys[0].x EC_POINT"));
  }
}

TEST(KeySets, AreRefusedWithEveryViolation) {
  EXPECT_THAT(
      SetViolations({With(Without(Rsa(), "kid"), "use", "\"ENC\""), Ec(),
                     With(With(Ec(), "alg", "\"ES512\""), "crv", "\"P-521\"")}),
      ElementsAre("keys[0].kid MEMBER_MISSING", "keys[0].use KEY_USE",
                  "keys[2].alg KEY_ALGORITHM", "keys[2].crv KEY_CURVE"));
}

}  // namespace
}  // namespace welfare::access
