#include "gateway/routes/path_template.h"

#include <gtest/gtest.h>

namespace welfare::gateway {
namespace {

TEST(PathTemplate, ParsesEveryFormOfTheGrammar) {
  for (const std::string_view text : {
           "/",
           "/shelves",
           "/shelves/books",
           "/*",
           "/**",
           "/a/*",
           "/a/**",
           "/a/*/b",
           "/a/**/b",
           "/a/**/b/c",
           "/**/b",
           "/*/*",
           "/*/**",
           "/*/*/**",
           "/{a}",
           "/{a=*}",
           "/{a=**}",
           "/{a=b}",
           "/{a=b/*}",
           "/{a=b/c/*}",
           "/{a=b/*/c}",
           "/{a=b/**}",
           "/{a=b/**/c}",
           "/{a=*/**}",
           "/{a=**}/b",
           "/{a.b}",
           "/{a.b.c}",
           "/{a.b.c=d/*}",
           "/{_a}",
           "/{a_1}",
           "/{A}",
           "/{a}/{b}",
           "/{a=b/*}/{c=d/*}",
           "/{a}/b/{c}/d/{e}",
           "/a:verb",
           "/a/b:verb",
           "/a/*:verb",
           "/a/**:verb",
           "/{a}:verb",
           "/{a=b/*}:verb",
           "/{a=b/**}:verb",
           "/a/{b=c/*}/d:verb",
           "/v1/{name=surveys/*/rounds/*}",
           "/v1/{parent=surveys/*/rounds/*}/submissions",
           "/v1/{submission.name=surveys/*/rounds/*/submissions/*}",
           "/a-b/c_d/e.f/~g",
           "/a%20b",
           "/%E6%9D%B1",
           "/a@b,c;d+e",
           "/a:batch-import",
       }) {
    const auto parsed = PathTemplate::Parse(text);
    EXPECT_TRUE(parsed.ok()) << text << ": " << parsed.status();
    if (parsed.ok()) {
      EXPECT_EQ(parsed->text(), text);
    }
  }
}

TEST(PathTemplate, RefusesEverythingElse) {
  for (const std::string_view text : {
           "",
           "a",
           "a/b",
           "*",
           "{a}",
           "//",
           "/a/",
           "/a//b",
           "//a",
           "/:verb",
           "/a:",
           "/a/:verb",
           "/a:b:c",
           "/a:b/c",
           "/a:*",
           "/a:{b}",
           "/{}",
           "/{=a}",
           "/{a=}",
           "/{a",
           "/a}",
           "/{a}}",
           "/{{a}}",
           "/{a=b",
           "/{a=/b}",
           "/{a=b/}",
           "/{a=b//c}",
           "/{a={b}}",
           "/{a=b/{c}}",
           "/{1a}",
           "/{a-b}",
           "/{a b}",
           "/{a.}",
           "/{.a}",
           "/{a..b}",
           "/{a:b}",
           "/{a=b:c}",
           "/{a}b",
           "/b{a}",
           "/***",
           "/a*",
           "/*a",
           "/**/**",
           "/**/*",
           "/a/**/b/*",
           "/{a=**}/{b}",
           "/{a=**}/{b=**}",
           "/{a=**/**}",
           "/{a}/{a}",
           "/{a}/{a.b}",
           "/{a.b}/{a}",
           "/a=b",
           "/a?b",
           "/a#b",
           "/a b",
           "/a%",
           "/a%2",
           "/a%GG",
           "/a%00",
           "/a%FF",
           "/.",
           "/a/..",
           "/a/%2e%2e",
           "/日本",
       }) {
    EXPECT_FALSE(PathTemplate::Parse(text).ok()) << text;
  }
}

TEST(PathTemplate, KnowsWhereVariablesStand) {
  const auto parsed = PathTemplate::Parse("/v1/{name=a/*/b/*}/c/{id}:close");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->verb(), "close");
  EXPECT_EQ(parsed->segments().size(), 7u);
  ASSERT_EQ(parsed->variables().size(), 2u);
  EXPECT_EQ(parsed->variables()[0].field_path, "name");
  EXPECT_EQ(parsed->variables()[0].begin, 1u);
  EXPECT_EQ(parsed->variables()[0].end, 5u);
  EXPECT_TRUE(parsed->variables()[0].multi_segment);
  EXPECT_EQ(parsed->variables()[1].begin, 6u);
  EXPECT_FALSE(parsed->variables()[1].multi_segment);
}

TEST(PathTemplate, SaysWhereItFails) {
  const auto parsed = PathTemplate::Parse("/v1/{name=a/{b}}");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.status().message(),
            "path template '/v1/{name=a/{b}}': variables do not nest at "
            "offset 12");
}

}  // namespace
}  // namespace welfare::gateway
