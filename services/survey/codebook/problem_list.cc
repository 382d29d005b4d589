#include "services/survey/codebook/problem_list.h"

#include <iterator>
#include <string_view>
#include <utility>

#include "services/survey/text_limits.h"
#include "services/text/visible.h"

namespace welfare::survey {
namespace {

// Bytes; both may repeat a cell.
constexpr std::size_t kLongestMessage = 500;
constexpr std::size_t kLongestColumn = 100;

int OrderOf(std::string_view sheet) {
  return sheet == "settings" ? 0 : sheet == "survey" ? 1 : 2;
}

void Cut(std::string& text, std::size_t most) {
  if (text.size() > most) text = Shorten(text, most);
}

}  // namespace

void ProblemList::Add(CodebookProblem problem) {
  const std::tuple at(OrderOf(problem.sheet), problem.line, ++total_);
  if (kept_.size() == kProblemsKept) {
    const auto last = std::prev(kept_.end());
    if (last->first < at) return;
    kept_.erase(last);
  }
  // What a cell holds and nobody sees is shown.
  Cut(problem.message, 10 * kLongestMessage);
  problem.message = text::ShowInvisible(problem.message, 12 * kLongestMessage);
  problem.column = text::ShowInvisible(problem.column);
  Cut(problem.message, kLongestMessage);
  Cut(problem.column, kLongestColumn);
  kept_.emplace(at, std::move(problem));
}

void ProblemList::Add(const SurveyPlace& place, std::string_view column,
                      std::string_view reason, std::string_view message) {
  Add({.sheet = "survey",
       .line = place.line,
       .column = std::string(column),
       .reason = std::string(reason),
       .message = std::string(place.id) + ": " + std::string(message)});
}

std::vector<CodebookProblem> ProblemList::Kept() const {
  std::vector<CodebookProblem> problems;
  problems.reserve(kept_.size());
  for (const auto& [at, problem] : kept_) problems.push_back(problem);
  return problems;
}

}  // namespace welfare::survey
