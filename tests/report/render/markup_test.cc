#include "services/report/render/markup.h"

#include <gtest/gtest.h>

#include <string>

namespace welfare::report {
namespace {

TEST(Markup, EscapesWhatMarkupReads) {
  EXPECT_EQ(EscapeMarkup("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(EscapeMarkup("行1\n行2\t"), "行1\n行2\t");
}

TEST(Markup, ReplacesWhatIsNoText) {
  EXPECT_EQ(EscapeMarkup(std::string("a\x01", 2)), "a\xEF\xBF\xBD");
  EXPECT_EQ(EscapeMarkup("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace welfare::report
