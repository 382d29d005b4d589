// What the respondents of a round answered, each by itself: what feedback
// sheets are made from, beside the figures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/base/absence.h"
#include "services/base/names/respondent.h"
#include "services/report/snapshot/snapshot.h"
#include "services/vocabulary/answer_type.h"
#include "services/vocabulary/publish_level.h"

namespace welfare::report {

using vocabulary::AnswerType;
using vocabulary::PublishLevel;

struct AnswerOption {
  std::string code;
  std::string label;
};

// One question, or one row of a table of texts.
struct AskedItem {
  std::string id;         // `plan_formulated`; the same for rows of a table
  std::string row;        // of a table, `discovery`; else empty
  std::string row_label;  // 発見
  std::string section;    // headings from the outermost, separated by ` / `
  std::string label;      // the question
  int reference_year = 0;
  AnswerType type = AnswerType::kSingle;
  std::vector<AnswerOption> options;  // codebook order
  std::string unit;
  std::vector<base::RespondentKind> respondents;  // who is asked, in order
  std::string concept_id;    // identity across rounds
  std::string pair_concept;  // facts that the other respondent states as well
  PublishLevel level = PublishLevel::kInternal;
};

// One answer: a value or an absence.
struct GivenAnswer {
  std::optional<base::Absence> absence;  // unset: there is a value
  std::uint64_t codes = 0;               // bit k: option k
  std::int64_t number = 0;
  std::string text;        // of a free text
  std::string other_text;  // of an option that takes one (その他)

  bool Chose(std::size_t option) const {
    return !absence.has_value() && ((codes >> option) & 1U) != 0;
  }
};

struct RespondentAnswers {
  base::Respondent respondent;
  std::string name;
  // Codes that the municipality holds or held beside that of `respondent`.
  std::vector<std::string> other_codes = {};
  // Runs the programme in the year of the round; unset: not known.
  std::optional<bool> implementing = std::nullopt;
  bool counted = false;  // what it answered is part of the figures
  std::vector<GivenAnswer> answers = {};  // one for each item
};

// A round at one revision.
struct RoundAnswers {
  std::vector<AskedItem> items;  // rows of a table stand together
  std::vector<RespondentAnswers> respondents;  // in code order
};

// What the sheets of one report are made from, at its revisions.
struct FeedbackContent {
  Snapshot figures;  // rounds, edition and values of both years; nothing else
  RoundAnswers now;
  std::optional<RoundAnswers> before;  // unset: there was no round
};

}  // namespace welfare::report
