#include "services/registry/api/import_writer.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "services/base/coding/json_text.h"
#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/importing/csv_text.h"
#include "services/importing/errors.h"
#include "services/importing/outcome.h"
#include "services/importing/rejects_token.h"
#include "services/importing/reply/import_reply.h"
#include "services/importing/strategy.h"
#include "services/platform/errors.h"
#include "services/platform/rpc/write_request.h"
#include "services/registry/errors.h"
#include "services/registry/faults.h"
#include "services/registry/files/import_plan.h"
#include "services/registry/municipality/text_rules.h"

namespace welfare::registry {
namespace {

// The one text of an import that is not in its records; blank is none.
absl::StatusOr<std::string> KeepReason(std::string_view field,
                                       std::string_view reason) {
  auto kept = KeepText(reason, kMaxNoteBytes);
  if (!kept.ok())
    return StatusInvalid({base::ViolationOf(field, kept.status())});
  return kept;
}

// What a token of rejects is bound to: the batch and how it is laid over what
// is stored; of a file that is one transaction, whose batches come one by one,
// its header line.
std::string DigestOf(std::string_view method, std::string_view csv, bool whole,
                     type::v1::ImportStrategy strategy) {
  if (whole) csv = csv.substr(0, csv.find('\n'));
  const std::string& word = type::v1::ImportStrategy_Name(strategy);
  return importing::DigestOf(
      std::array<std::string_view, 3>{method, csv, word});
}

// Refuses a batch that was planned on another state than there is now.
absl::Status CheckBase(const importing::Base& planned, const History& current) {
  if (importing::IsAt(planned, current.incarnation(), current.version())) {
    return absl::OkStatus();
  }
  std::optional<importing::Mover> mover;
  if (planned.version >= 0 && planned.version < current.version() &&
      (planned.incarnation.empty() ||
       planned.incarnation == current.incarnation())) {
    const Commit& commit = current.commit(planned.version + 1);
    mover = importing::Mover{.actor = commit.actor,
                             .action = commit.action,
                             .time = commit.recorded_time};
  }
  return importing::BaseMoved("registry", planned, current.version(), mover);
}

base::JsonObject AuditDetail(const importing::ImportCounts& counts) {
  return base::JsonObject()
      .Add("rows", counts.rows)
      .Add("created", counts.created)
      .Add("updated", counts.updated)
      .Add("unchanged", counts.unchanged)
      .Add("deleted", counts.deleted)
      .Add("rejected", counts.rejected);
}

}  // namespace

ImportWriter::ImportWriter(HistoryWriter& history, const LiveHistory& live,
                           const ProgramCatalog& catalog,
                           const base::Clock& clock,
                           platform::MetricsRegistry& metrics)
    : history_(history),
      live_(live),
      catalog_(catalog),
      clock_(clock),
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
          .rejected = counter("rejected"),
          .last_success = metrics.AddGauge(
              "welfare_import_last_success_timestamp_seconds",
              "When an import last took something, in seconds since 1970; 0: "
              "not since the process started.",
              {{"file", file}})};
}

template <typename Request, typename Row, typename Parse, typename Plan>
absl::Status ImportWriter::Import(
    const platform::CallContext& call, const Request& request,
    std::string_view method, std::string_view resource, ImportFile<Row>& file,
    bool alone, const Parse& parse, const Plan& plan, RowCounters& counters,
    platform::SharedBytes& reply) {
  if (call.cancelled()) return platform::Cancelled("an import");
  WELFARE_ASSIGN_OR_RETURN(const importing::CsvText text,
                           importing::FromProto("batch", request.batch()));
  const bool whole = request.transaction() == v1::IMPORT_TRANSACTION_FILE;
  const bool last = alone || request.end_of_file();
  const std::string digest =
      DigestOf(method, text.csv, whole, request.strategy());
  WELFARE_ASSIGN_OR_RETURN(
      const importing::RejectList::Position after,
      importing::ReadRejectsToken(request.rejects_token(),
                                  request.validate_only(), digest));
  WELFARE_RETURN_IF_ERROR(Continue(file, text.csv, whole, last));
  ParsedBatch<Row> batch_alone;
  ParsedBatch<Row>& parsed = whole ? file.pending : batch_alone;
  const int rows_before = parsed.rows;
  if (rows_before == 0) {
    parsed.rejects =
        importing::RejectList(after, {std::string(text.source_file)});
  }
  WELFARE_RETURN_IF_ERROR(parse(text, parsed));
  WELFARE_RETURN_IF_ERROR(CountRecords(file, parsed.rows - rows_before));
  WELFARE_ASSIGN_OR_RETURN(platform::WriteRequest write,
                           platform::MakeWriteRequest(call, request));
  // One import, by whichever of its two methods it comes.
  write.key.method = method;
  if (whole) {
    // A repeat is one of the whole file.
    file.bodies_digest = base::Sha256Hex(file.bodies_digest + write.key.body);
    write.key.body = file.bodies_digest;
    if (!last) {
      type::v1::ImportResult taken;
      taken.set_request_id(request.request_id());
      taken.mutable_counts();
      taken.set_version(live_.Head()->version());
      taken.set_validate_only(request.validate_only());
      reply = platform::Share(taken.SerializeAsString());
      return absl::OkStatus();
    }
  }
  const bool validate_only = request.validate_only();
  const std::optional<importing::Base> planned_on =
      importing::FindBase(request.has_base(), request.base());
  // A dry run of several batches goes on from what the last one would leave. A
  // page of its faults is asked for with the state that it began with.
  const bool goes_on =
      validate_only && !alone && !whole && request.rejects_token().empty();
  if (goes_on && !file.dry) {
    file.dry = live_.Head();
    file.dry_version = file.dry->version();
  }
  Changes dry_changes;
  // Set by the plan that ran last; stays empty when the reply is a stored one.
  std::optional<importing::ImportCounts> counts;
  std::optional<RecordKeys> keys;
  WELFARE_ASSIGN_OR_RETURN(
      platform::WritePath::Outcome outcome,
      history_.Run(
          write, validate_only,
          [&](const WriteContext& context) -> absl::StatusOr<WritePlan> {
            if (planned_on) {
              WELFARE_RETURN_IF_ERROR(CheckBase(*planned_on, context.current));
            }
            const History& current = goes_on ? *file.dry : context.current;
            ImportPlan planned = plan(current, parsed, whole);
            counts = planned.counts;
            keys = std::move(planned.keys);
            WELFARE_ASSIGN_OR_RETURN(
                type::v1::ImportResult result,
                importing::ToProto(planned, digest, call.language));
            result.set_request_id(request.request_id());
            result.set_version(planned.changes.empty() || validate_only
                                   ? context.current.version()
                                   : context.version);
            result.set_validate_only(validate_only);
            result.set_incarnation(context.current.incarnation());
            importing::AddChanges(planned.shown, result);
            if (goes_on) {
              result.set_version(file.dry_version);
              dry_changes = planned.changes;
            }
            return WritePlan{.changes = std::move(planned.changes),
                             .resource = std::string(resource),
                             .audit_detail = AuditDetail(planned.counts),
                             .reply = result.SerializeAsString()};
          }));
  reply = platform::Share(std::move(outcome.reply));
  if (!dry_changes.empty()) {
    WELFARE_ASSIGN_OR_RETURN(file.dry,
                             WithChanges(*file.dry, std::move(dry_changes)));
  }
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
    if (counts->rows > counts->rejected) {
      counters.last_success.Set(static_cast<double>(clock_.Now().micros()) /
                                1e6);
    }
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
      [&](const importing::CsvText& text, auto& batch) {
        return ParseMunicipalities(
            text, file.seen, importing::FromProto(request.strategy()), batch);
      },
      [&](const History& current, const auto& records, bool whole) {
        return PlanMunicipalities(
            current, records,
            {.reason = reason,
             .whole = whole,
             .strategy = importing::FromProto(request.strategy()),
             .show_changes = importing::ChangesToShow(request.validate_only(),
                                                      request.show_changes()),
             .keys_before = &file.keys});
      },
      municipality_rows_, reply);
}

absl::Status ImportWriter::PlanBefore(
    const v1::ImportStatusRecordsRequest& request, const std::string& reason,
    ImportFile<StatusRow>& file) {
  SeenRecords seen;
  RecordKeys keys;
  const importing::Strategy strategy = importing::FromProto(request.strategy());
  for (const type::v1::CsvBatch& before : request.municipalities_before()) {
    WELFARE_ASSIGN_OR_RETURN(
        const importing::CsvText text,
        importing::FromProto("municipalities_before", before));
    ParsedBatch<MunicipalityRow> batch;
    WELFARE_RETURN_IF_ERROR(ParseMunicipalities(text, seen, strategy, batch));
    if (!file.dry) {
      file.dry = live_.Head();
      file.dry_version = file.dry->version();
    }
    ImportPlan planned = PlanMunicipalities(
        *file.dry, batch,
        {.reason = reason, .strategy = strategy, .keys_before = &keys});
    keys.merge(planned.keys);
    if (planned.changes.empty()) continue;
    WELFARE_ASSIGN_OR_RETURN(
        file.dry, WithChanges(*file.dry, std::move(planned.changes)));
  }
  return absl::OkStatus();
}

absl::Status ImportWriter::ImportStatusRecords(
    const platform::CallContext& call,
    const v1::ImportStatusRecordsRequest& request, ImportFile<StatusRow>& file,
    bool alone, platform::SharedBytes& reply) {
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reason,
      KeepReason("correction_reason", request.correction_reason()));
  if (request.validate_only() && !file.begun) {
    WELFARE_RETURN_IF_ERROR(PlanBefore(request, reason, file));
  }
  return Import(
      call, request, "ImportStatusRecords", "programs", file, alone,
      [&](const importing::CsvText& text, auto& batch) {
        return ParseStatusRecords(text, catalog_, file.seen,
                                  importing::FromProto(request.strategy()),
                                  batch);
      },
      [&](const History& current, const auto& records, bool whole) {
        return PlanStatusRecords(
            current, records,
            {.reason = reason,
             .whole = whole,
             .strategy = importing::FromProto(request.strategy()),
             .show_changes = importing::ChangesToShow(request.validate_only(),
                                                      request.show_changes()),
             .keys_before = &file.keys});
      },
      status_rows_, reply);
}

}  // namespace welfare::registry
