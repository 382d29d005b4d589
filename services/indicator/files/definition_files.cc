#include "services/indicator/files/definition_files.h"

#include <utility>

#include "services/indicator/files/numbers.h"
#include "services/yaml/mapping.h"

namespace welfare::indicator {
namespace {

using base::Violation;
using yaml::Mapping;

PopulationDefinition ReadPopulation(const yaml::Node& node,
                                    std::vector<Violation>& violations) {
  Mapping fields(node, violations);
  PopulationDefinition population;
  population.id = fields.RequiredText("id");
  population.version =
      static_cast<int>(fields.RequiredInteger("version").value_or(0));
  population.predicate = fields.RequiredText("predicate");
  population.label = fields.RequiredText("label");
  const auto kind =
      base::ParseRespondentKind(fields.RequiredText("respondent"));
  if (kind.ok()) {
    population.respondent = *kind;
  } else {
    fields.Refuse("respondent", "RESPONDENT",
                  "`respondent` is municipality or council.");
  }
  return population;
}

CellDefinition ReadCell(const yaml::Node& node,
                        std::vector<Violation>& violations) {
  Mapping fields(node, violations);
  CellDefinition cell;
  cell.key = fields.RequiredText("key");
  cell.label = fields.RequiredText("label");
  cell.condition = fields.Text("condition");
  cell.within = fields.Text("within");
  cell.items = fields.Texts("items");
  if (const std::string absence = fields.Text("absence"); !absence.empty()) {
    const auto kind = base::ParseAbsence(absence);
    if (kind.ok()) {
      cell.absence = *kind;
    } else {
      fields.Refuse("absence", "ABSENCE",
                    "There is no absence `" + absence + "`.");
    }
  }
  return cell;
}

}  // namespace

void ReadPopulations(const yaml::Node& node, DefinitionSet& set,
                     std::vector<Violation>& violations) {
  Mapping fields(node, violations);
  if (const auto first = fields.Integer("first_program_year")) {
    set.first_program_year = static_cast<int>(*first);
  }
  fields.Each("populations", [&](const yaml::Node& one) {
    set.populations.push_back(ReadPopulation(one, violations));
  });
}

Definition ReadDefinition(const yaml::Node& node,
                          std::vector<Violation>& violations) {
  Mapping fields(node, violations);
  Definition definition;
  definition.id = fields.RequiredText("id");
  definition.version =
      static_cast<int>(fields.RequiredInteger("version").value_or(0));
  definition.label = fields.Text("label");
  definition.population = fields.RequiredText("population");
  definition.item = fields.Text("item");
  definition.unit = fields.Text("unit");
  const std::string measure = fields.RequiredText("measure");
  if (const auto found = vocabulary::FindIn(vocabulary::kMeasures, measure)) {
    definition.measure = *found;
  } else {
    fields.Refuse("measure", "MEASURE",
                  "There is no measure `" + measure + "`.");
  }
  for (const std::string& page : fields.Texts("pages")) {
    const auto number = ParseInteger(page);
    if (!number.has_value()) fields.RefuseKind("pages", "a list of numbers");
    definition.pages.push_back(static_cast<int>(number.value_or(0)));
  }
  fields.Each("cells", [&](const yaml::Node& cell) {
    definition.cells.push_back(ReadCell(cell, violations));
  });
  fields.Each("classes", [&](const yaml::Node& one) {
    Mapping ends(one, violations);
    HistogramClass read;
    read.from = ends.RequiredInteger("from").value_or(0);
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
      fields.Refuse("fact", "FACT", "There is no fact `" + fact + "`.");
    }
  }
  return definition;
}

}  // namespace welfare::indicator
