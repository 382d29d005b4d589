// What the worst bodies of a mebibyte cost, in time of the thread that reads
// them, which no other load on the machine changes.
#include <google/protobuf/message.h>
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/json/json_reader.h"
#include "tests/gateway/test_schema.h"

namespace welfare::gateway {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

// How often a body is read until it costs what it costs by itself.
#ifdef WELFARE_OPTIMISED
constexpr int kTurns = 20;
#else
constexpr int kTurns = 1;
#endif

double ThreadMilliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 +
         static_cast<double>(now.tv_nsec) / 1e6;
}

// `open`, as many of `part` with commas between them as fit, `close`. Where a
// part holds a '#', that is its number.
std::string Filled(std::string_view open, std::string_view part,
                   std::string_view close, std::string_view comma = ",",
                   std::size_t most = kMebibyte) {
  std::string text(open);
  const std::size_t hash = part.find('#');
  for (std::size_t i = 0;
       i < most && text.size() + part.size() + 8 + close.size() < kMebibyte;
       ++i) {
    if (i > 0) text += comma;
    text += part.substr(0, hash);
    if (hash != std::string_view::npos) {
      text += std::to_string(i);
      text += part.substr(hash + 1);
    }
  }
  text.append(close);
  // Space fills what is left.
  if (most != kMebibyte) text.append(kMebibyte - text.size(), ' ');
  return text;
}

// As many as a map may have, beside what it is in.
constexpr std::size_t kEntries = kMaxJsonValues / 2 - 2;

// Nested as deep as may be, over and over.
std::string Deep(std::string_view open, std::string_view close, int levels) {
  std::string part;
  for (int i = 0; i < levels; ++i) part += open;
  for (int i = 0; i < levels; ++i) part += close;
  return part;
}

std::vector<std::pair<const char*, std::string>> Bodies() {
  return {
      {"open lists", std::string(kMebibyte, '[')},
      {"open objects", Filled("", "{\"child\":", "", "")},
      {"quotes", std::string(kMebibyte, '"')},
      {"backslashes", "\"" + std::string(kMebibyte - 2, '\\') + "\""},
      {"space", std::string(kMebibyte - 2, ' ') + "{}"},
      {"one number", "{\"wide\":" + std::string(kMebibyte - 10, '9') + "}"},
      {"one fraction", "{\"wide\":0." + std::string(kMebibyte - 12, '3') + "}"},
      {"one number as a text",
       "{\"big\":\"" + std::string(kMebibyte - 11, '9') + "\"}"},
      {"fractions", Filled("{\"wides\":[", "1.7976931348623157e-300", "]}")},
      {"long fractions",
       Filled("{\"wides\":[", "0." + std::string(700, '9') + "e-308", "]}")},
      {"small numbers", Filled("{\"numbers\":[", "1", "]}")},
      {"numbers",
       Filled("{\"numbers\":[", "1234567", "]}", ",", kMaxJsonValues - 2)},
      {"numbers as texts",
       Filled("{\"ubigs\":[", "\"18446744073709551615\"", "]}")},
      {"numbers out of range", Filled("{\"numbers\":[", "99999999999", "]}")},
      {"one text",
       "{\"displayName\":\"" + std::string(kMebibyte - 20, 'a') + "\"}"},
      {"escapes", Filled("{\"displayName\":\"", "\\u6771", "\"}", "")},
      {"pairs of surrogates",
       Filled("{\"displayName\":\"", "\\ud83d\\ude00", "\"}", "")},
      {"texts", Filled("{\"texts\":[", "\"\"", "]}", ",", kMaxJsonValues - 2)},
      {"texts of escapes", Filled("{\"texts\":[", "\"\\n\"", "]}")},
      {"bytes", Filled("{\"blobs\":[", "\"AAECAw==\"", "]}")},
      {"one of bytes",
       "{\"rawBytes\":\"" + std::string(kMebibyte - 20, 'A') + "\"}"},
      {"times",
       Filled("{\"times\":[", "\"2025-04-01T00:00:00.123456789+09:00\"", "]}")},
      {"a mask", Filled("{\"mask\":\"", "a.b", "\"}")},
      {"colors", Filled("{\"colors\":[", "\"COLOR_BLUE\"", "]}")},
      {"unknown colors", Filled("{\"colors\":[", "\"COLOR_#\"", "]}")},
      {"unknown fields", Filled("{", "\"f#\":1", "}")},
      {"one unknown field, again", Filled("{", "\"f\":1", "}")},
      {"one field, again", Filled("{", "\"small\":1", "}")},
      {"one name of a field, long",
       "{\"" + std::string(kMebibyte - 8, 'f') + "\":1}"},
      {"too many keys", Filled("{\"counts\":{", "\"k#\":1", "}}")},
      {"keys", Filled("{\"counts\":{", "\"k#\":1", "}}", ",", kEntries)},
      {"one key, again", Filled("{\"counts\":{", "\"k\":1", "}}")},
      {"too many messages", Filled("{\"children\":[", "{}", "]}")},
      {"messages",
       Filled("{\"children\":[", "{}", "]}", ",", kMaxJsonValues - 2)},
      {"messages in messages",
       Filled("{\"children\":[",
              Deep("{\"child\":", "", 28) + "{}" + std::string(28, '}'), "]}")},
      {"messages by number",
       Filled("{\"byNumber\":{", "\"#\":{}", "}}", ",", kEntries)},
      {"values", Filled("{\"list\":[", "[]", "]}", ",", kMaxJsonValues - 2)},
      {"values in values", Filled("{\"list\":[", Deep("[", "]", 29), "]}")},
      {"values of texts",
       Filled("{\"structure\":{", "\"k#\":\"v\"", "}}", ",", kEntries)},
      {"values of their own",
       Filled("{\"list\":[", "1", "]}", ",", kMaxJsonValues - 2)},
      {"nothing", Filled("{\"list\":[", "null", "]}")},
      {"what is no UTF-8",
       Filled("{\"displayName\":\"", "\xe6\x9d\xb1", "\xff\"}", "")},
      {"a comma at the end", Filled("{\"numbers\":[", "1", ",]}")},
      {"texts behind it", "{}" + std::string(kMebibyte - 2, '}')},
  };
}

TEST(JsonCost, NoBodyOfAMebibyteCostsMoreThanATenthOfASecond) {
  std::pair<double, const char*> worst{0, ""};
  for (const auto& [name, body] : Bodies()) {
    ASSERT_LE(body.size(), kMebibyte) << name;
    ASSERT_GT(body.size(), kMebibyte - 2048) << name;
    double least = 1e9;
    for (int turn = 0; turn < kTurns && least > 80; ++turn) {
      const double before = ThreadMilliseconds();
      {
        const auto message = NewTestMessage("Everything");
        const JsonReport report = ReadJson(body, "", *message);
      }  // its memory is given back too
      least = std::min(least, ThreadMilliseconds() - before);
    }
    worst = std::max(worst, {least, name});
#ifdef WELFARE_OPTIMISED
    EXPECT_LT(least, 100) << name;
#endif
  }
  std::cout << "worst: " << worst.second << ", " << worst.first << " ms\n";
}

}  // namespace
}  // namespace welfare::gateway
