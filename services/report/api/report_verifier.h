// Renders stored reports again and holds them against what is stored.
#pragma once

#include "absl/status/status.h"
#include "services/platform/rpc/call_context.h"
#include "services/report/api/report_maker.h"
#include "services/report/store/report_store.h"
#include "welfare/report/v1/report_service.pb.h"

namespace welfare::report {

// Any thread may call it.
class ReportVerifier {
 public:
  // All must outlive the verifier.
  ReportVerifier(const Renderers& renderers, ReportStore& store);

  // VerifyReport.
  //
  // Errors: as in the proto.
  absl::Status Verify(const platform::CallContext& call,
                      const v1::VerifyReportRequest& request,
                      v1::VerifyReportResponse& response);

 private:
  const Renderers& renderers_;
  ReportStore& store_;
  const std::string fingerprint_;
};

}  // namespace welfare::report
