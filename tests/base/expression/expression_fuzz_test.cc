// The libFuzzer entry point for the expression language, and an ordinary test
// that feeds it a corpus and seeded mutations. With clang, link this file's
// LLVMFuzzerTestOneInput with -fsanitize=fuzzer and leave the test out.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"
#include "services/base/expression/expression.h"
#include "tests/base/expression/expression_rows.h"

namespace welfare::base {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const TestSchema schema = [] {
    TestSchema made;
    made.set_current("n");
    return made;
  }();
  static const TestRow row = [] {
    TestRow made(schema);
    made.Set("plan", "none").Set("x", "a c").Set("n", "3").Set("note", "t");
    return made;
  }();
  const std::string text(data, data + size);
  const auto parsed = Expression::Parse(text);
  if (!parsed.ok()) {
    const auto details = GetErrorDetails(parsed.status());
    if (!details || details->violations.size() != 1) std::abort();
    return 0;
  }
  const auto reparsed = Expression::Parse(parsed->ToString());
  // Printing adds parentheses, which may pass the limits; nothing else may
  // go wrong.
  if (!reparsed.ok()) {
    const std::string& reason =
        GetErrorDetails(reparsed.status())->violations[0].reason;
    if (reason != "TOO_DEEP" && reason != "TOO_LONG") std::abort();
  } else if (reparsed->ToString() != parsed->ToString()) {
    std::abort();
  }
  const auto checked = Check(*parsed, schema);
  if (!checked.ok()) {
    if (GetErrorDetails(checked.status())->violations.empty()) std::abort();
    return 0;
  }
  const Value value = checked->Evaluate(row);
  if (checked->yields_truth() != (value.truth() != nullptr)) std::abort();
  return 0;
}

namespace {

constexpr std::string_view kCorpus[] = {
    "true()",
    "registry('implementing', 0)",
    "not(registry('preparation', -1))",
    "${plan} = 'formulated'",
    "${plan} != '' and ${plan2} = \"none\"",
    "selected(${x}, 'a') or selected(${x}, 'b') and not(selected(${x}, 'c'))",
    "count-selected(.) >= 1",
    ". >= 0 and . <= survey_year()",
    "(. = 1 and ${n} - ${m} + 1 = 1) or (. = 2 and ${n} * ${m} div 3 = 2)",
    "if(${plan} = 'none', ${n}, coalesce(${m}, 0)) mod 2 = 0",
    "${day} >= date('2025-06-16') and ${note} = '日本語'",
    "-(-(-1)) * 0.000000000000000001 < 999999999999999999",
};

void Feed(const std::string& text) {
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

TEST(ExpressionFuzz, SurvivesCorpusAndMutations) {
  std::mt19937 random(7);
  const auto pick = [&](std::size_t count) { return random() % count; };
  constexpr std::string_view kPieces[] = {
      "(",     ")",         "${n}",
      "'a'",   "''",        " and ",
      " or ",  "not(",      ",",
      "-",     "+",         " div ",
      " mod ", "=",         "!=",
      "<",     ".",         "0",
      "1.5",   "'",         "${",
      "}",     "\xE3",      "selected(",
      "if(",   "coalesce(", "registry('implementing', ",
      "date("};
  for (const std::string_view seed : kCorpus) {
    Feed(std::string(seed));
    for (int i = 0; i < 1500; ++i) {
      std::string text(seed);
      for (std::size_t edits = 1 + pick(4); edits > 0; --edits) {
        const std::size_t at = pick(text.size() + 1);
        switch (pick(4)) {
          case 0:
            text.insert(at, kPieces[pick(std::size(kPieces))]);
            break;
          case 1:
            text.erase(at, pick(8));
            break;
          case 2:
            if (at < text.size()) text[at] = static_cast<char>(pick(256));
            break;
          default: {
            const std::string_view other = kCorpus[pick(std::size(kCorpus))];
            text.insert(at, other.substr(pick(other.size())));
          }
        }
      }
      Feed(text);
    }
  }
  // Deep and long inputs.
  Feed(std::string(100'000, '('));
  Feed(std::string(8'000, '-') + "1");
  Feed(std::string(8'192, '1'));
}

}  // namespace
}  // namespace welfare::base
