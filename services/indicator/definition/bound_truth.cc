#include "services/indicator/definition/bound_truth.h"

#include <utility>

#include "services/indicator/errors.h"

namespace welfare::indicator {

std::optional<base::CheckedExpression> BindTruth(
    const std::string& expression, const Questionnaire& questionnaire,
    const std::string& where, std::vector<base::Violation>& violations) {
  const auto parsed = base::Expression::Parse(expression);
  absl::Status status = parsed.status();
  if (parsed.ok()) {
    auto checked =
        base::Check(*parsed, questionnaire, base::ExpectedResult::kTruth);
    if (checked.ok()) return *std::move(checked);
    status = checked.status();
  }
  for (base::Violation& misfit : ExpressionMisfits(where, expression, status)) {
    violations.push_back(std::move(misfit));
  }
  return std::nullopt;
}

}  // namespace welfare::indicator
