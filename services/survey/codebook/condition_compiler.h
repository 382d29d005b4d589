// Turns the conditions of a questionnaire into expressions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "services/base/expression/expression.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/codebook/problem_list.h"

namespace welfare::survey {

// Compiles conditions over the items of one codebook. Used by one thread.
class ConditionCompiler {
 public:
  // REQUIRES: both outlive the object, and `book` has all its items.
  ConditionCompiler(const Codebook& book, ProblemList& problems);

  // Returns what `text`, the cell of `column` at `place`, says; nothing for an
  // empty text, and for a wrong one, whose EXPRESSION_SYNTAX or EXPRESSION_TYPE
  // are added. `current` is the item that `.` stands for.
  std::optional<base::CheckedExpression> Compile(
      const SurveyPlace& place, std::string_view column,
      const std::string& text, std::optional<std::size_t> current = {});

 private:
  class Schema;

  void Add(const SurveyPlace& place, std::string_view column,
           const base::ViolationRow& row, const absl::Status& status);

  const Codebook& book_;
  ProblemList& problems_;
  // Of the items; nothing for tables, which have no value.
  std::vector<std::optional<base::ItemType>> types_;
};

}  // namespace welfare::survey
