#include "services/indicator/definition/definition.h"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <utility>

#include "services/base/expression/expression.h"
#include "services/base/names/resource_name.h"

namespace welfare::indicator {
namespace {

using base::Violation;

constexpr std::array<std::pair<std::string_view, SeriesFact>, 3> kFacts = {
    {{"implementing", SeriesFact::kImplementing},
     {"newcomer", SeriesFact::kNewcomer},
     {"preparation", SeriesFact::kPreparation}}};

// Items named in an expression, in order of appearance: ${item}.
std::vector<std::string> ItemsOf(std::string_view expression) {
  std::vector<std::string> items;
  for (std::size_t at = expression.find("${"); at != std::string_view::npos;
       at = expression.find("${", at)) {
    at += 2;
    const std::size_t end = expression.find('}', at);
    if (end == std::string_view::npos) break;
    items.emplace_back(expression.substr(at, end - at));
  }
  return items;
}

// The item an indicator stands behind in lists; empty without one.
std::string Anchor(const Definition& definition) {
  if (!definition.item.empty()) return definition.item;
  for (const CellDefinition& cell : definition.cells) {
    if (!cell.items.empty()) return cell.items.front();
    const std::vector<std::string> items = ItemsOf(cell.condition);
    if (!items.empty()) return items.back();
  }
  return {};
}

// Collects violations of one definition.
class Checker {
 public:
  Checker(std::string where, std::vector<Violation>& violations)
      : where_(std::move(where)), violations_(violations) {}

  void Require(bool holds, std::string_view reason,
               std::string_view description) {
    if (!holds) {
      violations_.push_back(
          {where_, std::string(reason), std::string(description)});
    }
  }

  void Parses(std::string_view expression) {
    const auto parsed = base::Expression::Parse(expression);
    if (parsed.ok()) return;
    violations_.push_back({where_, "EXPRESSION",
                           std::string(base::MessageOf(parsed.status())) +
                               " In: " + std::string(expression)});
  }

 private:
  std::string where_;
  std::vector<Violation>& violations_;
};

void CheckCells(const Definition& definition, Checker& check) {
  std::set<std::string> keys;
  for (const CellDefinition& cell : definition.cells) {
    check.Require(base::IsResourceId(cell.key), "CELL_KEY",
                  "The key of a cell is of a-z, 0-9, - and _.");
    check.Require(keys.insert(cell.key).second, "CELL_REPEATED",
                  "Two cells have one key.");
    check.Require(cell.condition.empty() == cell.absence.has_value(),
                  "CELL_CONDITION",
                  "A cell has a condition, or an absence with items.");
    check.Require(cell.items.empty() != cell.absence.has_value(), "CELL_ITEMS",
                  "Items go with an absence, and only with one.");
    if (!cell.condition.empty()) check.Parses(cell.condition);
    if (!cell.within.empty()) check.Parses(cell.within);
  }
}

void CheckClasses(const Definition& definition, Checker& check) {
  for (std::size_t i = 0; i < definition.classes.size(); ++i) {
    const HistogramClass& one = definition.classes[i];
    check.Require(!one.to.has_value() || *one.to >= one.from, "CLASS_RANGE",
                  "A class ends where it begins or after.");
    if (i == 0) continue;
    const HistogramClass& before = definition.classes[i - 1];
    check.Require(before.to.has_value() && *before.to < one.from, "CLASS_ORDER",
                  "Classes ascend and do not overlap.");
  }
}

void AppendCell(std::ostringstream& out, const CellDefinition& cell) {
  out << "cell " << cell.key << '\n'
      << "cell_label " << cell.label << '\n'
      << "condition " << cell.condition << '\n';
  if (cell.absence.has_value()) {
    out << "absence " << base::ToString(*cell.absence) << '\n';
  }
  for (const std::string& item : cell.items)
    out << "cell_item " << item << '\n';
  out << "within " << cell.within << '\n';
}

Definition DefaultFor(const Item& item, std::size_t respondent) {
  constexpr std::string_view kFiscalYearUnit = "年度";
  const base::RespondentKind kind = item.respondents[respondent];
  Definition definition;
  definition.id = item.id;
  if (respondent > 0) {
    definition.id += '_';
    definition.id += base::ToString(kind);
  }
  definition.label = item.label;
  definition.item = item.id;
  definition.pages = item.pages;
  definition.unit = item.unit;
  definition.reference_year_offset = item.reference_year_offset;
  definition.multiple_answer =
      item.type == Item::Type::kMultiple || item.type == Item::Type::kTable;
  std::istringstream populations(item.population);
  for (std::size_t i = 0; i <= respondent; ++i) {
    if (!(populations >> definition.population)) {
      definition.population = kind == base::RespondentKind::kMunicipality
                                  ? "all_municipalities"
                                  : "all_councils";
      break;
    }
  }
  if (item.type != Item::Type::kInteger) {
    definition.measure = Measure::kDistribution;
    definition.unit.clear();  // counts of respondents
  } else if (item.unit == kFiscalYearUnit) {
    definition.measure = Measure::kHistogram;
  } else {
    definition.measure = Measure::kSum;
  }
  return definition;
}

// A definition of a file over an item takes from the item what it leaves out.
void FillFrom(const Item& item, Definition& definition) {
  if (definition.label.empty()) definition.label = item.label;
  if (definition.pages.empty()) definition.pages = item.pages;
  definition.reference_year_offset = item.reference_year_offset;
  if (definition.measure == Measure::kDistribution) {
    definition.multiple_answer =
        item.type == Item::Type::kMultiple || item.type == Item::Type::kTable;
  } else if (definition.unit.empty() && definition.measure != Measure::kCount) {
    definition.unit = item.unit;
  }
}

}  // namespace

std::string_view ToString(SeriesFact fact) {
  for (const auto& [name, value] : kFacts) {
    if (value == fact) return name;
  }
  return {};
}

std::optional<SeriesFact> FindSeriesFact(std::string_view text) {
  for (const auto& [name, value] : kFacts) {
    if (name == text) return value;
  }
  return std::nullopt;
}

std::string HistogramClass::Key() const {
  std::string key = std::to_string(from);
  if (!to.has_value()) return key + "_or_more";
  if (*to == from) return key;
  return key + "_to_" + std::to_string(*to);
}

std::string HistogramClass::Label() const {
  std::string label = std::to_string(from);
  if (!to.has_value()) return label + "以上";
  if (*to == from) return label;
  return label + "～" + std::to_string(*to);
}

std::vector<std::string> Definition::NamedItems() const {
  std::vector<std::string> names;
  const auto add = [&names](const std::string& name) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) {
      names.push_back(name);
    }
  };
  add(item);
  for (const CellDefinition& cell : cells) {
    for (const std::string& name : cell.items) add(name);
    for (const std::string& name : ItemsOf(cell.condition)) add(name);
    for (const std::string& name : ItemsOf(cell.within)) add(name);
  }
  return names;
}

std::string Definition::Condition() const {
  std::string text;
  for (const CellDefinition& cell : cells) {
    std::string one = cell.condition;
    if (cell.absence.has_value()) {
      one = std::string(base::ToString(*cell.absence));
      for (const std::string& name : cell.items) one += " ${" + name + "}";
    }
    if (!cell.within.empty()) one += " | " + cell.within;
    if (cells.size() == 1) return one;
    if (!text.empty()) text += "; ";
    text += cell.key + ": " + one;
  }
  return text;
}

std::string CanonicalText(const Definition& definition,
                          const PopulationDefinition& population) {
  std::ostringstream out;
  out << "id " << definition.id << '\n'
      << "version " << definition.version << '\n'
      << "label " << definition.label << '\n'
      << "measure " << ToString(definition.measure) << '\n'
      << "population " << population.id << ' ' << population.version << '\n'
      << "respondent " << base::ToString(population.respondent) << '\n'
      << "predicate " << population.predicate << '\n'
      << "population_label " << population.label << '\n'
      << "item " << definition.item << '\n';
  for (const CellDefinition& cell : definition.cells) AppendCell(out, cell);
  for (const HistogramClass& one : definition.classes) {
    out << "class " << one.Key() << '\n';
  }
  if (definition.measure == Measure::kRank) {
    out << "ranks " << definition.ranks << '\n';
  }
  if (definition.measure == Measure::kRegistrySeries) {
    out << "fact " << ToString(definition.fact) << '\n'
        << "from_year " << definition.from_year << '\n';
  }
  out << "pages";
  for (const int page : definition.pages) out << ' ' << page;
  out << "\nunit " << definition.unit << '\n'
      << "offset " << definition.reference_year_offset << '\n'
      << "multiple " << definition.multiple_answer << '\n';
  return std::move(out).str();
}

const PopulationDefinition* DefinitionSet::FindPopulation(
    std::string_view id) const {
  const auto found =
      std::ranges::find(populations, id, &PopulationDefinition::id);
  return found == populations.end() ? nullptr : &*found;
}

std::vector<Violation> DefinitionSet::Validate() const {
  std::vector<Violation> violations;
  std::set<std::string> ids;
  for (const PopulationDefinition& population : populations) {
    Checker check("populations." + population.id, violations);
    check.Require(base::IsResourceId(population.id), "ID",
                  "An id is of a-z, 0-9, - and _.");
    check.Require(ids.insert(population.id).second, "ID_REPEATED",
                  "Two populations have one id.");
    check.Require(population.version >= 1, "VERSION",
                  "A version is 1 or more.");
    check.Require(!population.label.empty(), "LABEL",
                  "A population has a label.");
    check.Parses(population.predicate);
  }
  ids.clear();
  for (const Definition& definition : definitions) {
    Checker check("indicators." + definition.id, violations);
    check.Require(base::IsResourceId(definition.id), "ID",
                  "An id is of a-z, 0-9, - and _.");
    check.Require(ids.insert(definition.id).second, "ID_REPEATED",
                  "Two indicators have one id.");
    check.Require(definition.version >= 1, "VERSION",
                  "A version is 1 or more.");
    check.Require(FindPopulation(definition.population) != nullptr,
                  "POPULATION", "The population is not in populations.yaml.");
    const Measure measure = definition.measure;
    const bool over_item =
        measure == Measure::kDistribution || measure == Measure::kSum ||
        measure == Measure::kRank || measure == Measure::kHistogram;
    check.Require(definition.item.empty() != over_item, "ITEM",
                  "DISTRIBUTION, SUM, RANK and HISTOGRAM name an item, the "
                  "others none.");
    check.Require(definition.cells.empty() != (measure == Measure::kCount),
                  "CELLS", "A COUNT has cells, the others none.");
    check.Require(over_item || !definition.label.empty(), "LABEL",
                  "An indicator without an item has a label of its own.");
    check.Require(definition.ranks >= 1 && definition.ranks <= 20, "RANKS",
                  "A RANK has 1 to 20 ranks.");
    check.Require(
        (measure == Measure::kRegistrySeries) == (definition.from_year != 0),
        "FROM_YEAR", "A REGISTRY_SERIES has its first year.");
    CheckCells(definition, check);
    CheckClasses(definition, check);
  }
  return violations;
}

std::vector<Definition> DefinitionSet::ForQuestionnaire(
    const Questionnaire& questionnaire) const {
  std::map<std::string, const Definition*, std::less<>> by_id;
  std::map<std::string, std::vector<const Definition*>, std::less<>> by_anchor;
  for (const Definition& definition : definitions) {
    by_id.emplace(definition.id, &definition);
  }
  std::set<std::string> defaults;
  for (const Item& item : questionnaire.items()) {
    for (std::size_t r = 0; r < item.respondents.size(); ++r) {
      defaults.insert(DefaultFor(item, r).id);
    }
  }
  std::vector<Definition> all;
  std::vector<Definition> last;  // read items this questionnaire lacks
  for (const Definition& definition : definitions) {
    if (defaults.contains(definition.id)) continue;
    const std::string anchor = Anchor(definition);
    if (anchor.empty()) {
      all.push_back(definition);
    } else if (questionnaire.FindItem(anchor).has_value()) {
      by_anchor[anchor].push_back(&definition);
    } else {
      last.push_back(definition);
    }
  }
  const auto add = [&](const Definition& definition) {
    all.push_back(definition);
    const auto position = questionnaire.FindItem(Anchor(definition));
    if (position.has_value()) {
      FillFrom(questionnaire.items()[*position], all.back());
    }
  };
  for (const Item& item : questionnaire.items()) {
    for (std::size_t r = 0; r < item.respondents.size(); ++r) {
      const Definition made = DefaultFor(item, r);
      const auto replaced = by_id.find(made.id);
      if (replaced == by_id.end()) {
        all.push_back(made);
      } else {
        add(*replaced->second);
      }
    }
    const auto further = by_anchor.find(item.id);
    if (further == by_anchor.end()) continue;
    for (const Definition* definition : further->second) add(*definition);
  }
  all.insert(all.end(), last.begin(), last.end());
  return all;
}

int DefinitionSet::FirstRegistryYear() const {
  int first = 0;
  for (const Definition& definition : definitions) {
    if (definition.measure != Measure::kRegistrySeries) continue;
    const int reads = definition.fact == SeriesFact::kNewcomer
                          ? definition.from_year - 1
                          : definition.from_year;
    if (first == 0 || reads < first) first = reads;
  }
  if (first != 0 && first_program_year.has_value()) {
    first = std::max(first, *first_program_year);
  }
  return first;
}

}  // namespace welfare::indicator
