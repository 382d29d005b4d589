// What can be said of a questionnaire's conditions without any answers.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/expression/expression.h"

namespace welfare::survey {

struct Item;

// Asked now and then by work that may take long; anything but OK calls it off.
// Empty: nobody does.
using Interruption = std::function<absl::Status()>;

// Returns for each node whether it reaches itself. `edges[n]` are the nodes
// that n leads to. Linear in nodes and edges, without recursion.
std::vector<bool> FindCycles(
    const std::vector<std::vector<std::size_t>>& edges);

// Tries conditions out: over options, registry facts and the years that a round
// may have, and, where they are compared with constants alone, over numbers and
// texts. The questions are
// asked in the codebook's order. Used by one thread.
//
// A whole codebook is tried out with at most kMaxEvaluations evaluations, so
// that the time is bounded; what is asked beyond is believed.
class ConditionProbe {
 public:
  // Combinations of one condition; one with more is believed.
  static constexpr std::size_t kMaxCombinations = 65'536;
  static constexpr std::size_t kMaxEvaluations = 1'048'576;

  // Which answers are tried out; conditions over others are believed.
  enum class Answers {
    kOptions,  // what codebooks were once checked for, and are when read again
    kAll,
  };

  // REQUIRES: both outlive the object.
  ConditionProbe(std::span<const Item> items, const Interruption& interruption,
                 Answers answers = Answers::kOptions);

  // Item `index` is never asked: it is missing for all that read it.
  void SetUnreachable(std::size_t index) { reachable_[index] = false; }

  // Returns whether some answers make `condition` true; with `answered`, some
  // of those that have a value for this item.
  //
  // Errors: those of the interruption.
  absl::StatusOr<bool> CanBeTrue(
      const base::CheckedExpression& condition,
      std::optional<std::size_t> answered = std::nullopt);

 private:
  std::span<const Item> items_;
  const Interruption& interruption_;
  const Answers answers_;
  std::vector<bool> reachable_;
  std::size_t evaluations_ = 0;
};

}  // namespace welfare::survey
