#include "services/registry/api/import_writer.h"

#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "services/base/coding/json_text.h"
#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/base/pages/page.h"
#include "services/platform/errors.h"
#include "services/platform/rpc/write_request.h"
#include "services/registry/errors.h"
#include "services/registry/faults.h"
#include "services/registry/files/import_plan.h"
#include "services/registry/municipality/text_rules.h"

namespace welfare::registry {
namespace {

// The physical line of the first record: 0 says the line after the header.
absl::StatusOr<std::size_t> FirstLine(const type::v1::CsvBatch& batch) {
  if (batch.first_line() < 0) return FirstLineInvalid(batch.first_line());
  return batch.first_line() == 0 ? std::size_t{2}
                                 : static_cast<std::size_t>(batch.first_line());
}

// The one text of an import that is not in its records; blank is none.
absl::StatusOr<std::string> KeepReason(std::string_view field,
                                       std::string_view reason) {
  auto kept = KeepText(reason, kMaxNoteBytes);
  if (!kept.ok()) return StatusInvalid({ViolationOf(field, kept.status())});
  return kept;
}

absl::Status CheckSourceFile(std::string_view name) {
  const auto kept = KeepText(name, kMaxFileNameBytes);
  return kept.ok() ? absl::OkStatus() : CsvInvalid(kept.status());
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

base::JsonObject AuditDetail(const ImportCounts& counts) {
  return base::JsonObject()
      .Add("rows", counts.rows)
      .Add("created", counts.created)
      .Add("updated", counts.updated)
      .Add("unchanged", counts.unchanged)
      .Add("deleted", counts.deleted)
      .Add("rejected", counts.rejected);
}

// Everything but request_id and version.
type::v1::ImportResult ReplyOf(const ImportPlan& plan,
                               std::string_view source_file) {
  type::v1::ImportResult result;
  type::v1::ImportCounts& counts = *result.mutable_counts();
  counts.set_rows(plan.counts.rows);
  counts.set_created(plan.counts.created);
  counts.set_updated(plan.counts.updated);
  counts.set_unchanged(plan.counts.unchanged);
  counts.set_deleted(plan.counts.deleted);
  counts.set_rejected(plan.counts.rejected);
  result.set_rejected_as_whole(plan.rejected_as_whole);
  result.set_rejects_total(static_cast<std::int32_t>(plan.rejects_total));
  for (const Reject& reject : plan.rejects) {
    type::v1::ImportReject& line = *result.add_rejects();
    line.set_source_file(std::string(source_file));
    line.set_source_line(static_cast<std::int32_t>(reject.line));
    line.set_record(reject.record);
    line.set_column(reject.column);
    line.set_value(reject.value);
    line.set_reason_code(reject.reason);
    line.set_message(reject.message);
    line.set_raw_record(reject.raw_record);
  }
  return result;
}

}  // namespace

ImportWriter::ImportWriter(HistoryWriter& history, const LiveHistory& live,
                           const ProgramCatalog& catalog,
                           platform::MetricsRegistry& metrics)
    : history_(history),
      live_(live),
      catalog_(catalog),
      municipality_rows_(MakeCounters(metrics, "municipalities")),
      status_rows_(MakeCounters(metrics, "status_records")) {}

ImportWriter::RowCounters ImportWriter::MakeCounters(
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

template <typename Request, typename Row, typename Parse, typename Plan>
absl::Status ImportWriter::Import(
    const platform::CallContext& call, const Request& request,
    std::string_view method, std::string_view resource, ImportFile<Row>& file,
    bool alone, const Parse& parse, const Plan& plan, RowCounters& counters,
    platform::SharedBytes& reply) {
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
  WELFARE_ASSIGN_OR_RETURN(platform::WriteRequest write,
                           platform::MakeWriteRequest(call, request));
  // One import, by whichever of its two methods it comes.
  write.key.method = method;
  if (whole) {
    // A repeat is one of the whole file.
    file.bodies_digest = base::Sha256Hex(file.bodies_digest + write.key.body);
    write.key.body = file.bodies_digest;
    file.pending.Append(std::move(parsed));
    if (!last) {
      type::v1::ImportResult taken;
      taken.set_request_id(request.request_id());
      taken.mutable_counts();
      taken.set_version(live_.Head()->version());
      taken.set_validate_only(request.validate_only());
      reply = platform::Share(taken.SerializeAsString());
      return absl::OkStatus();
    }
    parsed = std::move(file.pending);
  }
  const bool validate_only = request.validate_only();
  // Set by the plan that ran last; stays empty when the reply is a stored one.
  std::optional<ImportCounts> counts;
  std::optional<RecordKeys> keys;
  WELFARE_ASSIGN_OR_RETURN(
      platform::WritePath::Outcome outcome,
      history_.Run(
          write, validate_only,
          [&](const WriteContext& context) -> absl::StatusOr<WritePlan> {
            ImportPlan planned = plan(context.current, parsed, whole);
            counts = planned.counts;
            keys = std::move(planned.keys);
            type::v1::ImportResult result =
                ReplyOf(planned, batch.source_file());
            if (planned.rejects_go_on.has_value()) {
              result.set_next_rejects_token(
                  RejectsToken(*planned.rejects_go_on, scope));
            }
            result.set_request_id(request.request_id());
            result.set_version(planned.changes.empty() || validate_only
                                   ? context.current.version()
                                   : context.version);
            result.set_validate_only(validate_only);
            return WritePlan{.changes = std::move(planned.changes),
                             .resource = std::string(resource),
                             .audit_detail = AuditDetail(planned.counts),
                             .reply = result.SerializeAsString()};
          }));
  reply = platform::Share(std::move(outcome.reply));
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

absl::Status ImportWriter::ImportMunicipalities(
    const platform::CallContext& call,
    const v1::ImportMunicipalitiesRequest& request,
    ImportFile<MunicipalityRow>& file, bool alone,
    platform::SharedBytes& reply) {
  WELFARE_ASSIGN_OR_RETURN(const std::string reason,
                           KeepReason("reason", request.reason()));
  return Import(
      call, request, "ImportMunicipalities", "municipalities", file, alone,
      [&](std::string_view csv, std::size_t first_line,
          const RejectList::Position& after) {
        return ParseMunicipalities(csv, first_line, file.seen, after);
      },
      [&](const History& current, const auto& records, bool whole) {
        return PlanMunicipalities(
            current, records,
            {.reason = reason, .whole = whole, .keys_before = &file.keys});
      },
      municipality_rows_, reply);
}

absl::Status ImportWriter::ImportStatusRecords(
    const platform::CallContext& call,
    const v1::ImportStatusRecordsRequest& request, ImportFile<StatusRow>& file,
    bool alone, platform::SharedBytes& reply) {
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reason,
      KeepReason("correction_reason", request.correction_reason()));
  return Import(
      call, request, "ImportStatusRecords", "programs", file, alone,
      [&](std::string_view csv, std::size_t first_line,
          const RejectList::Position& after) {
        return ParseStatusRecords(csv, first_line, catalog_, file.seen, after);
      },
      [&](const History& current, const auto& records, bool whole) {
        return PlanStatusRecords(
            current, records,
            {.reason = reason, .whole = whole, .keys_before = &file.keys});
      },
      status_rows_, reply);
}

}  // namespace welfare::registry
