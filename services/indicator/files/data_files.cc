#include "services/indicator/files/data_files.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/indicator/errors.h"
#include "services/indicator/files/definition_files.h"
#include "services/indicator/files/numbers.h"
#include "services/indicator/files/published_file.h"
#include "services/indicator/files/statement_sources.h"
#include "services/platform/process/assets.h"
#include "services/yaml/mapping.h"
#include "services/yaml/wording_profile.h"

namespace welfare::indicator {
namespace {

using base::Violation;
using std::filesystem::path;

// Reads files of one data folder and collects every violation.
class Loader {
 public:
  explicit Loader(path folder) : folder_(std::move(folder)) {}

  absl::StatusOr<Surveys> Run() {
    Surveys surveys;
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

  std::optional<yaml::Node> Yaml(const path& file) {
    const auto content = platform::ReadAsset(file);
    if (!content.ok()) {
      violations_.push_back(
          {Name(file), "FILE", std::string(base::MessageOf(content.status()))});
      return std::nullopt;
    }
    return yaml::ReadYaml(Name(file), *content, violations_);
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
      ReadPopulations(*node, set, violations_);
    }
    for (const path& file : Entries(place / "indicators")) {
      if (file.extension() != ".yaml") continue;
      const auto node = Yaml(file);
      if (!node.has_value()) continue;
      set.definitions.push_back(ReadDefinition(*node, violations_));
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
      round.figures = ReadPublishedFigures(*csv, Name(csv_file), violations_);
    } else {
      violations_.push_back(
          {Name(csv_file), "FILE", std::string(base::MessageOf(csv.status()))});
    }
    const auto node = Yaml(file);
    if (!node.has_value()) return round;
    {
      yaml::Mapping fields(*node, violations_);
      const std::string version = fields.RequiredText("wording_profile");
      const path profile = folder_ / ("wording-profile-" + version + ".yaml");
      if (const auto rules = Yaml(profile)) {
        round.profile = yaml::ReadWordingProfile(*rules, violations_);
        if (round.profile.version != version) {
          violations_.push_back({Name(profile), "FILE_NAME",
                                 "The file is named after its version."});
        }
      }
      ReadSources(fields, set, round, violations_);
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

absl::StatusOr<Surveys> LoadSurveyData(const path& folder) {
  return Loader(folder).Run();
}

}  // namespace welfare::indicator
