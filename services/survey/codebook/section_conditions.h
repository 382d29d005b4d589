// The conditions of a questionnaire's sections.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/expression/expression.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/codebook/condition_compiler.h"
#include "services/survey/codebook/conditions.h"
#include "services/survey/codebook/item.h"
#include "services/survey/codebook/problem_list.h"

namespace welfare::survey {

// Returns both conditions as one; an empty one says nothing.
std::string JoinConditions(const std::string& outer, const std::string& inner);

// What is known of the sections while their codebook is built. Used by one
// thread.
class SectionConditions {
 public:
  // REQUIRES: what is given by reference outlives the object.
  SectionConditions(std::vector<Section> sections, const Codebook& book,
                    const Interruption& interruption, ProblemList& problems)
      : sections_(std::move(sections)),
        book_(book),
        interruption_(interruption),
        problems_(problems) {}

  // Compiles the condition of each, alone and joined with those around it.
  // Call it first.
  //
  // Errors: those of the interruption.
  absl::Status Compile(ConditionCompiler& compiler);

  // The conditions of a section and of all around it; empty where there is none
  // or one is wrong.
  const std::string& TextOf(std::size_t index) const {
    return built_[index].text;
  }

  // Adds what is wrong with what the conditions read: each only what stands
  // before its section and is asked of everybody whom the section asks.
  //   CONDITION_LATER, CONDITION_OTHER_RESPONDENT.
  void Check();

  // Returns whether some answers lead into a section. Adds UNREACHABLE, once,
  // at the one whose condition is never true.
  //
  // Errors: those of the interruption.
  absl::StatusOr<bool> Probe(std::size_t index, ConditionProbe& probe);

 private:
  struct Built {
    std::optional<base::CheckedExpression> own;  // its own condition
    std::optional<base::CheckedExpression> all;  // and those of all around it
    std::string text;                            // of `all`; empty: none
    bool wrong = false;                // a condition of it has a problem
    std::optional<std::size_t> first;  // item in it, direct or deeper
    bool asked[2] = {false, false};    // of municipalities, of councils
    bool probed = false;
    bool reachable = true;
  };

  // Whom the items of each ask, and which of them comes first.
  void FindContents();
  void CheckOne(std::size_t index);

  std::vector<Section> sections_;
  const Codebook& book_;
  const Interruption& interruption_;
  ProblemList& problems_;
  std::vector<Built> built_;
};

}  // namespace welfare::survey
