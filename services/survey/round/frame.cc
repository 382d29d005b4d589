#include "services/survey/round/frame.h"

#include <algorithm>
#include <utility>

namespace welfare::survey {

base::Truth FrameRow::Fact(base::RegistryFact fact, int fiscal_year) const {
  for (const StatusFact& status : facts) {
    if (status.fiscal_year != fiscal_year) continue;
    return fact == base::RegistryFact::kImplementing ? status.implementing
                                                     : status.preparation;
  }
  return base::Truth::kUnknown;
}

Frame::Frame(std::vector<FrameRow> rows) : rows_(std::move(rows)) {
  std::sort(rows_.begin(), rows_.end(),
            [](const FrameRow& a, const FrameRow& b) {
              return a.respondent < b.respondent;
            });
  index_.reserve(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    index_.emplace(rows_[i].respondent, i);
  }
}

std::optional<std::size_t> Frame::Find(
    const base::Respondent& respondent) const {
  const auto it = index_.find(respondent);
  if (it == index_.end()) return std::nullopt;
  return it->second;
}

}  // namespace welfare::survey
