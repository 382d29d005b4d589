#include "services/access/auth_methods.h"

#include <gtest/gtest.h>

namespace welfare::access {
namespace {

TEST(AuthMethods, AreReadInAnyOrder) {
  const auto off = AuthMethods::Parse("off");
  ASSERT_TRUE(off.has_value());
  EXPECT_TRUE(off->off());
  EXPECT_FALSE(off->Has(Authentication::kToken));
  const auto all = AuthMethods::Parse("api-key+jwt+mtls");
  ASSERT_TRUE(all.has_value());
  EXPECT_FALSE(all->off());
  EXPECT_TRUE(all->Has(Authentication::kToken));
  EXPECT_TRUE(all->Has(Authentication::kCertificate));
  EXPECT_TRUE(all->Has(Authentication::kApiKey));
  const auto one = AuthMethods::Parse("mtls");
  ASSERT_TRUE(one.has_value());
  EXPECT_TRUE(one->Has(Authentication::kCertificate));
  EXPECT_FALSE(one->Has(Authentication::kToken));
}

TEST(AuthMethods, AreRefusedInAnyOtherForm) {
  for (const char* text :
       {"", "on", "JWT", "jwt+", "+jwt", "jwt++mtls", "jwt+jwt", "off+jwt",
        "jwt+off", "jwt, mtls", "apikey", " jwt"}) {
    EXPECT_FALSE(AuthMethods::Parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace welfare::access
