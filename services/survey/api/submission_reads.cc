#include "services/survey/api/submission_reads.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/platform/rpc/page_request.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/api/submission_requests.h"
#include "services/survey/columns/columns.h"
#include "services/survey/errors.h"
#include "services/survey/submission/intake.h"

namespace welfare::survey {
namespace {

// The elements to read next: one more than the page takes, or few where each
// may be long.
int ReadNext(const base::PageRoom& room, bool full) {
  constexpr int kLongAtOnce = 20;
  return full ? std::min(room.left() + 1, kLongAtOnce) : room.left() + 1;
}

// What an answer that shows contacts is made of beside the revision it is asked
// for: they are those of the revision `now`, which any change of one makes.
std::string At(std::int64_t now) { return "contacts@" + std::to_string(now); }

}  // namespace

absl::Status SubmissionReads::GetSubmission(
    const Call& call, const v1::GetSubmissionRequest& request,
    v1::Submission& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto sent, ParseName<base::SubmissionName>("name", request.name()));
  WELFARE_RETURN_IF_ERROR(CheckMayOpen(call, store_, content_, sent));
  const std::int64_t revision = request.data_version();
  if (revision < 0) return VersionNegative("data_version", revision);
  return store_.Read(call.limits, [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(std::optional<Round> round,
                             store.rounds().Find(sent.parent()));
    if (!round) return SubmissionNotFound(sent);
    WELFARE_RETURN_IF_ERROR(
        CheckStore(incarnation_, sent.parent(), request.data_incarnation(),
                   revision > 0 ? revision : round->revision));
    const std::int64_t now = round->revision;
    if (revision > now) return VersionNotReached(revision, now);
    if (revision > 0) {
      WELFARE_ASSIGN_OR_RETURN(round,
                               store.rounds().FindAt(sent.parent(), revision));
      if (!round) return SubmissionNotFound(sent);
    }
    WELFARE_ASSIGN_OR_RETURN(const OpenedRound opened,
                             content_.Load(store, *round));
    const base::SubmissionName name = opened.Resolve(sent);
    std::optional<Submission> found;
    if (revision > 0) {
      WELFARE_ASSIGN_OR_RETURN(found,
                               store.submissions().FindAt(name, revision));
    } else {
      WELFARE_ASSIGN_OR_RETURN(found, store.submissions().Find(name));
    }
    if (!found || opened.frame == nullptr) return SubmissionNotFound(sent);
    const auto row = opened.frame->Find(name.respondent);
    if (!row) return StoredValueInvalid("respondent");
    if (CallerHas(call, *round, revision > 0 ? revision : now, At(now))) {
      return absl::OkStatus();
    }
    response = ToProto(*found, *round, true);
    for (const Answer& absence :
         ComputedAbsences(*opened.codebook, opened.frame->row(*row),
                          name.fiscal_year.value(), found->answers)) {
      *response.add_computed_absences() = ToProto(absence);
    }
    // Of what is now: an earlier revision is not edited any more.
    if (revision == 0) {
      SetViolations(FindViolations(opened, *found), call.language, response);
    }
    WELFARE_ASSIGN_OR_RETURN(const Contact contact,
                             store.submissions().FindContact(name));
    SetContact(contact, response);
    return absl::OkStatus();
  });
}

absl::Status SubmissionReads::ListSubmissions(
    const Call& call, const v1::ListSubmissionsRequest& request,
    v1::ListSubmissionsResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto name, ParseName<base::RoundName>("parent", request.parent()));
  const Viewer viewer = ViewerOf(call, name.survey);
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, incarnation_.name()));
  if (request.data_version() < 0) {
    return VersionNegative("data_version", request.data_version());
  }
  SubmissionQuery query{.round = name,
                        .after = std::nullopt,
                        .kind = std::nullopt,
                        .answers = request.full(),
                        .revision = request.data_version()};
  // The pages speak for one revision, so it stands in the key.
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::int64_t, std::string>>());
  if (after.has_value()) {
    query.revision = std::get<0>(*after);
    auto last = base::Respondent::Parse(std::get<1>(*after));
    if (!last.ok() || query.revision <= 0) return base::PageTokenInvalid();
    query.after = *std::move(last);
  }
  WELFARE_RETURN_IF_ERROR(ReadFilter(request, query));
  return store_.Read(call.limits, [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(std::optional<Round> round,
                             store.rounds().Find(name));
    if (!round) return RoundNotFound(name);
    const std::int64_t now = round->revision;
    if (query.revision == 0) query.revision = now;
    WELFARE_RETURN_IF_ERROR(CheckStore(
        incarnation_, name, request.data_incarnation(), query.revision));
    if (query.revision > now) {
      if (after.has_value()) return base::PageTokenInvalid();
      return VersionNotReached(query.revision, now);
    }
    WELFARE_ASSIGN_OR_RETURN(round,
                             store.rounds().FindAt(name, query.revision));
    if (!round) return RoundNotFound(name);
    OpenedRound opened{.round = *round};
    if (request.full() || !viewer.sees_all()) {
      WELFARE_ASSIGN_OR_RETURN(opened, content_.Load(store, *round));
    }
    // No filter and no token widens what a respondent is listed.
    query.only = viewer.Self(opened);
    if (!viewer.sees_all() && !query.only)
      return AnswersDenied(call, name.survey);
    if (CallerHas(call, *round, query.revision,
                  (query.only ? query.only->ToString() : "all") + "/" +
                      (request.full() ? At(now) : ""))) {
      return absl::OkStatus();
    }
    WELFARE_ASSIGN_OR_RETURN(const int total, store.submissions().Count(query));
    response.set_total_size(total);
    response.set_round_revision(query.revision);
    base::PageRoom room(page.size());
    while (true) {
      query.limit = ReadNext(room, request.full());
      WELFARE_ASSIGN_OR_RETURN(const auto list,
                               store.submissions().List(query));
      for (const Submission& submission : list) {
        v1::Submission one = ToProto(submission, *round, request.full());
        if (request.full()) {
          if (opened.frame != nullptr) {
            SetViolations(FindViolations(opened, submission), call.language,
                          one);
          }
          WELFARE_ASSIGN_OR_RETURN(
              const Contact contact,
              store.submissions().FindContact(submission.name));
          SetContact(contact, one);
        }
        if (!room.Take(one.ByteSizeLong())) {
          response.set_next_page_token(page.TokenAfter(
              std::tuple(query.revision, query.after->ToString())));
          return absl::OkStatus();
        }
        *response.add_submissions() = std::move(one);
        query.after = submission.name.respondent;
      }
      if (static_cast<int>(list.size()) < query.limit) {
        return absl::OkStatus();
      }
    }
  });
}

absl::Status SubmissionReads::ListSubmissionRevisions(
    const Call& call, const v1::ListSubmissionRevisionsRequest& request,
    v1::ListSubmissionRevisionsResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(
      const auto sent, ParseName<base::SubmissionName>("name", request.name()));
  WELFARE_RETURN_IF_ERROR(CheckMayOpen(call, store_, content_, sent));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, incarnation_.name()));
  WELFARE_ASSIGN_OR_RETURN(const auto last,
                           page.After<std::tuple<std::int64_t>>());
  std::int64_t after = last.has_value() ? std::get<0>(*last) : 0;
  if (after > std::numeric_limits<int>::max()) return base::PageTokenInvalid();
  return store_.Read(call.limits, [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto round,
                             store.rounds().Find(sent.parent()));
    if (!round) return SubmissionNotFound(sent);
    WELFARE_ASSIGN_OR_RETURN(const OpenedRound opened,
                             content_.Load(store, *round));
    const base::SubmissionName name = opened.Resolve(sent);
    base::PageRoom room(page.size());
    bool named = false;
    while (true) {
      const int limit = ReadNext(room, /*full=*/true);
      WELFARE_ASSIGN_OR_RETURN(const auto list,
                               store.submissions().ListRevisions(
                                   name, static_cast<int>(after), limit));
      if (list.empty() && after == 0) return SubmissionNotFound(sent);
      if (!std::exchange(named, true) &&
          CallerHas(call, *round, round->revision)) {
        return absl::OkStatus();
      }
      for (const Submission& submission : list) {
        v1::Submission one = ToProto(submission, *round, true);
        if (!room.Take(one.ByteSizeLong())) {
          response.set_next_page_token(page.TokenAfter(std::tuple(after)));
          return absl::OkStatus();
        }
        *response.add_revisions() = std::move(one);
        after = submission.revision;
      }
      if (static_cast<int>(list.size()) < limit) return absl::OkStatus();
    }
  });
}

}  // namespace welfare::survey
