#include "services/base/coding/json_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace welfare::base {
namespace {

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(text, out);
  return out;
}

TEST(AppendJsonString, EscapesWhatAStringCannotHold) {
  EXPECT_EQ(Quoted(""), R"("")");
  EXPECT_EQ(Quoted("東京 a/b"), R"("東京 a/b")");
  EXPECT_EQ(Quoted("\"\\\n\r\t\b\f"), R"("\"\\\n\r\t\b\f")");
  EXPECT_EQ(Quoted(std::string("\0\x1f\x7f", 3)), R"("\u0000\u001f\u007f")");
}

TEST(JsonObject, KeepsItsMembersInOrder) {
  EXPECT_EQ(JsonObject().Text(), "{}");
  EXPECT_EQ(
      JsonObject()
          .Add("state", "OPEN")
          .Add("revision", 3)
          .Add("late", false)
          .Add("counts", JsonObject().Add("rows", std::size_t{2}))
          .Text(),
      R"({"state":"OPEN","revision":3,"late":false,"counts":{"rows":2}})");
}

TEST(JsonObject, WritesWholeNumbersExactly) {
  EXPECT_EQ(JsonObject()
                .Add("least", std::numeric_limits<std::int64_t>::min())
                .Add("most", std::numeric_limits<std::uint64_t>::max())
                .Text(),
            R"({"least":-9223372036854775808,"most":18446744073709551615})");
}

TEST(JsonObject, EscapesKeysAndTexts) {
  EXPECT_EQ(JsonObject().Add("a\"b", "c\"d").Text(), R"({"a\"b":"c\"d"})");
}

}  // namespace
}  // namespace welfare::base
