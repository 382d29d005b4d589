#include "services/registry/api/registry_writer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "services/base/coding/json_text.h"
#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/platform/rpc/write_request.h"
#include "services/registry/api/convert.h"
#include "services/registry/api/requests.h"
#include "services/registry/errors.h"
#include "services/registry/faults.h"
#include "services/registry/history/plans.h"

namespace welfare::registry {
namespace {

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

v1::LineageEvent ReplyOf(const WriteContext& context, LineageEvent event) {
  event.version = context.version;
  return ToProto(event, context.recorded_time);
}

base::JsonObject AuditOf(const StatusRecord& record) {
  base::JsonObject detail;
  detail.Add("fiscal_year", record.fiscal_year.value())
      .Add("implementing", FileWord(record.facts.implementing))
      .Add("preparation", FileWord(record.facts.preparation))
      .Add("correction", record.correction)
      .Add("retracted", record.retracted);
  if (record.restores != 0) detail.Add("restored_version", record.restores);
  return detail;
}

base::JsonObject AuditOf(const LineageEvent& event) {
  return base::JsonObject()
      .Add("number", event.number)
      .Add("kind", ToString(event.kind))
      .Add("fiscal_year", event.fiscal_year.value())
      .Add("retracted", event.retracted);
}

}  // namespace

template <typename Request>
absl::Status RegistryWriter::Change(const platform::CallContext& call,
                                    const Request& request,
                                    const PlanChange& plan,
                                    platform::SharedBytes& reply) {
  WELFARE_ASSIGN_OR_RETURN(const platform::WriteRequest write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(
      platform::WritePath::Outcome outcome,
      history_.Run(
          write, request.validate_only(),
          [&](const WriteContext& context) -> absl::StatusOr<WritePlan> {
            Draft draft(context.current);
            WELFARE_ASSIGN_OR_RETURN(WritePlan planned, plan(draft, context));
            planned.changes = draft.TakeChanges();
            return planned;
          }));
  reply = platform::Share(std::move(outcome.reply));
  return absl::OkStatus();
}

absl::Status RegistryWriter::CreateMunicipality(
    const platform::CallContext& call,
    const v1::CreateMunicipalityRequest& request,
    platform::SharedBytes& reply) {
  WELFARE_ASSIGN_OR_RETURN(const ProposedMunicipality proposed,
                           FromProto(request));
  const base::MunicipalityCode& code = proposed.facts.code;
  return Change(
      call, request,
      [&](Draft& draft,
          const WriteContext& context) -> absl::StatusOr<WritePlan> {
        WELFARE_RETURN_IF_ERROR(registry::CreateMunicipality(
            draft, proposed.facts, proposed.first_year, proposed.provenance));
        return WritePlan{
            .changes = {},
            .resource = base::MunicipalityName{code}.ToString(),
            .audit_detail = base::JsonObject().Add("first_fiscal_year",
                                                   proposed.first_year.value()),
            .reply = ReplyOf(draft, context, *draft.FindMunicipality(code),
                             proposed.first_year)
                         .SerializeAsString()};
      },
      reply);
}

absl::Status RegistryWriter::UpdateMunicipality(
    const platform::CallContext& call,
    const v1::UpdateMunicipalityRequest& request,
    platform::SharedBytes& reply) {
  WELFARE_ASSIGN_OR_RETURN(const MunicipalityUpdate update, FromProto(request));
  return Change(
      call, request,
      [&](Draft& draft,
          const WriteContext& context) -> absl::StatusOr<WritePlan> {
        WELFARE_RETURN_IF_ERROR(
            registry::UpdateMunicipality(draft, update).status());
        const Municipality& changed = *draft.FindMunicipality(update.code);
        return WritePlan{
            .changes = {},
            .resource = request.municipality().name(),
            .audit_detail = base::JsonObject().Add("first_fiscal_year",
                                                   request.first_fiscal_year()),
            .reply = ReplyOf(draft, context, changed,
                             update.valid_from.value_or(changed.Last().first))
                         .SerializeAsString()};
      },
      reply);
}

absl::Status RegistryWriter::DeleteMunicipality(
    const platform::CallContext& call,
    const v1::DeleteMunicipalityRequest& request,
    platform::SharedBytes& reply) {
  WELFARE_ASSIGN_OR_RETURN(const ProposedDeletion proposed, FromProto(request));
  return Change(
      call, request,
      [&](Draft& draft, const WriteContext&) -> absl::StatusOr<WritePlan> {
        WELFARE_RETURN_IF_ERROR(registry::DeleteMunicipality(
            draft, proposed.code, proposed.etag, {.reason = proposed.reason}));
        // The reply is empty.
        return WritePlan{.changes = {},
                         .resource = request.name(),
                         .audit_detail = {},
                         .reply = ""};
      },
      reply);
}

absl::Status RegistryWriter::RecordStatus(
    const platform::CallContext& call, const v1::RecordStatusRequest& request,
    platform::SharedBytes& reply) {
  WELFARE_ASSIGN_OR_RETURN(const ProposedStatus proposed, FromProto(request));
  WELFARE_RETURN_IF_ERROR(catalog_.Check(proposed.program));
  if (absl::Status fault =
          catalog_.Check(proposed.program, proposed.proposal.fiscal_year);
      !fault.ok()) {
    return StatusInvalid(
        {base::ViolationOf("status_record.fiscal_year", fault)});
  }
  return Change(
      call, request,
      [&](Draft& draft,
          const WriteContext& context) -> absl::StatusOr<WritePlan> {
        WELFARE_RETURN_IF_ERROR(registry::RecordStatus(draft, proposed.program,
                                                       proposed.municipality,
                                                       proposed.proposal,
                                                       proposed.etag)
                                    .status());
        const StatusRecord& record = *draft.FindStatus(
            proposed.program,
            draft.FindMunicipality(proposed.municipality)->first_code,
            proposed.proposal.fiscal_year);
        return WritePlan{
            .changes = {},
            .resource =
                request.parent() + "/" + request.status_record().municipality(),
            .audit_detail = AuditOf(record),
            .reply = ReplyOf(draft, context, record).SerializeAsString()};
      },
      reply);
}

absl::Status RegistryWriter::RetractStatus(
    const platform::CallContext& call, const v1::RetractStatusRequest& request,
    platform::SharedBytes& reply) {
  WELFARE_ASSIGN_OR_RETURN(const ProposedRetraction proposed,
                           FromProto(request));
  WELFARE_RETURN_IF_ERROR(catalog_.Check(proposed.program));
  return Change(
      call, request,
      [&](Draft& draft,
          const WriteContext& context) -> absl::StatusOr<WritePlan> {
        WELFARE_ASSIGN_OR_RETURN(
            const StatusRecord record,
            registry::RetractStatus(draft, proposed.program,
                                    proposed.municipality, proposed.fiscal_year,
                                    proposed.etag, proposed.reason));
        return WritePlan{
            .changes = {},
            .resource = request.parent() + "/" + request.municipality(),
            .audit_detail = AuditOf(record),
            .reply = ReplyOf(draft, context, record).SerializeAsString()};
      },
      reply);
}

absl::Status RegistryWriter::CreateLineageEvent(
    const platform::CallContext& call,
    const v1::CreateLineageEventRequest& request,
    platform::SharedBytes& reply) {
  WELFARE_ASSIGN_OR_RETURN(const LineageProposal proposal, FromProto(request));
  return Change(
      call, request,
      [&](Draft& draft,
          const WriteContext& context) -> absl::StatusOr<WritePlan> {
        WELFARE_ASSIGN_OR_RETURN(const LineageEvent event,
                                 RecordLineage(draft, proposal));
        return WritePlan{.changes = {},
                         .resource = "lineageEvents",
                         .audit_detail = AuditOf(event),
                         .reply = ReplyOf(context, event).SerializeAsString()};
      },
      reply);
}

absl::Status RegistryWriter::RetractLineageEvent(
    const platform::CallContext& call,
    const v1::RetractLineageEventRequest& request,
    platform::SharedBytes& reply) {
  WELFARE_ASSIGN_OR_RETURN(const ProposedLineageRetraction proposed,
                           FromProto(request));
  return Change(
      call, request,
      [&](Draft& draft,
          const WriteContext& context) -> absl::StatusOr<WritePlan> {
        WELFARE_ASSIGN_OR_RETURN(
            const LineageEvent event,
            RetractLineage(draft, proposed.number, proposed.reason));
        return WritePlan{.changes = {},
                         .resource = request.name(),
                         .audit_detail = AuditOf(event),
                         .reply = ReplyOf(context, event).SerializeAsString()};
      },
      reply);
}

}  // namespace welfare::registry
