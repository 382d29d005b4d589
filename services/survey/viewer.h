// What one caller may see of the answers of a survey.
#pragma once

#include <optional>
#include <utility>

#include "services/base/names/resource_name.h"
#include "services/base/names/respondent.h"
#include "services/survey/codebook/item.h"
#include "services/survey/round/opened_round.h"

namespace welfare::survey {

// Everybody's answers, those of one respondent, or none. A value; pure.
class Viewer {
 public:
  // Sees no answers.
  Viewer() = default;
  // A respondent, by any code that its municipality holds or held.
  explicit Viewer(base::Respondent self) : self_(std::move(self)) {}
  // Managers, reviewers, and services on their own account.
  static Viewer OfAll();

  // Whether it sees every answer of everybody, and questionnaires in the
  // making.
  bool sees_all() const { return all_; }

  // The one respondent whose submissions it may open, as the population of the
  // round calls it; nothing where that is everybody or nobody.
  std::optional<base::Respondent> Self(const OpenedRound& opened) const;

  // Whether it may open the submission `sent` of the round, whether or not that
  // is there. Of a round that is not there or was never opened, only the name
  // is known.
  bool MayOpen(const OpenedRound& opened,
               const base::SubmissionName& sent) const;

  // Whether a respondent may see what others answered to an item of this level.
  static bool ShowsOthers(PublishLevel level);

 private:
  bool all_ = false;
  std::optional<base::Respondent> self_;
};

}  // namespace welfare::survey
