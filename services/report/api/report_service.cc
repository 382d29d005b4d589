#include "services/report/api/report_service.h"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/base/names/resource_name.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/platform/rpc/page_request.h"
#include "services/platform/rpc/write_request.h"
#include "services/report/api/convert.h"
#include "services/report/api/report_access.h"
#include "services/report/api/report_changes.h"
#include "services/report/api/report_download.h"
#include "services/report/errors.h"
#include "services/report/files/signing_key_reader.h"
#include "services/text/field_rules.h"
#include "welfare/type/v1/versions.pb.h"

namespace welfare::report {
namespace {

// What readers are told of a correction or a withdrawal, in one line.
constexpr text::FieldRule kPublicReason =
    text::kReasonField.AtMost(200, text::FieldRule::Unit::kCharacters);

// Returns the text to keep of a field that may not be blank.
std::string ReadReason(const std::string& field, const std::string& sent,
                       std::string_view example,
                       std::vector<base::Violation>& violations) {
  const absl::StatusOr<std::string> kept = text::Keep(kPublicReason, sent);
  if (!kept.ok()) {
    violations.push_back(TextRefused(field, kept.status()));
    return "";
  }
  if (kept->empty()) violations.push_back(FieldRequired(field, example));
  return *kept;
}

// Whether it may be the name of a report, there or not.
bool IsReportName(std::string_view name) {
  constexpr std::string_view kReports = "reports/";
  return name.starts_with(kReports) &&
         base::IsResourceId(name.substr(kReports.size()));
}

// What is asked of the edition.
struct ReadEdition {
  Edition edition = Edition::kProvisional;
  std::string corrects;
  std::string correction_reason;
};

ReadEdition EditionOf(const v1::Report& report,
                      std::vector<base::Violation>& violations) {
  ReadEdition read;
  if (report.edition() != v1::Report::EDITION_UNSPECIFIED) {
    const auto edition =
        vocabulary::FindIn(kEditions, static_cast<int>(report.edition()));
    if (!edition.has_value()) violations.push_back(EditionUnknown());
    read.edition = edition.value_or(Edition::kProvisional);
  }
  if (read.edition == Edition::kCorrected) {
    if (report.corrects().empty()) {
      violations.push_back(
          FieldRequired("report.corrects", "reports/jusou-2025-0001"));
    }
    read.corrects = report.corrects();
    read.correction_reason =
        ReadReason("report.correction_reason", report.correction_reason(),
                   "〇〇市の回答の訂正による", violations);
    return read;
  }
  if (!report.corrects().empty()) {
    violations.push_back(NotACorrection("report.corrects"));
  }
  if (!report.correction_reason().empty()) {
    violations.push_back(NotACorrection("report.correction_reason"));
  }
  return read;
}

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
  if (report.data_version() < 0) {
    violations.push_back(VersionNegative("report.data_version"));
  }
  if (report.previous_data_version() < 0) {
    violations.push_back(VersionNegative("report.previous_data_version"));
  }
  if (!report.template_digest().empty() &&
      !base::IsSha256Hex(report.template_digest())) {
    violations.push_back(DigestInvalid("report.template_digest"));
  }
  ReadEdition edition = EditionOf(report, violations);
  Audience audience = Audience::kEverybody;
  if (report.audience() != v1::Report::AUDIENCE_UNSPECIFIED) {
    const auto read =
        vocabulary::FindIn(kAudiences, static_cast<int>(report.audience()));
    if (!read.has_value()) violations.push_back(AudienceUnknown());
    audience = read.value_or(Audience::kEverybody);
  }
  if (!violations.empty()) return ReportInvalid(std::move(violations));
  return ReportRequest{
      .template_id = report.template_(),
      .template_digest = report.template_digest(),
      .round = *std::move(round),
      .basis = vocabulary::FindIn(vocabulary::kBases, report.basis())
                   .value_or(Basis::kProvisional),
      .data_version = report.data_version(),
      .previous_data_version =
          report.has_previous_data_version()
              ? std::optional(report.previous_data_version())
              : std::nullopt,
      .data_incarnation = report.data_incarnation(),
      .edition = edition.edition,
      .corrects = std::move(edition.corrects),
      .correction_reason = std::move(edition.correction_reason),
      .audience = audience};
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
  if (request.previous_data_version.has_value()) {
    body += "\nprevious " + std::to_string(*request.previous_data_version);
  }
  if (request.edition != Edition::kProvisional) {
    body += "\n" + std::string(ToString(request.edition)) + "\n" +
            request.corrects + "\n" + request.correction_reason;
  }
  if (!request.template_digest.empty()) {
    body += "\ntemplate " + request.template_digest;
  }
  if (request.audience != Audience::kEverybody) {
    body += "\naudience " + std::string(ToString(request.audience));
  }
  return body;
}

}  // namespace

ReportService::ReportService(const Dependencies& dependencies)
    : MethodTable("welfare.report.v1.ReportService", dependencies.calls),
      maker_(dependencies.maker),
      store_(dependencies.store),
      cache_(dependencies.cache),
      file_parts_(dependencies.file_parts),
      signing_key_file_(dependencies.signing_key_file),
      incarnation_(dependencies.incarnation) {
  Unary("CreateReport", &ReportService::Create, *this);
  Unary("CheckTemplates", &TemplateChecker::Check, dependencies.checker);
  Unary("CreateTemplateRevision", &TemplateCalls::Create,
        dependencies.templates);
  Unary("GetTemplateRevision", &TemplateCalls::Get, dependencies.templates);
  Unary("ListTemplateRevisions", &TemplateCalls::List, dependencies.templates);
  Unary("VerifyReport", &ReportVerifier::Verify, dependencies.verifier);
  Unary("CreateExcerpt", &ExcerptCalls::Create, dependencies.excerpts);
  Unary("GetExcerpt", &ExcerptCalls::Get, dependencies.excerpts);
  Unary("ListExcerpts", &ExcerptCalls::List, dependencies.excerpts);
  Unary("UpdateExcerpt", &ExcerptCalls::Update, dependencies.excerpts);
  Unary("RecordExcerptConsent", &ExcerptCalls::RecordConsent,
        dependencies.excerpts);
  Unary("ListExcerptProposals", &ExcerptCalls::ListProposals,
        dependencies.excerpts);
  Unary("ConsentToExcerpt", &ExcerptCalls::Decide, dependencies.excerpts);
  Unary("GetReport", &ReportService::Get, *this);
  Unary("ListReports", &ReportService::List, *this);
  Unary("ListReportChanges", &ReportService::ListChanges, *this);
  Unary("PublishReport", &ReportService::Publish, *this);
  Unary("WithdrawReport", &ReportService::Withdraw, *this);
  ServerStream("DownloadReport", [this](const v1::DownloadReportRequest&) {
    return ReportDownload(store_, file_parts_);
  });
  FeedbackCalls& feedback = dependencies.feedback;
  Unary("MakeFeedbackSheets", &FeedbackCalls::Make, feedback);
  Unary("ListFeedbackSheets", &FeedbackCalls::List, feedback);
  Unary("GetFeedbackSheet", &FeedbackCalls::Get, feedback);
  Unary("ConfirmFeedbackSheet", &FeedbackCalls::Confirm, feedback);
  Unary("ObjectToFeedbackSheet", &FeedbackCalls::Object, feedback);
  ServerStream("DownloadFeedbackSheet",
               [this, &feedback](const v1::DownloadFeedbackSheetRequest&) {
                 return SheetDownload(feedback, store_, file_parts_);
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

absl::Status ReportService::Publish(const platform::CallContext& call,
                                    const v1::PublishReportRequest& request,
                                    v1::Report& response) {
  if (!IsReportName(request.name())) {
    return PublicationInvalid({ReportNameInvalid(request.name())});
  }
  WELFARE_RETURN_IF_ERROR(FindToPublish(call, store_, request.name()).status());
  const auto level = vocabulary::FindIn(
      vocabulary::kPublishLevels, static_cast<int>(request.publish_level()));
  if (!level.has_value()) return PublicationInvalid({LevelUnknown()});
  WELFARE_ASSIGN_OR_RETURN(const platform::WriteRequest write,
                           platform::MakeWriteRequest(call, request));
  std::optional<base::SigningKey> key;
  if (!signing_key_file_.empty()) {
    WELFARE_ASSIGN_OR_RETURN(key, ReadSigningKey(signing_key_file_));
  }
  WELFARE_ASSIGN_OR_RETURN(const StoredReport report,
                           store_.Publish(write, request.name(), *level,
                                          key.has_value() ? &*key : nullptr));
  ToProto(report, response);
  calls().feed->LookSoon();
  return absl::OkStatus();
}

absl::Status ReportService::Withdraw(const platform::CallContext& call,
                                     const v1::WithdrawReportRequest& request,
                                     v1::Report& response) {
  if (!IsReportName(request.name())) {
    return PublicationInvalid({ReportNameInvalid(request.name())});
  }
  WELFARE_RETURN_IF_ERROR(FindToPublish(call, store_, request.name()).status());
  std::vector<base::Violation> violations;
  const std::string reason = ReadReason(
      "reason", request.reason(), "集計に誤りが見つかったため", violations);
  if (!violations.empty()) return PublicationInvalid(std::move(violations));
  WELFARE_ASSIGN_OR_RETURN(const platform::WriteRequest write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(const StoredReport report,
                           store_.Withdraw(write, request.name(), reason));
  ToProto(report, response);
  calls().feed->LookSoon();
  return absl::OkStatus();
}

absl::Status ReportService::Get(const platform::CallContext& call,
                                const v1::GetReportRequest& request,
                                v1::Report& response) {
  WELFARE_ASSIGN_OR_RETURN(const StoredReport report,
                           FindReport(call, store_, request.name()));
  // Nothing changes but what became of it; the number of a report that was lost
  // with its database may be given once more.
  if (call.CallerHas("report/3/" + incarnation_ + "/" + report.Name() + "/" +
                     report.snapshot_id + "/" +
                     std::to_string(report.create_time.micros()) + "/" +
                     std::to_string(report.publication.events) + "/" +
                     report.publication.superseded_by)) {
    return absl::OkStatus();
  }
  ToProto(report, response);
  return absl::OkStatus();
}

absl::Status ReportService::ListChanges(
    const platform::CallContext& call,
    const v1::ListReportChangesRequest& request,
    v1::ListReportChangesResponse& response) {
  return report::ListChanges(call, store_, cache_, incarnation_, request,
                             response);
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
    if (call.CallerHas("reports/3/" + incarnation_ + "/" +
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
