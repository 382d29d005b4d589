// How many submissions there are, for the operator.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>

#include "absl/status/status.h"

#include "services/base/names/resource_name.h"
#include "services/platform/observe/metrics.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/store.h"

namespace welfare::survey {

// welfare_submissions{round,respondent_kind,state} and
// welfare_submissions_expected{round,respondent_kind}. Any thread may call it.
class SurveyMetrics {
 public:
  explicit SurveyMetrics(platform::MetricsRegistry& metrics)
      : metrics_(metrics) {}

  // Counts the round anew; one that was deleted has nobody.
  absl::Status Count(StoreReader& store, PinnedContent& content,
                     const base::RoundName& round);

 private:
  platform::MetricsRegistry& metrics_;
  std::mutex mutex_;
  std::set<base::RoundName> shown_;  // rounds that have gauges
};

}  // namespace welfare::survey
