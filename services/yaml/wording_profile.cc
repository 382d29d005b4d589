#include "services/yaml/wording_profile.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/base/time/date.h"
#include "services/yaml/mapping.h"

namespace welfare::yaml {
namespace {

// Reads all of `text` as a fraction or a decimal: `1/20`, `-1/20`, `0`, `0.7`.
std::optional<base::Rational> ParseFraction(const std::string& text) {
  const auto integer =
      [](std::string_view part) -> std::optional<std::int64_t> {
    std::int64_t number = 0;
    const auto [end, error] =
        std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc() || end != part.data() + part.size()) {
      return std::nullopt;
    }
    return number;
  };
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) {
    const auto number = base::Rational::ParseDecimal(text);
    return number.ok() ? std::optional(*number) : std::nullopt;
  }
  const auto numerator = integer(std::string_view(text).substr(0, slash));
  const auto denominator = integer(std::string_view(text).substr(slash + 1));
  if (!numerator.has_value() || !denominator.has_value()) return std::nullopt;
  const auto number = base::Rational::Make(*numerator, *denominator);
  return number.ok() ? std::optional(*number) : std::nullopt;
}

std::optional<base::Rational> ReadFraction(Mapping& fields,
                                           std::string_view field) {
  const std::string text = fields.Text(field);
  if (text.empty()) return std::nullopt;
  const auto number = ParseFraction(text);
  if (!number.has_value()) {
    fields.RefuseKind(field, "a fraction such as 1/20");
  }
  return number;
}

}  // namespace

base::WordingProfile ReadWordingProfile(
    const Node& node, std::vector<base::Violation>& violations) {
  Mapping fields(node, violations);
  base::WordingProfile profile;
  profile.version = fields.RequiredText("version");
  const auto valid_from = base::Date::Parse(fields.RequiredText("valid_from"));
  if (valid_from.ok()) {
    profile.valid_from = *valid_from;
  } else {
    fields.RefuseKind("valid_from", "a date");
  }
  const std::array<std::pair<std::string_view, base::WordingKind>, 5> kinds = {
      {{"range", base::WordingKind::kRange},
       {"nearest_integer", base::WordingKind::kNearestInteger},
       {"exists", base::WordingKind::kExists},
       {"all", base::WordingKind::kAll},
       {"same_tenth", base::WordingKind::kSameTenth}}};
  fields.Each("rules", [&](const Node& one) {
    Mapping rule_fields(one, violations);
    base::WordingRule rule;
    rule.pattern = rule_fields.RequiredText("pattern");
    const std::string kind = rule_fields.RequiredText("kind");
    const auto found = std::ranges::find(
        kinds, kind, &std::pair<std::string_view, base::WordingKind>::first);
    if (found == kinds.end()) {
      rule_fields.RefuseKind(
          "kind", "range, nearest_integer, exists, all or same_tenth");
    } else {
      rule.kind = found->second;
    }
    rule.value = ReadFraction(rule_fields, "value");
    rule.cap = ReadFraction(rule_fields, "cap");
    rule.offered = rule_fields.Boolean("offered", true);
    for (const auto& [name, bound] :
         {std::pair("lower", &rule.lower), std::pair("upper", &rule.upper)}) {
      const Node* const end = rule_fields.Find(name);
      if (end == nullptr) continue;
      Mapping end_fields(*end, violations);
      base::WordingBound read;
      read.offset =
          ReadFraction(end_fields, "offset").value_or(base::Rational());
      read.inclusive = end_fields.Boolean("inclusive", true);
      *bound = read;
    }
    profile.rules.push_back(std::move(rule));
  });
  return profile;
}

}  // namespace welfare::yaml
