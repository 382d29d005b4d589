#include "services/survey/round/round.h"

#include <cstddef>
#include <string>

#include "services/survey/error_table.h"

namespace welfare::survey {
namespace {

// Longest text of a round's outline, in bytes: some pages.
constexpr std::size_t kLongestOutline = 20'000;

base::Violation RoundFault(const base::ViolationRow& row,
                           std::string_view field,
                           const base::ErrorWords& words = {}) {
  return base::MakeViolation(row, "round." + std::string(field), words);
}

void CheckLength(std::vector<base::Violation>& violations,
                 std::string_view field, std::string_view text) {
  if (text.size() > kLongestOutline) {
    violations.push_back(
        RoundFault(base::FindRow(kRoundTable, "TEXT_TOO_LONG"), field,
                   {{"most", std::to_string(kLongestOutline)}}));
  }
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
  Require(violations, !round.display_name.empty(), "display_name",
          "the survey's name", "調査の名称");
  CheckLength(violations, "display_name", round.display_name);
  CheckLength(violations, "purpose", round.purpose);
  CheckLength(violations, "method", round.method);
  CheckLength(violations, "publisher", round.publisher);
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
