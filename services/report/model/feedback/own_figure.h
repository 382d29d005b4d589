// One question on a feedback sheet: what the respondent answered beside what
// all did.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/report/model/feedback/answer_words.h"
#include "services/report/model/figures/two_years.h"
#include "services/report/model/report_model.h"
#include "services/report/snapshot/answers.h"

namespace welfare::report {

// Of fewer respondents nothing is shown: whoever is one of two finds the other
// by taking its own answer off.
inline constexpr int kFewestShown = 3;

// What stands in the column of the respondent where it chose an option.
inline constexpr std::string_view kOwnMark = "●";

// A question as one respondent answered it. Null: of that year there is no
// answer to be shown.
struct OwnQuestion {
  const AskedItem* item = nullptr;
  const GivenAnswer* now = nullptr;
  const AskedItem* before_item = nullptr;
  const GivenAnswer* before = nullptr;
  // What all answered; unset: it is not published, or not computed. Holds
  // last year's where both are comparable.
  std::optional<TwoYears> years = std::nullopt;
  // The note that says why last year stands nowhere beside it; empty: it does,
  // or there was no round.
  std::string no_last_year = {};
  int year = 0;  // of the round
};

// Returns the figure of a coded question or of a number. Title and marks are
// left to the caller.
Figure OwnFigure(const OwnQuestion& question);

// Returns that of a free text: `rows` are its only row, or those of a table.
// What was written is printed as it stands in the answers.
// REQUIRES: `rows` is not empty; all are of one item.
Figure OwnTexts(const std::vector<OwnQuestion>& rows);

}  // namespace welfare::report
