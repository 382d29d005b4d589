#include "services/report/api/report_service.h"

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/names/resource_name.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/platform/rpc/page_request.h"
#include "services/platform/rpc/write_request.h"
#include "services/report/api/convert.h"
#include "services/report/api/report_access.h"
#include "services/report/api/report_download.h"
#include "services/report/errors.h"
#include "welfare/type/v1/versions.pb.h"

namespace welfare::report {
namespace {

// Checks the whole request; every fault is a violation.
absl::StatusOr<ReportRequest> ReadRequest(
    const v1::CreateReportRequest& request) {
  std::vector<base::Violation> violations;
  const v1::Report& report = request.report();
  if (report.template_().empty()) {
    violations.push_back(FieldRequired("report.template", "jusou"));
  } else if (!base::IsResourceId(report.template_())) {
    violations.push_back(TemplateIdInvalid());
  }
  absl::StatusOr<base::RoundName> round =
      base::RoundName::Parse(report.round());
  if (report.round().empty()) {
    violations.push_back(
        FieldRequired("report.round", "surveys/jusou/rounds/2025"));
  } else if (!round.ok()) {
    violations.push_back(RoundNameInvalid(round.status()));
  }
  if (!type::v1::Basis::Kind_IsValid(report.basis())) {
    violations.push_back(BasisUnknown());
  }
  if (report.data_version() < 0) violations.push_back(DataVersionNegative());
  if (!violations.empty()) return ReportInvalid(std::move(violations));
  return ReportRequest{
      .template_id = report.template_(),
      .round = *std::move(round),
      .basis = vocabulary::FindIn(vocabulary::kBases, report.basis())
                   .value_or(Basis::kProvisional),
      .data_version = report.data_version(),
      .data_incarnation = report.data_incarnation()};
}

// What a request is compared by with another of its id: what earlier builds
// kept it as, so that a repeat is known after an upgrade.
std::string BodyOf(const ReportRequest& request) {
  std::string body = request.template_id + "\n" + request.round.ToString() +
                     "\n" + std::string(ToString(request.basis)) + "\n" +
                     std::to_string(request.data_version);
  if (!request.data_incarnation.empty()) {
    body += "\n" + request.data_incarnation;
  }
  return body;
}

}  // namespace

ReportService::ReportService(const Dependencies& dependencies)
    : MethodTable("welfare.report.v1.ReportService", dependencies.calls),
      maker_(dependencies.maker),
      store_(dependencies.store),
      incarnation_(dependencies.incarnation) {
  Unary("CreateReport", &ReportService::Create, *this);
  Unary("CheckTemplates", &TemplateChecker::Check, dependencies.checker);
  Unary("GetReport", &ReportService::Get, *this);
  Unary("ListReports", &ReportService::List, *this);
  ServerStream("DownloadReport", [this](const v1::DownloadReportRequest&) {
    return ReportDownload(store_);
  });
  Unary("ListAuditRecords", &platform::AuditCalls::List, dependencies.audit);
  Unary("GetAuditHead", &platform::AuditCalls::Head, dependencies.audit);
  Unary("ProveAudit", &platform::AuditCalls::Prove, dependencies.audit);
  WatchVersions<type::v1::WatchVersionsRequest,
                type::v1::WatchVersionsResponse>();
  Complete();
}

ReportService::~ReportService() = default;

absl::Status ReportService::Create(const platform::CallContext& call,
                                   const v1::CreateReportRequest& request,
                                   v1::Report& response) {
  WELFARE_ASSIGN_OR_RETURN(const ReportRequest read, ReadRequest(request));
  WELFARE_ASSIGN_OR_RETURN(platform::WriteRequest write,
                           platform::MakeWriteRequest(call, request));
  write.key.body = BodyOf(read);
  WELFARE_ASSIGN_OR_RETURN(const StoredReport report,
                           maker_.Make(call, read, write));
  ToProto(report, response);
  calls().feed->LookSoon();
  return absl::OkStatus();
}

absl::Status ReportService::Get(const platform::CallContext& call,
                                const v1::GetReportRequest& request,
                                v1::Report& response) {
  WELFARE_ASSIGN_OR_RETURN(const StoredReport report,
                           FindReport(call, store_, request.name()));
  // It never changes; the number of a report that was lost with its database
  // may be given once more.
  if (call.CallerHas("report/1/" + incarnation_ + "/" + report.Name() + "/" +
                     report.snapshot_id + "/" +
                     std::to_string(report.create_time.micros()))) {
    return absl::OkStatus();
  }
  ToProto(report, response);
  return absl::OkStatus();
}

absl::Status ReportService::List(const platform::CallContext& call,
                                 const v1::ListReportsRequest& request,
                                 v1::ListReportsResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, incarnation_));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::string>>());
  if (call.answer != nullptr) {
    // Counted before they are read: a name that is older than its answer is
    // asked for again, one that is newer would be kept.
    WELFARE_ASSIGN_OR_RETURN(const std::int64_t count,
                             store_.Count(call.limits));
    if (call.CallerHas("reports/1/" + incarnation_ + "/" +
                       std::to_string(count) + "/" + ReadableBy(call))) {
      return absl::OkStatus();
    }
  }
  std::string last = after.has_value() ? std::get<0>(*after) : "";
  const int limit = page.size() + 1;
  base::PageRoom room(page.size());
  while (true) {
    WELFARE_ASSIGN_OR_RETURN(const std::vector<StoredReport> reports,
                             store_.List(last, limit, call.limits));
    for (const StoredReport& report : reports) {
      if (MayRead(call, report)) {
        v1::Report one;
        ToProto(report, one);
        if (!room.Take(one.ByteSizeLong())) {
          response.set_next_page_token(page.TokenAfter(std::tuple(last)));
          return absl::OkStatus();
        }
        *response.add_reports() = std::move(one);
      }
      last = report.Name();
    }
    if (static_cast<int>(reports.size()) < limit) return absl::OkStatus();
  }
}

}  // namespace welfare::report
