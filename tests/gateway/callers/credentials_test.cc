#include "gateway/callers/credentials.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace welfare::gateway {
namespace {

using access::Refusal;

// What is shown, in a line.
std::string Shown(const std::vector<Header>& headers) {
  const auto shown = ReadCredentials(headers);
  if (const auto* refusal = std::get_if<Refusal>(&shown)) {
    return std::string(ToString(*refusal));
  }
  const Credentials& one = std::get<Credentials>(shown);
  if (!one.token.empty()) return "token " + std::string(one.token);
  if (!one.api_key.empty()) return "key " + std::string(one.api_key);
  return "nothing";
}

TEST(Credentials, AreATokenOrAKey) {
  EXPECT_EQ(Shown({}), "nothing");
  EXPECT_EQ(Shown({{"authorization", "Bearer a.b.c"}}), "token a.b.c");
  EXPECT_EQ(Shown({{"authorization", "bEARER a.b.c"}}), "token a.b.c");
  EXPECT_EQ(Shown({{"accept", "x"}, {"x-api-key", "wk_1"}}), "key wk_1");
  // What another header says is nobody's proof.
  EXPECT_EQ(Shown({{"grpc-metadata-authorization", "Bearer a.b.c"},
                   {"proxy-authorization", "Bearer a.b.c"},
                   {"cookie", "authorization=a"},
                   {"x-welfare-identity-bin", "AAE="}}),
            "nothing");
}

TEST(Credentials, OfAnotherSchemeAreRefusedNotPassedOver) {
  for (const char* text : {"", "Bearer", "Bearer ", "Basic dTpw", "a.b.c",
                           "BearerX a.b.c", "Token a.b.c"}) {
    EXPECT_EQ(Shown({{"authorization", text}}), "scheme") << text;
  }
  EXPECT_EQ(Shown({{"x-api-key", ""}}), "key_format");
}

TEST(Credentials, AreOne) {
  const Header token{"authorization", "Bearer a.b.c"};
  const Header key{"x-api-key", "wk_1"};
  EXPECT_EQ(Shown({token, key}), "several");
  EXPECT_EQ(Shown({key, token}), "several");
  EXPECT_EQ(Shown({token, token}), "several");
  EXPECT_EQ(Shown({key, key}), "several");
  EXPECT_EQ(Shown({{"authorization", "Basic dTpw"}, key}), "several");
}

}  // namespace
}  // namespace welfare::gateway
