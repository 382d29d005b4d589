#include "services/platform/rpc/call_context.h"

#include <gtest/gtest.h>

#include <string>

namespace welfare::platform {
namespace {

std::string TagOf(const std::string& state,
                  base::Language language = base::Language::kEnglish) {
  AnswerTag tag("-");
  EXPECT_FALSE(tag.Name(state, language));
  return tag.text();
}

TEST(AnswerTag, IsOfAStateAndALanguage) {
  EXPECT_EQ(TagOf("registry/1").size(), 20u);
  EXPECT_EQ(TagOf("registry/1"), TagOf("registry/1"));
  EXPECT_NE(TagOf("registry/1"), TagOf("registry/2"));
  EXPECT_NE(TagOf("registry/1"),
            TagOf("registry/1", base::Language::kJapanese));
  AnswerTag bytes("-");
  bytes.NameBytes("registry/1");
  EXPECT_NE(bytes.text(), TagOf("registry/1"));
}

TEST(AnswerTag, IsHeldByWhoHasIt) {
  const std::string tag = TagOf("a");
  const auto held = [&tag](const std::string& list) {
    AnswerTag one(list);
    const bool named = one.Name("a", base::Language::kEnglish);
    EXPECT_EQ(one.held(), named);
    EXPECT_EQ(one.text(), tag);
    return one.held();
  };
  EXPECT_TRUE(held(tag));
  EXPECT_TRUE(held("x," + tag));
  EXPECT_TRUE(held(",," + tag + ",y"));
  for (const std::string& list :
       {std::string(), std::string("-"), tag + "x", "x" + tag, tag.substr(1),
        "x " + tag, std::string(8000, ',')}) {
    EXPECT_FALSE(held(list)) << list.substr(0, 40);
  }
}

// What is learned late, after the first guess, counts.
TEST(AnswerTag, IsThatOfTheLastName) {
  AnswerTag tag(TagOf("a"));
  EXPECT_TRUE(tag.Name("a", base::Language::kEnglish));
  EXPECT_FALSE(tag.Name("b", base::Language::kEnglish));
  EXPECT_FALSE(tag.held());
  EXPECT_EQ(tag.text(), TagOf("b"));
}

TEST(CallContext, NobodyHasWhatNobodyAsks) {
  CallContext call;
  EXPECT_FALSE(call.CallerHas("a"));
  EXPECT_FALSE(call.CallerHasBytes("a"));
}

}  // namespace
}  // namespace welfare::platform
