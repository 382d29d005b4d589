// The gRPC face of the report service: one line per method.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <string>
#include <string_view>

#include "welfare/report/v1/report_service.grpc.pb.h"

#include "services/platform/rpc/handler.h"
#include "services/platform/rpc/stream.h"
#include "services/report/api/report_maker.h"
#include "services/report/api/template_checker.h"
#include "services/report/store/report_store.h"

namespace welfare::report {

// The resource whose version is the number of reports.
inline constexpr std::string_view kReportsResource = "reports";

// Any thread of gRPC may call it.
class ReportService final : public v1::ReportService::CallbackService {
 public:
  struct Dependencies {
    ReportMaker& maker;
    TemplateChecker& checker;
    ReportStore& store;
    const platform::CallEnvironment& calls;
    std::string incarnation;  // the store's; page tokens are bound to it
  };
  // All must outlive the service.
  explicit ReportService(const Dependencies& dependencies);
  ~ReportService() override;

  grpc::ServerUnaryReactor* CreateReport(grpc::CallbackServerContext* context,
                                         const v1::CreateReportRequest* request,
                                         v1::Report* response) override;
  grpc::ServerUnaryReactor* CheckTemplates(
      grpc::CallbackServerContext* context,
      const v1::CheckTemplatesRequest* request,
      v1::CheckTemplatesResponse* response) override;
  grpc::ServerUnaryReactor* GetReport(grpc::CallbackServerContext* context,
                                      const v1::GetReportRequest* request,
                                      v1::Report* response) override;
  grpc::ServerUnaryReactor* ListReports(
      grpc::CallbackServerContext* context,
      const v1::ListReportsRequest* request,
      v1::ListReportsResponse* response) override;
  grpc::ServerWriteReactor<v1::DownloadReportResponse>* DownloadReport(
      grpc::CallbackServerContext* context,
      const v1::DownloadReportRequest* request) override;
  grpc::ServerWriteReactor<type::v1::WatchVersionsResponse>* WatchVersions(
      grpc::CallbackServerContext* context,
      const type::v1::WatchVersionsRequest* request) override;

 private:
  absl::Status Create(const platform::CallContext& call,
                      const v1::CreateReportRequest& request,
                      v1::Report& response);
  absl::Status Get(const platform::CallContext& call,
                   const v1::GetReportRequest& request, v1::Report& response);
  absl::Status List(const platform::CallContext& call,
                    const v1::ListReportsRequest& request,
                    v1::ListReportsResponse& response);

  ReportMaker& maker_;
  TemplateChecker& checker_;
  ReportStore& store_;
  const platform::CallEnvironment& calls_;
  const std::string incarnation_;
};

}  // namespace welfare::report
