// Reads the service's data folder: definitions, populations, published figures
// and wording profiles.
#pragma once

#include <filesystem>

#include "absl/status/statusor.h"

#include "services/indicator/statements/survey_data.h"

namespace welfare::indicator {

// Reads every survey below `folder`, a folder that is laid out as
// `services/indicator/data`: SURVEY/populations.yaml, SURVEY/indicators/*.yaml,
// SURVEY/statements-YEAR.yaml with published/SURVEY-YEAR.csv, and
// wording-profile-VERSION.yaml. Keys that are not known are refused.
//
// Errors:
//   INVALID_ARGUMENT, reason DEFINITION_INVALID: with every violation; fields
//     are places in files, or ids of populations, indicators and published
//     rows.
absl::StatusOr<Surveys> LoadSurveyData(const std::filesystem::path& folder);

}  // namespace welfare::indicator
