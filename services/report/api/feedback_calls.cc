#include "services/report/api/feedback_calls.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/platform/errors.h"
#include "services/platform/rpc/page_request.h"
#include "services/platform/rpc/write_request.h"
#include "services/report/api/report_access.h"
#include "services/report/errors.h"
#include "services/text/field_rules.h"

namespace welfare::report {
namespace {

constexpr text::FieldRule kComment = text::kFreeTextField.AtMost(
    2'000, text::FieldRule::Unit::kCharacters);

constexpr std::string_view kNamePattern =
    "reports/{report}/feedbackSheets/{sheet}";

struct SheetName {
  std::string report;
  std::string sheet;
};

// Reads `reports/jusou-2025-0001/feedbackSheets/131016-council`.
std::optional<SheetName> ReadName(std::string_view name) {
  constexpr std::string_view kReports = "reports/";
  constexpr std::string_view kSheets = "/feedbackSheets/";
  const std::size_t at = name.find(kSheets);
  if (!name.starts_with(kReports) || at == std::string_view::npos) {
    return std::nullopt;
  }
  SheetName read{std::string(name.substr(0, at)),
                 std::string(name.substr(at + kSheets.size()))};
  if (!base::IsResourceId(read.report.substr(kReports.size())) ||
      !base::IsResourceId(read.sheet)) {
    return std::nullopt;
  }
  return read;
}

void Fill(const StoredSheet& sheet, v1::FeedbackSheet& result) {
  const auto time = [](base::Timestamp at) {
    return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
        at.micros());
  };
  result.set_name(sheet.Name());
  result.set_display_name(sheet.display_name);
  result.set_kind(static_cast<v1::FeedbackSheet::Kind>(sheet.kind));
  result.set_municipality_code(sheet.municipality_code);
  if (sheet.respondent_kind.has_value()) {
    result.set_respondent_kind(
        static_cast<type::v1::RespondentKind>(*sheet.respondent_kind));
  }
  result.set_digest(sheet.digest);
  for (const ReportFile& file : sheet.files) {
    auto& entry = *result.add_files();
    entry.set_format(file.format);
    entry.set_content_type(file.content_type);
    entry.set_filename(file.filename);
    entry.set_size(file.size);
    entry.set_digest(file.digest);
    entry.set_signing_key(file.signing_key);
  }
  if (sheet.kind == SheetKind::kOwn) {
    result.set_state(static_cast<v1::FeedbackSheet::State>(
        sheet.verdict.has_value() ? sheet.verdict->state
                                  : SheetState::kUnconfirmed));
  }
  if (sheet.verdict.has_value()) {
    result.set_judged_by(sheet.verdict->judged_by);
    *result.mutable_judge_time() = time(sheet.verdict->judge_time);
    result.set_comment(sheet.verdict->comment);
  }
  result.set_shown_to_respondents(sheet.shown_to_respondents);
  result.set_synthetic(sheet.synthetic);
  *result.mutable_create_time() = time(sheet.create_time);
}

// What is kept of what somebody wrote.
std::string ReadComment(const std::string& sent, bool needed,
                        std::vector<base::Violation>& violations) {
  const absl::StatusOr<std::string> kept = text::Keep(kComment, sent);
  if (!kept.ok()) {
    violations.push_back(TextRefused("comment", kept.status()));
    return "";
  }
  if (kept->empty() && needed) {
    violations.push_back(FieldRequired(
        "comment", "問「実施計画の策定状況」は策定中が正しい"));
  }
  return *kept;
}

bool IsReport(const std::string& name) {
  constexpr std::string_view kReports = "reports/";
  return name.starts_with(kReports) &&
         base::IsResourceId(name.substr(kReports.size()));
}

}  // namespace

bool MayReadSheet(const platform::CallContext& call, const StoredReport& report,
                  const StoredSheet& sheet) {
  if (IsOfStaff(call, report)) return true;
  const access::Identity& who = call.identity;
  const std::optional<base::Respondent>& self = who.respondent();
  if (!sheet.shown_to_respondents || !self.has_value() ||
      !who.Holds(access::Role::kRespondent, report.survey)) {
    return false;
  }
  const std::string code = self->municipality.ToString();
  const bool is_its = code == sheet.municipality_code ||
                      std::ranges::find(sheet.other_codes, code) !=
                          sheet.other_codes.end();
  return is_its && (sheet.kind == SheetKind::kPair ||
                    sheet.respondent_kind == self->kind);
}

absl::Status FeedbackCalls::Make(const platform::CallContext& call,
                                 const v1::MakeFeedbackSheetsRequest& request,
                                 v1::MakeFeedbackSheetsResponse& response) {
  if (!IsReport(request.parent())) {
    return FeedbackInvalid({ResourceNameInvalid("parent", request.parent(),
                                                "reports/{report}")});
  }
  WELFARE_ASSIGN_OR_RETURN(
      const StoredReport report,
      FindReport(call, parts_.reports, request.parent()));
  if (!IsOfStaff(call, report)) {
    static constexpr access::Role kMakers[] = {access::Role::kManager,
                                               access::Role::kReviewer};
    return platform::AccessDenied(call.identity, kMakers, report.survey);
  }
  WELFARE_ASSIGN_OR_RETURN(const platform::WriteRequest write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(const SheetCounts made,
                           parts_.maker.Make(call, report, write));
  response.set_own_sheets(made.own);
  response.set_pair_sheets(made.pairs);
  return absl::OkStatus();
}

absl::Status FeedbackCalls::List(const platform::CallContext& call,
                                 const v1::ListFeedbackSheetsRequest& request,
                                 v1::ListFeedbackSheetsResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, parts_.incarnation));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::int64_t>>());
  WELFARE_ASSIGN_OR_RETURN(const StoredReport report,
                           parts_.reports.Get(request.parent(), call.limits));
  // Who is asked about it may know of a report that is not published yet.
  if (!MayRead(call, report) &&
      !call.identity.Holds(access::Role::kRespondent, report.survey)) {
    return ReportNotFound(request.parent());
  }
  const auto state =
      vocabulary::FindIn(kSheetStates, static_cast<int>(request.state()));
  int last = after.has_value() ? static_cast<int>(std::get<0>(*after)) : 0;
  const int limit = page.size() + 1;
  base::PageRoom room(page.size());
  while (true) {
    WELFARE_ASSIGN_OR_RETURN(
        const std::vector<StoredSheet> sheets,
        parts_.store.List(report.Name(), last, limit, state, call.limits));
    for (const StoredSheet& sheet : sheets) {
      if (MayReadSheet(call, report, sheet)) {
        v1::FeedbackSheet one;
        Fill(sheet, one);
        if (!room.Take(one.ByteSizeLong())) {
          response.set_next_page_token(
              page.TokenAfter(std::tuple(std::int64_t{last})));
          return absl::OkStatus();
        }
        *response.add_feedback_sheets() = std::move(one);
      }
      last = sheet.position;
    }
    if (static_cast<int>(sheets.size()) < limit) return absl::OkStatus();
  }
}

absl::StatusOr<StoredSheet> FeedbackCalls::Find(
    const platform::CallContext& call, const std::string& name) {
  const std::optional<SheetName> read = ReadName(name);
  if (!read.has_value()) return FeedbackNotFound(name);
  const absl::StatusOr<StoredReport> report =
      parts_.reports.Get(read->report, call.limits);
  if (base::ReasonOf(report.status()) == "REPORT_NOT_FOUND") {
    return FeedbackNotFound(name);
  }
  WELFARE_RETURN_IF_ERROR(report.status());
  WELFARE_ASSIGN_OR_RETURN(
      StoredSheet sheet,
      parts_.store.Get(read->report, read->sheet, call.limits));
  if (!MayReadSheet(call, *report, sheet)) return FeedbackNotFound(name);
  return sheet;
}

absl::Status FeedbackCalls::Get(const platform::CallContext& call,
                                const v1::GetFeedbackSheetRequest& request,
                                v1::FeedbackSheet& response) {
  WELFARE_ASSIGN_OR_RETURN(const StoredSheet sheet, Find(call, request.name()));
  Fill(sheet, response);
  return absl::OkStatus();
}

template <typename Request>
absl::Status FeedbackCalls::Judge(const platform::CallContext& call,
                                  const Request& request, SheetState state,
                                  bool needs_comment,
                                  v1::FeedbackSheet& response) {
  if (!ReadName(request.name()).has_value()) {
    return FeedbackInvalid(
        {ResourceNameInvalid("name", request.name(), kNamePattern)});
  }
  WELFARE_ASSIGN_OR_RETURN(const StoredSheet sheet, Find(call, request.name()));
  std::vector<base::Violation> violations;
  if (request.digest().empty()) {
    violations.push_back(FieldRequired("digest", "5f70bf18a086…"));
  }
  SheetVerdict verdict{.state = state, .digest = request.digest(), .comment = ""};
  verdict.comment = ReadComment(request.comment(), needs_comment, violations);
  if (!violations.empty()) return FeedbackInvalid(std::move(violations));
  WELFARE_ASSIGN_OR_RETURN(const platform::WriteRequest write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(
      const StoredSheet judged,
      parts_.store.Judge(write, sheet.report, sheet.id, verdict));
  Fill(judged, response);
  return absl::OkStatus();
}

absl::Status FeedbackCalls::Confirm(
    const platform::CallContext& call,
    const v1::ConfirmFeedbackSheetRequest& request,
    v1::FeedbackSheet& response) {
  return Judge(call, request, SheetState::kConfirmed, false, response);
}

absl::Status FeedbackCalls::Object(
    const platform::CallContext& call,
    const v1::ObjectToFeedbackSheetRequest& request,
    v1::FeedbackSheet& response) {
  return Judge(call, request, SheetState::kObjected, true, response);
}

absl::StatusOr<FoundFile> FeedbackCalls::FindFile(
    const platform::CallContext& call,
    const v1::DownloadFeedbackSheetRequest& request) {
  WELFARE_ASSIGN_OR_RETURN(const StoredSheet sheet, Find(call, request.name()));
  std::string known;
  for (const ReportFile& file : sheet.files) {
    if (file.format == request.format()) {
      if (!request.signature()) return FoundFile{file};
      WELFARE_ASSIGN_OR_RETURN(
          std::optional<std::string> text,
          parts_.store.FindSignature(sheet.report, sheet.id, file.format,
                                     call.limits));
      if (!text.has_value()) {
        return FeedbackNotSigned(request.name(), file.format);
      }
      return SignatureOf(file, *std::move(text));
    }
    known += (known.empty() ? "" : ", ") + file.format;
  }
  return FormatUnknown(request.name(), request.format(), known);
}

absl::StatusOr<platform::StreamStep> SheetDownload::operator()(
    const platform::CallContext& call,
    const v1::DownloadFeedbackSheetRequest& request,
    platform::SharedBytes& part) {
  return stream_.Step(call, request.offset(),
                      [&] { return calls_->FindFile(call, request); }, part);
}

}  // namespace welfare::report
