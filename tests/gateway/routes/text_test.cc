#include "gateway/routes/text.h"

#include <gtest/gtest.h>

#include <string>

namespace welfare::gateway {
namespace {

TEST(PercentDecode, DecodesOnceAndChecksTheResult) {
  EXPECT_EQ(PercentDecode("a%2Fb%2fc%20d+e", PercentDecoding::kAll),
            "a/b/c d+e");
  EXPECT_EQ(PercentDecode("a%2Fb%2fc%20d+e", PercentDecoding::kAllButSlash),
            "a%2Fb%2fc d+e");
  EXPECT_EQ(PercentDecode("a%2Fb+c", PercentDecoding::kQuery), "a/b c");
  EXPECT_EQ(PercentDecode("%252F", PercentDecoding::kAll), "%2F");
  for (const std::string_view bad :
       {"%", "%2", "%g0", "%00", "%C3", "%C0%AF", "\xff"}) {
    EXPECT_EQ(PercentDecode(bad, PercentDecoding::kAll), std::nullopt) << bad;
  }
}

TEST(CutUtf8, NeverCutsACharacter) {
  EXPECT_EQ(CutUtf8("東京", 6), "東京");
  EXPECT_EQ(CutUtf8("東京", 5), "東...");
  EXPECT_EQ(CutUtf8("東京", 2), "...");
}

TEST(EncodeGrpcMessage, EscapesWhatHeadersCannotHold) {
  EXPECT_EQ(EncodeGrpcMessage("a %\n東"), "a %25%0A%E6%9D%B1");
}

}  // namespace
}  // namespace welfare::gateway
