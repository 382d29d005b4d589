#pragma once

#include <string_view>

#include "services/vocabulary/word.h"

namespace welfare::vocabulary {

// Who may see a named answer, or a report.
// Stored in databases, sent between services; do not renumber.
enum class PublishLevel {
  kInternal = 1,      // managers and reviewers
  kStakeholders = 2,  // all respondents of the round (関係者限り)
  kAggregate = 3,     // public only as counts
  kPublic = 4,        // public by name
};

inline constexpr Word<PublishLevel> kPublishLevels[] = {
    {PublishLevel::kInternal, "INTERNAL"},
    {PublishLevel::kStakeholders, "STAKEHOLDERS"},
    {PublishLevel::kAggregate, "AGGREGATE"},
    {PublishLevel::kPublic, "PUBLIC"},
};

constexpr std::string_view ToString(PublishLevel value) {
  return NameIn(kPublishLevels, value);
}

}  // namespace welfare::vocabulary
