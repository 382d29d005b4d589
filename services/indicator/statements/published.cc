#include "services/indicator/statements/published.h"

#include <algorithm>
#include <utility>

namespace welfare::indicator {
namespace {

using base::Violation;

}  // namespace

std::optional<Claim> ClaimOf(const PublishedFigure& figure) {
  switch (figure.check) {
    case Check::kEditorial:
    case Check::kLegal:
    case Check::kLost:
    case Check::kPartlyKnown:
      return std::nullopt;
    case Check::kTrend:
      return Claim::kWording;
    case Check::kOptionList:
      return Claim::kCount;
    case Check::kComputed:
    case Check::kRegistry:
    case Check::kProgress:
      break;
  }
  const bool exact = figure.kind == "exact" && figure.numerator.has_value();
  if (!figure.wording.empty() && !exact) return Claim::kWording;
  const std::string& printed = figure.value_as_published;
  if (printed.ends_with('%')) return Claim::kPercent;
  if (figure.numerator.has_value() && figure.denominator.has_value() &&
      printed == std::to_string(*figure.numerator) + "/" +
                     std::to_string(*figure.denominator)) {
    return Claim::kShare;
  }
  // A registry row with one number counts members; a series is a value.
  const bool members =
      figure.check == Check::kRegistry &&
      figure.value.find_first_not_of("0123456789") == std::string::npos;
  if (!figure.value.empty() && !members) return Claim::kValue;
  return Claim::kCount;
}

std::vector<Violation> PublishedRound::Validate() const {
  std::vector<Violation> violations;
  std::map<std::string, const PublishedFigure*> by_id;
  std::map<std::string, const PublishedFigure*> by_statement;
  for (const PublishedFigure& figure : figures) {
    const std::string where = "published." + figure.figure_id;
    if (!by_id.emplace(figure.figure_id, &figure).second) {
      violations.push_back({where, "ID_REPEATED", "The figure stands twice."});
    }
    const auto [first, fresh] =
        by_statement.emplace(figure.statement_id, &figure);
    if (!fresh && (first->second->page != figure.page ||
                   first->second->check != figure.check)) {
      violations.push_back({where, "READINGS_DIFFER",
                            "Readings of one statement share page and check."});
    }
    const auto source = sources.find(figure.figure_id);
    if (figure.check == Check::kComputed &&
        (source == sources.end() || source->second.indicator.empty())) {
      violations.push_back(
          {where, "SOURCE_MISSING", "A computed row names its indicator."});
    }
  }
  for (const auto& [id, source] : sources) {
    if (!by_id.contains(id)) {
      violations.push_back({"sources." + id, "FIGURE_UNKNOWN",
                            "There is no such published figure."});
    }
    if (source.indicator.empty() && source.within.empty() &&
        source.options.empty()) {
      violations.push_back({"sources." + id, "SOURCE_EMPTY",
                            "A source names an indicator, a base or options."});
    }
  }
  if (const absl::Status status = base::ValidateWordingProfile(profile);
      !status.ok()) {
    if (const auto details = base::GetErrorDetails(status)) {
      violations.insert(violations.end(), details->violations.begin(),
                        details->violations.end());
    }
  }
  return violations;
}

}  // namespace welfare::indicator
