// Published figures as CSV.
#pragma once

#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/indicator/statements/published.h"

namespace welfare::indicator {

// Reads published/SURVEY-YEAR.csv; its columns stand in the data's README. What
// is wrong becomes a violation of `where`, the name of the file, with the line.
std::vector<PublishedFigure> ReadPublishedFigures(
    const std::string& csv, const std::string& where,
    std::vector<base::Violation>& violations);

}  // namespace welfare::indicator
