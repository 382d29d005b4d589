#include "gateway/json/line_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace welfare::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

using Lines = std::vector<std::pair<std::size_t, std::string>>;

// The lines of a body that comes in parts of `part` bytes, with their numbers.
Lines LinesOf(const std::string& body, std::size_t part,
              std::size_t limit = 100) {
  LineReader reader(limit);
  Lines lines;
  const auto take = [&] {
    while (const auto line = reader.Next()) {
      lines.emplace_back(reader.line(), *line);
    }
  };
  for (std::size_t at = 0; at < body.size(); at += part) {
    reader.Append(std::string_view(body).substr(at, part));
    take();
  }
  reader.End();
  take();
  EXPECT_EQ(reader.done(), !reader.too_long()) << body;
  return lines;
}

TEST(LineReader, CutsLinesHoweverTheyCome) {
  for (const std::size_t part : {1u, 2u, 3u, 7u, 100u}) {
    EXPECT_THAT(
        LinesOf("{\"a\":1}\n\r\n  \t\n{}\r\n\n[1]", part),
        ElementsAre(Pair(1u, "{\"a\":1}"), Pair(4u, "{}"), Pair(6u, "[1]")))
        << part;
    EXPECT_THAT(LinesOf("", part), ElementsAre());
    EXPECT_THAT(LinesOf("\n\n", part), ElementsAre());
    EXPECT_THAT(LinesOf("x\n", part), ElementsAre(Pair(1u, "x")));
    // The last line of a body needs no end; a lone CR is part of a line.
    EXPECT_THAT(LinesOf("a\rb", part), ElementsAre(Pair(1u, "a\rb")));
  }
}

TEST(LineReader, RefusesALineThatIsTooLong) {
  for (const std::size_t part : {1u, 5u, 100u}) {
    EXPECT_THAT(LinesOf("12345\r\n12345", part, 5),
                ElementsAre(Pair(1u, "12345"), Pair(2u, "12345")));
    LineReader reader(5);
    const std::string body = "1\n123456\n2\n";
    for (std::size_t at = 0; at < body.size(); at += part) {
      reader.Append(std::string_view(body).substr(at, part));
      while (reader.Next()) {
      }
    }
    reader.End();
    EXPECT_FALSE(reader.Next().has_value());
    EXPECT_TRUE(reader.too_long());
    EXPECT_EQ(reader.line(), 2u);
    EXPECT_FALSE(reader.done());
  }
}

// Without an end a line is refused before it comes whole.
TEST(LineReader, WaitsForNoEndBeyondTheLimit) {
  LineReader reader(5);
  reader.Append("123456");
  EXPECT_FALSE(reader.Next().has_value());
  EXPECT_FALSE(reader.too_long());  // a CR LF may follow
  reader.Append("7");
  EXPECT_FALSE(reader.Next().has_value());
  EXPECT_TRUE(reader.too_long());
}

// Quadratic in the body, these would take minutes.
TEST(LineReader, TakesLinearTime) {
  LineReader many(100);
  std::string body;
  for (int i = 0; i < 2'000'000; ++i) body += "{}\n";
  many.Append(body);
  std::size_t count = 0;
  while (many.Next()) ++count;
  EXPECT_EQ(count, 2'000'000u);
  EXPECT_EQ(many.size(), 0u);
  LineReader slow(10'000'000);
  for (int i = 0; i < 1'000'000; ++i) {
    slow.Append("x");
    EXPECT_FALSE(slow.Next().has_value());
  }
  EXPECT_EQ(slow.size(), 1'000'000u);
}

}  // namespace
}  // namespace welfare::gateway
