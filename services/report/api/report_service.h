#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/platform/audit/audit_calls.h"
#include "services/platform/cache/cache.h"
#include "services/platform/calls/method_table.h"
#include "services/report/api/excerpt_calls.h"
#include "services/report/api/feedback_calls.h"
#include "services/report/api/report_maker.h"
#include "services/report/api/template_calls.h"
#include "services/report/api/report_verifier.h"
#include "services/report/api/template_checker.h"
#include "services/report/store/report_store.h"
#include "welfare/report/v1/report_service.pb.h"

namespace welfare::report {

// The resource whose version is the number of reports.
inline constexpr std::string_view kReportsResource = "reports";

// The gRPC face of the reports: one row a method.
class ReportService final : public platform::MethodTable {
 public:
  struct Dependencies {
    ReportMaker& maker;
    TemplateChecker& checker;
    TemplateCalls& templates;
    ReportVerifier& verifier;
    ExcerptCalls& excerpts;
    FeedbackCalls& feedback;
    ReportStore& store;
    platform::AuditCalls& audit;
    platform::Cache& cache;
    platform::Cache& file_parts;  // parts of files, by digest
    const platform::CallEnvironment& calls;
    // File of the key that signs what is published; empty: nothing is signed.
    std::string signing_key_file;
    std::string incarnation;  // the store's; page tokens are bound to it
  };
  // All must outlive the service.
  explicit ReportService(const Dependencies& dependencies);
  ~ReportService() override;

 private:
  absl::Status Create(const platform::CallContext& call,
                      const v1::CreateReportRequest& request,
                      v1::Report& response);
  absl::Status Publish(const platform::CallContext& call,
                       const v1::PublishReportRequest& request,
                       v1::Report& response);
  absl::Status Withdraw(const platform::CallContext& call,
                        const v1::WithdrawReportRequest& request,
                        v1::Report& response);
  absl::Status Get(const platform::CallContext& call,
                   const v1::GetReportRequest& request, v1::Report& response);
  absl::Status ListChanges(const platform::CallContext& call,
                           const v1::ListReportChangesRequest& request,
                           v1::ListReportChangesResponse& response);
  absl::Status List(const platform::CallContext& call,
                    const v1::ListReportsRequest& request,
                    v1::ListReportsResponse& response);

  ReportMaker& maker_;
  ReportStore& store_;
  platform::Cache& cache_;
  platform::Cache& file_parts_;
  const std::string signing_key_file_;
  const std::string incarnation_;
};

}  // namespace welfare::report
