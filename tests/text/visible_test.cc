#include "services/text/visible.h"

#include <gtest/gtest.h>

#include <string>

namespace welfare::text {
namespace {

TEST(Visible, ShowsWhatCannotBeSeen) {
  struct Case {
    std::string text;
    std::string shown;
  };
  for (const Case& row : {
           Case{"131016", "131016"},
           {"千代田区", "千代田区"},
           {"131016\xE2\x80\x8B", "131016<U+200B>"},
           {"integer\xC2\xA0", "integer<U+00A0>"},
           {"\xEF\xBB\xBFyes", "<U+FEFF>yes"},
           {"a\nb\tc", "a<U+000A>b<U+0009>c"},
           {"New York", "New York"},
           {"name ", "name<U+0020>"},
           {" name", "<U+0020>name"},
           {"カ\xE3\x82\x99", "カ<U+3099>"},
           {"港　区", "港<U+3000>区"},
           {"葛\xF3\xA0\x84\x80", "葛<U+E0100>"},
           {"\xE3\x81", "<0xE3><0x81>"},
           {"a\xFFz", "a<0xFF>z"},
           {"", ""},
       }) {
    EXPECT_EQ(ShowInvisible(row.text), row.shown);
  }
}

TEST(Visible, CutsALongTextBetweenCharacters) {
  EXPECT_EQ(ShowInvisible(std::string(1000, 'x')).size(), 204U);
  EXPECT_EQ(Shorten("港区", 3), "港...");
  EXPECT_EQ(Shorten("港区", 4), "港...");
  EXPECT_EQ(Shorten("港区", 6), "港区");
}

}  // namespace
}  // namespace welfare::text
