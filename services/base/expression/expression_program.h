// The typed, resolved form of an expression; private to the expression
// sources.
#pragma once

#include <cstddef>
#include <vector>

#include "services/base/expression/expression.h"
#include "services/base/expression/expression_tree.h"

namespace welfare::base {

// What a step computes, and how. Steps marked T yield a truth, N a number (or
// none), V a value of another kind (or missing).
enum class StepKind {
  kConstantTruth,     // T: truth
  kConstantNumber,    // N: number
  kConstantValue,     // V: value
  kItemNumber,        // N: item
  kItemValue,         // V: item
  kNot,               // T of T
  kAnd,               // T of Ts
  kOr,                // T of Ts
  kCompareNumbers,    // T of two Ns, op
  kCompareTruths,     // T of two Ts, op = or !=
  kCompareValues,     // T of two Vs of one kind, op
  kOptionIs,          // T: item, option; negated for !=
  kMissing,           // T of any N or V; negated for !=
  kItemMissing,       // T: item; negated for !=
  kSelectedSingle,    // T: item, option
  kSelectedMultiple,  // T: item, option
  kCountSelected,     // N: item
  kSum,               // N of Ns, ops
  kProduct,           // N of Ns, ops
  kNegate,            // N of N
  kIfTruth,           // T of T, T, T
  kIfNumber,          // N of T, N, N
  kIfValue,           // V of T, V, V
  kCoalesceTruth,     // T of T, T
  kCoalesceNumber,    // N of N, N
  kCoalesceValue,     // V of V, V
  kRegistry,          // T: fact, offset
  kSurveyYear,        // N
};

enum class ResultKind { kTruth, kNumber, kValue };

struct Step {
  StepKind kind = StepKind::kConstantTruth;
  ResultKind result = ResultKind::kTruth;
  bool negated = false;
  Truth truth = Truth::kUnknown;
  RegistryFact fact = RegistryFact::kImplementing;
  int offset = 0;
  std::size_t item = 0;
  std::size_t option = 0;
  std::optional<Rational> number;
  Value value;
  std::vector<TreeOperator> operators;
  std::vector<std::size_t> operands;  // indexes into Program::steps
};

struct CheckedExpression::Program {
  std::vector<Step> steps;
  std::size_t root = 0;
  std::vector<std::size_t> items;
  std::vector<RegistryReference> registry;
};

}  // namespace welfare::base
