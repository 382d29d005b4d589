// The expression language of codebooks, populations and measures: XLSForm's,
// with registry terms.
//
//   ${plan} = 'formulated'            a single answer is this code
//   selected(${x}, 'a')               a single or multiple answer has this code
//   ${x} = ''    ${x} != ''           there is no answer / there is one
//   and  or  not(e)  true()  false()
//   =  !=  <  <=  >  >=               numbers, dates; = and != also text, truth
//   +  -  *  div  mod                 exact numbers; no floating point
//   count-selected(${x})              the number of codes chosen
//   if(c, a, b)   coalesce(a, b)
//   date('2025-06-16')
//   .                                 the item a constraint belongs to
//   registry('implementing', -1)      a registry fact of the respondent's
//                                     municipality in the round's fiscal year
//                                     plus the offset
//   survey_year()                     the round's fiscal year, a number
//
// Truth is three-valued. Comparing a missing value, also by !=, is UNKNOWN, as
// is `selected` on one; `and`, `or`, `not` follow Kleene; arithmetic with a
// missing operand is missing, and so are a division by zero and a result too
// large to be exact in 64-bit terms; `= ''` asks for absence and is never
// UNKNOWN; `if` with an UNKNOWN condition is missing (UNKNOWN for truths);
// `coalesce` takes its second argument when the first is missing or UNKNOWN.
//
// Precedence, loosest first: or; and; = != < <= > >=; + -; * div mod; unary -.
// Operators of one level group to the left; comparisons do not chain, since
// `1 < ${x} < 5` is always a mistake.
//
// An expression goes through three steps: Parse (text to tree), Check (tree
// and schema to a typed program, items resolved to indexes), Evaluate (program
// and row to a value, without any look-up by string). All values are immutable
// and may be used from any thread.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/numbers/rational.h"
#include "services/base/time/date.h"

namespace welfare::base {

enum class Truth : std::uint8_t { kFalse = 0, kTrue = 1, kUnknown = 2 };

constexpr Truth ToTruth(bool value) {
  return value ? Truth::kTrue : Truth::kFalse;
}
Truth Not(Truth a);
Truth And(Truth a, Truth b);
Truth Or(Truth a, Truth b);
// Returns `FALSE`, `TRUE` or `UNKNOWN`.
std::string_view ToString(Truth truth);

// The most options an item used in an expression may have.
inline constexpr std::size_t kMaxOptions = 256;
using OptionSet = std::bitset<kMaxOptions>;

// The value of an item in a row, or of an expression. Codes are indexes into
// the item's option list. An empty text and an empty set of options are
// missing.
class Value {
 public:
  // The index of a chosen option.
  struct Option {
    std::uint16_t index;
    friend bool operator==(const Option&, const Option&) = default;
  };

  Value() = default;  // missing
  static Value Missing() { return {}; }
  static Value Of(Truth truth) { return Value(Data(truth)); }
  // REQUIRES: index < kMaxOptions.
  static Value OfOption(std::size_t index) {
    return Value(Data(Option{static_cast<std::uint16_t>(index)}));
  }
  static Value OfOptions(const OptionSet& options) {
    return options.none() ? Value() : Value(Data(options));
  }
  static Value Of(const Rational& number) { return Value(Data(number)); }
  static Value Of(const Date& date) { return Value(Data(date)); }
  static Value OfText(std::string text) {
    return text.empty() ? Value() : Value(Data(std::move(text)));
  }

  // True for "no value"; a truth is never missing, only kUnknown.
  bool missing() const { return std::holds_alternative<std::monostate>(data_); }
  // Each returns null when the value is of another kind.
  const Truth* truth() const { return std::get_if<Truth>(&data_); }
  const Option* option() const { return std::get_if<Option>(&data_); }
  const OptionSet* options() const { return std::get_if<OptionSet>(&data_); }
  const Rational* number() const { return std::get_if<Rational>(&data_); }
  const Date* date() const { return std::get_if<Date>(&data_); }
  const std::string* text() const { return std::get_if<std::string>(&data_); }

  friend bool operator==(const Value&, const Value&) = default;

 private:
  using Data = std::variant<std::monostate, Truth, Option, OptionSet, Rational,
                            Date, std::string>;
  explicit Value(Data data) : data_(std::move(data)) {}

  Data data_;
};

enum class ItemKind { kSingle, kMultiple, kInteger, kDecimal, kText, kDate };

// What an expression may know about an item.
struct ItemType {
  ItemKind kind = ItemKind::kText;
  // The codes in codebook order; single and multiple only.
  std::vector<std::string> options{};

  // Returns the index of `code` in `options`.
  std::optional<std::size_t> FindOption(std::string_view code) const;
};

// Returns the value that `text` spells for an item of `type`: one code, codes
// separated by single spaces, an integer, a decimal, an ISO date, or text. An
// empty text is missing.
//
// Errors, all INVALID_ARGUMENT:
//   OPTION_UNKNOWN: a code the item does not offer; metadata `code`.
//   OPTION_REPEATED: a code twice.
//   INTEGER_EXPECTED: a number that is no integer.
//   and those of Rational::ParseDecimal and Date::Parse.
absl::StatusOr<Value> ParseItemValue(const ItemType& type,
                                     std::string_view text);

// The facts of the registry, by their names `implementing` and `preparation`.
enum class RegistryFact : std::uint8_t { kImplementing = 0, kPreparation = 1 };

// Returns the fact's name.
std::string_view ToString(RegistryFact fact);
// Returns the fact of this name.
std::optional<RegistryFact> FindRegistryFact(std::string_view name);

// Answers which items exist. Items have dense indexes of the caller's choice,
// for example their position in the codebook.
class ExpressionSchema {
 public:
  struct Item {
    std::size_t index;
    const ItemType* type;  // lives as long as the schema
  };

  virtual ~ExpressionSchema() = default;
  virtual std::optional<Item> Find(std::string_view item_id) const = 0;
  // The item that `.` means; nothing outside constraints.
  virtual std::optional<Item> Current() const { return std::nullopt; }
};

// Gives the values of one respondent. References stay valid until the next
// change of the row.
class ExpressionRow {
 public:
  virtual ~ExpressionRow() = default;
  // The value of the item with this index, of the kind its type has, or
  // missing for every kind of absence.
  virtual const Value& item(std::size_t index) const = 0;
  // The fact in the round's fiscal year plus `offset`; kUnknown when the
  // registry does not know. `ended` is not implementing: kFalse.
  virtual Truth registry(RegistryFact fact, int offset) const = 0;
  // The round's fiscal year.
  virtual int fiscal_year() const = 0;
};

// A parsed expression. Cheap to copy.
class Expression {
 public:
  static constexpr std::size_t kMaxLength = 8192;  // bytes
  static constexpr int kMaxDepth = 64;             // nesting
  // Offsets of registry terms, in years either way.
  static constexpr int kMaxRegistryOffset = 50;

  // Parses `text`. Columns count characters (code points) from 1.
  //
  // Errors, INVALID_ARGUMENT, reason EXPRESSION_SYNTAX with metadata `text` and
  // `column`, and one violation whose field is `column N`:
  //   EMPTY, TOO_LONG, TOO_DEEP, NOT_UTF8, UNEXPECTED_CHARACTER,
  //   UNTERMINATED_STRING, UNTERMINATED_REFERENCE, BAD_REFERENCE, BAD_NUMBER,
  //   UNEXPECTED_TOKEN, UNKNOWN_FUNCTION, ARGUMENT_COUNT.
  static absl::StatusOr<Expression> Parse(std::string_view text);

  // The text as given.
  const std::string& text() const;

  // Returns a canonical text: fully parenthesised, single-quoted where
  // possible. Parsing it gives an equal tree.
  std::string ToString() const;

  struct Tree;  // internal
  const Tree& tree() const { return *tree_; }

 private:
  explicit Expression(std::shared_ptr<const Tree> tree)
      : tree_(std::move(tree)) {}

  std::shared_ptr<const Tree> tree_;
};

// What an expression must yield at the place where it is used.
enum class ExpectedResult {
  kAny,
  kTruth,   // relevant, constraint, population
  kNumber,  // measures
};

// One use of a registry term.
struct RegistryReference {
  RegistryFact fact;
  int offset;
  friend auto operator<=>(const RegistryReference&,
                          const RegistryReference&) = default;
};

// An expression that type-checks against a schema. Cheap to copy.
class CheckedExpression {
 public:
  // The indexes of all items it reads (`.` included), sorted, each once.
  const std::vector<std::size_t>& items() const;
  // The registry terms it reads, sorted, each once.
  const std::vector<RegistryReference>& registry() const;
  bool yields_truth() const;
  bool yields_number() const;
  // The numbers and texts that values of items are compared with, each once:
  // with these, their neighbours and no value every outcome can be tried. Of
  // `${n} > 5 and ${n} < 1 + 2` they are 5 and 3. Nothing where the number of
  // an item goes through arithmetic or is compared with that of another item;
  // then no few values stand for all.
  std::optional<std::vector<Value>> compared_values() const;

  // Returns the truth for `row`. REQUIRES: yields_truth().
  Truth EvaluateTruth(const ExpressionRow& row) const;

  // Returns the value for `row`; truths as Value::Of(Truth).
  Value Evaluate(const ExpressionRow& row) const;

  struct Program;  // internal
  explicit CheckedExpression(std::shared_ptr<const Program> program)
      : program_(std::move(program)) {}

 private:
  std::shared_ptr<const Program> program_;
};

// Type-checks `expression` and resolves its items.
//
// Errors, INVALID_ARGUMENT, reason EXPRESSION_TYPE with metadata `text` and
// every violation, each with field `column N`:
//   ITEM_UNKNOWN: no such item.        CURRENT_ITEM: `.` outside a constraint.
//   OPTION_UNKNOWN: the option is not in the item's list.
//   OPTION_LISTS_DIFFER: two items with different option lists compared.
//   TYPE_MISMATCH: operands that do not go together ('10' = 10).
//   OPERAND_TYPE: a part of the wrong type (text where a truth belongs).
//   REGISTRY_FACT: no such fact.       REGISTRY_OFFSET: not a small integer.
//   DATE_INVALID: date() of something else than an ISO date.
//   TOO_MANY_OPTIONS: an item with more than kMaxOptions options.
//   RESULT_TYPE: the whole does not yield what is expected.
absl::StatusOr<CheckedExpression> Check(
    const Expression& expression, const ExpressionSchema& schema,
    ExpectedResult expected = ExpectedResult::kAny);

}  // namespace welfare::base
