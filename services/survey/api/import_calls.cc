#include "services/survey/api/import_calls.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/importing/csv_text.h"
#include "services/importing/errors.h"
#include "services/importing/limits.h"
#include "services/importing/rejects_token.h"
#include "services/importing/reply/import_reply.h"
#include "services/importing/strategy.h"
#include "services/platform/errors.h"
#include "services/platform/rpc/write_request.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/api/round_requests.h"
#include "services/survey/errors.h"
#include "services/survey/files/import_plan.h"
#include "services/survey/files/import_run.h"
#include "services/survey/files/submission_csv.h"
#include "services/survey/store/apply.h"
#include "services/survey/store/stored_messages.h"
#include "services/survey/text_limits.h"

namespace welfare::survey {
namespace {

// Items that a reply names as unplaced; above, it says `*`.
constexpr std::size_t kUnplacedItemsShown = 1'000;
// More than any survey has been held.
constexpr int kMostRoundsToCome = 100;

// Of all that the faults of a batch depend on.
std::string DigestOf(const v1::ImportSubmissionsRequest& request) {
  const std::string lines = std::to_string(request.batch().first_line()) + "/" +
                            std::to_string(request.headers().first_line());
  std::vector<std::string_view> parts = {
      lines, importing::TextOf(request.batch()), request.batch().source_file(),
      importing::TextOf(request.headers()), request.headers().source_file()};
  for (const std::string& item : request.unplaced_items()) {
    parts.push_back(item);
  }
  parts.push_back(type::v1::ImportStrategy_Name(request.strategy()));
  parts.push_back(request.mapping());
  parts.push_back(request.mapping_to_come());
  std::vector<std::string> coming;
  for (const v1::RoundToCome& round : request.rounds_to_come()) {
    coming.push_back(round.SerializeAsString());
  }
  parts.insert(parts.end(), coming.begin(), coming.end());
  return importing::DigestOf(parts);
}

absl::StatusOr<type::v1::ImportResult> ToProto(
    const ImportOutcome& outcome, const ImportPlan& plan,
    const v1::ImportSubmissionsRequest& request, base::Language language) {
  // A token of more faults is bound to it.
  const std::string digest =
      outcome.rejects.total() > 0 ? DigestOf(request) : "";
  WELFARE_ASSIGN_OR_RETURN(type::v1::ImportResult result,
                           importing::ToProto(outcome, digest, language));
  for (std::string& item : plan.UnplacedItems(kUnplacedItemsShown)) {
    result.add_unplaced_items(std::move(item));
  }
  // Of the last round that the batch names.
  if (!outcome.rounds.empty()) {
    result.set_version(outcome.rounds.rbegin()->second);
  }
  importing::AddChanges(outcome.changes, result);
  result.set_omitted_deleted(outcome.omitted_deleted);
  for (const auto& [group, counts] : outcome.groups) {
    type::v1::ImportGroup& one = *result.add_groups();
    one.set_fiscal_year(group.fiscal_year);
    if (group.kind) one.set_respondent_kind(ToProto(*group.kind));
    *one.mutable_counts() = importing::ToProto(counts);
  }
  return result;
}

// Cuts a reply that was stored before replies had a bound.
void CutToSize(type::v1::ImportResult& result) {
  const int all = result.rejects_size();
  std::size_t bytes = 0;
  int kept = 0;
  for (; kept < all && kept < static_cast<int>(importing::kRejectsShown);
       ++kept) {
    type::v1::ImportReject& reject = *result.mutable_rejects(kept);
    reject.set_raw_record(
        Shorten(reject.raw_record(), importing::kRawBytesShown));
    reject.set_value(Shorten(reject.value(), importing::kValueBytesShown));
    reject.set_message(
        Shorten(reject.message(), importing::kMessageBytesShown));
    bytes += reject.ByteSizeLong();
    if (kept > 0 && bytes > 2 * importing::kRejectBytesShown) break;
  }
  if (result.rejects_total() == 0) result.set_rejects_total(all);
  result.mutable_rejects()->DeleteSubrange(kept, all - kept);
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

// Refuses a batch that was planned on another state than the store has now.
absl::Status CheckBase(const std::optional<importing::Base>& planned,
                       const std::map<base::RoundName, Round>& rounds,
                       StoreReader& store) {
  // What names no round changes nothing.
  if (!planned || rounds.empty()) return absl::OkStatus();
  if (rounds.size() != 1) return importing::BaseRounds(rounds.size());
  const auto& [name, round] = *rounds.begin();
  if (importing::IsAt(*planned, store.incarnation(), round.revision)) {
    return absl::OkStatus();
  }
  WELFARE_ASSIGN_OR_RETURN(const auto mover,
                           store.rounds().FindMover(name, planned->version));
  return importing::BaseMoved(name.ToString(), *planned, round.revision, mover);
}

// What the store holds of the respondents of a plan, and of others between
// their codes, without answers.
absl::StatusOr<std::map<base::SubmissionName, Submission>> ListHeads(
    SubmissionReader& submissions, const ImportPlan& plan) {
  std::map<base::RoundName,
           std::pair<base::MunicipalityCode, base::MunicipalityCode>>
      ranges;
  for (const ImportPlan::Entry& entry : plan.entries()) {
    const base::MunicipalityCode& code =
        entry.records.name.respondent.municipality;
    auto& [first, last] =
        ranges.try_emplace(entry.records.name.parent(), code, code)
            .first->second;
    first = std::min(first, code);
    last = std::max(last, code);
  }
  std::map<base::SubmissionName, Submission> heads;
  for (const auto& [round, range] : ranges) {
    WELFARE_ASSIGN_OR_RETURN(
        std::vector<Submission> list,
        submissions.ListHeads(round, range.first, range.second));
    for (Submission& head : list) {
      heads.emplace(head.name, std::move(head));
    }
  }
  return heads;
}

StoredPlain StoreBeforehand(const ImportPlan& plan) {
  StoredPlain stored;
  for (const ImportPlan::Entry& entry : plan.entries()) {
    if (!entry.plain) continue;
    const OpenedRound& round = plan.rounds().at(entry.records.name.parent());
    stored.emplace(&*entry.plain, StoredAnswers(*round.codebook, *entry.plain));
  }
  return stored;
}

// Where a batch is written, its plain answers, and by what it was read; null: as
// it stands.
struct Target {
  StoreWriter& store;
  const StoredPlain& stored;
  const AnswerMapping* mapping = nullptr;
};

// Counts that rows of the batch were written to `round` by its mapping.
absl::Status CountUse(const AnswerMapping& mapping,
                      const base::RoundName& round,
                      const ImportOutcome& outcome, MappingWriter& mappings) {
  std::int64_t rows = 0;
  for (const auto& [group, counts] : outcome.groups) {
    if (group.fiscal_year != round.fiscal_year.value()) continue;
    rows += counts.created + counts.updated + counts.deleted;
  }
  // A header alone, or what rows leave out, came through none.
  if (rows == 0) return absl::OkStatus();
  return mappings.CountUse({.survey = round.survey,
                            .mapping = FormatMappingId(mapping.id())},
                           round.fiscal_year, rows);
}

// Decides a batch on one state of the store and, with a `target`, writes it.
absl::StatusOr<ImportOutcome> Run(const ImportPlan& plan,
                                  const std::optional<importing::Base>& base,
                                  StoreReader& store, const Target* target,
                                  base::Timestamp now, int show_changes) {
  const auto find_rounds =
      [&]() -> absl::StatusOr<std::map<base::RoundName, Round>> {
    std::map<base::RoundName, Round> rounds;
    for (const auto& [name, opened] : plan.rounds()) {
      // One of a dry run that is to come.
      if (opened.round.revision == 0) {
        rounds.emplace(name, opened.round);
        continue;
      }
      WELFARE_ASSIGN_OR_RETURN(auto round, store.rounds().Find(name));
      if (!round) return RoundNotFound(name);
      rounds.emplace(name, *std::move(round));
    }
    return rounds;
  };
  WELFARE_ASSIGN_OR_RETURN(const auto before, find_rounds());
  WELFARE_RETURN_IF_ERROR(CheckBase(base, before, store));
  ImportRun run(plan, before, now, show_changes);
  WELFARE_ASSIGN_OR_RETURN(const auto heads,
                           ListHeads(store.submissions(), plan));
  // Each is of another respondent, so that all are written at the end.
  std::map<base::RoundName, std::vector<PlannedChange>> changes;
  for (const ImportPlan::Entry& entry : plan.entries()) {
    const base::SubmissionName& name = entry.records.name;
    Standing standing;
    if (const auto head = heads.find(name); head != heads.end()) {
      if (run.TakeUnchanged(entry, head->second)) continue;
      WELFARE_ASSIGN_OR_RETURN(
          standing,
          ReadStanding(store.submissions(), name, ImportRun::HeaderOf(entry)));
    }
    WELFARE_ASSIGN_OR_RETURN(std::optional<PlannedChange> change,
                             run.Decide(entry, standing));
    if (target == nullptr || !change) continue;
    changes[name.parent()].push_back(*std::move(change));
  }
  ImportOutcome outcome = run.outcome();
  for (const auto& [name, of_round] : changes) {
    WELFARE_RETURN_IF_ERROR(
        ApplyAll(target->store.submissions(), name, of_round, target->stored));
    if (target->mapping == nullptr) continue;
    WELFARE_RETURN_IF_ERROR(CountUse(*target->mapping, name, outcome,
                                     target->store.mappings()));
  }
  WELFARE_ASSIGN_OR_RETURN(const auto after, find_rounds());
  for (const auto& [name, round] : after) {
    outcome.rounds.emplace(name, round.revision);
  }
  return outcome;
}

}  // namespace

absl::Status ImportCalls::TakeForOpened(
    const Call& call, const v1::ImportSubmissionsRequest& request,
    NamedRounds& rounds) {
  if (request.rounds_to_come_size() > kMostRoundsToCome) {
    base::Violation many = platform::TooManyNames(request.rounds_to_come_size(),
                                                  kMostRoundsToCome);
    many.field = "rounds_to_come";
    return RoundInvalid({std::move(many)});
  }
  std::set<base::RoundName> names;
  for (const v1::RoundToCome& coming : request.rounds_to_come()) {
    WELFARE_ASSIGN_OR_RETURN(const Round round, ReadRound(coming.create()));
    names.insert(round.name);
  }
  WELFARE_RETURN_IF_ERROR(CheckMayImport(call, names));
  for (const v1::RoundToCome& coming : request.rounds_to_come()) {
    WELFARE_ASSIGN_OR_RETURN(const Round round, ReadRound(coming.create()));
    OpenedRound opened{.round = round};
    bool there = false;
    WELFARE_RETURN_IF_ERROR(
        d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
          WELFARE_ASSIGN_OR_RETURN(const auto found,
                                   store.rounds().Find(round.name));
          there = found.has_value();
          if (there) return absl::OkStatus();
          WELFARE_ASSIGN_OR_RETURN(const auto stored,
                                   store.codebooks().Find(round.codebook));
          if (!stored || stored->state != CodebookState::kPublished) {
            return CodebookNotPublished(round.codebook);
          }
          WELFARE_ASSIGN_OR_RETURN(opened, d_.content.Load(store, round));
          return absl::OkStatus();
        }));
    if (there) continue;
    WELFARE_ASSIGN_OR_RETURN(
        const auto unknown,
        ReadUnknownMunicipalities(coming.unknown_municipalities()));
    WELFARE_ASSIGN_OR_RETURN(
        const RegistryPin pin,
        d_.registry.Load(call, round.program, round.name.fiscal_year,
                         YearsToFreeze(round.name.fiscal_year,
                                       opened.codebook->registry_offsets())));
    WELFARE_RETURN_IF_ERROR(CheckStatuses(pin.rows, unknown, round.program,
                                          round.name.fiscal_year.value()));
    WELFARE_ASSIGN_OR_RETURN(PlannedRound plan, PlanOpening(round, pin));
    opened.round = std::move(plan.round);
    opened.frame = std::make_shared<const Frame>(*std::move(plan.population));
    if (const auto named = rounds.find(round.name); named != rounds.end()) {
      named->second = std::move(opened);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const AnswerMapping>> ImportCalls::LoadMapping(
    const Call& call, const v1::ImportSubmissionsRequest& request,
    const std::set<base::RoundName>& rounds) {
  const std::string survey = rounds.empty() ? "" : rounds.begin()->survey;
  WELFARE_ASSIGN_OR_RETURN(auto mapping,
                           d_.mappings.Load(call, request, survey));
  if (mapping == nullptr) return mapping;
  for (const base::RoundName& round : rounds) {
    if (round.survey == survey) continue;
    return MappingUnusable("mapping", why_not::kOtherSurvey);
  }
  return mapping;
}

absl::Status ImportCalls::ImportSubmissions(
    const Call& call, const v1::ImportSubmissionsRequest& request,
    type::v1::ImportResult& response) {
  WELFARE_RETURN_IF_ERROR(platform::CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(const importing::CsvText answers,
                           importing::FromProto("batch", request.batch()));
  WELFARE_ASSIGN_OR_RETURN(const importing::CsvText headers,
                           importing::FromProto("headers", request.headers()));
  importing::RejectList::Position after;
  if (!request.rejects_token().empty()) {
    WELFARE_ASSIGN_OR_RETURN(
        after, importing::ReadRejectsToken(request.rejects_token(),
                                           request.validate_only(),
                                           DigestOf(request)));
  }
  WELFARE_ASSIGN_OR_RETURN(
      ImportBatch batch,
      ReadImportBatch(answers, headers, after,
                      importing::FromProto(request.strategy())));
  const std::set<base::RoundName> named = RoundsOf(batch);
  WELFARE_RETURN_IF_ERROR(CheckMayImport(call, named));
  WELFARE_ASSIGN_OR_RETURN(const auto mapping,
                           LoadMapping(call, request, named));
  NamedRounds rounds;
  WELFARE_RETURN_IF_ERROR(
      d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(rounds, LoadRounds(store, d_.content, batch));
        return absl::OkStatus();
      }));
  if (request.validate_only()) {
    WELFARE_RETURN_IF_ERROR(TakeForOpened(call, request, rounds));
  }
  const std::vector<std::string> unplaced(request.unplaced_items().begin(),
                                          request.unplaced_items().end());
  const ImportPlan plan(rounds, std::move(batch), unplaced,
                        importing::FromProto(request.strategy()),
                        mapping.get());
  const std::optional<importing::Base> planned =
      importing::FindBase(request.has_base(), request.base());
  if (request.validate_only()) {
    WELFARE_RETURN_IF_ERROR(
        d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
          WELFARE_ASSIGN_OR_RETURN(
              const ImportOutcome outcome,
              Run(plan, planned, store, nullptr, d_.clock.Now(),
                  importing::ChangesToShow(true, request.show_changes())));
          WELFARE_ASSIGN_OR_RETURN(
              response, ToProto(outcome, plan, request, call.language));
          response.set_incarnation(store.incarnation());
          return absl::OkStatus();
        }));
    response.set_request_id(request.request_id());
    response.set_validate_only(true);
    return absl::OkStatus();
  }
  WELFARE_ASSIGN_OR_RETURN(auto write,
                           platform::MakeWriteRequest(call, request));
  // Alone or in a stream, it is one request.
  write.key.method = "ImportSubmissions";
  const StoredPlain stored = StoreBeforehand(plan);
  std::map<base::RoundName, std::int64_t> touched;
  importing::ImportCounts counts;
  WELFARE_ASSIGN_OR_RETURN(
      const bool repeated,
      RunWrite(d_.store, write, response,
               [&](StoreWriter& store) -> absl::Status {
                 const Target target{.store = store,
                                     .stored = stored,
                                     .mapping = mapping.get()};
                 WELFARE_ASSIGN_OR_RETURN(
                     const ImportOutcome outcome,
                     Run(plan, planned, store, &target, store.time(), 0));
                 touched = outcome.rounds;
                 counts = outcome.counts;
                 WELFARE_ASSIGN_OR_RETURN(
                     response, ToProto(outcome, plan, request, call.language));
                 response.set_incarnation(store.incarnation());
                 return absl::OkStatus();
               }));
  if (repeated) {
    CutToSize(response);
    touched.clear();
  } else {
    d_.metrics.CountImport(counts, d_.clock.Now());
  }
  response.set_request_id(request.request_id());
  for (const auto& [round, revision] : touched) {
    d_.versions.Announce(round, revision);
  }
  return absl::OkStatus();
}

}  // namespace welfare::survey
