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

// What a cell holds and nobody sees is shown.
void ShowCells(std::string& message) {
  Cut(message, 10 * kLongestMessage);
  message = text::ShowInvisible(message, 12 * kLongestMessage);
  Cut(message, kLongestMessage);
}

}  // namespace

CodebookProblem MakeProblem(std::string_view sheet, int line,
                            std::string_view column,
                            const base::ViolationRow& row,
                            const base::ErrorWords& words) {
  return {.sheet = std::string(sheet),
          .line = line,
          .column = std::string(column),
          .reason = std::string(row.reason),
          .message = base::FillIn(row.description, words),
          .message_ja = base::FillIn(row.description_ja, words)};
}

void ProblemList::Add(CodebookProblem problem) {
  const std::tuple at(OrderOf(problem.sheet), problem.line, ++total_);
  if (kept_.size() == kProblemsKept) {
    const auto last = std::prev(kept_.end());
    if (last->first < at) return;
    kept_.erase(last);
  }
  ShowCells(problem.message);
  ShowCells(problem.message_ja);
  problem.column = text::ShowInvisible(problem.column);
  Cut(problem.column, kLongestColumn);
  kept_.emplace(at, std::move(problem));
}

void ProblemList::Add(const SurveyPlace& place, std::string_view column,
                      const base::ViolationRow& row,
                      const base::ErrorWords& words) {
  CodebookProblem problem =
      MakeProblem("survey", place.line, column, row, words);
  const std::string id = text::ShowInvisible(place.id) + ": ";
  problem.message.insert(0, id);
  problem.message_ja.insert(0, id);
  Add(std::move(problem));
}

std::vector<CodebookProblem> ProblemList::Kept() const {
  std::vector<CodebookProblem> problems;
  problems.reserve(kept_.size());
  for (const auto& [at, problem] : kept_) problems.push_back(problem);
  return problems;
}

}  // namespace welfare::survey
