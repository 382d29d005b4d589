#include "services/access/tokens/jwt.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <sstream>
#include <string>

#include "services/base/error.h"
#include "tests/access/tokens/token_fixture.h"
#include "tests/support/child_process.h"
#include "tests/support/status_matchers.h"

namespace welfare::access {
namespace {

TEST(Tokens, SayWhoCalls) {
  for (const std::string& token :
       {EcToken(EcHeader(), Claims()),
        Issuer::Rs256().Token(ToJson(RsaHeader()), ToJson(Claims()))}) {
    const Admission admission = Judge(token);
    ASSERT_EQ(CauseOf(admission), "admitted");
    const auto& caller = std::get<Caller>(admission);
    EXPECT_EQ(caller.identity.subject(), "office");
    ASSERT_EQ(caller.identity.grants().size(), 2U);
    EXPECT_EQ(caller.identity.grants()[0].ToString(), "reviewer@*");
    EXPECT_EQ(caller.identity.grants()[1].ToString(), "respondent@jusou");
    ASSERT_TRUE(caller.identity.respondent().has_value());
    EXPECT_EQ(caller.identity.respondent()->ToString(), "131016-council");
    EXPECT_EQ(caller.identity.authentication(), Authentication::kToken);
    EXPECT_EQ(caller.expires, Seconds(1780000330));
  }
}

// What issuers write that we take: one refused here would be a valid one.
TEST(Tokens, AreTakenAsIssuersWriteThem) {
  const std::map<std::string, std::string> tokens = {
      {"no typ", EcToken(Without(EcHeader(), "typ"), Claims())},
      {"typ in lower case",
       EcToken(With(EcHeader(), "typ", "\"jwt\""), Claims())},
      {"typ as a media type",
       EcToken(With(EcHeader(), "typ", "\"application/at+jwt\""), Claims())},
      {"a thumbprint beside the kid",
       EcToken(With(EcHeader(), "x5t#S256", "\"AAAA\""), Claims())},
      {"aud of several",
       EcToken(EcHeader(), With(Claims(), "aud", "[\"account\",\"welfare\"]"))},
      {"no nbf, no iat",
       EcToken(EcHeader(), Without(Without(Claims(), "nbf"), "iat"))},
      {"no grants, no respondent",
       EcToken(EcHeader(), Without(Without(Without(Claims(), "grants"),
                                           "municipality_code"),
                                   "respondent_kind"))},
      {"claims of others, in Japanese and nested",
       EcToken(EcHeader(), With(Claims(), "realm_access",
                                "{\"roles\":[\"担当\"],\"n\":1.5}"))},
      {"white space and escapes",
       Issuer::Es256().Token(
           "{ \"alg\" : \"ES256\", \"k\\u0069d\":\"ec-1\" }\n",
           ToJson(Claims()))},
      {"nbf within the leeway",
       EcToken(EcHeader(), With(Claims(), "nbf", "1780000030"))},
      {"exp within the leeway",
       EcToken(EcHeader(), With(Claims(), "exp", "1779999971"))},
  };
  for (const auto& [what, token] : tokens) {
    EXPECT_EQ(CauseOf(Judge(token)), "admitted") << what;
  }
}

TEST(Tokens, EndWithTheLeewayBehindTheirTime) {
  const std::string token = EcToken(EcHeader(), Claims());
  const auto at = [&](std::int64_t seconds) {
    return CauseOf(Verifier().Verify(token, Keys(), Seconds(seconds)));
  };
  EXPECT_EQ(at(1779999869), "not_yet");
  EXPECT_EQ(at(1779999870), "admitted");
  EXPECT_EQ(at(1780000329), "admitted");
  EXPECT_EQ(at(1780000330), "expired");
}

// Whoever hears that a token has expired learns nothing else from it.
TEST(Tokens, AreSaidToHaveExpiredOnlyWhereAllElseIsRight) {
  const Members old = With(Claims(), "exp", "1779999000");
  EXPECT_EQ(CauseOf(Judge(EcToken(EcHeader(), old))), "expired");
  EXPECT_EQ(CauseOf(Judge(EcToken(EcHeader(), With(old, "aud", "\"other\"")))),
            "audience");
  EXPECT_EQ(CauseOf(Judge(EcToken(EcHeader(), With(old, "sub", "\"\"")))),
            "subject");
  std::string forged = EcToken(EcHeader(), old);
  char& digit = forged[forged.size() - 10];
  digit = digit == 'A' ? 'B' : 'A';
  EXPECT_EQ(CauseOf(Judge(forged)), "signature");
}

TEST(Tokens, AreRefusedWhereAnyByteIsChanged) {
  const std::string token = EcToken(EcHeader(), Claims());
  std::mt19937 random(7);
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (int round = 0; round < 4; ++round) {
      std::string changed = token;
      if (round == 0) {
        // Another letter of the alphabet.
        changed[i] = token[i] == 'A' ? 'B' : 'A';
      } else {
        changed[i] = static_cast<char>(changed[i] ^ (1 << (random() % 8)));
      }
      EXPECT_TRUE(std::holds_alternative<Refusal>(Judge(changed)))
          << changed << " at " << i;
    }
    // One byte less, one more.
    EXPECT_NE(CauseOf(Judge(std::string(token).erase(i, 1))), "admitted");
    EXPECT_NE(CauseOf(Judge(std::string(token).insert(i, 1, token[i]))),
              "admitted");
  }
  EXPECT_EQ(CauseOf(Judge(token)), "admitted");
}

TEST(Tokens, AreRefusedCutAnywhere) {
  const std::string token =
      Issuer::Rs256().Token(ToJson(RsaHeader()), ToJson(Claims()));
  for (std::size_t size = 0; size < token.size(); ++size) {
    EXPECT_NE(CauseOf(Judge(token.substr(0, size))), "admitted") << size;
  }
}

TEST(Tokens, OfAKeyThatIsGoneAreRefused) {
  const std::string token = EcToken(EcHeader(), Claims());
  const auto others = KeySet::Parse(
      "{\"keys\":[" + ToJson(With(Issuer::Rs256().Jwk(), "kid", "\"rsa-1\"")) +
      "]}");
  ASSERT_OK(others);
  EXPECT_EQ(CauseOf(Verifier().Verify(token, *others, Seconds(kNowSeconds))),
            "key_id");
}

TEST(Tokens, AreJudgedByRulesThatSaySomething) {
  for (const TokenRules& rules :
       {TokenRules{"", "welfare"}, TokenRules{"https://id.example.jp", ""},
        TokenRules{"i", "a", std::chrono::seconds(61)},
        TokenRules{"i", "a", std::chrono::seconds(-1)}}) {
    EXPECT_STATUS(TokenVerifier::Make(rules),
                  absl::StatusCode::kInvalidArgument, "TOKEN_RULES_INVALID");
  }
  EXPECT_OK(TokenVerifier::Make({"i", "a", std::chrono::seconds(0)}));
}

// Keys, JWKS and tokens by another implementation: Node's own cryptography and
// JSON. The script says in each line what must come of the token.
TEST(Tokens, OfAnIssuerNotOursAreJudgedAlike) {
  support::ChildProcess node(
      {"node", std::string(std::getenv("WELFARE_SOURCE_DIR")) +
                   "/tests/access/tokens/issuer.mjs"});
  ASSERT_EQ(node.Wait(), 0) << node.Stderr();
  std::istringstream lines(node.Stdout());
  std::string jwks;
  std::getline(lines, jwks);
  const auto keys = KeySet::Parse(jwks);
  ASSERT_OK(keys);
  int tokens = 0;
  for (std::string expected, token; lines >> expected >> token; ++tokens) {
    EXPECT_EQ(CauseOf(Verifier().Verify(token, *keys, Seconds(kNowSeconds))),
              expected)
        << token;
  }
  EXPECT_EQ(tokens, 10);
}

}  // namespace
}  // namespace welfare::access
