// The parts of a questionnaire as they are written: questions, their options
// and sections.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/absence.h"
#include "services/base/names/respondent.h"
#include "services/survey/codebook/problem_list.h"
#include "services/vocabulary/answer_type.h"
#include "services/vocabulary/publish_level.h"

namespace welfare::survey {

// Returns whether `id` may name an item, an option or a section: a-z, 0-9 and
// _, beginning with a letter, at most 63 characters.
bool IsItemId(std::string_view id);

using vocabulary::AnswerType;
using vocabulary::PublishLevel;

// One option of an item, or one row of a table.
struct Option {
  std::string code;
  std::string label;
  bool exclusive = false;   // may not stand beside another
  bool takes_text = false;  // needs a text of its own (その他)
};

// A part of the questionnaire, with a condition that holds for all in it.
struct Section {
  std::string id;
  std::string label;
  std::string relevant = {};               // empty: none
  std::optional<std::size_t> parent = {};  // an earlier section
  int line = 0;                            // of the sheet `survey`

  SurveyPlace place() const { return {.line = line, .id = id}; }
};

// One question, as written in the codebook.
struct Item {
  std::string id;
  std::string section;                    // title of the section it stands in
  std::optional<std::size_t> group = {};  // that section, if it has conditions
  std::string label;  // `{ref_fy_ja}` stands for the reference year
  AnswerType type = AnswerType::kText;
  std::vector<Option> options;  // single and multiple answers
  std::vector<Option> rows;     // tables
  std::vector<base::RespondentKind> respondents;
  // Empty: always asked. In a codebook together with the conditions of its
  // sections.
  std::string relevant;
  std::string constraint;  // empty: none
  std::string constraint_message;
  std::string population;  // one id, or one per respondent kind
  std::string unit;
  std::string concept_id;
  std::string pair_concept;
  int reference_year_offset = 0;  // 0 or -1
  PublishLevel publish_level = PublishLevel::kAggregate;
  std::vector<base::Absence> absences;  // kinds a respondent may send
  std::string source_page;
  int line = 0;  // of the sheet `survey`, for problems

  SurveyPlace place() const { return {.line = line, .id = id}; }
  bool AskedOf(base::RespondentKind kind) const;
  bool Allows(base::Absence absence) const;
  // Returns the index of `code` among the options.
  std::optional<std::size_t> FindOption(std::string_view code) const;
  // Returns the index of `row` among the rows.
  std::optional<std::size_t> FindRow(std::string_view row) const;
};

}  // namespace welfare::survey
