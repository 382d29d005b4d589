// What feedback sheets say in words of their own.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/report/model/feedback/pair_concepts.h"
#include "services/report/model/report_model.h"
#include "services/report/snapshot/answers.h"

namespace welfare::report {

// What is said of a question's level: 集計値のみ公表.
std::string_view LevelWords(PublishLevel level);

// What the page of the request is made of.
struct RequestFacts {
  bool council = false;
  std::optional<bool> implementing;
  bool counted = false;
  int year = 0;
  Edition edition = Edition::kProvisional;
  std::map<PublishLevel, int> questions = {};  // that were asked of it
  std::vector<std::string> named = {};  // those that name who answered
};

// Returns the page that says what will be published of a respondent, and asks
// it to confirm.
Page RequestPage(const RequestFacts& facts);
// Returns the page that says what the sheet of a pair is for.
Page PairRequestPage(bool shown_to_respondents);
// Returns the page that says how to read a sheet with these symbols.
Page GuidePage(const std::map<Symbol, std::string>& symbols, bool two_years,
               bool replaced_characters);

// Adds the signs that a table uses to the legend of its page.
void CollectSymbols(const Table& table, Page& page);

// Whether both sides say the same of a fact.
std::string FactWords(Stated municipality, Stated council);

}  // namespace welfare::report
