// What is asked and written of rounds and their populations.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/importing/strategy.h"
#include "services/survey/round/frame.h"
#include "services/survey/round/round.h"

namespace welfare::survey {

// Rounds in one consistent state; a part of StoreReader. A deleted round is
// none: Find returns nothing, as where there is nothing. Only its revisions
// are listed.
class RoundReader {
 public:
  virtual ~RoundReader() = default;

  virtual absl::StatusOr<std::optional<Round>> Find(
      const base::RoundName& name) = 0;
  // The round as it was at `revision`. REQUIRES: not ahead of the current one.
  virtual absl::StatusOr<std::optional<Round>> FindAt(
      const base::RoundName& name, std::int64_t revision) = 0;
  // By fiscal year, after `after`.
  virtual absl::StatusOr<std::vector<Round>> List(
      const base::SurveyName& survey, int after, int limit) = 0;
  // Every round of every survey with its current revision.
  virtual absl::StatusOr<std::vector<std::pair<base::RoundName, std::int64_t>>>
  ListRevisions() = 0;
  // The revisions after `after` that changed the round itself, in order.
  virtual absl::StatusOr<std::vector<std::int64_t>> ListChanges(
      const base::RoundName& name, std::int64_t after, int limit) = 0;
  // Who made the first revision after `after`, of the round or of a submission.
  virtual absl::StatusOr<std::optional<importing::Mover>> FindMover(
      const base::RoundName& name, std::int64_t after) = 0;
  // The population frozen by the revision `pin_revision`.
  virtual absl::StatusOr<std::vector<FrameRow>> LoadFrame(
      const base::RoundName& name, std::int64_t pin_revision) = 0;
};

// A part of StoreWriter.
class RoundWriter : public RoundReader {
 public:
  // Stores `round` under a new revision of its own, which it returns. The
  // first one creates the round. `create_time`, `update_time` and `revision`
  // of `round` are ignored; a `pin_revision` below 0 stands for the new one.
  // One in the state kDeleted is no round any more; the next one appended
  // creates it anew, and its revisions go on.
  virtual absl::StatusOr<Round> Append(const Round& round) = 0;
  virtual absl::Status StoreFrame(const Round& round, const Frame& frame) = 0;
};

}  // namespace welfare::survey
