// How many submissions there are, for the operator.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "absl/status/status.h"

#include "services/base/names/resource_name.h"
#include "services/base/time/clock.h"
#include "services/importing/outcome.h"
#include "services/platform/observe/metrics.h"
#include "services/survey/round/round.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/store.h"

namespace welfare::survey {

// Of each round that was opened once:
//   welfare_submissions{round,respondent_kind,state}
//   welfare_submissions_expected{round,respondent_kind}
//   welfare_round_open{round}  1 while it takes answers
//   welfare_round_window_end_timestamp_seconds{round}  the end of its last day
//     in Japan; 0: it has none
//   welfare_round_last_submission_timestamp_seconds{round}  0: none came yet
//   welfare_round_changed_timestamp_seconds{round}  the newest revision
// and of imports, dry runs and repeats left out:
//   welfare_survey_import_rows_total{file,outcome}
//   welfare_import_last_success_timestamp_seconds{file}  the last batch of
//   which
//     something was taken; 0: none since the start
// Nothing is asked of the store but by Count, once for each new revision. Any
// thread may call it.
class SurveyMetrics {
 public:
  explicit SurveyMetrics(platform::MetricsRegistry& metrics);

  // Counts the round anew; one that was deleted has nobody.
  absl::Status Count(StoreReader& store, PinnedContent& content,
                     const base::RoundName& round);

  // A batch was stored at `now`.
  void CountImport(const importing::ImportCounts& counts, base::Timestamp now);

 private:
  // What is told of a round beside its counts.
  void Show(const Round& round, std::optional<base::Timestamp> last);

  platform::MetricsRegistry& metrics_;
  struct RowCounter {
    int importing::ImportCounts::*count;
    platform::Counter* counter;
  };
  std::vector<RowCounter> rows_;
  platform::Gauge& last_import_;
  std::mutex mutex_;
  std::set<base::RoundName> shown_;  // rounds that have gauges
};

}  // namespace welfare::survey
