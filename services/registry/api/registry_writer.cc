#include "services/registry/api/registry_writer.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/rpc/deterministic_bytes.h"
#include "services/registry/api/convert.h"
#include "services/registry/api/requests.h"
#include "services/registry/errors.h"
#include "services/registry/faults.h"
#include "services/registry/history/plans.h"
#include "services/registry/municipality/text_rules.h"

namespace welfare::registry {
namespace {

// How long a stored write may be held back to be shown.
constexpr std::chrono::seconds kShowTimeout{1};

constexpr std::size_t kMaxRequestId = 64;

absl::Status CheckRequestId(std::string_view id) {
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '-';
  });
  if (!plain || id.size() > kMaxRequestId)
    return platform::RequestIdInvalid(id);
  return absl::OkStatus();
}

// Recorded by the draft's write: at the version and time it will have, or at
// neither where nothing is written.
// The facts are those of `from`, or of the present year where that is later.
v1::Municipality ReplyOf(const Draft& draft, const WriteContext& context,
                         Municipality municipality, base::FiscalYear from) {
  const auto present =
      base::FiscalYear::FromDate(base::DateInTokyo(context.recorded_time));
  const base::FiscalYear year = present.ok() ? std::max(*present, from) : from;
  const bool proposed = municipality.version == draft.version();
  const base::Timestamp recorded =
      proposed ? context.recorded_time
               : context.current.commit(municipality.version).recorded_time;
  const base::Timestamp created =
      municipality.created_version == draft.version()
          ? context.recorded_time
          : context.current.commit(municipality.created_version).recorded_time;
  if (proposed) municipality.version = context.version;
  return ToProto(draft.incarnation(), municipality, year, created, recorded);
}

v1::StatusRecord ReplyOf(const Draft& draft, const WriteContext& context,
                         StatusRecord record) {
  if (record.version != draft.version()) {
    return ToProto(draft.incarnation(), record,
                   context.current.commit(record.version).recorded_time);
  }
  record.version = context.version;
  return ToProto(draft.incarnation(), record, context.recorded_time);
}

std::string Quote(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

PlannedReply ReplyOf(const WriteContext& context, LineageEvent event) {
  event.version = context.version;
  return {.reply = ToProto(event, context.recorded_time).SerializeAsString(),
          .audit_detail =
              "{\"number\":" + std::to_string(event.number) +
              ",\"kind\":" + Quote(ToString(event.kind)) +
              ",\"fiscal_year\":" + event.fiscal_year.ToString() +
              ",\"retracted\":" + (event.retracted ? "true" : "false") + "}"};
}

std::string AuditOf(const StatusRecord& record) {
  return "{\"fiscal_year\":" + record.fiscal_year.ToString() +
         ",\"implementing\":" + Quote(ToString(record.facts.implementing)) +
         ",\"preparation\":" + Quote(ToString(record.facts.preparation)) +
         ",\"correction\":" + (record.correction ? "true" : "false") +
         ",\"retracted\":" + (record.retracted ? "true" : "false") +
         (record.restores == 0
              ? std::string()
              : ",\"restored_version\":" + std::to_string(record.restores)) +
         "}";
}

}  // namespace

WriteRequest MakeWriteRequest(const platform::CallContext& call,
                              const google::protobuf::MessageLite& message,
                              std::string_view request_id,
                              std::string_view method,
                              std::string_view resource) {
  return {.request_id = std::string(request_id),
          .method = std::string(method),
          .body = platform::DeterministicBytes(message),
          .actor = call.identity.subject,
          .resource = std::string(resource),
          .limits = call.limits};
}

RegistryWriter::RegistryWriter(RegistryStore& store, LiveHistory& live,
                               const ProgramCatalog& catalog,
                               const base::Clock& clock)
    : store_(store), live_(live), catalog_(catalog), clock_(clock) {}

absl::StatusOr<std::string> RegistryWriter::Run(const WriteRequest& request,
                                                bool validate_only,
                                                const PlanWrite& plan) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id));
  const HistoryPtr head = live_.Head();
  if (validate_only) {
    // Version 0: nothing is made.
    WELFARE_ASSIGN_OR_RETURN(
        WritePlan planned,
        plan({.current = *head, .version = 0, .recorded_time = clock_.Now()}));
    return std::move(planned.reply);
  }
  WELFARE_ASSIGN_OR_RETURN(std::string reply,
                           store_.Write(request, *head, plan));
  // The change is stored whatever happens now, and whoever called: readers that
  // do not see it yet will within a second, when the feed looks again.
  const base::CallLimits limits = base::CallLimits::After(kShowTimeout);
  if (absl::Status seen = live_.CatchUp(limits); !seen.ok()) {
    platform::LogStatus(platform::LogLevel::kWarning,
                        "a stored change is not shown yet", seen);
  }
  return reply;
}

template <typename Response>
absl::Status RegistryWriter::Change(
    const WriteRequest& request, bool validate_only,
    const std::function<absl::StatusOr<PlannedReply>(
        Draft& draft, const WriteContext& context)>& plan,
    Response& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      Run(request, validate_only,
          [&](const WriteContext& context) -> absl::StatusOr<WritePlan> {
            Draft draft(context.current);
            WELFARE_ASSIGN_OR_RETURN(PlannedReply planned,
                                     plan(draft, context));
            return WritePlan{.changes = draft.TakeChanges(),
                             .audit_detail = std::move(planned.audit_detail),
                             .reply = std::move(planned.reply)};
          }));
  response.ParseFromString(reply);
  return absl::OkStatus();
}

absl::Status RegistryWriter::CreateMunicipality(
    const platform::CallContext& call,
    const v1::CreateMunicipalityRequest& request, v1::Municipality& response) {
  WELFARE_ASSIGN_OR_RETURN(const ProposedMunicipality proposed,
                           FromProto(request));
  const base::MunicipalityCode& code = proposed.facts.code;
  return Change(
      MakeWriteRequest(call, request, request.request_id(),
                       "CreateMunicipality",
                       base::MunicipalityName{code}.ToString()),
      request.validate_only(),
      [&](Draft& draft,
          const WriteContext& context) -> absl::StatusOr<PlannedReply> {
        WELFARE_RETURN_IF_ERROR(registry::CreateMunicipality(
            draft, proposed.facts, proposed.first_year, proposed.provenance));
        return PlannedReply{
            .reply = ReplyOf(draft, context, *draft.FindMunicipality(code),
                             proposed.first_year)
                         .SerializeAsString(),
            .audit_detail = "{\"first_fiscal_year\":" +
                            proposed.first_year.ToString() + "}"};
      },
      response);
}

absl::Status RegistryWriter::UpdateMunicipality(
    const platform::CallContext& call,
    const v1::UpdateMunicipalityRequest& request, v1::Municipality& response) {
  WELFARE_ASSIGN_OR_RETURN(const MunicipalityUpdate update, FromProto(request));
  return Change(
      MakeWriteRequest(call, request, request.request_id(),
                       "UpdateMunicipality", request.municipality().name()),
      request.validate_only(),
      [&](Draft& draft,
          const WriteContext& context) -> absl::StatusOr<PlannedReply> {
        WELFARE_RETURN_IF_ERROR(
            registry::UpdateMunicipality(draft, update).status());
        const Municipality& changed = *draft.FindMunicipality(update.code);
        return PlannedReply{
            .reply = ReplyOf(draft, context, changed,
                             update.valid_from.value_or(changed.Last().first))
                         .SerializeAsString(),
            .audit_detail = "{\"first_fiscal_year\":" +
                            std::to_string(request.first_fiscal_year()) + "}"};
      },
      response);
}

absl::Status RegistryWriter::DeleteMunicipality(
    const platform::CallContext& call,
    const v1::DeleteMunicipalityRequest& request,
    google::protobuf::Empty& response) {
  const auto name = base::MunicipalityName::Parse(request.name());
  if (!name.ok()) return NameInvalid("name", request.name(), name.status());
  if (request.reason().empty()) return ReasonRequired("reason");
  WELFARE_RETURN_IF_ERROR(CheckText(request.reason(), kMaxNoteBytes));
  return Change(
      MakeWriteRequest(call, request, request.request_id(),
                       "DeleteMunicipality", request.name()),
      request.validate_only(),
      [&](Draft& draft, const WriteContext&) -> absl::StatusOr<PlannedReply> {
        WELFARE_RETURN_IF_ERROR(registry::DeleteMunicipality(
            draft, name->code, request.etag(), {.reason = request.reason()}));
        return PlannedReply{.reply = "", .audit_detail = "{}"};
      },
      response);
}

absl::Status RegistryWriter::RecordStatus(
    const platform::CallContext& call, const v1::RecordStatusRequest& request,
    v1::StatusRecord& response) {
  WELFARE_ASSIGN_OR_RETURN(const ProposedStatus proposed, FromProto(request));
  WELFARE_RETURN_IF_ERROR(catalog_.Check(proposed.program));
  if (absl::Status fault =
          catalog_.Check(proposed.program, proposed.proposal.fiscal_year);
      !fault.ok()) {
    return StatusInvalid({ViolationOf("status_record.fiscal_year", fault)});
  }
  return Change(
      MakeWriteRequest(
          call, request, request.request_id(), "RecordStatus",
          request.parent() + "/" + request.status_record().municipality()),
      request.validate_only(),
      [&](Draft& draft,
          const WriteContext& context) -> absl::StatusOr<PlannedReply> {
        WELFARE_RETURN_IF_ERROR(registry::RecordStatus(draft, proposed.program,
                                                       proposed.municipality,
                                                       proposed.proposal,
                                                       proposed.etag)
                                    .status());
        const StatusRecord& record = *draft.FindStatus(
            proposed.program,
            draft.FindMunicipality(proposed.municipality)->first_code,
            proposed.proposal.fiscal_year);
        return PlannedReply{
            .reply = ReplyOf(draft, context, record).SerializeAsString(),
            .audit_detail = AuditOf(record)};
      },
      response);
}

absl::Status RegistryWriter::RetractStatus(
    const platform::CallContext& call, const v1::RetractStatusRequest& request,
    v1::StatusRecord& response) {
  WELFARE_ASSIGN_OR_RETURN(const ProposedRetraction proposed,
                           FromProto(request));
  WELFARE_RETURN_IF_ERROR(catalog_.Check(proposed.program));
  return Change(
      MakeWriteRequest(call, request, request.request_id(), "RetractStatus",
                       request.parent() + "/" + request.municipality()),
      request.validate_only(),
      [&](Draft& draft,
          const WriteContext& context) -> absl::StatusOr<PlannedReply> {
        WELFARE_ASSIGN_OR_RETURN(
            const StatusRecord record,
            registry::RetractStatus(draft, proposed.program,
                                    proposed.municipality, proposed.fiscal_year,
                                    proposed.etag, proposed.reason));
        return PlannedReply{
            .reply = ReplyOf(draft, context, record).SerializeAsString(),
            .audit_detail = AuditOf(record)};
      },
      response);
}

absl::Status RegistryWriter::CreateLineageEvent(
    const platform::CallContext& call,
    const v1::CreateLineageEventRequest& request, v1::LineageEvent& response) {
  WELFARE_ASSIGN_OR_RETURN(const LineageProposal proposal, FromProto(request));
  return Change(
      MakeWriteRequest(call, request, request.request_id(),
                       "CreateLineageEvent", "lineageEvents"),
      request.validate_only(),
      [&](Draft& draft,
          const WriteContext& context) -> absl::StatusOr<PlannedReply> {
        WELFARE_ASSIGN_OR_RETURN(const LineageEvent event,
                                 RecordLineage(draft, proposal));
        return ReplyOf(context, event);
      },
      response);
}

absl::Status RegistryWriter::RetractLineageEvent(
    const platform::CallContext& call,
    const v1::RetractLineageEventRequest& request, v1::LineageEvent& response) {
  WELFARE_ASSIGN_OR_RETURN(const ProposedLineageRetraction proposed,
                           FromProto(request));
  return Change(
      MakeWriteRequest(call, request, request.request_id(),
                       "RetractLineageEvent", request.name()),
      request.validate_only(),
      [&](Draft& draft,
          const WriteContext& context) -> absl::StatusOr<PlannedReply> {
        WELFARE_ASSIGN_OR_RETURN(
            const LineageEvent event,
            RetractLineage(draft, proposed.number, proposed.reason));
        return ReplyOf(context, event);
      },
      response);
}

}  // namespace welfare::registry
