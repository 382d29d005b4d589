#include "services/registry/api/registry_writer.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/base/pages/page.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/rpc/deterministic_bytes.h"
#include "services/registry/api/convert.h"
#include "services/registry/api/requests.h"
#include "services/registry/errors.h"
#include "services/registry/faults.h"
#include "services/registry/files/import_plan.h"
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
  if (!plain || id.size() > kMaxRequestId) return RequestIdInvalid(id);
  return absl::OkStatus();
}

WriteRequest MakeWriteRequest(const platform::CallContext& call,
                              const google::protobuf::MessageLite& message,
                              std::string_view request_id,
                              std::string_view method,
                              std::string_view resource) {
  return {
      .request_id = std::string(request_id),
      .method = std::string(method),
      .body = platform::DeterministicBytes(message),
      .actor = call.identity.subject,
      .resource = std::string(resource),
      .limits = call.limits};
}

// The physical line of the first record: 0 says the line after the header.
absl::StatusOr<std::size_t> FirstLine(const type::v1::CsvBatch& batch) {
  if (batch.first_line() < 0) return FirstLineInvalid(batch.first_line());
  return batch.first_line() == 0 ? std::size_t{2}
                                 : static_cast<std::size_t>(batch.first_line());
}

// The one text of an import that is not in its records.
absl::Status CheckReason(std::string_view field, std::string_view reason) {
  absl::Status fault = CheckText(reason, kMaxNoteBytes);
  if (fault.ok()) return fault;
  return StatusInvalid({{std::string(field), base::ReasonOf(fault),
                         std::string(base::MessageOf(fault))}});
}

absl::Status CheckSourceFile(std::string_view name) {
  absl::Status fault = CheckText(name, kMaxFileNameBytes);
  if (fault.ok()) return fault;
  return CsvInvalid(fault);
}

// What a token of rejects is bound to: the batch; of a file that is one
// transaction, whose batches come one by one, its header line.
std::string RejectsScope(std::string_view method, std::string_view csv,
                         bool whole) {
  if (whole) csv = csv.substr(0, csv.find('\n'));
  return std::string(method) + " rejects " + base::Sha256Hex(csv);
}

std::string RejectsToken(const RejectList::Position& position,
                         const std::string& scope) {
  return base::EncodePageToken(
      std::to_string(position.first) + "/" + std::to_string(position.second),
      scope);
}

// The position behind which the rejects of an answer begin.
template <typename Request>
absl::StatusOr<RejectList::Position> RejectsAfter(const Request& request,
                                                  const std::string& scope) {
  if (request.rejects_token().empty()) return RejectList::Position();
  const auto key = base::DecodePageToken(request.rejects_token(), scope);
  if (!key.ok() || !request.validate_only()) return RejectsTokenInvalid();
  RejectList::Position position;
  const char* const end = key->data() + key->size();
  const auto record = std::from_chars(key->data(), end, position.first);
  if (record.ec != std::errc() || record.ptr == end || *record.ptr != '/') {
    return RejectsTokenInvalid();
  }
  const auto number = std::from_chars(record.ptr + 1, end, position.second);
  if (number.ec != std::errc() || number.ptr != end) {
    return RejectsTokenInvalid();
  }
  return position;
}

std::string AuditDetail(const ImportCounts& counts) {
  return "{\"rows\":" + std::to_string(counts.rows) +
         ",\"created\":" + std::to_string(counts.created) +
         ",\"updated\":" + std::to_string(counts.updated) +
         ",\"unchanged\":" + std::to_string(counts.unchanged) +
         ",\"deleted\":" + std::to_string(counts.deleted) +
         ",\"rejected\":" + std::to_string(counts.rejected) + "}";
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

RegistryWriter::RegistryWriter(RegistryStore& store, LiveHistory& live,
                               const ProgramCatalog& catalog,
                               const base::Clock& clock,
                               platform::MetricsRegistry& metrics)
    : store_(store),
      live_(live),
      catalog_(catalog),
      clock_(clock),
      municipality_rows_(MakeCounters(metrics, "municipalities")),
      status_rows_(MakeCounters(metrics, "status_records")) {}

RegistryWriter::RowCounters RegistryWriter::MakeCounters(
    platform::MetricsRegistry& metrics, const std::string& file) {
  const auto counter = [&](const std::string& outcome) -> platform::Counter& {
    return metrics.AddCounter("welfare_registry_import_rows_total",
                              "Records of imported files by outcome; dry runs "
                              "are not counted.",
                              {{"file", file}, {"outcome", outcome}});
  };
  return {.created = counter("created"),
          .updated = counter("updated"),
          .unchanged = counter("unchanged"),
          .deleted = counter("deleted"),
          .rejected = counter("rejected")};
}

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
    return StatusInvalid({{"status_record.fiscal_year", base::ReasonOf(fault),
                           std::string(base::MessageOf(fault))}});
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

template <typename Request, typename Row, typename Parse, typename Plan>
absl::Status RegistryWriter::Import(
    const platform::CallContext& call, const Request& request,
    std::string_view method, std::string_view resource, ImportFile<Row>& file,
    bool alone, const Parse& parse, const Plan& plan, RowCounters& counters,
    type::v1::ImportResult& response) {
  if (call.cancelled()) return platform::Cancelled("an import");
  const type::v1::CsvBatch& batch = request.batch();
  WELFARE_ASSIGN_OR_RETURN(const std::size_t first_line, FirstLine(batch));
  WELFARE_RETURN_IF_ERROR(CheckSourceFile(batch.source_file()));
  const bool whole = request.transaction() == v1::IMPORT_TRANSACTION_FILE;
  const bool last = alone || request.end_of_file();
  const std::string scope = RejectsScope(method, batch.csv(), whole);
  WELFARE_ASSIGN_OR_RETURN(const RejectList::Position after,
                           RejectsAfter(request, scope));
  WELFARE_RETURN_IF_ERROR(Continue(file, batch.csv(), whole, last));
  if (whole && file.pending.rows == 0) {
    file.pending.rejects = RejectList(after);
  }
  WELFARE_ASSIGN_OR_RETURN(
      ParsedBatch<Row> parsed,
      parse(batch.csv(), first_line,
            whole ? file.pending.RejectsAfterIn(after) : after));
  WELFARE_RETURN_IF_ERROR(CountRecords(file, parsed.rows));
  WriteRequest write =
      MakeWriteRequest(call, request, request.request_id(), method, resource);
  if (whole) {
    // A repeat is one of the whole file.
    file.bodies_digest = base::Sha256Hex(file.bodies_digest + write.body);
    write.body = file.bodies_digest;
    file.pending.Append(std::move(parsed));
    if (!last) {
      response.set_request_id(request.request_id());
      response.mutable_counts();
      response.set_version(live_.Head()->version());
      response.set_validate_only(request.validate_only());
      return absl::OkStatus();
    }
    parsed = std::move(file.pending);
  }
  const std::string request_id = write.request_id;
  const bool validate_only = request.validate_only();
  // Set by the plan that ran last; stays empty when the reply is a stored one.
  std::optional<ImportCounts> counts;
  std::optional<RecordKeys> keys;
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      Run(write, validate_only,
          [&](const WriteContext& context) -> absl::StatusOr<WritePlan> {
            ImportPlan planned = plan(context.current, parsed, whole);
            counts = planned.counts;
            keys = std::move(planned.keys);
            type::v1::ImportResult result =
                ToProto(planned, batch.source_file());
            if (planned.rejects_go_on.has_value()) {
              result.set_next_rejects_token(
                  RejectsToken(*planned.rejects_go_on, scope));
            }
            result.set_request_id(request_id);
            result.set_version(planned.changes.empty() || validate_only
                                   ? context.current.version()
                                   : context.version);
            result.set_validate_only(validate_only);
            return WritePlan{.changes = std::move(planned.changes),
                             .audit_detail = AuditDetail(planned.counts),
                             .reply = result.SerializeAsString()};
          }));
  response.ParseFromString(reply);
  if (!alone) {
    if (!keys.has_value()) {
      // A repeat was not planned; what it speaks of still counts.
      keys = plan(*live_.Head(), parsed, whole).keys;
    }
    file.keys.merge(*keys);
  }
  if (counts.has_value() && !validate_only) {
    counters.created.Increment(counts->created);
    counters.updated.Increment(counts->updated);
    counters.unchanged.Increment(counts->unchanged);
    counters.deleted.Increment(counts->deleted);
    counters.rejected.Increment(counts->rejected);
  }
  return absl::OkStatus();
}

absl::Status RegistryWriter::ImportMunicipalities(
    const platform::CallContext& call,
    const v1::ImportMunicipalitiesRequest& request,
    ImportFile<MunicipalityRow>& file, bool alone,
    type::v1::ImportResult& response) {
  WELFARE_RETURN_IF_ERROR(CheckReason("reason", request.reason()));
  return Import(
      call, request, "ImportMunicipalities", "municipalities", file, alone,
      [&](std::string_view csv, std::size_t first_line,
          const RejectList::Position& after) {
        return ParseMunicipalities(csv, first_line, file.seen, after);
      },
      [&](const History& current, const auto& records, bool whole) {
        return PlanMunicipalities(current, records,
                                  {.reason = request.reason(),
                                   .whole = whole,
                                   .keys_before = &file.keys});
      },
      municipality_rows_, response);
}

absl::Status RegistryWriter::ImportStatusRecords(
    const platform::CallContext& call,
    const v1::ImportStatusRecordsRequest& request, ImportFile<StatusRow>& file,
    bool alone, type::v1::ImportResult& response) {
  WELFARE_RETURN_IF_ERROR(
      CheckReason("correction_reason", request.correction_reason()));
  return Import(
      call, request, "ImportStatusRecords", "programs", file, alone,
      [&](std::string_view csv, std::size_t first_line,
          const RejectList::Position& after) {
        return ParseStatusRecords(csv, first_line, catalog_, file.seen, after);
      },
      [&](const History& current, const auto& records, bool whole) {
        return PlanStatusRecords(current, records,
                                 {.reason = request.correction_reason(),
                                  .whole = whole,
                                  .keys_before = &file.keys});
      },
      status_rows_, response);
}

}  // namespace welfare::registry
