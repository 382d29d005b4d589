#include "services/survey/api/requests.h"

#include <set>
#include <string>
#include <utility>

#include "services/platform/errors.h"

namespace welfare::survey {

Interruption WhileWanted(const platform::CallContext& call,
                         std::string_view what) {
  return [&call, what = std::string(what)]() -> absl::Status {
    if (call.cancelled()) return platform::Cancelled(what);
    if (call.limits.expired()) return platform::DeadlineExceeded(what);
    return absl::OkStatus();
  };
}

absl::Status CheckStore(const platform::Incarnation& here,
                        const base::RoundName& round,
                        const std::string& incarnation, std::int64_t revision) {
  const std::string resource = round.ToString();
  if (incarnation.empty() || here.Covers(incarnation, resource, revision)) {
    return absl::OkStatus();
  }
  return platform::StoreRestored(resource, incarnation, revision);
}

bool CallerHas(const platform::CallContext& call, const Round& round,
               std::int64_t revision, std::string_view more) {
  if (call.answer == nullptr) return false;
  std::string state = "survey/1/" + round.incarnation + "/" +
                      round.name.ToString() + "@" + std::to_string(revision) +
                      "/";
  state += more;
  return call.CallerHas(state);
}

Viewer ViewerOf(const platform::CallContext& call, const std::string& survey) {
  using access::Role;
  const access::Identity& who = call.identity;
  if (who.is_local() || !who.service().empty() ||
      who.Holds(Role::kManager, survey) || who.Holds(Role::kReviewer, survey)) {
    return Viewer::OfAll();
  }
  return who.Holds(Role::kRespondent, survey) ? Viewer(*who.respondent())
                                              : Viewer();
}

absl::Status AnswersDenied(const platform::CallContext& call,
                           const std::string& survey) {
  static constexpr access::Role kReaders[] = {access::Role::kManager,
                                              access::Role::kReviewer};
  return platform::AccessDenied(call.identity, kReaders, survey);
}

absl::Status CheckMayOpen(const platform::CallContext& call, SurveyStore& store,
                          PinnedContent& content,
                          const base::SubmissionName& sent) {
  const Viewer viewer = ViewerOf(call, sent.survey);
  OpenedRound opened{.round = {.name = sent.parent()}};
  // By the code of its claims everybody may, whatever the population says.
  if (viewer.MayOpen(opened, sent)) return absl::OkStatus();
  WELFARE_RETURN_IF_ERROR(
      store.Read(call.limits, [&](StoreReader& reader) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(const auto round,
                                 reader.rounds().Find(sent.parent()));
        if (!round) return absl::OkStatus();
        WELFARE_ASSIGN_OR_RETURN(opened, content.Load(reader, *round));
        return absl::OkStatus();
      }));
  return viewer.MayOpen(opened, sent) ? absl::OkStatus()
                                      : AnswersDenied(call, sent.survey);
}

Author AuthorOf(const platform::CallContext& call, const OpenedRound& opened,
                const base::SubmissionName& name) {
  const access::Identity& who = call.identity;
  if (who.is_local()) return Author::kAnybody;
  const bool answers = who.Holds(access::Role::kRespondent, name.survey) &&
                       Viewer(*who.respondent()).MayOpen(opened, name);
  return answers ? Author::kRespondent : Author::kOnBehalf;
}

absl::Status CheckMayImport(const platform::CallContext& call,
                            const std::set<base::RoundName>& rounds) {
  static constexpr access::Role kImporters[] = {access::Role::kManager};
  if (call.identity.is_local()) return absl::OkStatus();
  for (const base::RoundName& round : rounds) {
    if (!call.identity.Holds(access::Role::kManager, round.survey)) {
      return platform::AccessDenied(call.identity, kImporters, round.survey);
    }
  }
  return absl::OkStatus();
}

}  // namespace welfare::survey
