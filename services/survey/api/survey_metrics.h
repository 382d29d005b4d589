#pragma once

#include <cstdint>

#include "absl/status/status.h"

#include "services/base/resource_name.h"
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

  // Counts the round anew.
  absl::Status Count(StoreReader& store, PinnedContent& content,
                     const base::RoundName& round);

 private:
  platform::MetricsRegistry& metrics_;
};

}  // namespace welfare::survey
