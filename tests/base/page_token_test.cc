#include "services/base/page_token.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "services/base/error.h"

namespace welfare::base {
namespace {

constexpr std::string_view kParameters = "surveys/jusou|state=OPEN";

TEST(PageToken, RoundTripsAnyKey) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  for (const std::string& key :
       {std::string(), std::string("131016"), std::string("東京"), all}) {
    const auto decoded =
        DecodePageToken(EncodePageToken(key, kParameters), kParameters);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(*decoded, key);
  }
  EXPECT_EQ(*DecodePageToken("", kParameters), "");
}

TEST(PageToken, RefusesOtherParameters) {
  EXPECT_EQ(ReasonOf(DecodePageToken(EncodePageToken("131016", kParameters),
                                     "surveys/other")
                         .status()),
            "PAGE_TOKEN_PARAMETERS");
}

TEST(PageToken, RefusesEveryChangedCharacter) {
  const std::string token = EncodePageToken("131016", kParameters);
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReasonOf(DecodePageToken(changed, kParameters).status()),
              "PAGE_TOKEN_INVALID")
        << at;
    EXPECT_FALSE(
        DecodePageToken(token.substr(0, at + 1) + "=", kParameters).ok());
  }
  EXPECT_FALSE(DecodePageToken("nonsense", kParameters).ok());
}

TEST(PageSize, IsCoerced) {
  EXPECT_EQ(*CoercePageSize(0), 50);
  EXPECT_EQ(*CoercePageSize(7), 7);
  EXPECT_EQ(*CoercePageSize(100'000), 1000);
  EXPECT_EQ(ReasonOf(CoercePageSize(-1).status()), "PAGE_SIZE_NEGATIVE");
}

TEST(Base64Url, FollowsTheVectorsOfRfc4648) {
  for (const auto& [bytes, text] :
       {std::pair<std::string_view, std::string_view>{"", ""},
        {"f", "Zg"},
        {"fo", "Zm8"},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg"},
        {"\xFB\xFF", "-_8"}}) {
    EXPECT_EQ(EncodeBase64Url(bytes), text);
    EXPECT_EQ(*DecodeBase64Url(text), bytes);
  }
  for (const std::string_view text : {"Z", "Zh", "Zg==", "Zm9+", "Zm9v\n"}) {
    EXPECT_EQ(ReasonOf(DecodeBase64Url(text).status()), "BASE64_INVALID")
        << text;
  }
}

}  // namespace
}  // namespace welfare::base
