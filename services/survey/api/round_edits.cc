// What mends a round: its texts and window, its end taken back, its deletion.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/field_mask.pb.h"
#include "services/base/error.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/api/survey_api.h"
#include "services/survey/errors.h"
#include "services/survey/submission/text_limits.h"
#include "services/survey/submission/validation.h"

namespace welfare::survey {
namespace {

// Names every path that is populated, for an empty mask (AIP-134).
std::vector<std::string> ReadPaths(const v1::UpdateRoundRequest& request) {
  if (request.update_mask().paths_size() > 0) {
    return {request.update_mask().paths().begin(),
            request.update_mask().paths().end()};
  }
  const v1::Round& round = request.round();
  std::vector<std::string> paths;
  const auto add = [&](bool populated, const char* path) {
    if (populated) paths.emplace_back(path);
  };
  add(!round.display_name().empty(), "display_name");
  add(!round.purpose().empty(), "purpose");
  add(!round.method().empty(), "method");
  add(!round.publisher().empty(), "publisher");
  add(round.has_window_start(), "window_start");
  add(round.has_window_end(), "window_end");
  return paths;
}

bool IsOutputOnly(const std::string& path) {
  return path == "name" || path == "etag" || path == "state" ||
         path == "registry_version" || path == "revision" ||
         path == "create_time" || path == "update_time" || path == "reason";
}

// Sets what `paths` name of `round`; adds what is wrong to `violations`.
void Change(const v1::Round& sent, const std::vector<std::string>& paths,
            Round& round, std::vector<base::Violation>& violations) {
  for (const std::string& path : paths) {
    const bool all = path == "*";
    bool known = all || IsOutputOnly(path);
    const auto text = [&](std::string_view name, const std::string& value,
                          std::string& target) {
      if (!all && path != name) return;
      target = value;
      known = true;
    };
    const auto day = [&](std::string_view name, const google::type::Date& date,
                         std::optional<base::Date>& target) {
      if (!all && path != name) return;
      known = true;
      const auto parsed = DateFromProto(date);
      if (parsed.ok()) {
        target = *parsed;
      } else {
        violations.push_back(
            MakeViolation("round." + std::string(name), parsed.status()));
      }
    };
    text("display_name", sent.display_name(), round.display_name);
    text("purpose", sent.purpose(), round.purpose);
    text("method", sent.method(), round.method);
    text("publisher", sent.publisher(), round.publisher);
    day("window_start", sent.window_start(), round.window_start);
    day("window_end", sent.window_end(), round.window_end);
    if (!known) {
      violations.push_back(
          {.field = "update_mask",
           .reason = "PATH_UNKNOWN",
           .description = "A round changes its display_name, purpose, method, "
                          "publisher, window_start and window_end, not '" +
                          path + "'."});
    }
  }
}

// Adds what is wrong with the reason of a change.
void CheckReason(const std::string& reason,
                 std::vector<base::Violation>& violations) {
  if (auto violation = CheckLength("reason", reason, kLongestReason)) {
    violations.push_back(*std::move(violation));
  }
}

absl::Status CheckEtag(const Round& round, const std::string& etag) {
  const std::string current = EntityTag(round.incarnation, round.revision);
  if (etag.empty() || etag == current) return absl::OkStatus();
  return EtagMismatch(round.name.ToString(), current);
}

bool SameOutline(const Round& a, const Round& b) {
  return a.display_name == b.display_name && a.purpose == b.purpose &&
         a.method == b.method && a.publisher == b.publisher &&
         a.window_start == b.window_start && a.window_end == b.window_end;
}

}  // namespace

absl::StatusOr<std::string> SurveyApi::ChangeRound(
    const Call& call, const ChangeRequest& request, const base::RoundName& name,
    const std::function<absl::StatusOr<Round>(StoreWriter&, Round)>& decide) {
  std::int64_t revision = 0;  // of a repeat it is not known
  WELFARE_ASSIGN_OR_RETURN(
      std::string reply,
      d_.store.Change(
          Limits(call), request,
          [&](StoreWriter& store) -> absl::StatusOr<std::string> {
            WELFARE_ASSIGN_OR_RETURN(auto round, store.FindRound(name));
            if (!round) return RoundNotFound(name);
            WELFARE_ASSIGN_OR_RETURN(const Round after,
                                     decide(store, *std::move(round)));
            revision = after.revision;
            return ToProto(after).SerializeAsString();
          }));
  Announce(name, revision);
  return reply;
}

absl::Status SurveyApi::UpdateRound(const Call& call,
                                    const v1::UpdateRoundRequest& request,
                                    v1::Round& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(
      const auto name,
      ParseName<base::RoundName>("round.name", request.round().name()));
  if (IsBlank(request.reason())) {
    return ReasonRequired("why the round is changed");
  }
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      ChangeRound(
          call, MakeChange(call, "UpdateRound", request), name,
          [&](StoreWriter& store, Round round) -> absl::StatusOr<Round> {
            WELFARE_RETURN_IF_ERROR(CheckEtag(round, request.round().etag()));
            if (round.state == RoundState::kFinal) {
              return RoundStateWrong(name, round.state, "not be final");
            }
            Round next = round;
            std::vector<base::Violation> violations;
            Change(request.round(), ReadPaths(request), next, violations);
            CheckReason(request.reason(), violations);
            for (base::Violation& violation : CheckRound(next)) {
              violations.push_back(std::move(violation));
            }
            if (!violations.empty()) return RoundInvalid(std::move(violations));
            if (SameOutline(round, next)) return round;
            next.reason = request.reason();
            return store.AppendRound(next);
          }));
  response.ParseFromString(reply);
  return absl::OkStatus();
}

absl::Status SurveyApi::ReopenRound(const Call& call,
                                    const v1::ReopenRoundRequest& request,
                                    v1::Round& response) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  if (IsBlank(request.reason())) {
    return ReasonRequired("why the round is opened again");
  }
  std::vector<base::Violation> violations;
  CheckReason(request.reason(), violations);
  if (!violations.empty()) return RoundInvalid(std::move(violations));
  WELFARE_ASSIGN_OR_RETURN(
      const std::string reply,
      ChangeRound(
          call, MakeChange(call, "ReopenRound", request), name,
          [&](StoreWriter& store, Round round) -> absl::StatusOr<Round> {
            WELFARE_RETURN_IF_ERROR(CheckEtag(round, request.etag()));
            if (round.state == RoundState::kOpen) return round;
            if (round.state != RoundState::kClosed) {
              return RoundStateWrong(name, round.state, "be closed");
            }
            round.state = RoundState::kOpen;
            round.reason = request.reason();
            return store.AppendRound(round);
          }));
  response.ParseFromString(reply);
  return absl::OkStatus();
}

absl::Status SurveyApi::DeleteRound(const Call& call,
                                    const v1::DeleteRoundRequest& request,
                                    google::protobuf::Empty& /*response*/) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  std::vector<base::Violation> violations;
  CheckReason(request.reason(), violations);
  if (!violations.empty()) return RoundInvalid(std::move(violations));
  return ChangeRound(
             call, MakeChange(call, "DeleteRound", request), name,
             [&](StoreWriter& store, Round round) -> absl::StatusOr<Round> {
               WELFARE_RETURN_IF_ERROR(CheckEtag(round, request.etag()));
               if (round.state == RoundState::kFinal) {
                 return RoundStateWrong(name, round.state, "not be final");
               }
               WELFARE_ASSIGN_OR_RETURN(const SubmissionCounts counts,
                                        store.CountByState(name));
               int submissions = 0;
               for (const auto& [key, count] : counts) submissions += count;
               if (submissions > 0)
                 return RoundHasSubmissions(name, submissions);
               round.state = RoundState::kDeleted;
               round.reason = request.reason();
               return store.AppendRound(round);
             })
      .status();
}

}  // namespace welfare::survey
