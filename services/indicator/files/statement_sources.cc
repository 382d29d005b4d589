#include "services/indicator/files/statement_sources.h"

#include <string>

namespace welfare::indicator {

void ReadSources(yaml::Mapping& fields, const DefinitionSet& set,
                 PublishedRound& round,
                 std::vector<base::Violation>& violations) {
  if (const yaml::Node* const figures = fields.Find("figures")) {
    yaml::Mapping by_id(*figures, violations);
    for (const yaml::Field& figure : by_id.All()) {
      yaml::Mapping one(figure.value, violations);
      FigureSource source;
      source.indicator = one.Text("indicator");
      source.cell = one.Text("cell");
      source.within = one.Text("within");
      source.options = one.Texts("options");
      if (!source.within.empty() &&
          set.FindPopulation(source.within) == nullptr) {
        one.Refuse("within", "POPULATION",
                   "No such population: " + source.within + ".");
      }
      round.sources.emplace(figure.key, source);
    }
  }
  for (const std::string& id : fields.Texts("two_rounds")) {
    const auto source = round.sources.find(id);
    if (source == round.sources.end()) {
      fields.Refuse("two_rounds", "FIGURE_UNKNOWN",
                    "`" + id + "` has no source.");
    } else {
      source->second.two_rounds = true;
    }
  }
}

}  // namespace welfare::indicator
