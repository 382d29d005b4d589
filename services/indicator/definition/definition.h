// What is computed: populations and indicators as data.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "services/base/absence.h"
#include "services/base/error.h"
#include "services/base/names/respondent.h"
#include "services/indicator/questionnaire/questionnaire.h"
#include "services/vocabulary/measure.h"

namespace welfare::indicator {

// A named set of respondents: a predicate over registry facts and answers.
struct PopulationDefinition {
  std::string id;  // snake_case, without a year or a size
  int version = 1;
  base::RespondentKind respondent = base::RespondentKind::kMunicipality;
  std::string predicate;
  std::string label;  // years as placeholders, see FillYears

  friend bool operator==(const PopulationDefinition&,
                         const PopulationDefinition&) = default;
};

using vocabulary::Measure;

// One cell of a COUNT. A member is in it where `condition` is true. Instead of
// a condition, `absence` and `items` count members with that kind of absence
// in any of the items (the language cannot tell kinds apart).
struct CellDefinition {
  std::string key;
  std::string label;
  std::string condition;
  std::optional<base::Absence> absence;
  std::vector<std::string> items;
  // Takes the cell's base from the part of the base where this is true: a cell
  // per cohort. Empty: the whole base.
  std::string within;

  friend bool operator==(const CellDefinition&,
                         const CellDefinition&) = default;
};

// One class of a HISTOGRAM, both ends inclusive; open above without `to`.
struct HistogramClass {
  std::int64_t from = 0;
  std::optional<std::int64_t> to;

  // `0`, `1_to_5`, `21_or_more`.
  std::string Key() const;
  // `0`, `1～5`, `21以上`.
  std::string Label() const;
  friend bool operator==(const HistogramClass&,
                         const HistogramClass&) = default;
};

// What a REGISTRY_SERIES counts in each year.
enum class SeriesFact { kImplementing, kNewcomer, kPreparation };
std::string_view ToString(SeriesFact fact);
std::optional<SeriesFact> FindSeriesFact(std::string_view text);

// One indicator.
struct Definition {
  std::string id;
  int version = 1;
  std::string label;  // years as placeholders
  Measure measure = Measure::kCount;
  std::string population;
  std::string item;                     // DISTRIBUTION, SUM, RANK, HISTOGRAM
  std::vector<CellDefinition> cells;    // COUNT
  std::vector<HistogramClass> classes;  // HISTOGRAM; empty: every value
  int ranks = 3;                        // RANK
  SeriesFact fact = SeriesFact::kImplementing;  // REGISTRY_SERIES
  int from_year = 0;                            // REGISTRY_SERIES
  std::vector<int> pages;
  std::string unit;
  int reference_year_offset = 0;
  bool multiple_answer = false;

  // Every item it names outside expressions.
  std::vector<std::string> NamedItems() const;
  // For a COUNT, what it counts in one line; empty otherwise.
  std::string Condition() const;
};

// Returns what distinguishes a definition and its population, one field per
// line: equal exactly when they compute the same. Its SHA-256 is the digest of
// the definition.
std::string CanonicalText(const Definition& definition,
                          const PopulationDefinition& population);

// The definitions of one survey as read from files, before any codebook.
//
// Invariants (checked by Validate): ids unique; populations known; fields that
// fit the measure; expressions that parse.
struct DefinitionSet {
  std::string survey;
  // The first fiscal year in which the programme can be run; unset where it is
  // not stated. Before it nobody implements, and that is no lack of a record.
  std::optional<int> first_program_year = std::nullopt;
  std::vector<PopulationDefinition> populations;
  std::vector<Definition> definitions;

  // Returns the population, or null.
  const PopulationDefinition* FindPopulation(std::string_view id) const;

  // Returns every violation of the invariants.
  std::vector<base::Violation> Validate() const;

  // Returns the indicators over `questionnaire`, in its order: one per item
  // and respondent kind by rule, replaced by the definition of the same id
  // where there is one, then further definitions after the first item they
  // read; those that read none come first.
  //
  // The rule: coded items, texts and tables give a DISTRIBUTION, integers a
  // SUM, fiscal years (unit 年度) a HISTOGRAM of every value; the population is
  // the one the codebook says is asked. The id is the item's; for the second
  // respondent kind of an item, `<item>_council`.
  std::vector<Definition> ForQuestionnaire(
      const Questionnaire& questionnaire) const;

  // The earliest year any REGISTRY_SERIES needs a record of: the one it begins
  // in, and for newcomers the year before, but none before the programme's
  // first; 0 without one.
  int FirstRegistryYear() const;
};

}  // namespace welfare::indicator
