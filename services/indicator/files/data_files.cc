#include "services/indicator/files/data_files.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/date.h"
#include "services/base/error.h"
#include "services/base/rational.h"
#include "services/indicator/errors.h"
#include "services/platform/process/assets.h"
#include "services/text/csv.h"

namespace welfare::indicator {
namespace {

using base::Violation;
using std::filesystem::path;

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

// `1/20`, `-1/20`, `0`.
std::optional<base::Rational> ParseFraction(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) {
    const auto number = base::Rational::ParseDecimal(text);
    return number.ok() ? std::optional(*number) : std::nullopt;
  }
  const auto numerator = ParseInteger(std::string_view(text).substr(0, slash));
  const auto denominator =
      ParseInteger(std::string_view(text).substr(slash + 1));
  if (!numerator.has_value() || !denominator.has_value()) return std::nullopt;
  const auto number = base::Rational::Make(*numerator, *denominator);
  return number.ok() ? std::optional(*number) : std::nullopt;
}

// A YAML mapping read field by field; what is wrong becomes a violation of
// `where`, and fields nobody asked for are refused at the end.
class Mapping {
 public:
  Mapping(const YAML::Node& node, std::string where,
          std::vector<Violation>& violations)
      : node_(node), where_(std::move(where)), violations_(violations) {
    if (!node_.IsMap()) Add("NOT_A_MAPPING", "Fields with values are needed.");
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (!node_.IsMap()) return;
    for (const auto& field : node_) {
      const std::string name = field.first.Scalar();
      if (!seen_.contains(name)) {
        Add("FIELD_UNKNOWN", "There is no field `" + name + "`.");
      }
    }
  }

  std::optional<YAML::Node> Find(const std::string& field) {
    seen_.insert(field);
    if (!node_.IsMap()) return std::nullopt;
    const YAML::Node value = node_[field];
    if (!value.IsDefined()) return std::nullopt;
    return value;
  }

  // The scalar of `field`; empty when it is absent.
  std::string Text(const std::string& field, bool required = false) {
    const auto value = Find(field);
    if (!value.has_value()) {
      if (required) Add("FIELD_MISSING", "`" + field + "` is needed.");
      return {};
    }
    if (!value->IsScalar()) {
      Add("FIELD_TYPE", "`" + field + "` is one value.");
      return {};
    }
    return value->Scalar();
  }

  std::optional<std::int64_t> Integer(const std::string& field,
                                      bool required = false) {
    const std::string text = Text(field, required);
    if (text.empty()) return std::nullopt;
    const auto number = ParseInteger(text);
    if (!number.has_value()) Add("FIELD_TYPE", "`" + field + "` is a number.");
    return number;
  }

  bool Boolean(const std::string& field, bool fallback) {
    const std::string text = Text(field);
    if (text.empty()) return fallback;
    if (text != "true" && text != "false") {
      Add("FIELD_TYPE", "`" + field + "` is true or false.");
    }
    return text == "true";
  }

  std::optional<base::Rational> Fraction(const std::string& field) {
    const std::string text = Text(field);
    if (text.empty()) return std::nullopt;
    const auto number = ParseFraction(text);
    if (!number.has_value()) {
      Add("FIELD_TYPE", "`" + field + "` is a fraction such as 1/20.");
    }
    return number;
  }

  std::vector<std::string> Texts(const std::string& field) {
    std::vector<std::string> texts;
    Each(field, [&](const YAML::Node& value) {
      if (!value.IsScalar()) {
        Add("FIELD_TYPE", "`" + field + "` is a list of values.");
        return;
      }
      texts.push_back(value.Scalar());
    });
    return texts;
  }

  void Each(const std::string& field,
            const std::function<void(const YAML::Node&)>& read) {
    const auto value = Find(field);
    if (!value.has_value()) return;
    if (!value->IsSequence()) {
      Add("FIELD_TYPE", "`" + field + "` is a list.");
      return;
    }
    for (const YAML::Node& element : *value) read(element);
  }

  void Add(std::string_view reason, std::string description) {
    violations_.push_back(
        {where_, std::string(reason), std::move(description)});
  }
  const std::string& where() const { return where_; }
  std::vector<Violation>& violations() { return violations_; }

 private:
  YAML::Node node_;
  std::string where_;
  std::vector<Violation>& violations_;
  std::set<std::string> seen_;
};

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
  if (const auto found = FindMeasure(measure)) {
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

base::WordingProfile ReadProfile(const YAML::Node& node,
                                 const std::string& where,
                                 std::vector<Violation>& violations) {
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

std::vector<std::string> Split(std::string_view text, char by) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(by);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

std::vector<PublishedFigure> ReadFigures(const std::string& csv,
                                         const std::string& where,
                                         std::vector<Violation>& violations) {
  constexpr std::array<std::string_view, 19> kColumns = {
      "figure_id",   "statement_id", "reading",
      "check",       "round_fy",     "reference_fy",
      "item_id",     "cell",         "page",
      "label",       "population",   "numerator",
      "denominator", "value",        "value_as_published",
      "kind",        "lower_bound",  "upper_bound",
      "wording"};
  constexpr std::array<std::string_view, 0> kOptional = {};
  std::vector<PublishedFigure> figures;
  const auto records = text::ReadCsv(csv);
  if (!records.ok() || records->empty()) {
    violations.push_back(
        {where, "CSV", "The file is no CSV with a header line."});
    return figures;
  }
  const auto header =
      text::CsvHeader::Make(records->front(), kColumns, kOptional, true);
  if (!header.ok()) {
    const auto details = base::GetErrorDetails(header.status());
    for (const Violation& violation : details->violations) {
      violations.push_back({where, violation.reason,
                            violation.field + ": " + violation.description});
    }
    return figures;
  }
  for (const text::CsvRecord& record : std::span(*records).subspan(1)) {
    const std::string line = where + " line " + std::to_string(record.line);
    if (record.cells.size() != header->size()) {
      violations.push_back({line, "CSV_CELLS", "Cells are missing or extra."});
      continue;
    }
    const auto cell = [&](std::size_t i) {
      return std::string(header->required(record, i));
    };
    const auto number = [&](std::size_t i) -> std::optional<std::int64_t> {
      const std::string text = cell(i);
      if (text.empty()) return std::nullopt;
      const auto read = ParseInteger(text);
      if (!read.has_value()) {
        violations.push_back(
            {line, "NUMBER",
             "`" + std::string(kColumns[i]) + "` is no number: " + text + "."});
      }
      return read;
    };
    PublishedFigure figure;
    figure.figure_id = cell(0);
    figure.statement_id = cell(1);
    figure.reading = cell(2);
    const auto check = FindCheck(cell(3));
    if (!check.has_value()) {
      violations.push_back({line, "CHECK", "No such check: " + cell(3) + "."});
    }
    figure.check = check.value_or(Check::kEditorial);
    figure.round_year = static_cast<int>(number(4).value_or(0));
    figure.reference_year = static_cast<int>(number(5).value_or(0));
    figure.items = Split(cell(6), '|');
    figure.cells = Split(cell(7), '|');
    figure.page = static_cast<int>(number(8).value_or(0));
    figure.label = cell(9);
    figure.populations = Split(cell(10), ' ');
    figure.numerator = number(11);
    figure.denominator = number(12);
    figure.value = cell(13);
    figure.value_as_published = cell(14);
    figure.kind = cell(15);
    figure.lower_bound = number(16);
    figure.upper_bound = number(17);
    figure.wording = cell(18);
    figure.claim = ClaimOf(figure);
    figures.push_back(std::move(figure));
  }
  return figures;
}

// Reads files of one data folder and collects every violation.
class Loader {
 public:
  explicit Loader(path folder) : folder_(std::move(folder)) {}

  absl::StatusOr<std::map<std::string, SurveyData>> Run() {
    std::map<std::string, SurveyData> surveys;
    for (const path& place : Entries(folder_)) {
      if (std::filesystem::exists(place / "populations.yaml")) {
        const std::string survey = place.filename().string();
        surveys.emplace(survey, Survey(survey, place));
      }
    }
    if (surveys.empty() && violations_.empty()) {
      violations_.push_back({folder_.string(), "NO_SURVEY",
                             "No folder below holds a populations.yaml."});
    }
    if (!violations_.empty()) return DefinitionInvalid(std::move(violations_));
    return surveys;
  }

 private:
  // The entries of a folder in the order of their names.
  std::vector<path> Entries(const path& folder) {
    std::vector<path> entries;
    std::error_code error;
    for (const auto& entry :
         std::filesystem::directory_iterator(folder, error)) {
      entries.push_back(entry.path());
    }
    if (error) {
      violations_.push_back(
          {folder.string(), "FOLDER", "Cannot be read: " + error.message()});
    }
    std::ranges::sort(entries);
    return entries;
  }

  std::optional<YAML::Node> Yaml(const path& file) {
    const auto content = platform::ReadAsset(file);
    if (!content.ok()) {
      violations_.push_back(
          {Name(file), "FILE", std::string(base::MessageOf(content.status()))});
      return std::nullopt;
    }
    try {
      return YAML::Load(*content);
    } catch (const YAML::Exception& exception) {
      violations_.push_back({Name(file), "YAML", exception.what()});
      return std::nullopt;
    }
  }

  std::string Name(const path& file) const {
    return file.lexically_relative(folder_).string();
  }

  SurveyData Survey(const std::string& survey, const path& place) {
    SurveyData data;
    DefinitionSet& set = data.definitions;
    set.survey = survey;
    const path populations = place / "populations.yaml";
    if (const auto node = Yaml(populations)) {
      Mapping fields(*node, Name(populations), violations_);
      if (const auto first = fields.Integer("first_program_year")) {
        set.first_program_year = static_cast<int>(*first);
      }
      fields.Each("populations", [&](const YAML::Node& one) {
        set.populations.push_back(
            ReadPopulation(one, Name(populations), violations_));
      });
    }
    for (const path& file : Entries(place / "indicators")) {
      if (file.extension() != ".yaml") continue;
      const auto node = Yaml(file);
      if (!node.has_value()) continue;
      set.definitions.push_back(ReadDefinition(*node, Name(file), violations_));
      if (set.definitions.back().id != file.stem()) {
        violations_.push_back(
            {Name(file), "FILE_NAME", "The file is named after its id."});
      }
    }
    const std::vector<Violation> invalid = set.Validate();
    violations_.insert(violations_.end(), invalid.begin(), invalid.end());
    constexpr std::string_view kPrefix = "statements-";
    for (const path& file : Entries(place)) {
      const std::string stem = file.stem().string();
      if (!stem.starts_with(kPrefix) || file.extension() != ".yaml") continue;
      const auto year =
          ParseInteger(std::string_view(stem).substr(kPrefix.size()));
      if (!year.has_value()) {
        violations_.push_back(
            {Name(file), "FILE_NAME", "The name ends with a year."});
        continue;
      }
      data.published.emplace(
          static_cast<int>(*year),
          Published(survey, static_cast<int>(*year), file, set));
    }
    return data;
  }

  PublishedRound Published(const std::string& survey, int year,
                           const path& file, const DefinitionSet& set) {
    PublishedRound round;
    round.fiscal_year = year;
    const path csv_file =
        folder_ / "published" / (survey + "-" + std::to_string(year) + ".csv");
    const auto csv = platform::ReadAsset(csv_file);
    if (csv.ok()) {
      round.figures = ReadFigures(*csv, Name(csv_file), violations_);
    } else {
      violations_.push_back(
          {Name(csv_file), "FILE", std::string(base::MessageOf(csv.status()))});
    }
    const auto node = Yaml(file);
    if (!node.has_value()) return round;
    {
      Mapping fields(*node, Name(file), violations_);
      const std::string version = fields.Text("wording_profile", true);
      const path profile = folder_ / ("wording-profile-" + version + ".yaml");
      if (const auto rules = Yaml(profile)) {
        round.profile = ReadProfile(*rules, Name(profile), violations_);
        if (round.profile.version != version) {
          violations_.push_back({Name(profile), "FILE_NAME",
                                 "The file is named after its version."});
        }
      }
      if (const auto figures = fields.Find("figures");
          figures.has_value() && figures->IsMap()) {
        for (const auto& entry : *figures) {
          Mapping source_fields(entry.second,
                                Name(file) + " " + entry.first.Scalar(),
                                violations_);
          FigureSource source;
          source.indicator = source_fields.Text("indicator");
          source.cell = source_fields.Text("cell");
          source.within = source_fields.Text("within");
          source.options = source_fields.Texts("options");
          if (!source.within.empty() &&
              set.FindPopulation(source.within) == nullptr) {
            source_fields.Add("POPULATION",
                              "No such population: " + source.within + ".");
          }
          if (!round.sources.emplace(entry.first.Scalar(), source).second) {
            source_fields.Add("ID_REPEATED", "The figure stands twice.");
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
    for (const PublishedFigure& figure : round.figures) {
      for (const std::string& population : figure.populations) {
        if (set.FindPopulation(population) == nullptr) {
          violations_.push_back({"published." + figure.figure_id, "POPULATION",
                                 "No such population: " + population + "."});
        }
      }
    }
    const std::vector<Violation> invalid = round.Validate();
    violations_.insert(violations_.end(), invalid.begin(), invalid.end());
    return round;
  }

  path folder_;
  std::vector<Violation> violations_;
};

}  // namespace

absl::StatusOr<std::map<std::string, SurveyData>> LoadSurveyData(
    const path& folder) {
  return Loader(folder).Run();
}

}  // namespace welfare::indicator
