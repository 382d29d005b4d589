#include "services/survey/api/round_calls.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "services/base/error.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/platform/rpc/page_request.h"
#include "services/platform/rpc/write_request.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/api/round_requests.h"
#include "services/survey/errors.h"
#include "services/survey/progress/progress.h"
#include "services/survey/store/apply.h"
#include "services/survey/text_limits.h"

namespace welfare::survey {
namespace {

// Rounds read at once by ListRounds: each may have pages of text.
constexpr int kRoundsAtOnce = 20;

// Whether the caller has the rounds of the survey as they are. What is asked
// for this are a few numbers.
absl::StatusOr<bool> CallerHasRounds(const platform::CallContext& call,
                                     StoreReader& store,
                                     const base::SurveyName& survey) {
  if (call.answer == nullptr) return false;
  WELFARE_ASSIGN_OR_RETURN(const auto revisions,
                           store.rounds().ListRevisions());
  std::string state =
      "rounds/1/" + store.incarnation() + "/" + survey.ToString();
  for (const auto& [name, revision] : revisions) {
    if (name.survey != survey.survey) continue;
    state += "/" + name.ToString() + "@" + std::to_string(revision);
  }
  return call.CallerHas(state);
}

}  // namespace

absl::Status RoundCalls::Change(const platform::WriteRequest& write,
                                const base::RoundName& name,
                                const Decide& decide, v1::Round& response) {
  std::int64_t revision = 0;
  WELFARE_ASSIGN_OR_RETURN(
      const bool repeated,
      RunWrite(
          d_.store, write, response, [&](StoreWriter& store) -> absl::Status {
            WELFARE_ASSIGN_OR_RETURN(const PlannedRound plan, decide(store));
            WELFARE_ASSIGN_OR_RETURN(const Round after,
                                     Apply(store.rounds(), plan));
            revision = after.revision;
            response = ToProto(after);
            return absl::OkStatus();
          }));
  d_.versions.Announce(name, repeated ? 0 : revision);
  return absl::OkStatus();
}

absl::Status RoundCalls::ChangeExisting(
    const platform::WriteRequest& write, const base::RoundName& name,
    const std::function<absl::StatusOr<PlannedRound>(StoreReader&,
                                                     const Round&)>& decide,
    v1::Round& response) {
  return Change(
      write, name,
      [&](StoreReader& store) -> absl::StatusOr<PlannedRound> {
        WELFARE_ASSIGN_OR_RETURN(const auto round, store.rounds().Find(name));
        if (!round) return RoundNotFound(name);
        return decide(store, *round);
      },
      response);
}

absl::Status RoundCalls::CreateRound(const Call& call,
                                     const v1::CreateRoundRequest& request,
                                     v1::Round& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(const Round round, ReadRound(request));
  return Change(
      write, round.name,
      [&](StoreReader& store) -> absl::StatusOr<PlannedRound> {
        WELFARE_ASSIGN_OR_RETURN(const auto existing,
                                 store.rounds().Find(round.name));
        if (existing) return RoundExists(round.name);
        WELFARE_ASSIGN_OR_RETURN(const auto stored,
                                 store.codebooks().Find(round.codebook));
        if (!stored || stored->state != CodebookState::kPublished) {
          return CodebookNotPublished(round.codebook);
        }
        return PlannedRound{.round = round, .changed = true};
      },
      response);
}

absl::StatusOr<std::optional<RegistryPin>> RoundCalls::LoadPin(
    const Call& call, const base::RoundName& name,
    const std::set<base::MunicipalityCode>& unknown) {
  OpenedRound before{.round = {.name = name}};
  WELFARE_RETURN_IF_ERROR(
      d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(before, d_.content.Load(store, name));
        return absl::OkStatus();
      }));
  const base::ProgramName& program = before.round.program;
  if (before.round.state != RoundState::kPlanned) return std::nullopt;
  WELFARE_ASSIGN_OR_RETURN(
      RegistryPin pin,
      d_.registry.Load(call, program, name.fiscal_year,
                       YearsToFreeze(name.fiscal_year,
                                     before.codebook->registry_offsets())));
  WELFARE_RETURN_IF_ERROR(
      CheckStatuses(pin.rows, unknown, program, name.fiscal_year.value()));
  return pin;
}

absl::Status RoundCalls::OpenRound(const Call& call,
                                   const v1::OpenRoundRequest& request,
                                   v1::Round& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  WELFARE_ASSIGN_OR_RETURN(
      const auto unknown,
      ReadUnknownMunicipalities(request.unknown_municipalities()));
  WELFARE_ASSIGN_OR_RETURN(const std::optional<RegistryPin> pin,
                           LoadPin(call, name, unknown));
  return ChangeExisting(
      write, name,
      [&](StoreReader&, const Round& round) { return PlanOpening(round, pin); },
      response);
}

absl::Status RoundCalls::CloseRound(const Call& call,
                                    const v1::CloseRoundRequest& request,
                                    v1::Round& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  return ChangeExisting(
      write, name,
      [](StoreReader&, const Round& round) { return PlanClosing(round); },
      response);
}

absl::Status RoundCalls::UpdateRound(const Call& call,
                                     const v1::UpdateRoundRequest& request,
                                     v1::Round& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(
      const auto name,
      ParseName<base::RoundName>("round.name", request.round().name()));
  if (IsBlank(request.reason())) return ReasonRequired(why::kChanged);
  const OutlineEdit edit = ReadOutlineEdit(request);
  return ChangeExisting(
      write, name,
      [&](StoreReader&, const Round& round) {
        return PlanOutline(round, request.round().etag(), edit,
                           request.reason());
      },
      response);
}

absl::Status RoundCalls::ReopenRound(const Call& call,
                                     const v1::ReopenRoundRequest& request,
                                     v1::Round& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  if (IsBlank(request.reason())) return ReasonRequired(why::kReopened);
  WELFARE_RETURN_IF_ERROR(CheckReason(request.reason()));
  return ChangeExisting(
      write, name,
      [&](StoreReader&, const Round& round) {
        return PlanReopening(round, request.etag(), request.reason());
      },
      response);
}

absl::Status RoundCalls::DeleteRound(const Call& call,
                                     const v1::DeleteRoundRequest& request,
                                     google::protobuf::Empty& /*response*/) {
  WELFARE_ASSIGN_OR_RETURN(const auto write,
                           platform::MakeWriteRequest(call, request));
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  WELFARE_RETURN_IF_ERROR(CheckReason(request.reason()));
  v1::Round deleted;
  return ChangeExisting(
      write, name,
      [&](StoreReader& store,
          const Round& round) -> absl::StatusOr<PlannedRound> {
        WELFARE_ASSIGN_OR_RETURN(const SubmissionCounts counts,
                                 store.submissions().CountByState(name));
        return PlanDeletion(round, request.etag(), CountAll(counts),
                            request.reason());
      },
      deleted);
}

absl::StatusOr<Round> RoundCalls::RoundAt(StoreReader& store,
                                          const base::RoundName& name,
                                          std::int64_t version,
                                          const std::string& incarnation) {
  if (version < 0) return VersionNegative("data_version", version);
  WELFARE_ASSIGN_OR_RETURN(std::optional<Round> round,
                           store.rounds().Find(name));
  if (!round) return RoundNotFound(name);
  const std::int64_t now = round->revision;
  WELFARE_RETURN_IF_ERROR(CheckStore(d_.incarnation, name, incarnation,
                                     version == 0 ? now : version));
  if (version > now) return VersionNotReached(version, now);
  if (version != 0 && version != now) {
    WELFARE_ASSIGN_OR_RETURN(round, store.rounds().FindAt(name, version));
    if (!round) return RoundNotFound(name);
  }
  return *std::move(round);
}

absl::Status RoundCalls::GetRound(const Call& call,
                                  const v1::GetRoundRequest& request,
                                  v1::Round& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  return d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const Round round,
                             RoundAt(store, name, request.data_version(),
                                     request.data_incarnation()));
    if (CallerHas(call, round, round.revision)) return absl::OkStatus();
    response = ToProto(round);
    return absl::OkStatus();
  });
}

absl::Status RoundCalls::ListRounds(const Call& call,
                                    const v1::ListRoundsRequest& request,
                                    v1::ListRoundsResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto survey, ParseName<base::SurveyName>(
                                                  "parent", request.parent()));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, d_.incarnation.name()));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<base::FiscalYear>>());
  return d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const bool has,
                             CallerHasRounds(call, store, survey));
    if (has) return absl::OkStatus();
    base::PageRoom room(page.size());
    std::optional<base::FiscalYear> last;
    if (after.has_value()) last = std::get<0>(*after);
    while (true) {
      const int limit = std::min(room.left() + 1, kRoundsAtOnce);
      WELFARE_ASSIGN_OR_RETURN(
          const auto list,
          store.rounds().List(survey, last ? last->value() : 0, limit));
      for (const Round& round : list) {
        v1::Round one = ToProto(round);
        if (!room.Take(one.ByteSizeLong())) {
          response.set_next_page_token(page.TokenAfter(std::tuple(*last)));
          return absl::OkStatus();
        }
        *response.add_rounds() = std::move(one);
        last = round.name.fiscal_year;
      }
      if (static_cast<int>(list.size()) < limit) return absl::OkStatus();
    }
  });
}

absl::Status RoundCalls::GetRoundProgress(
    const Call& call, const v1::GetRoundProgressRequest& request,
    v1::RoundProgress& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  return d_.store.Read(call.limits, [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const Round round,
                             RoundAt(store, name, request.data_version(),
                                     request.data_incarnation()));
    WELFARE_ASSIGN_OR_RETURN(const OpenedRound opened,
                             d_.content.Load(store, round));
    if (opened.frame == nullptr) {
      return RoundStateWrong(name, ToString(opened.round.state),
                             wanted::kOpened);
    }
    if (CallerHas(call, opened.round, opened.round.revision)) {
      return absl::OkStatus();
    }
    WELFARE_ASSIGN_OR_RETURN(
        const auto submissions,
        store.submissions().List(
            {.round = name,
             .after = std::nullopt,
             .kind = std::nullopt,
             .limit = static_cast<int>(opened.frame->size()) + 1,
             .revision = request.data_version()}));
    response =
        ToProto(opened.round,
                ComputeProgress(opened.round, *opened.frame, submissions));
    return absl::OkStatus();
  });
}

}  // namespace welfare::survey
