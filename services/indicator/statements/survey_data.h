// Everything staff laid down for one survey.
#pragma once

#include <map>
#include <string>

#include "services/indicator/definition/definition.h"
#include "services/indicator/statements/published.h"

namespace welfare::indicator {

struct SurveyData {
  DefinitionSet definitions;
  std::map<int, PublishedRound> published;  // by fiscal year
};

// By survey.
using Surveys = std::map<std::string, SurveyData>;

// Returns the SHA-256 over every definition, population, published row and
// wording profile: equal exactly where equal rounds give equal replies.
// REQUIRES: the definitions are valid.
std::string DigestOf(const SurveyData& data);

}  // namespace welfare::indicator
