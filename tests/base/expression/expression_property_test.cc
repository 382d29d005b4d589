// Random expressions, evaluated by the library and by a slow evaluator that
// shares nothing with it: its own tree, its own fractions, values as text.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <random>

#include "services/base/error.h"
#include "services/base/expression/expression.h"
#include "tests/base/expression/expression_rows.h"

namespace welfare::base {
namespace {

// A fraction, or no value. Numbers stay small: depth is bounded.
struct Fraction {
  bool missing = true;
  long long numerator = 0;
  long long denominator = 1;
};

Fraction MakeFraction(long long numerator, long long denominator) {
  if (denominator == 0) return {};
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  const long long divisor = std::gcd(numerator, denominator);
  return {false, numerator / divisor, denominator / divisor};
}

// What the slow evaluator knows of a respondent: texts by item.
using Answers = std::map<std::string, std::string>;

struct Outcome {
  int truth = -1;  // 0 false, 1 true, -1 unknown
  Fraction number;
};

// A node that can print itself and evaluate itself.
struct Node {
  std::string text;
  bool truth = true;
  std::function<Outcome(const Answers&)> evaluate;
};

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  int Pick(int count) {
    return static_cast<int>(random_() % static_cast<unsigned>(count));
  }

  Answers RandomAnswers() {
    Answers answers;
    const auto maybe = [&](const char* item,
                           std::initializer_list<const char*> values) {
      const int chosen = Pick(static_cast<int>(values.size()) + 1);
      if (chosen > 0) answers[item] = *(values.begin() + (chosen - 1));
    };
    maybe("plan", {"formulated", "none", "other"});
    maybe("plan2", {"formulated", "none", "other"});
    maybe("x", {"a", "b", "a c", "a b c", "c b"});
    maybe("n", {"0", "1", "7", "-3"});
    maybe("m", {"0", "2", "5", "7"});
    maybe("implementing 0", {"yes", "no"});
    maybe("implementing -1", {"yes", "no"});
    maybe("preparation 0", {"yes", "no"});
    return answers;
  }

  Node Truth(int depth) {
    if (depth == 0 || Pick(6) == 0) return TruthLeaf();
    switch (Pick(6)) {
      case 0: {
        const Node a = Truth(depth - 1);
        return {"not(" + a.text + ")", true, [a](const Answers& answers) {
                  const int v = a.evaluate(answers).truth;
                  return Outcome{v == -1 ? -1 : 1 - v, {}};
                }};
      }
      case 1:
      case 2: {
        const bool conjunction = Pick(2) == 0;
        std::vector<Node> parts;
        std::string text;
        const int count = 2 + Pick(3);
        for (int i = 0; i < count; ++i) {
          parts.push_back(Truth(depth - 1));
          if (i > 0) text += conjunction ? " and " : " or ";
          text += "(" + parts.back().text + ")";
        }
        return {text, true, [parts, conjunction](const Answers& answers) {
                  // Decided when any part decides; unknown when one is.
                  int unknown = 0;
                  for (const Node& part : parts) {
                    const int v = part.evaluate(answers).truth;
                    if (v == (conjunction ? 0 : 1)) return Outcome{v, {}};
                    if (v == -1) ++unknown;
                  }
                  return Outcome{unknown > 0 ? -1 : (conjunction ? 1 : 0), {}};
                }};
      }
      case 3: {
        const Node a = Number(depth - 1);
        const Node b = Number(depth - 1);
        static const char* const kWords[] = {"=", "!=", "<", "<=", ">", ">="};
        const int op = Pick(6);
        return {
            "(" + a.text + ") " + kWords[op] + " (" + b.text + ")", true,
            [a, b, op](const Answers& answers) {
              const Fraction x = a.evaluate(answers).number;
              const Fraction y = b.evaluate(answers).number;
              if (x.missing || y.missing) return Outcome{-1, {}};
              const long long d =
                  x.numerator * y.denominator - y.numerator * x.denominator;
              const bool holds[] = {d == 0, d != 0, d<0, d <= 0, d> 0, d >= 0};
              return Outcome{holds[op] ? 1 : 0, {}};
            }};
      }
      case 4: {
        const Node c = Truth(depth - 1);
        const Node a = Truth(depth - 1);
        const Node b = Truth(depth - 1);
        return {"if(" + c.text + ", " + a.text + ", " + b.text + ")", true,
                [a, b, c](const Answers& answers) {
                  const int v = c.evaluate(answers).truth;
                  if (v == -1) return Outcome{-1, {}};
                  return v == 1 ? a.evaluate(answers) : b.evaluate(answers);
                }};
      }
      default: {
        const Node a = Number(depth - 1);
        const bool negated = Pick(2) == 0;
        return {"(" + a.text + ") " + (negated ? "!=" : "=") + " ''", true,
                [a, negated](const Answers& answers) {
                  const bool missing = a.evaluate(answers).number.missing;
                  return Outcome{missing != negated ? 1 : 0, {}};
                }};
      }
    }
  }

  Node Number(int depth) {
    if (depth == 0 || Pick(4) == 0) return NumberLeaf();
    switch (Pick(4)) {
      case 0: {
        const Node a = Number(depth - 1);
        return {"-(" + a.text + ")", false, [a](const Answers& answers) {
                  Fraction x = a.evaluate(answers).number;
                  x.numerator = -x.numerator;
                  return Outcome{-1, x};
                }};
      }
      case 1: {
        const Node a = Number(depth - 1);
        const Node b = Number(depth - 1);
        return {"coalesce(" + a.text + ", " + b.text + ")", false,
                [a, b](const Answers& answers) {
                  const Outcome x = a.evaluate(answers);
                  return x.number.missing ? b.evaluate(answers) : x;
                }};
      }
      default: {
        const Node a = Number(depth - 1);
        const Node b = Number(depth - 1);
        static const char* const kWords[] = {"+", "-", "*", "div", "mod"};
        const int op = Pick(5);
        return {"(" + a.text + ") " + kWords[op] + " (" + b.text + ")", false,
                [a, b, op](const Answers& answers) {
                  return Outcome{-1, Arithmetic(op, a.evaluate(answers).number,
                                                b.evaluate(answers).number)};
                }};
      }
    }
  }

 private:
  static Fraction Arithmetic(int op, const Fraction& x, const Fraction& y) {
    if (x.missing || y.missing) return {};
    const long long common = x.denominator * y.denominator;
    const long long left = x.numerator * y.denominator;
    const long long right = y.numerator * x.denominator;
    switch (op) {
      case 0:
        return MakeFraction(left + right, common);
      case 1:
        return MakeFraction(left - right, common);
      case 2:
        return MakeFraction(x.numerator * y.numerator, common);
      case 3:
        return MakeFraction(left, right);
      default: {
        if (right == 0) return {};
        // a - b * trunc(a / b)
        const long long whole = left / right;
        return MakeFraction(left - right * whole, common);
      }
    }
  }

  Node TruthLeaf() {
    switch (Pick(5)) {
      case 0: {
        const bool value = Pick(2) == 0;
        return {value ? "true()" : "false()", true, [value](const Answers&) {
                  return Outcome{value ? 1 : 0, {}};
                }};
      }
      case 1: {
        const std::string fact =
            Pick(3) == 0
                ? "preparation 0"
                : (Pick(2) == 0 ? "implementing 0" : "implementing -1");
        const std::size_t space = fact.find(' ');
        return {"registry('" + fact.substr(0, space) + "', " +
                    fact.substr(space + 1) + ")",
                true, [fact](const Answers& answers) {
                  const auto found = answers.find(fact);
                  if (found == answers.end()) return Outcome{-1, {}};
                  return Outcome{found->second == "yes" ? 1 : 0, {}};
                }};
      }
      case 2: {
        static const char* const kCodes[] = {"a", "b", "c"};
        const std::string code = kCodes[Pick(3)];
        return {"selected(${x}, '" + code + "')", true,
                [code](const Answers& answers) {
                  const auto found = answers.find("x");
                  if (found == answers.end()) return Outcome{-1, {}};
                  return Outcome{
                      (" " + found->second + " ").find(" " + code + " ") !=
                              std::string::npos
                          ? 1
                          : 0,
                      {}};
                }};
      }
      case 3: {
        static const char* const kCodes[] = {"formulated", "none", "other"};
        const std::string code = kCodes[Pick(3)];
        const std::string item = Pick(2) == 0 ? "plan" : "plan2";
        const bool negated = Pick(2) == 0;
        return {
            "${" + item + "} " + (negated ? "!=" : "=") + " '" + code + "'",
            true, [item, code, negated](const Answers& answers) {
              const auto found = answers.find(item);
              if (found == answers.end()) return Outcome{-1, {}};
              return Outcome{(found->second == code) != negated ? 1 : 0, {}};
            }};
      }
      default:
        return {"${plan} = ${plan2}", true, [](const Answers& answers) {
                  const auto a = answers.find("plan");
                  const auto b = answers.find("plan2");
                  if (a == answers.end() || b == answers.end()) {
                    return Outcome{-1, {}};
                  }
                  return Outcome{a->second == b->second ? 1 : 0, {}};
                }};
    }
  }

  Node NumberLeaf() {
    switch (Pick(4)) {
      case 0: {
        const int value = Pick(10);
        return {std::to_string(value), false, [value](const Answers&) {
                  return Outcome{-1, {false, value, 1}};
                }};
      }
      case 1:
        return {"1.5", false, [](const Answers&) {
                  return Outcome{-1, {false, 3, 2}};
                }};
      case 2:
        return {"count-selected(${x})", false, [](const Answers& answers) {
                  const auto found = answers.find("x");
                  if (found == answers.end()) return Outcome{};
                  const auto spaces = std::ranges::count(found->second, ' ');
                  return Outcome{-1, {false, spaces + 1, 1}};
                }};
      default: {
        const std::string item = Pick(2) == 0 ? "n" : "m";
        return {"${" + item + "}", false, [item](const Answers& answers) {
                  const auto found = answers.find(item);
                  if (found == answers.end()) return Outcome{};
                  return Outcome{-1, {false, std::stoll(found->second), 1}};
                }};
      }
    }
  }

  std::mt19937 random_;
};

TestRow RowOf(const TestSchema& schema, const Answers& answers) {
  TestRow row(schema);
  for (const auto& [key, text] : answers) {
    const std::size_t space = key.find(' ');
    if (space == std::string::npos) {
      row.Set(key, text);
    } else {
      row.SetRegistry(*FindRegistryFact(key.substr(0, space)),
                      std::stoi(key.substr(space + 1)), ToTruth(text == "yes"));
    }
  }
  return row;
}

TEST(ExpressionProperty, AgreesWithASlowEvaluator) {
  const TestSchema schema;
  Generator generator(20250616);
  std::map<int, int> seen;
  for (int round = 0; round < 4000; ++round) {
    const Node node = round % 4 == 0 ? generator.Number(3) : generator.Truth(4);
    const auto parsed = Expression::Parse(node.text);
    ASSERT_TRUE(parsed.ok()) << node.text << ": " << parsed.status();
    const auto checked = Check(*parsed, schema);
    ASSERT_TRUE(checked.ok()) << node.text << ": " << checked.status();
    ASSERT_EQ(checked->yields_truth(), node.truth);
    // What is printed means the same as what was read.
    const auto reparsed = Expression::Parse(parsed->ToString());
    ASSERT_TRUE(reparsed.ok()) << parsed->ToString();
    const auto rechecked = Check(*reparsed, schema);
    ASSERT_TRUE(rechecked.ok());
    for (int i = 0; i < 10; ++i) {
      const Answers answers = generator.RandomAnswers();
      const TestRow row = RowOf(schema, answers);
      const Outcome expected = node.evaluate(answers);
      if (node.truth) {
        const Truth truth = expected.truth == -1 ? Truth::kUnknown
                                                 : ToTruth(expected.truth == 1);
        ++seen[expected.truth];
        ASSERT_EQ(checked->EvaluateTruth(row), truth) << node.text;
      } else {
        const Value value =
            expected.number.missing
                ? Value::Missing()
                : Value::Of(*Rational::Make(expected.number.numerator,
                                            expected.number.denominator));
        ASSERT_EQ(checked->Evaluate(row), value) << node.text;
      }
      ASSERT_EQ(rechecked->Evaluate(row), checked->Evaluate(row)) << node.text;
    }
  }
  // The sample reaches all three truths often.
  EXPECT_GT(seen[0], 1000);
  EXPECT_GT(seen[1], 1000);
  EXPECT_GT(seen[-1], 1000);
}

}  // namespace
}  // namespace welfare::base
