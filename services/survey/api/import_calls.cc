#include "services/survey/api/survey_api.h"

#include <optional>
#include <set>
#include <utility>

#include "services/base/error.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/errors.h"
#include "services/survey/files/submission_csv.h"
#include "services/survey/files/submission_importer.h"

namespace welfare::survey {
namespace {

type::v1::ImportResult ToProto(const ImportOutcome& outcome) {
  type::v1::ImportResult result;
  type::v1::ImportCounts& counts = *result.mutable_counts();
  counts.set_rows(outcome.counts.rows);
  counts.set_created(outcome.counts.created);
  counts.set_updated(outcome.counts.updated);
  counts.set_unchanged(outcome.counts.unchanged);
  counts.set_deleted(outcome.counts.deleted);
  counts.set_rejected(outcome.counts.rejected);
  for (const ImportReject& reject : outcome.rejects) {
    type::v1::ImportReject& one = *result.add_rejects();
    one.set_source_file(reject.source_file);
    one.set_source_line(reject.line);
    one.set_record(reject.record);
    one.set_column(reject.column);
    one.set_value(reject.value);
    one.set_reason_code(reject.reason);
    one.set_message(reject.message);
    one.set_raw_record(reject.raw);
  }
  result.set_version(outcome.revision);
  return result;
}

absl::StatusOr<CsvText> ToCsvText(std::string_view field,
                                  const type::v1::CsvBatch& batch) {
  if (batch.first_line() < 0) {
    return FirstLineInvalid(field, batch.first_line());
  }
  return CsvText{.csv = batch.csv(),
                 .first_line = batch.first_line() == 0 ? 2 : batch.first_line(),
                 .source_file = batch.source_file()};
}

}  // namespace

absl::Status SurveyApi::ImportSubmissions(
    const Call& call, const v1::ImportSubmissionsRequest& request,
    type::v1::ImportResult& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(const CsvText answers,
                           ToCsvText("batch", request.batch()));
  WELFARE_ASSIGN_OR_RETURN(const CsvText headers,
                           ToCsvText("headers", request.headers()));
  WELFARE_ASSIGN_OR_RETURN(ImportBatch batch,
                           ReadImportBatch(answers, headers));
  const base::Timestamp now = d_.clock.Now();
  std::optional<ImportPlan> plan;
  ImportOutcome dry;
  WELFARE_RETURN_IF_ERROR(
      d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(
            plan, ImportPlan::Make(store, d_.content, std::move(batch)));
        if (!request.validate_only()) return absl::OkStatus();
        WELFARE_ASSIGN_OR_RETURN(dry, plan->Run(store, nullptr, now));
        return absl::OkStatus();
      }));
  if (request.validate_only()) {
    response = ToProto(dry);
    response.set_request_id(request.request_id());
    response.set_validate_only(true);
    return absl::OkStatus();
  }
  std::set<base::RoundName> touched;
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      d_.store.Change(Limits(call),
                      MakeChange(call, "ImportSubmissions", request, now),
                      [&](StoreWriter& store) -> absl::StatusOr<std::string> {
                        WELFARE_ASSIGN_OR_RETURN(const ImportOutcome outcome,
                                                 plan->Run(store, &store, now));
                        touched.clear();
                        for (const auto& [round, revision] : outcome.rounds) {
                          touched.insert(round);
                        }
                        return ToProto(outcome).SerializeAsString();
                      }));
  response.ParseFromString(reply);
  response.set_request_id(request.request_id());
  for (const base::RoundName& round : touched) Announce(call, round);
  return absl::OkStatus();
}

}  // namespace welfare::survey
