// The parsed form of an expression; private to the expression sources.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "services/base/expression/expression.h"
#include "services/base/numbers/rational.h"

namespace welfare::base {

enum class TreeKind {
  kNumber,    // text, number
  kString,    // text
  kItem,      // text: the id
  kCurrent,   // `.`
  kNegate,    // one child
  kOr,        // two or more children
  kAnd,       // two or more children
  kCompare,   // two children, one operator
  kSum,       // children and one operator fewer
  kProduct,   // the same
  kFunction,  // function, children
};

enum class TreeOperator {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kPlus,
  kMinus,
  kTimes,
  kDiv,
  kMod,
};

enum class TreeFunction {
  kNot,
  kTrue,
  kFalse,
  kSelected,
  kCountSelected,
  kIf,
  kCoalesce,
  kDate,
  kRegistry,
  kSurveyYear,
};

struct TreeNode {
  TreeKind kind;
  std::size_t column;  // characters, from 1
  std::string text;
  Rational number;
  TreeFunction function = TreeFunction::kNot;
  std::vector<TreeOperator> operators;
  std::vector<std::size_t> children;  // indexes into Tree::nodes
};

struct Expression::Tree {
  std::string text;
  std::vector<TreeNode> nodes;
  std::size_t root = 0;
};

}  // namespace welfare::base
