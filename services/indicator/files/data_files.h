// Reads the service's data folder: definitions, populations, published figures
// and wording profiles.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "absl/status/statusor.h"

#include "services/indicator/definition/definition.h"
#include "services/indicator/statements/published.h"

namespace welfare::indicator {

// Everything staff laid down for one survey.
struct SurveyData {
  DefinitionSet definitions;
  std::map<int, PublishedRound> published;  // by fiscal year
};

// Reads every survey below `folder`, a folder that is laid out as
// `services/indicator/data`: SURVEY/populations.yaml, SURVEY/indicators/*.yaml,
// SURVEY/statements-YEAR.yaml with published/SURVEY-YEAR.csv, and
// wording-profile-VERSION.yaml. Keys that are not known are refused.
//
// Errors:
//   INVALID_ARGUMENT, reason DEFINITION_INVALID: with every violation; fields
//     are file names, or ids of populations, indicators and published rows.
absl::StatusOr<std::map<std::string, SurveyData>> LoadSurveyData(
    const std::filesystem::path& folder);

}  // namespace welfare::indicator
