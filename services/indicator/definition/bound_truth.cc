#include "services/indicator/definition/bound_truth.h"

#include <utility>

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
  const auto details = base::GetErrorDetails(status);
  if (!details.has_value() || details->violations.empty()) {
    violations.push_back(
        {where, "EXPRESSION", std::string(base::MessageOf(status))});
    return std::nullopt;
  }
  for (const base::Violation& violation : details->violations) {
    violations.push_back({where, violation.reason,
                          violation.description + " (" + violation.field +
                              " of `" + expression + "`)"});
  }
  return std::nullopt;
}

}  // namespace welfare::indicator
