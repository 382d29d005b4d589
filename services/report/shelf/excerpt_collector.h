// What of written answers a report may show.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/platform/rpc/call_context.h"
#include "services/report/errors.h"
#include "services/report/excerpt/excerpt.h"
#include "services/report/peers/peer_survey.h"
#include "services/report/store/excerpt_store.h"

namespace welfare::report {

// Any thread may call it.
class ExcerptCollector {
 public:
  // Both must outlive it.
  ExcerptCollector(ExcerptStore& store, PeerSurvey& survey)
      : store_(store), survey_(survey) {}

  struct Collected {
    std::vector<Excerpt> excerpts;  // in the order that was asked for
    std::vector<HinderedExcerpt> hindered;
  };

  // Returns the excerpts `ids` of a round, and those that may not be shown, with
  // the reason: held against the answers at a revision of the round (0: as they
  // are now).
  //
  // Errors: those of ExcerptStore::Find and PeerSurvey::FindAnswer.
  absl::StatusOr<Collected> Collect(const platform::CallContext& call,
                                    const base::RoundName& round,
                                    const std::vector<std::string>& ids,
                                    std::int64_t data_version,
                                    const std::string& data_incarnation);

 private:
  ExcerptStore& store_;
  PeerSurvey& survey_;
};

}  // namespace welfare::report
