#include "services/survey/api/survey_api.h"

#include <limits>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/page.h"
#include "services/platform/rpc/page_request.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/columns/columns.h"
#include "services/survey/errors.h"

namespace welfare::survey {

absl::Status SurveyApi::GetSubmission(const Call& call,
                                      const v1::GetSubmissionRequest& request,
                                      v1::Submission& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::SubmissionName>("name", request.name()));
  const std::int64_t revision = request.data_version();
  if (revision < 0) return VersionNegative("data_version", revision);
  return d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(std::optional<Round> round,
                             store.FindRound(name.parent()));
    if (!round) return SubmissionNotFound(name);
    if (revision > round->revision) {
      return VersionNotReached(revision, round->revision);
    }
    std::optional<Submission> found;
    if (revision > 0) {
      WELFARE_ASSIGN_OR_RETURN(found, store.FindSubmissionAt(name, revision));
      WELFARE_ASSIGN_OR_RETURN(round,
                               store.FindRoundAt(name.parent(), revision));
    } else {
      WELFARE_ASSIGN_OR_RETURN(found, store.FindSubmission(name));
    }
    if (!found || !round) return SubmissionNotFound(name);
    WELFARE_ASSIGN_OR_RETURN(const OpenedRound opened,
                             d_.content.Load(store, *round));
    response = ToProto(*found, *round, true);
    const auto row = opened.frame->Find(name.respondent);
    if (!row) return StoredValueInvalid("respondent");
    for (const Answer& absence :
         ComputedAbsences(*opened.codebook, opened.frame->row(*row),
                          name.fiscal_year.value(), found->answers)) {
      *response.add_computed_absences() = ToProto(absence);
    }
    WELFARE_ASSIGN_OR_RETURN(const Contact contact, store.FindContact(name));
    SetContact(contact, response);
    return absl::OkStatus();
  });
}

absl::Status SurveyApi::ListSubmissions(
    const Call& call, const v1::ListSubmissionsRequest& request,
    v1::ListSubmissionsResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::RoundName>("parent", request.parent()));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page, platform::ReadPage(request));
  SubmissionQuery query{.round = name,
                        .after = std::nullopt,
                        .kind = std::nullopt,
                        .state = std::nullopt,
                        .answers = request.full(),
                        .limit = page.size() + 1};
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::string>>());
  if (after.has_value()) {
    auto last = base::Respondent::Parse(std::get<0>(*after));
    if (!last.ok()) return base::PageTokenInvalid();
    query.after = *std::move(last);
  }
  if (!type::v1::RespondentKind_IsValid(request.respondent_kind())) {
    return FilterInvalid("respondent_kind", request.respondent_kind());
  }
  if (!v1::Submission::State_IsValid(request.state())) {
    return FilterInvalid("state", request.state());
  }
  if (request.respondent_kind() != type::v1::RESPONDENT_KIND_UNSPECIFIED) {
    query.kind = static_cast<base::RespondentKind>(request.respondent_kind());
  }
  if (request.state() != v1::Submission::STATE_UNSPECIFIED) {
    query.state = static_cast<SubmissionState>(request.state());
  }
  return d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto round, store.FindRound(name));
    if (!round) return RoundNotFound(name);
    WELFARE_ASSIGN_OR_RETURN(auto list, store.ListSubmissions(query));
    response.set_next_page_token(
        page.CutToSize(list, [](const Submission& submission) {
          return submission.name.respondent.ToString();
        }));
    WELFARE_ASSIGN_OR_RETURN(const int total, store.CountSubmissions(query));
    response.set_total_size(total);
    response.set_round_revision(round->revision);
    for (const Submission& submission : list) {
      v1::Submission& one = *response.add_submissions();
      one = ToProto(submission, *round, request.full());
      if (!request.full()) continue;
      WELFARE_ASSIGN_OR_RETURN(const Contact contact,
                               store.FindContact(submission.name));
      SetContact(contact, one);
    }
    return absl::OkStatus();
  });
}

absl::Status SurveyApi::ListSubmissionRevisions(
    const Call& call, const v1::ListSubmissionRevisionsRequest& request,
    v1::ListSubmissionRevisionsResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::SubmissionName>("name", request.name()));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page, platform::ReadPage(request));
  WELFARE_ASSIGN_OR_RETURN(const auto last,
                           page.After<std::tuple<std::int64_t>>());
  const std::int64_t after = last.has_value() ? std::get<0>(*last) : 0;
  if (after > std::numeric_limits<int>::max()) return base::PageTokenInvalid();
  return d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto round, store.FindRound(name.parent()));
    WELFARE_ASSIGN_OR_RETURN(
        auto list, store.ListSubmissionRevisions(name, static_cast<int>(after),
                                                 page.size() + 1));
    if (!round || (list.empty() && after == 0)) {
      return SubmissionNotFound(name);
    }
    response.set_next_page_token(
        page.CutToSize(list, [](const Submission& submission) {
          return std::int64_t{submission.revision};
        }));
    for (const Submission& submission : list) {
      *response.add_revisions() = ToProto(submission, *round, true);
    }
    return absl::OkStatus();
  });
}

}  // namespace welfare::survey
