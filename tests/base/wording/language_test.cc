#include "services/base/wording/language.h"

#include <gtest/gtest.h>

namespace welfare::base {
namespace {

TEST(FromAcceptLanguage, TakesTheOneThatWeighsMore) {
  for (const char* header :
       {"ja", "ja-JP", "JA", "ja, en;q=0.8", "en;q=0.8,ja", "fr, ja;q=0.1",
        "en;q=0.5, ja;q=0.51", "en;q=0, ja;q=0.001", " ja ; q=1 "}) {
    EXPECT_EQ(FromAcceptLanguage(header), Language::kJapanese) << header;
  }
  for (const char* header : {"", "en", "en-US,ja;q=0.9", "fr", "*", "ja;q=0",
                             "jav", "ja;q=x", "ja, en", ";;,,", "q=1"}) {
    EXPECT_EQ(FromAcceptLanguage(header), Language::kEnglish) << header;
  }
}

TEST(FromLocale, KnowsJapaneseInEveryEncoding) {
  for (const char* locale : {"ja_JP.UTF-8", "ja", "ja_JP", "ja.eucJP"}) {
    EXPECT_EQ(FromLocale(locale), Language::kJapanese) << locale;
  }
  for (const char* locale : {"", "C", "C.UTF-8", "en_US.UTF-8", "jab"}) {
    EXPECT_EQ(FromLocale(locale), Language::kEnglish) << locale;
  }
}

TEST(ToTag, IsThatOfBcp47) {
  EXPECT_EQ(ToTag(Language::kEnglish), "en");
  EXPECT_EQ(ToTag(Language::kJapanese), "ja");
}

}  // namespace
}  // namespace welfare::base
