#include "services/survey/api/survey_api.h"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "services/base/error.h"
#include "services/survey/api/import_reply.h"
#include "services/survey/api/requests.h"
#include "services/survey/errors.h"
#include "services/survey/files/submission_csv.h"
#include "services/survey/files/submission_importer.h"

namespace welfare::survey {
namespace {

// Every reject repeats it.
constexpr std::size_t kLongestFileName = 1'000;

absl::StatusOr<CsvText> ToCsvText(std::string_view field,
                                  const type::v1::CsvBatch& batch) {
  if (batch.first_line() < 0) {
    return FirstLineInvalid(field, batch.first_line());
  }
  if (batch.source_file().size() > kLongestFileName) {
    return FileNameTooLong(field);
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
  WELFARE_ASSIGN_OR_RETURN(const RejectList::Position after,
                           ReadRejectsToken(request));
  WELFARE_ASSIGN_OR_RETURN(ImportBatch batch,
                           ReadImportBatch(answers, headers, after));
  const std::vector<std::string> unplaced(request.unplaced_items().begin(),
                                          request.unplaced_items().end());
  std::optional<ImportPlan> plan;
  ImportOutcome dry;
  WELFARE_RETURN_IF_ERROR(
      d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(
            plan,
            ImportPlan::Make(store, d_.content, std::move(batch), unplaced));
        if (!request.validate_only()) return absl::OkStatus();
        WELFARE_ASSIGN_OR_RETURN(dry,
                                 plan->Run(store, nullptr, d_.clock.Now()));
        return absl::OkStatus();
      }));
  if (request.validate_only()) {
    response = ToProto(dry, *plan, request);
    response.set_request_id(request.request_id());
    response.set_validate_only(true);
    return absl::OkStatus();
  }
  std::map<base::RoundName, std::int64_t> touched;
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      d_.store.Change(
          Limits(call), MakeChange(call, "ImportSubmissions", request),
          [&](StoreWriter& store) -> absl::StatusOr<std::string> {
            WELFARE_ASSIGN_OR_RETURN(const ImportOutcome outcome,
                                     plan->Run(store, &store, store.time()));
            touched.clear();
            for (const auto& [round, revision] : outcome.rounds) {
              touched.emplace(round, revision);
            }
            return ToProto(outcome, *plan, request).SerializeAsString();
          }));
  response.ParseFromString(reply);
  CutToSize(response);
  response.set_request_id(request.request_id());
  for (const auto& [round, revision] : touched) Announce(round, revision);
  return absl::OkStatus();
}

}  // namespace welfare::survey
