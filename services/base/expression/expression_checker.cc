#include <algorithm>

#include "services/base/error.h"
#include "services/base/error_table.h"
#include "services/base/expression/expression.h"
#include "services/base/expression/expression_faults.h"
#include "services/base/expression/expression_program.h"
#include "services/base/expression/expression_tree.h"

namespace welfare::base {
namespace {

enum class TypeKind {
  kWrong,    // already reported
  kTruth,    //
  kNumber,   //
  kText,     //
  kOption,   // one code of `list`
  kOptions,  // several codes of `list`
  kDate,     //
  kLiteral,  // a quoted text that may yet become a code
  kEmpty,    // '' : no value
};

struct Typed {
  TypeKind type = TypeKind::kWrong;
  std::size_t step = 0;
  std::size_t column = 0;
  const ItemType* list = nullptr;   // kOption, kOptions
  std::optional<std::size_t> item;  // the step only reads this item
  std::string_view literal;         // kLiteral
};

// What a type is called, in English and Japanese.
std::pair<std::string_view, std::string_view> NameOf(TypeKind type) {
  switch (type) {
    case TypeKind::kWrong:
      return {"nothing", "値なし"};
    case TypeKind::kTruth:
      return {"a truth", "真偽"};
    case TypeKind::kNumber:
      return {"a number", "数"};
    case TypeKind::kText:
    case TypeKind::kLiteral:
      return {"text", "文字列"};
    case TypeKind::kOption:
      return {"one code", "一つのコード"};
    case TypeKind::kOptions:
      return {"several codes", "複数のコード"};
    case TypeKind::kDate:
      return {"a date", "日付"};
    case TypeKind::kEmpty:
      return {"''", "''"};
  }
  return {};
}

// The words `is` and `wanted` of a sentence.
ErrorWords TypeWords(TypeKind is, TypeKind wanted = TypeKind::kWrong) {
  return {{"is", std::string(NameOf(is).first)},
          {"is_ja", std::string(NameOf(is).second)},
          {"wanted", std::string(NameOf(wanted).first)},
          {"wanted_ja", std::string(NameOf(wanted).second)}};
}

class Checker {
 public:
  Checker(const Expression& expression, const ExpressionSchema& schema)
      : expression_(expression), tree_(expression.tree()), schema_(schema) {}

  absl::StatusOr<CheckedExpression> Run(ExpectedResult expected) {
    const Typed root = Settle(Visit(tree_.root));
    if (root.type != TypeKind::kWrong) {
      if (expected == ExpectedResult::kTruth && root.type != TypeKind::kTruth) {
        Report(1, kNoTruth, TypeWords(root.type));
      }
      if (expected == ExpectedResult::kNumber &&
          root.type != TypeKind::kNumber) {
        Report(1, kNoMeasure, TypeWords(root.type));
      }
    }
    if (!violations_.empty()) {
      std::ranges::stable_sort(violations_, {}, &Problem::column);
      ErrorBuilder error = MakeError(BaseRow("EXPRESSION_TYPE"));
      error.With("text", expression_.text());
      for (Problem& problem : violations_) {
        error.WithViolation(std::move(problem.violation));
      }
      return error;
    }
    program_.root = root.step;
    SortUnique(program_.items);
    SortUnique(program_.registry);
    return CheckedExpression(std::make_shared<const CheckedExpression::Program>(
        std::move(program_)));
  }

 private:
  struct Problem {
    std::size_t column;
    Violation violation;
  };

  template <typename T>
  static void SortUnique(std::vector<T>& values) {
    std::ranges::sort(values);
    // Not that of std::ranges: clang 14 cannot read it in libstdc++ 12.
    values.erase(std::unique(values.begin(), values.end()), values.end());
  }

  void Report(std::size_t column, const ViolationRow& row,
              const ErrorWords& words = {}) {
    violations_.push_back(
        {column,
         MakeViolation(row, "column " + std::to_string(column), words)});
  }

  Typed Make(TypeKind type, std::size_t column, Step step) {
    step.result = type == TypeKind::kTruth    ? ResultKind::kTruth
                  : type == TypeKind::kNumber ? ResultKind::kNumber
                                              : ResultKind::kValue;
    program_.steps.push_back(std::move(step));
    Typed typed;
    typed.type = type;
    typed.step = program_.steps.size() - 1;
    typed.column = column;
    return typed;
  }

  static Typed Wrong(std::size_t column) {
    Typed typed;
    typed.column = column;
    return typed;
  }

  static Step StepOf(StepKind kind, std::vector<std::size_t> operands = {}) {
    Step step;
    step.kind = kind;
    step.operands = std::move(operands);
    return step;
  }

  Typed Constant(TypeKind type, std::size_t column, Value value) {
    Step step = StepOf(StepKind::kConstantValue);
    step.value = std::move(value);
    return Make(type, column, std::move(step));
  }

  // Turns what is left of literals into text: nothing gave them another type.
  Typed Settle(Typed typed) {
    if (typed.type == TypeKind::kLiteral || typed.type == TypeKind::kEmpty) {
      return Constant(TypeKind::kText, typed.column,
                      Value::OfText(std::string(typed.literal)));
    }
    return typed;
  }

  // Reports unless `typed` is `wanted`.
  bool Require(const Typed& typed, TypeKind wanted) {
    if (typed.type == wanted) return true;
    if (typed.type != TypeKind::kWrong) {
      Report(typed.column, kOtherType, TypeWords(typed.type, wanted));
    }
    return false;
  }

  Typed Visit(std::size_t index) {
    const TreeNode& node = tree_.nodes[index];
    switch (node.kind) {
      case TreeKind::kNumber: {
        Step step = StepOf(StepKind::kConstantNumber);
        step.number = node.number;
        return Make(TypeKind::kNumber, node.column, std::move(step));
      }
      case TreeKind::kString: {
        Typed typed;
        typed.type = node.text.empty() ? TypeKind::kEmpty : TypeKind::kLiteral;
        typed.column = node.column;
        typed.literal = node.text;
        return typed;
      }
      case TreeKind::kItem: {
        const auto item = schema_.Find(node.text);
        if (!item) {
          Report(node.column, kNoItem, {{"item", node.text}});
          return Wrong(node.column);
        }
        return Item(*item, node.column);
      }
      case TreeKind::kCurrent: {
        const auto item = schema_.Current();
        if (!item) {
          Report(node.column, kNoCurrentItem);
          return Wrong(node.column);
        }
        return Item(*item, node.column);
      }
      case TreeKind::kNegate: {
        const Typed operand = Visit(node.children[0]);
        if (!Require(operand, TypeKind::kNumber)) return Wrong(node.column);
        return Make(TypeKind::kNumber, node.column,
                    StepOf(StepKind::kNegate, {operand.step}));
      }
      case TreeKind::kOr:
        return Fold(node, StepKind::kOr, TypeKind::kTruth);
      case TreeKind::kAnd:
        return Fold(node, StepKind::kAnd, TypeKind::kTruth);
      case TreeKind::kSum:
        return Fold(node, StepKind::kSum, TypeKind::kNumber);
      case TreeKind::kProduct:
        return Fold(node, StepKind::kProduct, TypeKind::kNumber);
      case TreeKind::kCompare:
        return Compare(node);
      case TreeKind::kFunction:
        return Function(node);
    }
    return Wrong(node.column);
  }

  Typed Item(const ExpressionSchema::Item& item, std::size_t column) {
    if (item.type->options.size() > kMaxOptions) {
      Report(column, kTooManyOptions);
      return Wrong(column);
    }
    program_.items.push_back(item.index);
    TypeKind type = TypeKind::kText;
    switch (item.type->kind) {
      case ItemKind::kSingle:
        type = TypeKind::kOption;
        break;
      case ItemKind::kMultiple:
        type = TypeKind::kOptions;
        break;
      case ItemKind::kInteger:
      case ItemKind::kDecimal:
        type = TypeKind::kNumber;
        break;
      case ItemKind::kText:
        break;
      case ItemKind::kDate:
        type = TypeKind::kDate;
        break;
    }
    Step step = StepOf(type == TypeKind::kNumber ? StepKind::kItemNumber
                                                 : StepKind::kItemValue);
    step.item = item.index;
    Typed typed = Make(type, column, std::move(step));
    typed.item = item.index;
    typed.list = item.type;
    return typed;
  }

  // All operands of one type, one step.
  Typed Fold(const TreeNode& node, StepKind kind, TypeKind type) {
    Step step = StepOf(kind);
    step.operators = node.operators;
    bool fits = true;
    for (const std::size_t child : node.children) {
      const Typed operand = Visit(child);
      fits = Require(operand, type) && fits;
      step.operands.push_back(operand.step);
    }
    return fits ? Make(type, node.column, std::move(step)) : Wrong(node.column);
  }

  std::optional<std::size_t> FindOption(const ItemType& list,
                                        const Typed& literal) {
    const auto option = list.FindOption(literal.literal);
    if (!option) {
      Report(literal.column, kNoOption,
             {{"code", std::string(literal.literal)}});
    }
    return option;
  }

  static bool SameLists(const Typed& a, const Typed& b) {
    return a.list == b.list || a.list->options == b.list->options;
  }

  Typed Mismatch(const TreeNode& node, const Typed& a, const Typed& b) {
    std::pair<std::string_view, std::string_view> advice;
    if (a.type == TypeKind::kOptions || b.type == TypeKind::kOptions) {
      advice = {" Ask selected() of items with several codes.",
                "複数のコードをもつ項目には selected() を使ってください。"};
    } else if (a.type == TypeKind::kDate || b.type == TypeKind::kDate) {
      advice = {" Dates are written date('2025-06-16').",
                "日付は date('2025-06-16') と書いてください。"};
    } else if (a.type == TypeKind::kNumber || b.type == TypeKind::kNumber) {
      advice = {" Numbers are written without quotes.",
                "数は引用符で囲まずに書いてください。"};
    }
    ErrorWords words = TypeWords(a.type, b.type);
    words["advice"] = advice.first;
    words["advice_ja"] = advice.second;
    Report(node.column, kNotComparable, words);
    return Wrong(node.column);
  }

  Typed Compare(const TreeNode& node) {
    Typed a = Visit(node.children[0]);
    Typed b = Visit(node.children[1]);
    if (a.type == TypeKind::kWrong || b.type == TypeKind::kWrong) {
      // A truth all the same, so that one mistake is reported once.
      return Make(TypeKind::kTruth, node.column,
                  StepOf(StepKind::kConstantTruth));
    }
    const TreeOperator op = node.operators[0];
    const bool equality =
        op == TreeOperator::kEqual || op == TreeOperator::kNotEqual;
    if (a.type == TypeKind::kEmpty || b.type == TypeKind::kEmpty) {
      if (a.type == TypeKind::kEmpty) std::swap(a, b);
      if (!equality || a.type == TypeKind::kTruth) {
        return Mismatch(node, a, b);
      }
      return AskAbsence(node, Settle(a), op == TreeOperator::kNotEqual);
    }
    if (a.type == TypeKind::kLiteral && b.type == TypeKind::kOption) {
      std::swap(a, b);
      if (!equality) return Mismatch(node, a, b);
    }
    if (a.type == TypeKind::kOption && b.type == TypeKind::kLiteral) {
      if (!equality) return Mismatch(node, a, b);
      return CompareWithOption(node, a, b, op == TreeOperator::kNotEqual);
    }
    a = Settle(a);
    b = Settle(b);
    if (a.type != b.type) return Mismatch(node, a, b);
    StepKind kind = StepKind::kCompareValues;
    bool ordered = false;
    switch (a.type) {
      case TypeKind::kNumber:
        kind = StepKind::kCompareNumbers;
        ordered = true;
        break;
      case TypeKind::kDate:
        ordered = true;
        break;
      case TypeKind::kTruth:
        kind = StepKind::kCompareTruths;
        break;
      case TypeKind::kText:
        break;
      case TypeKind::kOption:
        if (!SameLists(a, b)) {
          Report(node.column, kItemListsDiffer);
          return Wrong(node.column);
        }
        break;
      default:
        return Mismatch(node, a, b);
    }
    if (!ordered && !equality) {
      Report(node.column, kNoOrder);
      return Wrong(node.column);
    }
    Step step = StepOf(kind, {a.step, b.step});
    step.operators = {op};
    return Make(TypeKind::kTruth, node.column, std::move(step));
  }

  Typed AskAbsence(const TreeNode& node, const Typed& asked, bool negated) {
    Step step = StepOf(StepKind::kMissing, {asked.step});
    if (asked.item) {
      step = StepOf(StepKind::kItemMissing);
      step.item = *asked.item;
    }
    step.negated = negated;
    return Make(TypeKind::kTruth, node.column, std::move(step));
  }

  Typed CompareWithOption(const TreeNode& node, const Typed& code,
                          const Typed& literal, bool negated) {
    const auto option = FindOption(*code.list, literal);
    if (!option) return Wrong(node.column);
    if (code.item) {
      Step step = StepOf(StepKind::kOptionIs);
      step.item = *code.item;
      step.option = *option;
      step.negated = negated;
      return Make(TypeKind::kTruth, node.column, std::move(step));
    }
    const Typed constant =
        Constant(TypeKind::kOption, literal.column, Value::OfOption(*option));
    Step step = StepOf(StepKind::kCompareValues, {code.step, constant.step});
    step.operators = {negated ? TreeOperator::kNotEqual : TreeOperator::kEqual};
    return Make(TypeKind::kTruth, node.column, std::move(step));
  }

  // The item that a function reads, with codes.
  std::optional<Typed> CodedItem(std::size_t child) {
    const Typed typed = Visit(child);
    if (typed.type == TypeKind::kWrong) return std::nullopt;
    if (!typed.item ||
        (typed.type != TypeKind::kOption && typed.type != TypeKind::kOptions)) {
      Report(typed.column, kNoOptionItem, TypeWords(typed.type));
      return std::nullopt;
    }
    return typed;
  }

  Typed Function(const TreeNode& node) {
    switch (node.function) {
      case TreeFunction::kTrue:
      case TreeFunction::kFalse: {
        Step step = StepOf(StepKind::kConstantTruth);
        step.truth = ToTruth(node.function == TreeFunction::kTrue);
        return Make(TypeKind::kTruth, node.column, std::move(step));
      }
      case TreeFunction::kNot: {
        const Typed operand = Visit(node.children[0]);
        if (!Require(operand, TypeKind::kTruth)) return Wrong(node.column);
        return Make(TypeKind::kTruth, node.column,
                    StepOf(StepKind::kNot, {operand.step}));
      }
      case TreeFunction::kSelected:
        return Selected(node);
      case TreeFunction::kCountSelected: {
        const auto item = CodedItem(node.children[0]);
        if (!item) return Wrong(node.column);
        Step step = StepOf(StepKind::kCountSelected);
        step.item = *item->item;
        return Make(TypeKind::kNumber, node.column, std::move(step));
      }
      case TreeFunction::kIf: {
        const Typed condition = Visit(node.children[0]);
        const bool fits = Require(condition, TypeKind::kTruth);
        const Typed choice = Unify(
            node, Visit(node.children[1]), Visit(node.children[2]),
            {StepKind::kIfTruth, StepKind::kIfNumber, StepKind::kIfValue});
        if (!fits || choice.type == TypeKind::kWrong) {
          return Wrong(node.column);
        }
        auto& operands = program_.steps[choice.step].operands;
        operands.insert(operands.begin(), condition.step);
        return choice;
      }
      case TreeFunction::kCoalesce:
        return Unify(node, Visit(node.children[0]), Visit(node.children[1]),
                     {StepKind::kCoalesceTruth, StepKind::kCoalesceNumber,
                      StepKind::kCoalesceValue});
      case TreeFunction::kDate: {
        const Typed literal = Visit(node.children[0]);
        if (literal.type == TypeKind::kWrong) return Wrong(node.column);
        const auto date = Date::Parse(literal.literal);
        if (literal.type != TypeKind::kLiteral || !date.ok()) {
          Report(literal.column, kNoDate);
          return Wrong(node.column);
        }
        return Constant(TypeKind::kDate, node.column, Value::Of(*date));
      }
      case TreeFunction::kRegistry:
        return Registry(node);
      case TreeFunction::kSurveyYear:
        return Make(TypeKind::kNumber, node.column,
                    StepOf(StepKind::kSurveyYear));
    }
    return Wrong(node.column);
  }

  Typed Selected(const TreeNode& node) {
    const auto item = CodedItem(node.children[0]);
    const Typed literal = Visit(node.children[1]);
    if (literal.type != TypeKind::kLiteral) {
      if (literal.type != TypeKind::kWrong) {
        Report(literal.column, kNoCode);
      }
      return Wrong(node.column);
    }
    if (!item) return Wrong(node.column);
    const auto option = FindOption(*item->list, literal);
    if (!option) return Wrong(node.column);
    Step step =
        StepOf(item->type == TypeKind::kOptions ? StepKind::kSelectedMultiple
                                                : StepKind::kSelectedSingle);
    step.item = *item->item;
    step.option = *option;
    return Make(TypeKind::kTruth, node.column, std::move(step));
  }

  struct Variants {
    StepKind truth;
    StepKind number;
    StepKind value;
  };

  // Gives two alternatives one type and makes the step that chooses.
  Typed Unify(const TreeNode& node, Typed a, Typed b, Variants variants) {
    if (a.type == TypeKind::kWrong || b.type == TypeKind::kWrong) {
      return Wrong(node.column);
    }
    if (!Adapt(a, b) || !Adapt(b, a)) return Wrong(node.column);
    a = Settle(a);
    b = Settle(b);
    if (a.type != b.type) {
      Report(node.column, kAlternativesDiffer, TypeWords(a.type, b.type));
      return Wrong(node.column);
    }
    if ((a.type == TypeKind::kOption || a.type == TypeKind::kOptions) &&
        !SameLists(a, b)) {
      Report(node.column, kAlternativeListsDiffer);
      return Wrong(node.column);
    }
    const StepKind kind = a.type == TypeKind::kTruth    ? variants.truth
                          : a.type == TypeKind::kNumber ? variants.number
                                                        : variants.value;
    Typed typed = Make(a.type, node.column, StepOf(kind, {a.step, b.step}));
    typed.list = a.list;
    return typed;
  }

  // Makes a literal a code of the other's list, and '' a missing value of the
  // other's type.
  bool Adapt(Typed& literal, const Typed& other) {
    if (literal.type == TypeKind::kLiteral && other.type == TypeKind::kOption) {
      const auto option = FindOption(*other.list, literal);
      if (!option) return false;
      literal =
          Constant(TypeKind::kOption, literal.column, Value::OfOption(*option));
      literal.list = other.list;
    } else if (literal.type == TypeKind::kEmpty &&
               other.type == TypeKind::kNumber) {
      literal = Make(TypeKind::kNumber, literal.column,
                     StepOf(StepKind::kConstantNumber));
    } else if (literal.type == TypeKind::kEmpty &&
               (other.type == TypeKind::kOption ||
                other.type == TypeKind::kOptions ||
                other.type == TypeKind::kDate)) {
      literal = Constant(other.type, literal.column, Value::Missing());
      literal.list = other.list;
    }
    return true;
  }

  Typed Registry(const TreeNode& node) {
    const Typed name = Visit(node.children[0]);
    std::optional<RegistryFact> fact;
    if (name.type != TypeKind::kWrong) {
      if (name.type == TypeKind::kLiteral)
        fact = FindRegistryFact(name.literal);
      if (!fact) {
        Report(name.column, kNoFact);
      }
    }
    const auto offset = ConstantOffset(node.children[1]);
    if (!offset) {
      Report(tree_.nodes[node.children[1]].column, kNoOffset);
    }
    if (!fact || !offset) return Wrong(node.column);
    program_.registry.push_back({*fact, *offset});
    Step step = StepOf(StepKind::kRegistry);
    step.fact = *fact;
    step.offset = *offset;
    return Make(TypeKind::kTruth, node.column, std::move(step));
  }

  std::optional<int> ConstantOffset(std::size_t child) const {
    const TreeNode* node = &tree_.nodes[child];
    const bool negative = node->kind == TreeKind::kNegate;
    if (negative) node = &tree_.nodes[node->children[0]];
    if (node->kind != TreeKind::kNumber || !node->number.is_integer() ||
        node->number.numerator() > Expression::kMaxRegistryOffset) {
      return std::nullopt;
    }
    const int offset = static_cast<int>(node->number.numerator());
    return negative ? -offset : offset;
  }

  const Expression& expression_;
  const Expression::Tree& tree_;
  const ExpressionSchema& schema_;
  CheckedExpression::Program program_;
  std::vector<Problem> violations_;
};

}  // namespace

absl::StatusOr<CheckedExpression> Check(const Expression& expression,
                                        const ExpressionSchema& schema,
                                        ExpectedResult expected) {
  return Checker(expression, schema).Run(expected);
}

}  // namespace welfare::base
