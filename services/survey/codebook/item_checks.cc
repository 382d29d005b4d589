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
#include "services/survey/codebook/problem_table.h"

namespace welfare::survey {
namespace {

consteval const base::ViolationRow& ItemFault(std::string_view reason) {
  return base::FindRow(kItemTable, reason);
}

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
    problems.Add(MakeProblem("survey", 0, "", ItemFault("SHEET_EMPTY")));
  }
  for (const Item& item : items) {
    if (!IsItemId(item.id)) {
      problems.Add(item.place(), "name", ItemFault("NAME_INVALID"));
    }
    if (!seen.insert(item.id).second) {
      problems.Add(item.place(), "name", ItemFault("NAME_DUPLICATE"));
    }
  }
}

void CheckPlaceholders(const Item& item, ProblemList& problems) {
  for (const std::string& unknown : UnknownPlaceholders(item.label)) {
    // Codebooks were published with `${ref_fy_ja}` once; new ones are refused
    // where they are read.
    if (unknown.substr(1) == kReferenceYear) continue;
    problems.Add(item.place(), "label", ItemFault("LABEL_PLACEHOLDER"),
                 {{"found", unknown}});
  }
}

void CheckOptions(const Item& item, const std::vector<Option>& options,
                  ProblemList& problems) {
  if (options.empty()) {
    problems.Add(item.place(), "type", ItemFault("LIST_EMPTY"));
  }
  if (options.size() > Codebook::kMaxCodes) {
    problems.Add(item.place(), "type", ItemFault("TOO_MANY_OPTIONS"),
                 {{"found", std::to_string(options.size())}});
  }
  std::set<std::string_view> seen;
  for (const Option& option : options) {
    if (!IsItemId(option.code)) {
      problems.Add(item.place(), "type", ItemFault("OPTION_INVALID"),
                   {{"code", option.code}});
    }
    if (!seen.insert(option.code).second) {
      problems.Add(item.place(), "type", ItemFault("OPTION_DUPLICATE"),
                   {{"code", option.code}});
    }
  }
}

// `concept(code|code); concept(code)`: the codes must be offered.
void CheckPairConcept(const Item& item, ProblemList& problems) {
  const auto refuse = [&](std::string_view found) {
    problems.Add(item.place(), "pair_concept",
                 ItemFault("PAIR_CONCEPT_INVALID"),
                 {{"found", std::string(found)}});
  };
  std::string_view rest = item.pair_concept;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    const std::size_t open = part.find('(');
    if (open == std::string_view::npos || !part.ends_with(')') ||
        !IsItemId(part.substr(0, open))) {
      refuse(part);
      continue;
    }
    std::string_view codes = part.substr(open + 1);
    codes.remove_suffix(1);
    while (true) {
      const std::size_t bar = std::min(codes.find('|'), codes.size());
      if (!item.FindOption(codes.substr(0, bar))) {
        refuse(codes.substr(0, bar));
      }
      if (bar == codes.size()) break;
      codes.remove_prefix(bar + 1);
    }
  }
}

void CheckItem(const Item& item, ProblemList& problems) {
  if (item.respondents.empty()) {
    problems.Add(item.place(), "respondent", ItemFault("RESPONDENT_MISSING"));
  }
  if (item.label.empty()) {
    problems.Add(item.place(), "label", ItemFault("LABEL_MISSING"));
  }
  CheckPlaceholders(item, problems);
  if (item.reference_year_offset != 0 && item.reference_year_offset != -1) {
    problems.Add(item.place(), "reference_year_offset",
                 ItemFault("REFERENCE_YEAR_OFFSET"));
  }
  for (const base::Absence absence : item.absences) {
    if (!base::MayBeSent(absence)) {
      problems.Add(item.place(), "absences", ItemFault("ABSENCE_NOT_SENDABLE"),
                   {{"absence", std::string(base::ToString(absence))}});
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
      problems.Add(item.place(), "population", ItemFault("POPULATION_INVALID"),
                   {{"found", item.population}});
      continue;
    }
    for (std::size_t k = 0; k < ids.size(); ++k) {
      if (!IsItemId(ids[k]) || HasYear(ids[k])) {
        problems.Add(item.place(), "population",
                     ItemFault("POPULATION_INVALID"), {{"found", ids[k]}});
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
        problems.Add(item.place(), "population",
                     ItemFault("POPULATION_CONTRADICTS"),
                     {{"population", ids[k]}, {"item", it->second.second->id}});
      }
    }
  }
}

}  // namespace welfare::survey
