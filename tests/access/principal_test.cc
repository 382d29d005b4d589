#include "services/access/principal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace welfare::access {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Principal, NamesNobodyOutside) {
  // The first digits of the SHA-256 of "test".
  EXPECT_EQ(Principal(Authentication::kToken, "test").text(),
            "token:9f86d081884c");
  EXPECT_EQ(Principal(Authentication::kApiKey, "test").text(),
            "api_key:9f86d081884c");
  EXPECT_EQ(Principal(Authentication::kCertificate, "test").text(),
            "certificate:9f86d081884c");
  const Principal person(Authentication::kToken, "taro@city.example.jp");
  EXPECT_THAT(std::string(person.text()), Not(HasSubstr("taro")));
}

TEST(Principal, WritesOursOut) {
  EXPECT_EQ(Principal(Identity::Local()).text(), "local");
  EXPECT_EQ(Principal(Identity::Anonymous()).text(), "anonymous");
  EXPECT_EQ(Principal(Identity::Service("indicator")).text(),
            "service:indicator");
  EXPECT_EQ(Principal().text(), "");
}

// What is remembered of one caller is not said of the next.
TEST(Principal, TellsCallersApart) {
  for (int i = 0; i < 1000; ++i) {
    const std::string subject = "caller-" + std::to_string(i);
    const std::string first(Principal(Authentication::kToken, subject).text());
    EXPECT_EQ(Principal(Authentication::kToken, subject).text(), first);
    EXPECT_NE(Principal(Authentication::kToken, subject + "x").text(), first);
  }
}

}  // namespace
}  // namespace welfare::access
