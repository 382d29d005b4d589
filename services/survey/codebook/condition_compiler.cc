#include "services/survey/codebook/condition_compiler.h"

#include <utility>

#include "services/base/error.h"
#include "services/survey/codebook/problem_table.h"
#include "services/survey/errors.h"

namespace welfare::survey {
namespace {

std::optional<base::ItemType> ExpressionType(const Item& item) {
  base::ItemType type;
  switch (item.type) {
    case AnswerType::kSingle:
      type.kind = base::ItemKind::kSingle;
      break;
    case AnswerType::kMultiple:
      type.kind = base::ItemKind::kMultiple;
      break;
    case AnswerType::kInteger:
      type.kind = base::ItemKind::kInteger;
      return type;
    case AnswerType::kText:
      type.kind = base::ItemKind::kText;
      return type;
    case AnswerType::kTable:
      return std::nullopt;
  }
  for (const Option& option : item.options) type.options.push_back(option.code);
  return type;
}

}  // namespace

// Looks items up by id; `.` is the item whose constraint is compiled.
class ConditionCompiler::Schema final : public base::ExpressionSchema {
 public:
  Schema(const Codebook& book,
         const std::vector<std::optional<base::ItemType>>& types,
         std::optional<std::size_t> current)
      : book_(book), types_(types), current_(current) {}

  std::optional<Item> Find(std::string_view id) const override {
    const auto index = book_.Find(id);
    if (!index) return std::nullopt;
    return At(*index);
  }
  std::optional<Item> Current() const override {
    return current_ ? At(*current_) : std::nullopt;
  }

 private:
  std::optional<Item> At(std::size_t index) const {
    if (!types_[index]) return std::nullopt;
    return Item{.index = index, .type = &*types_[index]};
  }

  const Codebook& book_;
  const std::vector<std::optional<base::ItemType>>& types_;
  std::optional<std::size_t> current_;
};

ConditionCompiler::ConditionCompiler(const Codebook& book,
                                     ProblemList& problems)
    : book_(book), problems_(problems) {
  for (const Item& item : book.items()) types_.push_back(ExpressionType(item));
}

std::optional<base::CheckedExpression> ConditionCompiler::Compile(
    const SurveyPlace& place, std::string_view column, const std::string& text,
    std::optional<std::size_t> current) {
  if (text.empty()) return std::nullopt;
  const auto parsed = base::Expression::Parse(text);
  if (!parsed.ok()) {
    Add(place, column, base::FindRow(kConditionTable, "EXPRESSION_SYNTAX"),
        parsed.status());
    return std::nullopt;
  }
  const Schema schema(book_, types_, current);
  auto checked = base::Check(*parsed, schema, base::ExpectedResult::kTruth);
  if (!checked.ok()) {
    Add(place, column, base::FindRow(kConditionTable, "EXPRESSION_TYPE"),
        checked.status());
    return std::nullopt;
  }
  return *std::move(checked);
}

void ConditionCompiler::Add(const SurveyPlace& place, std::string_view column,
                            const base::ViolationRow& row,
                            const absl::Status& status) {
  const auto details = base::GetErrorDetails(status);
  std::vector<base::Violation> violations;
  if (details) violations = details->violations;
  if (violations.empty()) {
    violations.push_back(base::ViolationOf("column 1", status));
  }
  // Each stands at `column N` of the expression.
  for (const base::Violation& violation : violations) {
    problems_.Add(
        place, column, row,
        {{"at", violation.field.substr(violation.field.rfind(' ') + 1)},
         {"fault", violation.reason},
         {"description", violation.description},
         {"description_ja", violation.description_ja}});
  }
}

}  // namespace welfare::survey
