#include "services/survey/round/round.h"

#include <cstddef>

namespace welfare::survey {
namespace {

// Longest text of a round's outline, in bytes: some pages.
constexpr std::size_t kLongestOutline = 20'000;

void CheckLength(std::vector<base::Violation>& violations,
                 std::string_view field, std::string_view text) {
  if (text.size() > kLongestOutline) {
    violations.push_back({.field = "round." + std::string(field),
                          .reason = "TEXT_TOO_LONG",
                          .description = "Write at most 20000 bytes."});
  }
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
  if (round.display_name.empty()) {
    violations.push_back({.field = "round.display_name",
                          .reason = "REQUIRED",
                          .description = "Give the survey's name."});
  }
  CheckLength(violations, "display_name", round.display_name);
  CheckLength(violations, "purpose", round.purpose);
  CheckLength(violations, "method", round.method);
  CheckLength(violations, "publisher", round.publisher);
  if (!round.window_start) {
    violations.push_back({.field = "round.window_start",
                          .reason = "REQUIRED",
                          .description = "Give the first day of the window."});
  }
  if (!round.window_end) {
    violations.push_back({.field = "round.window_end",
                          .reason = "REQUIRED",
                          .description = "Give the last day of the window."});
  }
  if (round.window_start && round.window_end &&
      *round.window_end < *round.window_start) {
    violations.push_back({.field = "round.window_end",
                          .reason = "WINDOW_ORDER",
                          .description = "The window ends before it begins."});
  }
  if (round.codebook.survey != round.name.survey) {
    violations.push_back(
        {.field = "round.codebook",
         .reason = "OTHER_SURVEY",
         .description = "The codebook belongs to another survey."});
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
