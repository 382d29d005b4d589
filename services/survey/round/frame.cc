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
    for (const base::MunicipalityCode& code : rows_[i].other_codes) {
      other_index_.emplace(base::Respondent{.municipality = code,
                                            .kind = rows_[i].respondent.kind},
                           i);
    }
  }
}

std::optional<std::size_t> Frame::Resolve(
    const base::Respondent& respondent) const {
  if (const auto found = Find(respondent)) return found;
  const auto it = other_index_.find(respondent);
  if (it == other_index_.end()) return std::nullopt;
  return it->second;
}

std::optional<std::size_t> Frame::Find(
    const base::Respondent& respondent) const {
  const auto it = index_.find(respondent);
  if (it == index_.end()) return std::nullopt;
  return it->second;
}

}  // namespace welfare::survey
