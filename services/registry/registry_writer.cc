#include "services/registry/registry_writer.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/log.h"
#include "services/registry/convert.h"
#include "services/registry/errors.h"
#include "services/registry/status_rules.h"

namespace welfare::registry {
namespace {

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
      .body = DeterministicBytes(message),
      .actor = call.identity.subject,
      .resource = std::string(resource),
      .limits = {.deadline = call.limits.deadline, .stop = call.limits.stop}};
}

// The physical line of the first record: 0 says the line after the header.
absl::StatusOr<std::size_t> FirstLine(const type::v1::CsvBatch& batch) {
  if (batch.first_line() < 0) return FirstLineInvalid(batch.first_line());
  return batch.first_line() == 0 ? std::size_t{2}
                                 : static_cast<std::size_t>(batch.first_line());
}

std::string AuditDetail(const ImportCounts& counts) {
  return "{\"rows\":" + std::to_string(counts.rows) +
         ",\"created\":" + std::to_string(counts.created) +
         ",\"updated\":" + std::to_string(counts.updated) +
         ",\"unchanged\":" + std::to_string(counts.unchanged) +
         ",\"deleted\":" + std::to_string(counts.deleted) +
         ",\"rejected\":" + std::to_string(counts.rejected) + "}";
}

// What a proposed record does to `context`'s state.
absl::StatusOr<WritePlan> PlanRecord(const ProposedStatus& proposed,
                                     const WriteContext& context) {
  using Outcome = StatusDecision::Outcome;
  const RegistryView view = context.current.AtHead();
  const MunicipalityRecord* municipality =
      view.FindMunicipality(proposed.municipality);
  if (municipality == nullptr) {
    return MunicipalityNotFound(proposed.municipality, view.version());
  }
  const base::MunicipalityCode& id = municipality->first_code;
  const base::FiscalYear year = proposed.proposal.fiscal_year;
  WELFARE_ASSIGN_OR_RETURN(
      const StatusDecision decision,
      DecideStatus(view.Surroundings(proposed.program, id, year),
                   proposed.proposal));
  if (decision.outcome == Outcome::kUnchanged) {
    const StatusRecord& known = *view.FindStatus(proposed.program, id, year);
    return WritePlan{
        .changes = {},
        .audit_detail = "",
        .reply =
            ToProto(known, context.current.commit(known.version).recorded_time)
                .SerializeAsString()};
  }
  StatusRecord record{.program = proposed.program,
                      .municipality_id = municipality->id,
                      .municipality = id,
                      .fiscal_year = year,
                      .facts = proposed.proposal.facts,
                      .note = proposed.proposal.note,
                      .reason = proposed.proposal.reason,
                      .correction = decision.correction,
                      .version = context.version};
  WritePlan plan;
  plan.reply = ToProto(record, context.recorded_time).SerializeAsString();
  plan.audit_detail =
      "{\"fiscal_year\":" + year.ToString() + ",\"implementing\":\"" +
      std::string(ToString(record.facts.implementing)) +
      "\",\"preparation\":\"" +
      std::string(ToString(record.facts.preparation)) +
      "\",\"correction\":" + (record.correction ? "true" : "false") + "}";
  plan.changes.statuses.push_back(std::move(record));
  return plan;
}

}  // namespace

RegistryWriter::RegistryWriter(RegistryStore& store, LiveHistory& live,
                               const base::Clock& clock,
                               platform::MetricsRegistry& metrics)
    : store_(store),
      live_(live),
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
          .rejected = counter("rejected")};
}

absl::StatusOr<std::string> RegistryWriter::Run(WriteRequest request,
                                                bool validate_only,
                                                const PlanWrite& plan) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id));
  const HistoryPtr head = live_.Head();
  if (validate_only) {
    // Version 0: nothing is made.
    WELFARE_ASSIGN_OR_RETURN(
        WritePlan planned,
        plan({.current = *head, .version = 0, .recorded_time = {}}));
    return std::move(planned.reply);
  }
  const LiveHistory::PendingWrite pending(live_, clock_.Now());
  WELFARE_ASSIGN_OR_RETURN(std::string reply,
                           store_.Write(request, *head, plan));
  // The change is stored whatever happens now; readers that do not see it yet
  // will within a second, when the module looks again.
  if (absl::Status seen = live_.CatchUp(request.limits); !seen.ok()) {
    platform::LogStatus(platform::LogLevel::kWarning,
                        "a stored change is not shown yet", seen);
  }
  return reply;
}

absl::Status RegistryWriter::RecordStatus(
    const platform::CallContext& call, const v1::RecordStatusRequest& request,
    v1::StatusRecord& response) {
  WELFARE_ASSIGN_OR_RETURN(const ProposedStatus proposed, FromProto(request));
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      Run(MakeWriteRequest(
              call, request, request.request_id(), "RecordStatus",
              request.parent() + "/" + request.status_record().municipality()),
          request.validate_only(), [&](const WriteContext& context) {
            return PlanRecord(proposed, context);
          }));
  response.ParseFromString(reply);
  return absl::OkStatus();
}

absl::Status RegistryWriter::Import(
    const platform::CallContext& call, WriteRequest request,
    const type::v1::CsvBatch& batch, bool validate_only,
    const std::function<ImportPlan(const History&)>& plan,
    RowCounters& counters, type::v1::ImportResult& response) {
  if (call.cancelled()) return platform::Cancelled("an import");
  const std::string request_id = request.request_id;
  // Set by the plan that ran last; stays empty when the reply is a stored one.
  std::optional<ImportCounts> counts;
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      Run(std::move(request), validate_only,
          [&](const WriteContext& context) -> absl::StatusOr<WritePlan> {
            ImportPlan planned = plan(context.current);
            counts = planned.counts;
            type::v1::ImportResult result =
                ToProto(planned, batch.source_file());
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
  if (counts.has_value() && !validate_only) {
    counters.created.Increment(counts->created);
    counters.updated.Increment(counts->updated);
    counters.unchanged.Increment(counts->unchanged);
    counters.rejected.Increment(counts->rejected);
  }
  return absl::OkStatus();
}

absl::Status RegistryWriter::ImportMunicipalities(
    const platform::CallContext& call,
    const v1::ImportMunicipalitiesRequest& request, SeenRecords& seen,
    type::v1::ImportResult& response) {
  WELFARE_ASSIGN_OR_RETURN(const std::size_t first_line,
                           FirstLine(request.batch()));
  WELFARE_ASSIGN_OR_RETURN(
      const auto parsed,
      ParseMunicipalities(request.batch().csv(), first_line, seen));
  return Import(
      call,
      MakeWriteRequest(call, request, request.request_id(),
                       "ImportMunicipalities", "municipalities"),
      request.batch(), request.validate_only(),
      [&](const History& current) {
        return PlanMunicipalities(current, parsed);
      },
      municipality_rows_, response);
}

absl::Status RegistryWriter::ImportStatusRecords(
    const platform::CallContext& call,
    const v1::ImportStatusRecordsRequest& request, SeenRecords& seen,
    type::v1::ImportResult& response) {
  WELFARE_ASSIGN_OR_RETURN(const std::size_t first_line,
                           FirstLine(request.batch()));
  if (absl::Status fault =
          CheckText(request.correction_reason(), kMaxNoteBytes);
      !fault.ok()) {
    return StatusInvalid({{"correction_reason", base::ReasonOf(fault),
                           std::string(base::MessageOf(fault))}});
  }
  WELFARE_ASSIGN_OR_RETURN(
      const auto parsed,
      ParseStatusRecords(request.batch().csv(), first_line, seen));
  return Import(
      call,
      MakeWriteRequest(call, request, request.request_id(),
                       "ImportStatusRecords", "programs"),
      request.batch(), request.validate_only(),
      [&](const History& current) {
        return PlanStatusRecords(current, parsed, request.correction_reason());
      },
      status_rows_, response);
}

}  // namespace welfare::registry
