// Splits an expression into tokens; private to the expression sources.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/error.h"

namespace welfare::base {

enum class TokenKind {
  kNumber,
  kString,     // text without quotes
  kReference,  // text between ${ and }
  kName,       // functions and the operators written as words
  kSymbol,     // ( ) , . + - * = != < <= > >=
  kEnd,
};

struct Token {
  TokenKind kind;
  std::size_t column;  // characters, from 1
  std::string_view text;
};

// Returns the tokens of `text`, the last of kind kEnd.
//
// Errors: EXPRESSION_SYNTAX as Expression::Parse.
absl::StatusOr<std::vector<Token>> LexExpression(std::string_view text);

// Makes the error of Expression::Parse.
absl::Status SyntaxError(std::string_view text, std::size_t column,
                         const ViolationRow& row, const ErrorWords& words = {});

}  // namespace welfare::base
