#include <array>
#include <span>

#include "services/base/error.h"
#include "services/base/expression/expression.h"
#include "services/base/expression/expression_lexer.h"
#include "services/base/expression/expression_tree.h"

namespace welfare::base {
namespace {

struct FunctionSignature {
  std::string_view name;
  TreeFunction function;
  std::size_t arguments;
};

constexpr std::array<FunctionSignature, 10> kFunctions = {{
    {"not", TreeFunction::kNot, 1},
    {"true", TreeFunction::kTrue, 0},
    {"false", TreeFunction::kFalse, 0},
    {"selected", TreeFunction::kSelected, 2},
    {"count-selected", TreeFunction::kCountSelected, 1},
    {"if", TreeFunction::kIf, 3},
    {"coalesce", TreeFunction::kCoalesce, 2},
    {"date", TreeFunction::kDate, 1},
    {"registry", TreeFunction::kRegistry, 2},
    {"survey_year", TreeFunction::kSurveyYear, 0},
}};

struct OperatorWord {
  std::string_view word;
  TreeOperator op;
};

constexpr std::array<OperatorWord, 6> kComparisons = {{
    {"=", TreeOperator::kEqual},
    {"!=", TreeOperator::kNotEqual},
    {"<", TreeOperator::kLess},
    {"<=", TreeOperator::kLessOrEqual},
    {">", TreeOperator::kGreater},
    {">=", TreeOperator::kGreaterOrEqual},
}};
constexpr std::array<OperatorWord, 2> kSums = {{
    {"+", TreeOperator::kPlus},
    {"-", TreeOperator::kMinus},
}};
constexpr std::array<OperatorWord, 3> kProducts = {{
    {"*", TreeOperator::kTimes},
    {"div", TreeOperator::kDiv},
    {"mod", TreeOperator::kMod},
}};

std::string_view WordOf(TreeOperator op) {
  for (const std::span<const OperatorWord> words :
       {std::span<const OperatorWord>(kComparisons),
        std::span<const OperatorWord>(kSums),
        std::span<const OperatorWord>(kProducts)}) {
    for (const OperatorWord& word : words) {
      if (word.op == op) return word.word;
    }
  }
  return "";
}

// A recursive descent parser; each level of precedence is one function, and a
// chain of operators of one level is one node, so that the height of the tree
// is bounded by the nesting of the text.
class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens)
      : text_(text), tokens_(std::move(tokens)) {}

  absl::StatusOr<std::shared_ptr<const Expression::Tree>> Run() {
    if (Peek().kind == TokenKind::kEnd) {
      return Wrong({"EMPTY", "The expression is empty.", "式が空です。"});
    }
    WELFARE_ASSIGN_OR_RETURN(tree_.root, Or());
    if (Peek().kind != TokenKind::kEnd) {
      return Wrong({"UNEXPECTED_TOKEN",
                    "An operator or the end was expected here.",
                    "ここには演算子を書くか、式を終えてください。"});
    }
    tree_.text = text_;
    return std::make_shared<const Expression::Tree>(std::move(tree_));
  }

 private:
  using Index = absl::StatusOr<std::size_t>;

  const Token& Peek() const { return tokens_[at_]; }
  const Token& Take() { return tokens_[at_++]; }

  bool AtWord(std::string_view word) const {
    return (Peek().kind == TokenKind::kSymbol ||
            Peek().kind == TokenKind::kName) &&
           Peek().text == word;
  }

  bool AcceptWord(std::string_view word) {
    if (!AtWord(word)) return false;
    ++at_;
    return true;
  }

  std::optional<TreeOperator> Accept(std::span<const OperatorWord> words) {
    for (const OperatorWord& word : words) {
      if (AcceptWord(word.word)) return word.op;
    }
    return std::nullopt;
  }

  absl::Status Wrong(const ViolationRow& row) const {
    return SyntaxError(text_, Peek().column, row);
  }

  std::size_t Add(TreeNode node) {
    tree_.nodes.push_back(std::move(node));
    return tree_.nodes.size() - 1;
  }

  static TreeNode NodeAt(TreeKind kind, std::size_t column) {
    TreeNode node;
    node.kind = kind;
    node.column = column;
    return node;
  }

  Index Or() {
    return Junction("or", TreeKind::kOr, [this] { return And(); });
  }
  Index And() {
    return Junction("and", TreeKind::kAnd, [this] { return Comparison(); });
  }

  template <typename Operand>
  Index Junction(std::string_view word, TreeKind kind, Operand operand) {
    const std::size_t column = Peek().column;
    WELFARE_ASSIGN_OR_RETURN(const std::size_t first, operand());
    if (!AtWord(word)) return first;
    TreeNode node = NodeAt(kind, column);
    node.children.push_back(first);
    while (AcceptWord(word)) {
      WELFARE_ASSIGN_OR_RETURN(const std::size_t next, operand());
      node.children.push_back(next);
    }
    return Add(std::move(node));
  }

  Index Comparison() {
    WELFARE_ASSIGN_OR_RETURN(const std::size_t left, Sum());
    const std::size_t column = Peek().column;
    const auto op = Accept(kComparisons);
    if (!op) return left;
    WELFARE_ASSIGN_OR_RETURN(const std::size_t right, Sum());
    for (const OperatorWord& word : kComparisons) {
      if (AtWord(word.word)) {
        return Wrong({"UNEXPECTED_TOKEN",
                      "Comparisons do not chain; write `a < b and b < c`.",
                      "比較は続けて書けません。`a < b and b < c` "
                      "のように書いてください。"});
      }
    }
    TreeNode node = NodeAt(TreeKind::kCompare, column);
    node.operators = {*op};
    node.children = {left, right};
    return Add(std::move(node));
  }

  Index Sum() {
    return Chain(TreeKind::kSum, kSums, [this] { return Product(); });
  }
  Index Product() {
    return Chain(TreeKind::kProduct, kProducts, [this] { return Unary(); });
  }

  template <typename Operand>
  Index Chain(TreeKind kind, std::span<const OperatorWord> words,
              Operand operand) {
    const std::size_t column = Peek().column;
    WELFARE_ASSIGN_OR_RETURN(const std::size_t first, operand());
    auto op = Accept(words);
    if (!op) return first;
    TreeNode node = NodeAt(kind, column);
    node.children.push_back(first);
    for (; op; op = Accept(words)) {
      WELFARE_ASSIGN_OR_RETURN(const std::size_t next, operand());
      node.operators.push_back(*op);
      node.children.push_back(next);
    }
    return Add(std::move(node));
  }

  Index Unary() {
    if (!AtWord("-")) return Primary();
    WELFARE_RETURN_IF_ERROR(Enter());
    TreeNode node = NodeAt(TreeKind::kNegate, Take().column);
    WELFARE_ASSIGN_OR_RETURN(const std::size_t operand, Unary());
    --depth_;
    node.children = {operand};
    return Add(std::move(node));
  }

  Index Primary() {
    const Token& token = Peek();
    switch (token.kind) {
      case TokenKind::kNumber: {
        const auto number = Rational::ParseDecimal(token.text);
        if (!number.ok()) {
          return Wrong({"BAD_NUMBER", "A number has at most 18 digits.",
                        "数は18桁までです。"});
        }
        TreeNode node = NodeAt(TreeKind::kNumber, token.column);
        node.text = token.text;
        node.number = *number;
        ++at_;
        return Add(std::move(node));
      }
      case TokenKind::kString:
        return Leaf(TreeKind::kString);
      case TokenKind::kReference:
        return Leaf(TreeKind::kItem);
      case TokenKind::kName:
        return Function();
      case TokenKind::kSymbol:
        if (token.text == ".") return Leaf(TreeKind::kCurrent);
        if (token.text == "(") return Parenthesis();
        break;
      case TokenKind::kEnd:
        break;
    }
    return Wrong({"UNEXPECTED_TOKEN",
                  "A value, an item or `(` was expected here.",
                  "ここには値、項目または `(` を書いてください。"});
  }

  Index Leaf(TreeKind kind) {
    const Token& token = Take();
    TreeNode node = NodeAt(kind, token.column);
    node.text = token.text;
    return Add(std::move(node));
  }

  Index Parenthesis() {
    WELFARE_RETURN_IF_ERROR(Enter());
    Take();
    WELFARE_ASSIGN_OR_RETURN(const std::size_t inner, Or());
    --depth_;
    if (!AcceptWord(")")) {
      return Wrong({"UNEXPECTED_TOKEN", "`)` was expected here.",
                    "ここに `)` が必要です。"});
    }
    return inner;
  }

  Index Function() {
    WELFARE_RETURN_IF_ERROR(Enter());
    const FunctionSignature* signature = nullptr;
    for (const FunctionSignature& candidate : kFunctions) {
      if (candidate.name == Peek().text) signature = &candidate;
    }
    if (signature == nullptr) {
      if (tokens_[at_ + 1].kind == TokenKind::kSymbol &&
          tokens_[at_ + 1].text == "(") {
        return Wrong({"UNKNOWN_FUNCTION", "There is no such function.",
                      "そのような関数はありません。"});
      }
      return Wrong({"UNEXPECTED_TOKEN",
                    "A word here must be a function; items are written ${item} "
                    "and codes 'code'.",
                    "ここに書ける語は関数だけです。項目は ${項目ID}、コードは "
                    "'コード' と書いてください。"});
    }
    const std::size_t column = Peek().column;
    TreeNode node = NodeAt(TreeKind::kFunction, column);
    node.function = signature->function;
    Take();
    if (!AcceptWord("(")) {
      return Wrong({"UNEXPECTED_TOKEN", "`(` was expected after the function.",
                    "関数の後に `(` が必要です。"});
    }
    if (!AtWord(")")) {
      do {
        WELFARE_ASSIGN_OR_RETURN(const std::size_t argument, Or());
        node.children.push_back(argument);
      } while (AcceptWord(","));
    }
    if (!AcceptWord(")")) {
      return Wrong({"UNEXPECTED_TOKEN", "`,` or `)` was expected here.",
                    "ここに `,` か `)` が必要です。"});
    }
    --depth_;
    if (node.children.size() != signature->arguments) {
      return SyntaxError(
          text_, column,
          {"ARGUMENT_COUNT", "{function}() takes {count} arguments.",
           "{function}() の引数は {count} 個です。"},
          {{"function", std::string(signature->name)},
           {"count", std::to_string(signature->arguments)}});
    }
    return Add(std::move(node));
  }

  absl::Status Enter() {
    if (++depth_ > Expression::kMaxDepth) {
      return Wrong({"TOO_DEEP", "Expressions nest at most 64 levels.",
                    "式の入れ子は64段までです。"});
    }
    return absl::OkStatus();
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
  Expression::Tree tree_;
};

void Print(const Expression::Tree& tree, std::size_t index, std::string& out);

void PrintChain(const Expression::Tree& tree, const TreeNode& node,
                std::string_view word, std::string& out) {
  out.push_back('(');
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) {
      out.push_back(' ');
      out += node.operators.empty() ? word : WordOf(node.operators[i - 1]);
      out.push_back(' ');
    }
    Print(tree, node.children[i], out);
  }
  out.push_back(')');
}

void Print(const Expression::Tree& tree, std::size_t index, std::string& out) {
  const TreeNode& node = tree.nodes[index];
  switch (node.kind) {
    case TreeKind::kNumber:
      out += node.text;
      return;
    case TreeKind::kString: {
      const char quote = node.text.find('\'') == std::string::npos ? '\'' : '"';
      out.push_back(quote);
      out += node.text;
      out.push_back(quote);
      return;
    }
    case TreeKind::kItem:
      out += "${" + node.text + "}";
      return;
    case TreeKind::kCurrent:
      out.push_back('.');
      return;
    case TreeKind::kNegate:
      out += "-";
      Print(tree, node.children[0], out);
      return;
    case TreeKind::kOr:
      return PrintChain(tree, node, "or", out);
    case TreeKind::kAnd:
      return PrintChain(tree, node, "and", out);
    case TreeKind::kCompare:
    case TreeKind::kSum:
    case TreeKind::kProduct:
      return PrintChain(tree, node, "", out);
    case TreeKind::kFunction:
      for (const FunctionSignature& signature : kFunctions) {
        if (signature.function == node.function) out += signature.name;
      }
      out.push_back('(');
      for (std::size_t i = 0; i < node.children.size(); ++i) {
        if (i > 0) out += ", ";
        Print(tree, node.children[i], out);
      }
      out.push_back(')');
      return;
  }
}

}  // namespace

absl::StatusOr<Expression> Expression::Parse(std::string_view text) {
  WELFARE_ASSIGN_OR_RETURN(std::vector<Token> tokens, LexExpression(text));
  WELFARE_ASSIGN_OR_RETURN(auto tree, Parser(text, std::move(tokens)).Run());
  return Expression(std::move(tree));
}

const std::string& Expression::text() const { return tree_->text; }

std::string Expression::ToString() const {
  std::string out;
  Print(*tree_, tree_->root, out);
  return out;
}

}  // namespace welfare::base
