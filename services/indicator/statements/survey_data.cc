#include "services/indicator/statements/survey_data.h"

#include "services/base/coding/sha256.h"

namespace welfare::indicator {

std::string DigestOf(const SurveyData& data) {
  std::string text =
      "first_program_year " +
      std::to_string(data.definitions.first_program_year.value_or(0)) + "\n";
  for (const PopulationDefinition& population : data.definitions.populations) {
    text += CanonicalText(Definition{}, population);
  }
  for (const Definition& definition : data.definitions.definitions) {
    text += CanonicalText(
        definition, *data.definitions.FindPopulation(definition.population));
  }
  for (const auto& [year, round] : data.published) {
    text += "published " + std::to_string(year) + " " + round.profile.version;
    for (const base::WordingRule& rule : round.profile.rules) {
      text += "\nrule " + rule.pattern;
      if (rule.lower.has_value()) text += " " + rule.lower->offset.ToString();
      if (rule.upper.has_value()) text += " " + rule.upper->offset.ToString();
    }
    for (const PublishedFigure& figure : round.figures) {
      text += "\nfigure " + figure.figure_id + " " + figure.statement_id + " " +
              figure.reading + " " + figure.label + " " + figure.value + " " +
              figure.value_as_published + " " + figure.kind + " " +
              figure.wording;
      for (const auto& bound : {figure.numerator, figure.denominator,
                                figure.lower_bound, figure.upper_bound}) {
        text += " " + (bound.has_value() ? std::to_string(*bound) : "-");
      }
      for (const std::string& id : figure.populations) text += " " + id;
    }
    for (const auto& [id, source] : round.sources) {
      text += "\nsource " + id + " " + source.indicator + " " + source.cell +
              " " + source.within;
      for (const std::string& option : source.options) text += " " + option;
      text += source.two_rounds ? " two" : " one";
    }
  }
  return base::Sha256Hex(text);
}

}  // namespace welfare::indicator
