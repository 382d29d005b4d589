#include "services/base/expression/expression_lexer.h"

#include "services/base/coding/utf8.h"
#include "services/base/error_table.h"
#include "services/base/expression/expression.h"
#include "services/base/numbers/digits.h"

namespace welfare::base {
namespace {

constexpr std::size_t kMaxReference = 128;  // bytes of an item id

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool IsNameStart(char c) { return IsLetter(c) || c == '_'; }

bool IsReferenceText(std::string_view id) {
  if (id.empty() || id.size() > kMaxReference || !IsNameStart(id.front())) {
    return false;
  }
  bool slash = false;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const char c = id[i];
    if (c == '/') {
      // One row of a table item: `item/row`.
      if (slash || i + 1 == id.size()) return false;
      slash = true;
    } else if (!IsNameStart(c) && !IsAsciiDigit(c) && c != '-') {
      return false;
    }
  }
  return true;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    for (;;) {
      while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
      WELFARE_ASSIGN_OR_RETURN(const Token token, Next());
      tokens.push_back(token);
      if (token.kind == TokenKind::kEnd) return tokens;
    }
  }

 private:
  static bool IsSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  // The column of the byte `at`; offsets only grow, so counting goes on from
  // the last one asked for.
  std::size_t ColumnOf(std::size_t at) {
    column_ += CountCodePoints(text_.substr(counted_, at - counted_));
    counted_ = at;
    return column_;
  }

  absl::Status Wrong(std::size_t at, const ViolationRow& row) {
    return SyntaxError(text_, ColumnOf(at), row);
  }

  Token Take(TokenKind kind, std::size_t size) {
    const Token token{kind, ColumnOf(at_), text_.substr(at_, size)};
    at_ += size;
    return token;
  }

  absl::StatusOr<Token> Next() {
    if (at_ >= text_.size()) return Take(TokenKind::kEnd, 0);
    const char c = text_[at_];
    if (IsAsciiDigit(c)) return Number();
    if (c == '\'' || c == '"') return String(c);
    if (c == '$') return Reference();
    if (IsNameStart(c)) return Name();
    const std::string_view two = text_.substr(at_, 2);
    if (two == "!=" || two == "<=" || two == ">=") {
      return Take(TokenKind::kSymbol, 2);
    }
    if (two == "==") {
      return Wrong(at_, {"UNEXPECTED_CHARACTER", "Equality is written `=`.",
                         "等しいことは `=` と書いてください。"});
    }
    if (std::string_view("(),.+-*=<>").find(c) != std::string_view::npos) {
      return Take(TokenKind::kSymbol, 1);
    }
    return Wrong(at_, {"UNEXPECTED_CHARACTER",
                       "This character has no meaning outside quotes.",
                       "引用符の外では使えない文字です。"});
  }

  absl::StatusOr<Token> Number() {
    std::size_t end = at_;
    while (end < text_.size() && IsAsciiDigit(text_[end])) ++end;
    if (end + 1 < text_.size() && text_[end] == '.' &&
        IsAsciiDigit(text_[end + 1])) {
      ++end;
      while (end < text_.size() && IsAsciiDigit(text_[end])) ++end;
    }
    if (end < text_.size() && (IsNameStart(text_[end]) || text_[end] == '.')) {
      return Wrong(at_, {"BAD_NUMBER",
                         "A number is digits, optionally with a decimal point.",
                         "数は数字で書いてください。小数点は使えます。"});
    }
    return Take(TokenKind::kNumber, end - at_);
  }

  absl::StatusOr<Token> String(char quote) {
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) {
      return Wrong(at_, {"UNTERMINATED_STRING", "The quote is never closed.",
                         "引用符が閉じていません。"});
    }
    const Token token{TokenKind::kString, ColumnOf(at_),
                      text_.substr(at_ + 1, end - at_ - 1)};
    at_ = end + 1;
    return token;
  }

  absl::StatusOr<Token> Reference() {
    if (text_.substr(at_, 2) != "${") {
      return Wrong(at_, {"BAD_REFERENCE", "An item is written ${item}.",
                         "項目は ${項目ID} と書いてください。"});
    }
    const std::size_t end = text_.find('}', at_ + 2);
    if (end == std::string_view::npos) {
      return Wrong(at_, {"UNTERMINATED_REFERENCE", "`${` is never closed.",
                         "`${` が閉じていません。"});
    }
    const std::string_view id = text_.substr(at_ + 2, end - at_ - 2);
    if (!IsReferenceText(id)) {
      return Wrong(at_, {"BAD_REFERENCE",
                         "An item id is letters, digits, - and _, with at most "
                         "one / before the row of a table item.",
                         "項目IDは英字、数字、-、_ で書き、表の行の前にだけ / "
                         "を一つ使えます。"});
    }
    const Token token{TokenKind::kReference, ColumnOf(at_), id};
    at_ = end + 1;
    return token;
  }

  absl::StatusOr<Token> Name() {
    std::size_t end = at_;
    while (end < text_.size() &&
           (IsNameStart(text_[end]) || IsAsciiDigit(text_[end]) ||
            // `count-selected`, but `mod-1` is an operator and a number.
            (text_[end] == '-' && end + 1 < text_.size() &&
             IsLetter(text_[end + 1])))) {
      ++end;
    }
    return Take(TokenKind::kName, end - at_);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;
  std::size_t column_ = 1;
};

}  // namespace

absl::Status SyntaxError(std::string_view text, std::size_t column,
                         const ViolationRow& row, const ErrorWords& words) {
  Violation violation =
      MakeViolation(row, "column " + std::to_string(column), words);
  return MakeError(BaseRow("EXPRESSION_SYNTAX"))
      .With("text", text.substr(0, Expression::kMaxLength))
      .With("column", static_cast<long long>(column))
      .Show("description", violation.description)
      .Show("description_ja", violation.description_ja)
      .WithViolation(std::move(violation));
}

absl::StatusOr<std::vector<Token>> LexExpression(std::string_view text) {
  if (text.size() > Expression::kMaxLength) {
    return SyntaxError("", 1,
                       {"TOO_LONG", "An expression has at most 8192 bytes.",
                        "式は8192バイトまでです。"});
  }
  if (const std::size_t bad = FindInvalidUtf8(text);
      bad != std::string_view::npos) {
    return SyntaxError("", CountCodePoints(text.substr(0, bad)) + 1,
                       {"NOT_UTF8", "The text is not valid UTF-8.",
                        "UTF-8として正しくない文字列です。"});
  }
  return Lexer(text).Run();
}

}  // namespace welfare::base
