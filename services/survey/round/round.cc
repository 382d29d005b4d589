#include "services/survey/round/round.h"

#include <cstddef>
#include <string>

#include "services/survey/error_table.h"
#include "services/survey/text_limits.h"
#include "services/text/field_rules.h"

namespace welfare::survey {
namespace {

// Longest text of a round's outline, in bytes: some pages.
constexpr std::size_t kLongestOutline = 20'000;

base::Violation RoundFault(const base::ViolationRow& row,
                           std::string_view field,
                           const base::ErrorWords& words = {}) {
  return base::MakeViolation(row, "round." + std::string(field), words);
}

void CheckText(std::vector<base::Violation>& violations, std::string_view field,
               std::string_view text, const text::FieldRule& rule) {
  auto violation =
      CheckField("round." + std::string(field), text,
                 rule.AtMost(kLongestOutline, text::FieldRule::Unit::kBytes));
  if (violation) violations.push_back(*std::move(violation));
}

void Require(std::vector<base::Violation>& violations, bool given,
             std::string_view field, std::string what, std::string what_ja) {
  if (given) return;
  violations.push_back(
      RoundFault(base::FindRow(kRoundTable, "REQUIRED"), field,
                 {{"what", std::move(what)}, {"what_ja", std::move(what_ja)}}));
}

}  // namespace

std::string_view ToString(RoundState state) {
  switch (state) {
    case RoundState::kPlanned:
      return "PLANNED";
    case RoundState::kOpen:
      return "OPEN";
    case RoundState::kClosed:
      return "CLOSED";
    case RoundState::kFinal:
      return "FINAL";
    case RoundState::kDeleted:
      return "DELETED";
  }
  return "";
}

std::vector<base::Violation> CheckRound(const Round& round) {
  std::vector<base::Violation> violations;
  Require(violations, !IsBlank(round.display_name), "display_name",
          "the survey's name", "調査の名称");
  CheckText(violations, "display_name", round.display_name, text::kLabelField);
  CheckText(violations, "purpose", round.purpose, text::kFreeTextField);
  CheckText(violations, "method", round.method, text::kFreeTextField);
  CheckText(violations, "publisher", round.publisher, text::kLabelField);
  Require(violations, round.window_start.has_value(), "window_start",
          "the first day of the window", "受付期間の初日");
  Require(violations, round.window_end.has_value(), "window_end",
          "the last day of the window", "受付期間の末日");
  if (round.window_start && round.window_end &&
      *round.window_end < *round.window_start) {
    violations.push_back(
        RoundFault(base::FindRow(kRoundTable, "WINDOW_ORDER"), "window_end"));
  }
  if (round.codebook.survey != round.name.survey) {
    violations.push_back(
        RoundFault(base::FindRow(kRoundTable, "OTHER_SURVEY"), "codebook"));
  }
  return violations;
}

bool IsOnTime(const Round& round, const base::Date& day) {
  return round.window_start && round.window_end && day >= *round.window_start &&
         day <= *round.window_end;
}

bool IsLate(const Round& round, const base::Date& day) {
  return round.window_end && day > *round.window_end;
}

}  // namespace welfare::survey
