// Why a published statement is not computed, in both languages.
#pragma once

#include <string>
#include <string_view>

#include "services/indicator/statements/published.h"

namespace welfare::indicator {

struct NotComputed {
  std::string english;
  std::string japanese;
};

// What no platform computes: editorial, legal, lost and partly known rows.
NotComputed BecauseOf(Check check);

NotComputed NoRound(int year, bool planned);
// `message`: what the indicator does not find in the round's codebook.
NotComputed IndicatorMisfits(std::string_view indicator,
                             std::string_view message);
NotComputed AnotherPopulation(std::string_view of_indicator,
                              std::string_view of_statement);
NotComputed NoNumber(bool nobody_gave_one);
NotComputed NoCell(std::string_view cell);
NotComputed NoValueStated();
NotComputed TrendWithoutFigure();
NotComputed RegistryNotRead();
NotComputed RecordsMissing(int missing, std::string_view known);
NotComputed NoRegistrySet(std::string_view set);  // empty: the population
NotComputed NoRoster(int year);
NotComputed NoRecord(int year);
NotComputed NoWindow();
NotComputed NoPopulation(std::string_view id);
NotComputed NoItem();
NotComputed NoOption(std::string_view code);

}  // namespace welfare::indicator
