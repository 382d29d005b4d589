#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/page.h"
#include "services/base/page_room.h"
#include "services/base/resource_name.h"
#include "services/platform/rpc/page_request.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/api/survey_api.h"
#include "services/survey/errors.h"

namespace welfare::survey {
namespace {

// The programme exists since April 2021 (Social Welfare Act 106-4), so rosters
// begin with that year; a round's frame carries them all.
constexpr int kFirstProgramYear = 2021;

// Rounds read at once by ListRounds: each may have pages of text.
constexpr int kRoundsAtOnce = 20;

// The municipalities that a request names, each once.
absl::StatusOr<std::set<base::MunicipalityCode>> ReadMunicipalities(
    const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::set<base::MunicipalityCode> codes;
  for (const std::string& text : names) {
    WELFARE_ASSIGN_OR_RETURN(auto name, ParseName<base::MunicipalityName>(
                                            "unknown_municipalities", text));
    codes.insert(std::move(name.code));
  }
  return codes;
}

// OK when `named` are, by any of their codes, exactly the municipalities of the
// population of which nobody knows whether they implement in `year`: who opens
// a round knows what its routing will not ask.
absl::Status CheckStatuses(const std::vector<FrameRow>& rows,
                           const std::set<base::MunicipalityCode>& named,
                           const base::ProgramName& program, int year) {
  std::set<base::MunicipalityCode> accepted = named;
  std::set<base::MunicipalityCode> unknown;
  for (const FrameRow& row : rows) {
    for (const base::MunicipalityCode& other : row.other_codes) {
      if (!named.contains(other)) continue;
      accepted.erase(other);
      accepted.insert(row.respondent.municipality);
    }
    if (row.Fact(base::RegistryFact::kImplementing, year) ==
        base::Truth::kUnknown) {
      unknown.insert(row.respondent.municipality);
    }
  }
  std::vector<base::Violation> violations;
  for (const base::MunicipalityCode& code : accepted) {
    if (unknown.contains(code)) continue;
    const std::string name = base::MunicipalityName{.code = code}.ToString();
    violations.push_back(
        {.field = "unknown_municipalities",
         .reason = "STATUS_KNOWN",
         .description = name +
                        " has a status in the round's year, or is not in its "
                        "population; leave it out."});
  }
  if (!violations.empty()) return RoundInvalid(std::move(violations));
  std::vector<std::string> missing;
  for (const base::MunicipalityCode& code : unknown) {
    if (accepted.contains(code)) continue;
    missing.push_back(base::MunicipalityName{.code = code}.ToString());
  }
  if (!missing.empty()) return StatusUnknown(program, year, missing);
  return absl::OkStatus();
}

}  // namespace

absl::Status SurveyApi::CreateRound(const Call& call,
                                    const v1::CreateRoundRequest& request,
                                    v1::Round& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(
      const auto name,
      ParseName<base::RoundName>(
          "round_id", request.parent() + "/rounds/" + request.round_id()));
  const v1::Round& sent = request.round();
  Round round{.name = name};
  round.display_name = sent.display_name();
  round.purpose = sent.purpose();
  round.method = sent.method();
  round.publisher = sent.publisher();
  round.synthetic = sent.synthetic();
  std::vector<base::Violation> violations;
  if (!sent.name().empty() && sent.name() != name.ToString()) {
    violations.push_back({.field = "round.name",
                          .reason = "NAME_CONTRADICTS",
                          .description = "The name and round_id disagree."});
  }
  const auto take = [&](std::string_view field, auto parsed, auto& target) {
    if (parsed.ok()) {
      target = *std::move(parsed);
    } else {
      violations.push_back(MakeViolation(field, parsed.status()));
    }
  };
  take("round.window_start", DateFromProto(sent.window_start()),
       round.window_start);
  take("round.window_end", DateFromProto(sent.window_end()), round.window_end);
  const auto codebook = base::CodebookName::Parse(sent.codebook());
  take("round.codebook", codebook, round.codebook);
  take("round.program", base::ProgramName::Parse(sent.program()),
       round.program);
  for (base::Violation& violation : CheckRound(round)) {
    // A codebook that does not parse was named already.
    if (violation.field == "round.codebook" && !codebook.ok()) continue;
    violations.push_back(std::move(violation));
  }
  if (!violations.empty()) return RoundInvalid(std::move(violations));

  std::int64_t revision = 0;
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      d_.store.Change(
          Limits(call), MakeChange(call, "CreateRound", request),
          [&](StoreWriter& store) -> absl::StatusOr<std::string> {
            WELFARE_ASSIGN_OR_RETURN(const auto existing,
                                     store.FindRound(name));
            if (existing) return RoundExists(name);
            WELFARE_ASSIGN_OR_RETURN(const auto stored,
                                     store.FindCodebook(round.codebook));
            if (!stored || stored->state != CodebookState::kPublished) {
              return CodebookNotPublished(round.codebook);
            }
            WELFARE_ASSIGN_OR_RETURN(const Round created,
                                     store.AppendRound(round));
            revision = created.revision;
            return ToProto(created).SerializeAsString();
          }));
  response.ParseFromString(reply);
  Announce(name, revision);
  return absl::OkStatus();
}

absl::Status SurveyApi::OpenRound(const Call& call,
                                  const v1::OpenRoundRequest& request,
                                  v1::Round& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  WELFARE_ASSIGN_OR_RETURN(
      const auto unknown, ReadMunicipalities(request.unknown_municipalities()));
  OpenedRound before{.round = {.name = name}};
  WELFARE_RETURN_IF_ERROR(
      d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(before, d_.content.Load(store, name));
        return absl::OkStatus();
      }));
  std::optional<RegistryPin> pin;
  if (before.round.state == RoundState::kPlanned) {
    const int year = name.fiscal_year.value();
    std::set<int> years = {year};
    for (const int offset : before.codebook->registry_offsets()) {
      years.insert(year + offset);
    }
    for (int known = kFirstProgramYear; known < year; ++known) {
      years.insert(known);
    }
    WELFARE_ASSIGN_OR_RETURN(pin, d_.registry.Load(call, before.round.program,
                                                   name.fiscal_year, years));
    WELFARE_RETURN_IF_ERROR(
        CheckStatuses(pin->rows, unknown, before.round.program, year));
  }
  std::int64_t revision = 0;
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      d_.store.Change(
          Limits(call), MakeChange(call, "OpenRound", request),
          [&](StoreWriter& store) -> absl::StatusOr<std::string> {
            WELFARE_ASSIGN_OR_RETURN(auto round, store.FindRound(name));
            if (!round) return RoundNotFound(name);
            if (round->state == RoundState::kOpen) {
              return ToProto(*round).SerializeAsString();
            }
            if (round->state != RoundState::kPlanned || !pin) {
              return RoundStateWrong(name, round->state, "be planned");
            }
            round->state = RoundState::kOpen;
            round->reason.clear();
            round->registry_version = pin->version;
            round->registry_incarnation = pin->incarnation;
            round->pin_revision = -1;
            WELFARE_ASSIGN_OR_RETURN(const Round opened,
                                     store.AppendRound(*round));
            WELFARE_RETURN_IF_ERROR(store.StoreFrame(opened, Frame(pin->rows)));
            revision = opened.revision;
            return ToProto(opened).SerializeAsString();
          }));
  response.ParseFromString(reply);
  Announce(name, revision);
  return absl::OkStatus();
}

absl::Status SurveyApi::CloseRound(const Call& call,
                                   const v1::CloseRoundRequest& request,
                                   v1::Round& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  std::int64_t revision = 0;
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      d_.store.Change(
          Limits(call), MakeChange(call, "CloseRound", request),
          [&](StoreWriter& store) -> absl::StatusOr<std::string> {
            WELFARE_ASSIGN_OR_RETURN(auto round, store.FindRound(name));
            if (!round) return RoundNotFound(name);
            if (round->state == RoundState::kPlanned) {
              return RoundStateWrong(name, round->state, "be open");
            }
            if (round->state == RoundState::kOpen) {
              round->state = RoundState::kClosed;
              round->reason.clear();
              WELFARE_ASSIGN_OR_RETURN(*round, store.AppendRound(*round));
            }
            revision = round->revision;
            return ToProto(*round).SerializeAsString();
          }));
  response.ParseFromString(reply);
  Announce(name, revision);
  return absl::OkStatus();
}

absl::Status SurveyApi::GetRound(const Call& call,
                                 const v1::GetRoundRequest& request,
                                 v1::Round& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  return d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto round, store.FindRound(name));
    if (!round) return RoundNotFound(name);
    response = ToProto(*round);
    return absl::OkStatus();
  });
}

absl::Status SurveyApi::ListRounds(const Call& call,
                                   const v1::ListRoundsRequest& request,
                                   v1::ListRoundsResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto survey, ParseName<base::SurveyName>(
                                                  "parent", request.parent()));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, d_.incarnation.name()));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<base::FiscalYear>>());
  return d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
    base::PageRoom room(page.size());
    std::optional<base::FiscalYear> last;
    if (after.has_value()) last = std::get<0>(*after);
    while (true) {
      const int limit = std::min(room.left() + 1, kRoundsAtOnce);
      WELFARE_ASSIGN_OR_RETURN(
          const auto list,
          store.ListRounds(survey, last ? last->value() : 0, limit));
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

absl::Status SurveyApi::GetRoundProgress(
    const Call& call, const v1::GetRoundProgressRequest& request,
    v1::RoundProgress& response) {
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  return d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const OpenedRound opened,
                             d_.content.Load(store, name));
    if (opened.frame == nullptr) {
      return RoundStateWrong(name, opened.round.state, "have been opened");
    }
    WELFARE_ASSIGN_OR_RETURN(
        const auto submissions,
        store.ListSubmissions(
            {.round = name,
             .after = std::nullopt,
             .kind = std::nullopt,
             .limit = static_cast<int>(opened.frame->size()) + 1}));
    response =
        ToProto(opened.round,
                ComputeProgress(opened.round, *opened.frame, submissions));
    return absl::OkStatus();
  });
}

}  // namespace welfare::survey
