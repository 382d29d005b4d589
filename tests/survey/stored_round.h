// An open round with the sample's population, written by the store itself.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "services/base/error.h"
#include "services/platform/storage/write_path.h"
#include "services/survey/store/store.h"
#include "tests/survey/sample.h"

namespace welfare::survey {

inline platform::WriteRequest TestChange(const std::string& request_id = "",
                                         const std::string& body = "") {
  return {.key = {.request_id = request_id, .method = "Test", .body = body},
          .actor = "tester",
          .limits = {}};
}

inline base::RoundName RoundOf(const std::string& survey = "jusou") {
  return {.survey = survey, .fiscal_year = base::FiscalYear::FromChecked(2025)};
}

// A planned round with all that it needs.
inline Round PlannedRoundOf(const base::RoundName& name,
                            const std::string& codebook) {
  Round round{.name = name};
  round.display_name = "Survey";
  round.codebook = {.survey = name.survey, .version = codebook};
  round.program = {.program = "jusou"};
  round.window_start = base::Date::Make(2025, 6, 16).value();
  round.window_end = base::Date::Make(2025, 7, 11).value();
  round.synthetic = true;
  return round;
}

// Creates the round, in revision 1, and opens it, in revision 2, on version 7
// of a registry.
inline absl::Status StoreOpenRound(StoreWriter& store, Round round) {
  WELFARE_ASSIGN_OR_RETURN(round, store.rounds().Append(round));
  round.state = RoundState::kOpen;
  round.registry_version = 7;
  round.pin_revision = -1;
  WELFARE_ASSIGN_OR_RETURN(round, store.rounds().Append(round));
  return store.rounds().StoreFrame(round, sample::MakeFrame());
}

}  // namespace welfare::survey
