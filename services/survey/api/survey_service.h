// The gRPC class: which call answers which method.
#pragma once

#include "services/platform/audit/audit_calls.h"
#include "services/platform/calls/method_table.h"
#include "services/survey/api/codebook_calls.h"
#include "services/survey/api/import_calls.h"
#include "services/survey/api/mapping_calls.h"
#include "services/survey/api/round_calls.h"
#include "services/survey/api/streams.h"
#include "services/survey/api/submission_calls.h"
#include "services/survey/api/submission_reads.h"

namespace welfare::survey {

// Who answers which methods.
struct SurveyCalls {
  CodebookCalls& codebooks;
  MappingCalls& mappings;
  RoundCalls& rounds;
  SubmissionCalls& submissions;
  SubmissionReads& submission_reads;
  ImportCalls& imports;
  SurveyStreams& streams;
  platform::AuditCalls& audit;
};

// The gRPC face of the calls: one row a method.
class SurveyService final : public platform::MethodTable {
 public:
  // Everything in both outlives the service.
  SurveyService(const SurveyCalls& survey,
                const platform::CallEnvironment& calls);
  ~SurveyService() override;
};

}  // namespace welfare::survey
