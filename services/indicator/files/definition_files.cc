#include "services/indicator/files/definition_files.h"

#include <utility>

#include "services/indicator/files/mapping.h"
#include "services/indicator/files/numbers.h"

namespace welfare::indicator {
namespace {

using base::Violation;

PopulationDefinition ReadPopulation(const YAML::Node& node,
                                    const std::string& where,
                                    std::vector<Violation>& violations) {
  Mapping fields(node, where, violations);
  PopulationDefinition population;
  population.id = fields.Text("id", true);
  population.version =
      static_cast<int>(fields.Integer("version", true).value_or(0));
  population.predicate = fields.Text("predicate", true);
  population.label = fields.Text("label", true);
  const auto kind = base::ParseRespondentKind(fields.Text("respondent", true));
  if (kind.ok()) {
    population.respondent = *kind;
  } else {
    fields.Add("RESPONDENT", "`respondent` is municipality or council.");
  }
  return population;
}

CellDefinition ReadCell(const YAML::Node& node, const std::string& where,
                        std::vector<Violation>& violations) {
  Mapping fields(node, where, violations);
  CellDefinition cell;
  cell.key = fields.Text("key", true);
  cell.label = fields.Text("label", true);
  cell.condition = fields.Text("condition");
  cell.within = fields.Text("within");
  cell.items = fields.Texts("items");
  if (const std::string absence = fields.Text("absence"); !absence.empty()) {
    const auto kind = base::ParseAbsence(absence);
    if (kind.ok()) {
      cell.absence = *kind;
    } else {
      fields.Add("ABSENCE", "There is no absence `" + absence + "`.");
    }
  }
  return cell;
}

}  // namespace

void ReadPopulations(const YAML::Node& node, const std::string& where,
                     DefinitionSet& set, std::vector<Violation>& violations) {
  Mapping fields(node, where, violations);
  if (const auto first = fields.Integer("first_program_year")) {
    set.first_program_year = static_cast<int>(*first);
  }
  fields.Each("populations", [&](const YAML::Node& one) {
    set.populations.push_back(ReadPopulation(one, where, violations));
  });
}

Definition ReadDefinition(const YAML::Node& node, const std::string& where,
                          std::vector<Violation>& violations) {
  Mapping fields(node, where, violations);
  Definition definition;
  definition.id = fields.Text("id", true);
  definition.version =
      static_cast<int>(fields.Integer("version", true).value_or(0));
  definition.label = fields.Text("label");
  definition.population = fields.Text("population", true);
  definition.item = fields.Text("item");
  definition.unit = fields.Text("unit");
  const std::string measure = fields.Text("measure", true);
  if (const auto found = vocabulary::FindIn(vocabulary::kMeasures, measure)) {
    definition.measure = *found;
  } else {
    fields.Add("MEASURE", "There is no measure `" + measure + "`.");
  }
  for (const std::string& page : fields.Texts("pages")) {
    const auto number = ParseInteger(page);
    if (!number.has_value()) fields.Add("PAGES", "A page is a number.");
    definition.pages.push_back(static_cast<int>(number.value_or(0)));
  }
  fields.Each("cells", [&](const YAML::Node& cell) {
    definition.cells.push_back(ReadCell(cell, where + " cells", violations));
  });
  fields.Each("classes", [&](const YAML::Node& one) {
    Mapping ends(one, where + " classes", violations);
    HistogramClass read;
    read.from = ends.Integer("from", true).value_or(0);
    read.to = ends.Integer("to");
    definition.classes.push_back(read);
  });
  definition.ranks = static_cast<int>(fields.Integer("ranks").value_or(3));
  definition.from_year =
      static_cast<int>(fields.Integer("from_year").value_or(0));
  if (const std::string fact = fields.Text("fact"); !fact.empty()) {
    if (const auto found = FindSeriesFact(fact)) {
      definition.fact = *found;
    } else {
      fields.Add("FACT", "There is no fact `" + fact + "`.");
    }
  }
  return definition;
}

}  // namespace welfare::indicator
