// What happens to a report after it was made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/base/time/clock.h"
#include "services/report/snapshot/audience.h"
#include "services/report/snapshot/edition.h"
#include "services/vocabulary/publish_level.h"
#include "services/vocabulary/word.h"

namespace welfare::report {

using vocabulary::PublishLevel;

// Stored in databases, part of the API; do not renumber.
enum class ReportState {
  kCreated = 1,
  kProvisional = 2,  // published as
  kFinal = 3,
  kCorrected = 4,
  kWithdrawn = 5,
};

inline constexpr vocabulary::Word<ReportState> kReportStates[] = {
    {ReportState::kCreated, "CREATED"},
    {ReportState::kProvisional, "PROVISIONAL"},
    {ReportState::kFinal, "FINAL"},
    {ReportState::kCorrected, "CORRECTED"},
    {ReportState::kWithdrawn, "WITHDRAWN"},
};

constexpr std::string_view ToString(ReportState value) {
  return vocabulary::NameIn(kReportStates, value);
}

// As what an edition is published; kCreated where it cannot be.
constexpr ReportState StateOf(Edition edition) {
  switch (edition) {
    case Edition::kProvisional:
      return ReportState::kProvisional;
    case Edition::kFinal:
      return ReportState::kFinal;
    case Edition::kCorrected:
      return ReportState::kCorrected;
    case Edition::kNone:
      break;
  }
  return ReportState::kCreated;
}

// Where a report stands.
struct Publication {
  ReportState state = ReportState::kCreated;
  std::optional<PublishLevel> level;  // set by the first publication
  std::optional<base::Timestamp> publish_time;
  std::optional<base::Timestamp> withdraw_time;
  std::string withdraw_reason;
  std::string superseded_by;  // name of a report; empty: none
  int events = 0;             // 0: created, 1: published, 2: withdrawn

  bool published() const {
    return events > 0 && state != ReportState::kWithdrawn;
  }
};

// What was published last of a template, a fiscal year and an audience.
struct LastPublished {
  std::string name;
  Edition edition = Edition::kProvisional;
  std::int64_t number = 0;  // from 1
  bool withdrawn = false;
};

// What publishing a report comes to.
struct PublishPlan {
  ReportState state = ReportState::kProvisional;
  std::int64_t number = 1;
  std::string supersedes;  // empty: nothing
};

// OK where a report for `audience` may be published to `level`.
//
// Errors: FAILED_PRECONDITION, AUDIENCE_WIDER: it names respondents, and the
//   level is everybody's.
absl::Status CheckAudience(std::string_view report, Audience audience,
                           PublishLevel level);

// Decides on the publication of `report`, of `edition`, which corrects the
// report `corrects`: a provisional one may follow provisional ones, a final one
// as well, and a final one is followed by its correction alone, also where it
// was withdrawn. What was withdrawn is superseded by its correction alone.
//
// Errors: FAILED_PRECONDITION: REPORT_STATE, EDITION_MISSING, EDITION_ORDER.
absl::StatusOr<PublishPlan> PlanPublish(
    std::string_view report, ReportState state, Edition edition,
    std::string_view corrects, const std::optional<LastPublished>& last);

}  // namespace welfare::report
