// What has happened to a round and its submissions, one after another.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/survey/round/round.h"
#include "services/survey/store/store.h"
#include "services/survey/submission/submission.h"

namespace welfare::survey {

// One change of a round: what it or a submission is from `revision` on; the
// name alone where the round is deleted.
struct RoundChange {
  std::int64_t revision = 0;
  std::variant<Round, Submission, base::RoundName> after;
};

// Returns at most `limit` changes in revision order, after the round revision
// `after`; also those of a round that is deleted.
absl::StatusOr<std::vector<RoundChange>> ListChanges(
    StoreReader& store, const base::RoundName& name, std::int64_t after,
    int limit);

}  // namespace welfare::survey
