// The faults of a codebook's text: all are counted, the first are kept.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "services/base/error.h"

namespace welfare::survey {

// One fault of a codebook's text.
struct CodebookProblem {
  std::string sheet;   // `survey`, `choices` or `settings`
  int line = 0;        // physical line, 0 where the whole sheet is meant
  std::string column;  // empty where the whole record is meant
  std::string reason;  // UPPER_SNAKE
  std::string message;
  std::string message_ja;

  friend bool operator==(const CodebookProblem&,
                         const CodebookProblem&) = default;
};

// The problem at a place of a sheet; its sentence is that of `row`.
CodebookProblem MakeProblem(std::string_view sheet, int line,
                            std::string_view column,
                            const base::ViolationRow& row,
                            const base::ErrorWords& words = {});

// A row of the sheet `survey` that holds an item or a section.
struct SurveyPlace {
  int line = 0;
  std::string_view id = {};
};

// Takes problems in any order and keeps the first kProblemsKept of them in the
// order of sheet (settings, survey, choices) and line, those of one line as
// they were added. However many there are, it holds no more. Used by one
// thread.
class ProblemList {
 public:
  // What one error shows.
  static constexpr std::size_t kProblemsKept = 1'000;

  // Long messages and names of columns are shortened.
  void Add(CodebookProblem problem);
  // The same of what stands at `place`; the message begins with its id.
  void Add(const SurveyPlace& place, std::string_view column,
           const base::ViolationRow& row, const base::ErrorWords& words = {});

  bool empty() const { return total_ == 0; }
  // All that were added, kept or not.
  std::size_t total() const { return total_; }
  std::vector<CodebookProblem> Kept() const;

 private:
  std::size_t total_ = 0;
  // By sheet, line, and number among all.
  std::map<std::tuple<int, int, std::size_t>, CodebookProblem> kept_;
};

}  // namespace welfare::survey
