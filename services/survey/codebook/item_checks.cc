#include "services/survey/codebook/item_checks.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/survey/codebook/codebook.h"
#include "services/survey/codebook/label.h"

namespace welfare::survey {
namespace {

std::vector<std::string> SplitIds(std::string_view text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

bool HasYear(std::string_view id) {
  int digits = 0;
  for (const char c : id) {
    digits = (c >= '0' && c <= '9') ? digits + 1 : 0;
    if (digits == 4) return true;
  }
  return false;
}

void CheckNames(std::span<const Item> items, ProblemList& problems) {
  std::set<std::string_view> seen;
  if (items.empty()) {
    problems.Add({.sheet = "survey",
                  .line = 0,
                  .column = "",
                  .reason = "SHEET_EMPTY",
                  .message = "The sheet holds no item."});
  }
  for (const Item& item : items) {
    if (!IsItemId(item.id)) {
      problems.Add(
          item.place(), "name", "NAME_INVALID",
          "an id is a-z, 0-9 and _, begins with a letter and has at most 63 "
          "characters.");
    }
    if (!seen.insert(item.id).second) {
      problems.Add(item.place(), "name", "NAME_DUPLICATE",
                   "the id is used twice.");
    }
  }
}

void CheckPlaceholders(const Item& item, ProblemList& problems) {
  for (const std::string& unknown : UnknownPlaceholders(item.label)) {
    // Codebooks were published with `${ref_fy_ja}` once; new ones are refused
    // where they are read.
    if (unknown.substr(1) == kReferenceYear) continue;
    problems.Add(item.place(), "label", "LABEL_PLACEHOLDER",
                 "the only placeholder is {ref_fy_ja}, not " + unknown + ".");
  }
}

void CheckOptions(const Item& item, const std::vector<Option>& options,
                  ProblemList& problems) {
  if (options.empty()) {
    problems.Add(item.place(), "type", "LIST_EMPTY",
                 "the list of choices is empty.");
  }
  if (options.size() > Codebook::kMaxCodes) {
    problems.Add(item.place(), "type", "TOO_MANY_OPTIONS",
                 "an item has at most 64 options; it has " +
                     std::to_string(options.size()) + ".");
  }
  std::set<std::string_view> seen;
  for (const Option& option : options) {
    if (!IsItemId(option.code)) {
      problems.Add(item.place(), "type", "OPTION_INVALID",
                   "the code '" + option.code + "' is not an id.");
    }
    if (!seen.insert(option.code).second) {
      problems.Add(item.place(), "type", "OPTION_DUPLICATE",
                   "the code '" + option.code + "' stands twice in the list.");
    }
  }
}

// `concept(code|code); concept(code)`: the codes must be offered.
void CheckPairConcept(const Item& item, ProblemList& problems) {
  std::string_view rest = item.pair_concept;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    const std::size_t open = part.find('(');
    if (open == std::string_view::npos || !part.ends_with(')') ||
        !IsItemId(part.substr(0, open))) {
      problems.Add(item.place(), "pair_concept", "PAIR_CONCEPT_INVALID",
                   "write concept(code|code), several separated by `; `.");
      continue;
    }
    std::string_view codes = part.substr(open + 1);
    codes.remove_suffix(1);
    while (true) {
      const std::size_t bar = std::min(codes.find('|'), codes.size());
      if (!item.FindOption(codes.substr(0, bar))) {
        problems.Add(item.place(), "pair_concept", "PAIR_CONCEPT_INVALID",
                     "the item does not offer '" +
                         std::string(codes.substr(0, bar)) + "'.");
      }
      if (bar == codes.size()) break;
      codes.remove_prefix(bar + 1);
    }
  }
}

void CheckItem(const Item& item, ProblemList& problems) {
  if (item.respondents.empty()) {
    problems.Add(item.place(), "respondent", "RESPONDENT_MISSING",
                 "say who is asked: municipality, council or both.");
  }
  if (item.label.empty()) {
    problems.Add(item.place(), "label", "LABEL_MISSING",
                 "the question has no text.");
  }
  CheckPlaceholders(item, problems);
  if (item.reference_year_offset != 0 && item.reference_year_offset != -1) {
    problems.Add(item.place(), "reference_year_offset", "REFERENCE_YEAR_OFFSET",
                 "the offset is 0 or -1.");
  }
  for (const base::Absence absence : item.absences) {
    if (!base::MayBeSent(absence)) {
      problems.Add(item.place(), "absences", "ABSENCE_NOT_SENDABLE",
                   std::string(base::ToString(absence)) +
                       " is computed and cannot be offered.");
    }
  }
  const bool coded =
      item.type == AnswerType::kSingle || item.type == AnswerType::kMultiple;
  if (coded) CheckOptions(item, item.options, problems);
  if (item.type == AnswerType::kTable) CheckOptions(item, item.rows, problems);
  CheckPairConcept(item, problems);
}

}  // namespace

void CheckItems(std::span<const Item> items, ProblemList& problems) {
  CheckNames(items, problems);
  for (const Item& item : items) CheckItem(item, problems);
}

void CheckPopulations(std::span<const Item> items, ProblemList& problems) {
  std::map<std::string, std::pair<std::string, const Item*>> sets;
  for (const Item& item : items) {
    if (item.population.empty()) continue;
    const std::vector<std::string> ids = SplitIds(item.population);
    if (ids.size() != item.respondents.size()) {
      problems.Add(item.place(), "population", "POPULATION_INVALID",
                   "name one population for each kind of respondent.");
      continue;
    }
    for (std::size_t k = 0; k < ids.size(); ++k) {
      if (!IsItemId(ids[k]) || HasYear(ids[k])) {
        problems.Add(item.place(), "population", "POPULATION_INVALID",
                     "'" + ids[k] + "' is not an id without a year.");
        continue;
      }
      std::string set = std::string(base::ToString(item.respondents[k])) +
                        ": " + item.relevant;
      const auto [it, fresh] =
          sets.emplace(ids[k], std::pair(std::move(set), &item));
      const std::string again =
          std::string(base::ToString(item.respondents[k])) + ": " +
          item.relevant;
      if (!fresh && it->second.first != again) {
        problems.Add(item.place(), "population", "POPULATION_CONTRADICTS",
                     "'" + ids[k] + "' is another set at " +
                         it->second.second->id + ".");
      }
    }
  }
}

}  // namespace welfare::survey
