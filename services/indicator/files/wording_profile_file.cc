#include "services/indicator/files/wording_profile_file.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "services/base/time/date.h"
#include "services/indicator/files/mapping.h"

namespace welfare::indicator {

base::WordingProfile ReadWordingProfile(
    const YAML::Node& node, const std::string& where,
    std::vector<base::Violation>& violations) {
  Mapping fields(node, where, violations);
  base::WordingProfile profile;
  profile.version = fields.Text("version", true);
  const auto valid_from = base::Date::Parse(fields.Text("valid_from", true));
  if (valid_from.ok()) {
    profile.valid_from = *valid_from;
  } else {
    fields.Add("FIELD_TYPE", "`valid_from` is a date.");
  }
  const std::array<std::pair<std::string_view, base::WordingKind>, 5> kinds = {
      {{"range", base::WordingKind::kRange},
       {"nearest_integer", base::WordingKind::kNearestInteger},
       {"exists", base::WordingKind::kExists},
       {"all", base::WordingKind::kAll},
       {"same_tenth", base::WordingKind::kSameTenth}}};
  fields.Each("rules", [&](const YAML::Node& one) {
    Mapping rule_fields(one, where + " rules", violations);
    base::WordingRule rule;
    rule.pattern = rule_fields.Text("pattern", true);
    const std::string kind = rule_fields.Text("kind", true);
    const auto found = std::ranges::find(
        kinds, kind, &std::pair<std::string_view, base::WordingKind>::first);
    if (found == kinds.end()) {
      rule_fields.Add("KIND", "There is no kind `" + kind + "`.");
    } else {
      rule.kind = found->second;
    }
    rule.value = rule_fields.Fraction("value");
    rule.cap = rule_fields.Fraction("cap");
    rule.offered = rule_fields.Boolean("offered", true);
    for (const auto& [name, bound] :
         {std::pair("lower", &rule.lower), std::pair("upper", &rule.upper)}) {
      const auto end = rule_fields.Find(name);
      if (!end.has_value()) continue;
      Mapping end_fields(*end, where + " rules " + name, violations);
      base::WordingBound read;
      read.offset = end_fields.Fraction("offset").value_or(base::Rational());
      read.inclusive = end_fields.Boolean("inclusive", true);
      *bound = read;
    }
    profile.rules.push_back(std::move(rule));
  });
  return profile;
}

}  // namespace welfare::indicator
