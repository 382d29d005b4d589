// A round with what opening it froze.
#pragma once

#include <memory>

#include "services/base/names/resource_name.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/round/frame.h"
#include "services/survey/round/round.h"

namespace welfare::survey {

// A round with what opening it pinned. Both pointers are null before opening.
struct OpenedRound {
  Round round;
  std::shared_ptr<const Codebook> codebook = nullptr;
  std::shared_ptr<const Frame> frame = nullptr;

  // Returns the one name of a respondent's submission, whatever code of its
  // municipality `sent` spells; `sent` itself where the population has no such
  // respondent or the round was never opened. Whoever looks a submission up
  // does it by this name: two codes of one respondent are never two.
  base::SubmissionName Resolve(const base::SubmissionName& sent) const;
};

}  // namespace welfare::survey
