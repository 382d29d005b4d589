#include "services/survey/viewer.h"

namespace welfare::survey {

Viewer Viewer::OfAll() {
  Viewer viewer;
  viewer.all_ = true;
  return viewer;
}

std::optional<base::Respondent> Viewer::Self(const OpenedRound& opened) const {
  if (!self_) return std::nullopt;
  return opened
      .Resolve({.survey = opened.round.name.survey,
                .fiscal_year = opened.round.name.fiscal_year,
                .respondent = *self_})
      .respondent;
}

bool Viewer::MayOpen(const OpenedRound& opened,
                     const base::SubmissionName& sent) const {
  return all_ || Self(opened) == opened.Resolve(sent).respondent;
}

bool Viewer::ShowsOthers(PublishLevel level) {
  switch (level) {
    case PublishLevel::kStakeholders:
    case PublishLevel::kPublic:
      return true;
    case PublishLevel::kInternal:
    case PublishLevel::kAggregate:
      return false;
  }
  return false;
}

}  // namespace welfare::survey
