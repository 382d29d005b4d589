#include "services/base/pages/page.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/pages/page_room.h"

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
            "PAGE_TOKEN_INVALID");
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

TEST(Page, CoercesTheSize) {
  const auto size_of = [](int asked) {
    return Page::Read(asked, "", std::string(kParameters))->size();
  };
  EXPECT_EQ(size_of(0), 50);
  EXPECT_EQ(size_of(7), 7);
  EXPECT_EQ(size_of(100'000), 1000);
  const auto refused = Page::Read(-1, "", std::string(kParameters)).status();
  EXPECT_EQ(ReasonOf(refused), "PAGE_SIZE_INVALID");
}

using Key = std::tuple<std::int64_t, MunicipalityCode, FiscalYear, std::string>;

Page Ask(std::string_view token) {
  auto page = Page::Read(0, token, std::string(kParameters));
  EXPECT_TRUE(page.ok()) << page.status();
  return *page;
}

TEST(Page, GivesTheKeyBackThatEndedThePageBefore) {
  EXPECT_EQ(*Ask("").After<Key>(), std::nullopt);
  for (const std::string text : {"b", "a/b/", "", "東京"}) {
    const Key key(12, *MunicipalityCode::Parse("131016"),
                  FiscalYear::FromChecked(2025), text);
    const auto found = Ask(Ask("").TokenAfter(key)).After<Key>();
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(*found, key);
  }
}

TEST(Page, RefusesAKeyOfOtherParts) {
  const auto reason = [](std::string_view key) {
    const std::string token = EncodePageToken(key, kParameters);
    return ReasonOf(
        Ask(token)
            .After<std::tuple<std::int64_t, MunicipalityCode, FiscalYear>>()
            .status());
  };
  EXPECT_EQ(reason("1/131016/2025"), "");
  for (const std::string_view key :
       {"1", "1/131016", "1/131016/2025/4", "-1/131016/2025", "x/131016/2025",
        "1/131017/2025", "1/131016/25", "/131016/2025",
        "99999999999999999999/131016/2025"}) {
    EXPECT_EQ(reason(key), "PAGE_TOKEN_INVALID") << key;
  }
}

TEST(PageRoom, EndsAtTheNumberAskedForOrWhereItIsFull) {
  PageRoom three(3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(three.Take(0));
  EXPECT_EQ(three.left(), 0);
  EXPECT_FALSE(three.Take(0));

  PageRoom long_ones(1000);
  EXPECT_TRUE(long_ones.Take(10'000'000));  // so that the page leads on
  EXPECT_FALSE(long_ones.Take(1));
  PageRoom room(1000);
  EXPECT_TRUE(room.Take(1'000'000));
  EXPECT_FALSE(room.Take(1'000'000));
  EXPECT_FALSE(room.Take(1));  // or the list would have a hole
  EXPECT_TRUE(room.full());
}

}  // namespace
}  // namespace welfare::base
