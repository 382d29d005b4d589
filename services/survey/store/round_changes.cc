#include "services/survey/store/round_changes.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "services/base/error.h"

namespace welfare::survey {

absl::StatusOr<std::vector<RoundChange>> ListChanges(
    StoreReader& store, const base::RoundName& name, std::int64_t after,
    int limit) {
  WELFARE_ASSIGN_OR_RETURN(std::vector<Submission> submissions,
                           store.submissions().ListChanges(name, after, limit));
  WELFARE_ASSIGN_OR_RETURN(const std::vector<std::int64_t> revisions,
                           store.rounds().ListChanges(name, after, limit));
  std::vector<RoundChange> changes;
  for (Submission& submission : submissions) {
    const std::int64_t revision = submission.round_revision;
    changes.push_back({.revision = revision, .after = std::move(submission)});
  }
  for (const std::int64_t revision : revisions) {
    WELFARE_ASSIGN_OR_RETURN(std::optional<Round> round,
                             store.rounds().FindAt(name, revision));
    if (round) {
      changes.push_back({.revision = revision, .after = *std::move(round)});
    } else {
      changes.push_back({.revision = revision, .after = name});
    }
  }
  std::sort(changes.begin(), changes.end(),
            [](const RoundChange& a, const RoundChange& b) {
              return a.revision < b.revision;
            });
  if (changes.size() > static_cast<std::size_t>(limit)) {
    changes.erase(changes.begin() + limit, changes.end());
  }
  return changes;
}

}  // namespace welfare::survey
