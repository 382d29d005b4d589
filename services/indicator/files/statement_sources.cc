#include "services/indicator/files/statement_sources.h"

#include <string>

namespace welfare::indicator {

void ReadSources(Mapping& fields, const DefinitionSet& set,
                 PublishedRound& round) {
  if (const auto figures = fields.Find("figures");
      figures.has_value() && figures->IsMap()) {
    for (const auto& entry : *figures) {
      const std::string id = entry.first.Scalar();
      Mapping one(entry.second, fields.where() + " " + id, fields.violations());
      FigureSource source;
      source.indicator = one.Text("indicator");
      source.cell = one.Text("cell");
      source.within = one.Text("within");
      source.options = one.Texts("options");
      if (!source.within.empty() &&
          set.FindPopulation(source.within) == nullptr) {
        one.Add("POPULATION", "No such population: " + source.within + ".");
      }
      if (!round.sources.emplace(id, source).second) {
        one.Add("ID_REPEATED", "The figure stands twice.");
      }
    }
  }
  for (const std::string& id : fields.Texts("two_rounds")) {
    const auto source = round.sources.find(id);
    if (source == round.sources.end()) {
      fields.Add("FIGURE_UNKNOWN", "`" + id + "` has no source.");
    } else {
      source->second.two_rounds = true;
    }
  }
}

}  // namespace welfare::indicator
