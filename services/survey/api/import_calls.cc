#include "services/survey/api/import_calls.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/rpc/write_request.h"
#include "services/survey/api/import_reply.h"
#include "services/survey/api/requests.h"
#include "services/survey/errors.h"
#include "services/survey/files/import_plan.h"
#include "services/survey/files/import_run.h"
#include "services/survey/files/submission_csv.h"
#include "services/survey/store/apply.h"

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
    return FileNameTooLong(field, kLongestFileName);
  }
  return CsvText{.csv = batch.csv(),
                 .first_line = batch.first_line() == 0 ? 2 : batch.first_line(),
                 .source_file = batch.source_file()};
}

// Looks the rounds of a batch up.
absl::StatusOr<NamedRounds> LoadRounds(StoreReader& store,
                                       PinnedContent& content,
                                       const ImportBatch& batch) {
  NamedRounds rounds;
  for (const base::RoundName& name : RoundsOf(batch)) {
    auto opened = content.Load(store, name);
    if (!opened.ok() && !absl::IsNotFound(opened.status())) {
      return opened.status();
    }
    rounds.emplace(name, std::move(opened));
  }
  return rounds;
}

// Decides a batch on one state of the store and, with a `writer`, writes it.
absl::StatusOr<ImportOutcome> Run(const ImportPlan& plan, StoreReader& store,
                                  StoreWriter* writer, base::Timestamp now) {
  const auto find_rounds =
      [&]() -> absl::StatusOr<std::map<base::RoundName, Round>> {
    std::map<base::RoundName, Round> rounds;
    for (const auto& [name, opened] : plan.rounds()) {
      WELFARE_ASSIGN_OR_RETURN(auto round, store.rounds().Find(name));
      if (!round) return RoundNotFound(name);
      rounds.emplace(name, *std::move(round));
    }
    return rounds;
  };
  WELFARE_ASSIGN_OR_RETURN(const auto before, find_rounds());
  ImportRun run(plan, before, now);
  for (const ImportPlan::Entry& entry : plan.entries()) {
    WELFARE_ASSIGN_OR_RETURN(
        const Standing standing,
        ReadStanding(store.submissions(), entry.records.name,
                     ImportRun::HeaderOf(entry)));
    WELFARE_ASSIGN_OR_RETURN(const std::optional<PlannedChange> change,
                             run.Decide(entry, standing));
    if (writer == nullptr || !change) continue;
    WELFARE_RETURN_IF_ERROR(Apply(writer->submissions(), *change).status());
  }
  ImportOutcome outcome = run.outcome();
  WELFARE_ASSIGN_OR_RETURN(const auto after, find_rounds());
  for (const auto& [name, round] : after) {
    outcome.rounds.emplace(name, round.revision);
  }
  return outcome;
}

}  // namespace

absl::Status ImportCalls::ImportSubmissions(
    const Call& call, const v1::ImportSubmissionsRequest& request,
    type::v1::ImportResult& response) {
  WELFARE_ASSIGN_OR_RETURN(auto write,
                           platform::MakeWriteRequest(call, request));
  // Alone or in a stream, it is one request.
  write.key.method = "ImportSubmissions";
  WELFARE_ASSIGN_OR_RETURN(const CsvText answers,
                           ToCsvText("batch", request.batch()));
  WELFARE_ASSIGN_OR_RETURN(const CsvText headers,
                           ToCsvText("headers", request.headers()));
  WELFARE_ASSIGN_OR_RETURN(const RejectList::Position after,
                           ReadRejectsToken(request));
  WELFARE_ASSIGN_OR_RETURN(ImportBatch batch,
                           ReadImportBatch(answers, headers, after));
  NamedRounds rounds;
  WELFARE_RETURN_IF_ERROR(
      d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(rounds, LoadRounds(store, d_.content, batch));
        return absl::OkStatus();
      }));
  const std::vector<std::string> unplaced(request.unplaced_items().begin(),
                                          request.unplaced_items().end());
  const ImportPlan plan(rounds, std::move(batch), unplaced);
  if (request.validate_only()) {
    WELFARE_RETURN_IF_ERROR(
        d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
          WELFARE_ASSIGN_OR_RETURN(const ImportOutcome outcome,
                                   Run(plan, store, nullptr, d_.clock.Now()));
          response = ToProto(outcome, plan, request);
          return absl::OkStatus();
        }));
    response.set_request_id(request.request_id());
    response.set_validate_only(true);
    return absl::OkStatus();
  }
  std::map<base::RoundName, std::int64_t> touched;
  WELFARE_ASSIGN_OR_RETURN(
      const bool repeated,
      RunWrite(
          d_.store, write, response, [&](StoreWriter& store) -> absl::Status {
            WELFARE_ASSIGN_OR_RETURN(const ImportOutcome outcome,
                                     Run(plan, store, &store, store.time()));
            touched = outcome.rounds;
            response = ToProto(outcome, plan, request);
            return absl::OkStatus();
          }));
  if (repeated) {
    CutToSize(response);
    touched.clear();
  }
  response.set_request_id(request.request_id());
  for (const auto& [round, revision] : touched) {
    d_.versions.Announce(round, revision);
  }
  return absl::OkStatus();
}

}  // namespace welfare::survey
