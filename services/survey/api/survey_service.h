#pragma once

#include "services/platform/calls/method_table.h"
#include "services/survey/api/survey_api.h"

namespace welfare::survey {

// The gRPC face of SurveyApi: one row a method.
class SurveyService final : public platform::MethodTable {
 public:
  // Both outlive the service.
  SurveyService(SurveyApi& api, const platform::CallEnvironment& calls);
  ~SurveyService() override;
};

}  // namespace welfare::survey
