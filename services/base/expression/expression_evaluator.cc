#include <algorithm>
#include <cassert>

#include "services/base/expression/expression.h"
#include "services/base/expression/expression_program.h"

namespace welfare::base {
namespace {

template <typename T>
bool Holds(TreeOperator op, const T& a, const T& b) {
  switch (op) {
    case TreeOperator::kEqual:
      return a == b;
    case TreeOperator::kNotEqual:
      return a != b;
    case TreeOperator::kLess:
      return a < b;
    case TreeOperator::kLessOrEqual:
      return a <= b;
    case TreeOperator::kGreater:
      return a > b;
    case TreeOperator::kGreaterOrEqual:
      return a >= b;
    default:
      return false;
  }
}

class Evaluation {
 public:
  Evaluation(const CheckedExpression::Program& program,
             const ExpressionRow& row)
      : program_(program), row_(row) {}

  Truth TruthOf(std::size_t index) const {
    const Step& step = program_.steps[index];
    switch (step.kind) {
      case StepKind::kConstantTruth:
        return step.truth;
      case StepKind::kNot:
        return Not(TruthOf(step.operands[0]));
      case StepKind::kAnd: {
        Truth result = Truth::kTrue;
        for (const std::size_t operand : step.operands) {
          result = And(result, TruthOf(operand));
          if (result == Truth::kFalse) break;
        }
        return result;
      }
      case StepKind::kOr: {
        Truth result = Truth::kFalse;
        for (const std::size_t operand : step.operands) {
          result = Or(result, TruthOf(operand));
          if (result == Truth::kTrue) break;
        }
        return result;
      }
      case StepKind::kCompareNumbers: {
        const auto a = NumberOf(step.operands[0]);
        const auto b = NumberOf(step.operands[1]);
        if (!a || !b) return Truth::kUnknown;
        return ToTruth(Holds(step.operators[0], *a, *b));
      }
      case StepKind::kCompareTruths: {
        const Truth a = TruthOf(step.operands[0]);
        const Truth b = TruthOf(step.operands[1]);
        if (a == Truth::kUnknown || b == Truth::kUnknown) {
          return Truth::kUnknown;
        }
        return ToTruth(Holds(step.operators[0], a, b));
      }
      case StepKind::kCompareValues:
        return CompareValues(step);
      case StepKind::kOptionIs:
      case StepKind::kSelectedSingle: {
        const Value::Option* option = row_.item(step.item).option();
        if (option == nullptr) return Truth::kUnknown;
        return ToTruth((option->index == step.option) != step.negated);
      }
      case StepKind::kSelectedMultiple: {
        const OptionSet* options = row_.item(step.item).options();
        if (options == nullptr) return Truth::kUnknown;
        return ToTruth(options->test(step.option));
      }
      case StepKind::kMissing: {
        const std::size_t operand = step.operands[0];
        const bool missing =
            program_.steps[operand].result == ResultKind::kNumber
                ? !NumberOf(operand).has_value()
                : ValueOf(operand).missing();
        return ToTruth(missing != step.negated);
      }
      case StepKind::kItemMissing:
        return ToTruth(row_.item(step.item).missing() != step.negated);
      case StepKind::kIfTruth: {
        const Truth condition = TruthOf(step.operands[0]);
        if (condition == Truth::kUnknown) return Truth::kUnknown;
        return TruthOf(step.operands[condition == Truth::kTrue ? 1 : 2]);
      }
      case StepKind::kCoalesceTruth: {
        const Truth first = TruthOf(step.operands[0]);
        return first != Truth::kUnknown ? first : TruthOf(step.operands[1]);
      }
      case StepKind::kRegistry:
        return row_.registry(step.fact, step.offset);
      default:
        assert(false && "not a truth");
        return Truth::kUnknown;
    }
  }

  std::optional<Rational> NumberOf(std::size_t index) const {
    const Step& step = program_.steps[index];
    switch (step.kind) {
      case StepKind::kConstantNumber:
        return step.number;
      case StepKind::kItemNumber: {
        const Rational* number = row_.item(step.item).number();
        if (number == nullptr) return std::nullopt;
        return *number;
      }
      case StepKind::kCountSelected: {
        const Value& value = row_.item(step.item);
        if (value.option() != nullptr) return Rational(1);
        const OptionSet* options = value.options();
        if (options == nullptr) return std::nullopt;
        return Rational(static_cast<std::int64_t>(options->count()));
      }
      case StepKind::kSum:
      case StepKind::kProduct: {
        auto result = NumberOf(step.operands[0]);
        for (std::size_t i = 1; result && i < step.operands.size(); ++i) {
          const auto operand = NumberOf(step.operands[i]);
          if (!operand) return std::nullopt;
          result = Apply(step.operators[i - 1], *result, *operand);
        }
        return result;
      }
      case StepKind::kNegate: {
        const auto operand = NumberOf(step.operands[0]);
        if (!operand) return std::nullopt;
        return Rational::Subtract(Rational(0), *operand);
      }
      case StepKind::kIfNumber: {
        const Truth condition = TruthOf(step.operands[0]);
        if (condition == Truth::kUnknown) return std::nullopt;
        return NumberOf(step.operands[condition == Truth::kTrue ? 1 : 2]);
      }
      case StepKind::kCoalesceNumber: {
        const auto first = NumberOf(step.operands[0]);
        return first ? first : NumberOf(step.operands[1]);
      }
      case StepKind::kSurveyYear:
        return Rational(row_.fiscal_year());
      default:
        assert(false && "not a number");
        return std::nullopt;
    }
  }

  Value ValueOf(std::size_t index) const {
    const Step& step = program_.steps[index];
    switch (step.kind) {
      case StepKind::kConstantValue:
        return step.value;
      case StepKind::kItemValue:
        return row_.item(step.item);
      case StepKind::kIfValue: {
        const Truth condition = TruthOf(step.operands[0]);
        if (condition == Truth::kUnknown) return Value::Missing();
        return ValueOf(step.operands[condition == Truth::kTrue ? 1 : 2]);
      }
      case StepKind::kCoalesceValue: {
        Value first = ValueOf(step.operands[0]);
        return first.missing() ? ValueOf(step.operands[1]) : first;
      }
      default:
        assert(false && "not a value");
        return Value::Missing();
    }
  }

 private:
  static std::optional<Rational> Apply(TreeOperator op, const Rational& a,
                                       const Rational& b) {
    switch (op) {
      case TreeOperator::kPlus:
        return Rational::Add(a, b);
      case TreeOperator::kMinus:
        return Rational::Subtract(a, b);
      case TreeOperator::kTimes:
        return Rational::Multiply(a, b);
      case TreeOperator::kDiv:
        return Rational::Divide(a, b);
      case TreeOperator::kMod:
        return Rational::Mod(a, b);
      default:
        return std::nullopt;
    }
  }

  Truth CompareValues(const Step& step) const {
    const Value a = ValueOf(step.operands[0]);
    const Value b = ValueOf(step.operands[1]);
    if (a.missing() || b.missing()) return Truth::kUnknown;
    if (a.date() != nullptr && b.date() != nullptr) {
      return ToTruth(Holds(step.operators[0], *a.date(), *b.date()));
    }
    return ToTruth((a == b) == (step.operators[0] == TreeOperator::kEqual));
  }

  const CheckedExpression::Program& program_;
  const ExpressionRow& row_;
};

// A respondent of whom nothing is known.
class UnknownRow final : public ExpressionRow {
 public:
  const Value& item(std::size_t) const override { return missing_; }
  Truth registry(RegistryFact, int) const override { return Truth::kUnknown; }
  int fiscal_year() const override { return 0; }

 private:
  Value missing_;
};

// Collects what items are compared with.
class Comparisons {
 public:
  explicit Comparisons(const CheckedExpression::Program& program)
      : program_(program) {}

  std::optional<std::vector<Value>> Collect() {
    for (const Step& step : program_.steps) {
      if (step.kind == StepKind::kCompareNumbers) {
        TakeNumbers(step.operands[0], step.operands[1]);
        TakeNumbers(step.operands[1], step.operands[0]);
      } else if (step.kind == StepKind::kMissing &&
                 program_.steps[step.operands[0]].result ==
                     ResultKind::kNumber) {
        simple_ = simple_ &&
                  (IsItem(step.operands[0]) || !ReadsNumber(step.operands[0]));
      } else if (step.kind == StepKind::kConstantValue &&
                 step.value.text() != nullptr) {
        Add(step.value);
      }
    }
    if (!simple_) return std::nullopt;
    return std::move(values_);
  }

 private:
  bool IsItem(std::size_t index) const {
    return program_.steps[index].kind == StepKind::kItemNumber;
  }

  // Whether the number of some item is a part of it.
  bool ReadsNumber(std::size_t index) const {
    if (IsItem(index)) return true;
    const Step& step = program_.steps[index];
    return std::any_of(
        step.operands.begin(), step.operands.end(),
        [this](std::size_t operand) { return ReadsNumber(operand); });
  }

  // Whether it is the same for everybody.
  bool IsConstant(std::size_t index) const {
    const Step& step = program_.steps[index];
    switch (step.kind) {
      case StepKind::kConstantNumber:
        return true;
      case StepKind::kSum:
      case StepKind::kProduct:
      case StepKind::kNegate:
        return std::all_of(
            step.operands.begin(), step.operands.end(),
            [this](std::size_t operand) { return IsConstant(operand); });
      default:
        return false;
    }
  }

  void TakeNumbers(std::size_t one, std::size_t other) {
    if (!ReadsNumber(one)) return;
    if (!IsItem(one) || !IsConstant(other)) {
      simple_ = false;
      return;
    }
    // No number is a comparison without outcome, whatever the item is.
    const auto number = Evaluation(program_, UnknownRow()).NumberOf(other);
    if (number) Add(Value::Of(*number));
  }

  void Add(const Value& value) {
    if (std::find(values_.begin(), values_.end(), value) == values_.end()) {
      values_.push_back(value);
    }
  }

  const CheckedExpression::Program& program_;
  std::vector<Value> values_;
  bool simple_ = true;
};

}  // namespace

std::optional<std::vector<Value>> CheckedExpression::compared_values() const {
  return Comparisons(*program_).Collect();
}

const std::vector<std::size_t>& CheckedExpression::items() const {
  return program_->items;
}

const std::vector<RegistryReference>& CheckedExpression::registry() const {
  return program_->registry;
}

bool CheckedExpression::yields_truth() const {
  return program_->steps[program_->root].result == ResultKind::kTruth;
}

bool CheckedExpression::yields_number() const {
  return program_->steps[program_->root].result == ResultKind::kNumber;
}

Truth CheckedExpression::EvaluateTruth(const ExpressionRow& row) const {
  assert(yields_truth());
  return Evaluation(*program_, row).TruthOf(program_->root);
}

Value CheckedExpression::Evaluate(const ExpressionRow& row) const {
  const Evaluation evaluation(*program_, row);
  switch (program_->steps[program_->root].result) {
    case ResultKind::kTruth:
      return Value::Of(evaluation.TruthOf(program_->root));
    case ResultKind::kNumber: {
      const auto number = evaluation.NumberOf(program_->root);
      return number ? Value::Of(*number) : Value::Missing();
    }
    case ResultKind::kValue:
      return evaluation.ValueOf(program_->root);
  }
  return Value::Missing();
}

}  // namespace welfare::base
