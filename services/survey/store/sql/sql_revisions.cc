#include "services/survey/store/sql/sql_revisions.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "services/base/coding/json_text.h"
#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/survey/errors.h"
#include "services/survey/store/sql/stored_values.h"
#include "services/survey/store/stored_messages.h"

namespace welfare::survey {
namespace {

using platform::BulkTarget;
using platform::Bytes;
using platform::Parameter;
using platform::Query;
using platform::Row;
using Revision = SubmissionWriter::Revision;

constexpr Query kFindSubmissionId{
    "find_submission_id",
    "SELECT submission_id, revision, create_micros FROM submissions"
    " WHERE round_id = $1 AND municipality_code = $2"
    " AND respondent_kind = $3"};
constexpr Query kInsertSubmission{
    "insert_submission",
    "INSERT INTO submissions (submission_id, round_id, municipality_code,"
    " respondent_kind, revision, create_micros)"
    " VALUES ($1, $2, $3, $4, 1, $5)"};
constexpr Query kSetRevision{
    "set_submission_revision",
    "UPDATE submissions SET revision = $2 WHERE submission_id = $1"};
constexpr Query kInsertRevision{
    "insert_submission_revision",
    "INSERT INTO submission_revisions (submission_id, revision, round_id,"
    " round_revision, registry_version, state, received_on, late, digest,"
    " answers, reason, actor, recorded_micros)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"};
constexpr BulkTarget kInsertSubmissions{
    "insert_submissions", "submissions",
    "submission_id, round_id, municipality_code, respondent_kind, revision,"
    " create_micros"};
constexpr BulkTarget kInsertRevisions{
    "insert_submission_revisions", "submission_revisions",
    "submission_id, revision, round_id, round_revision, registry_version,"
    " state, received_on, late, digest, answers, reason, actor,"
    " recorded_micros"};

// All but the answers.
Submission HeadOf(const Submission& submission) {
  return {.name = submission.name,
          .state = submission.state,
          .revision = submission.revision,
          .registry_version = submission.registry_version,
          .digest = submission.digest,
          .received_on = submission.received_on,
          .late = submission.late,
          .reason = submission.reason};
}

std::vector<Parameter> RevisionRow(SqlChange& change, const Submission& next,
                                   std::int64_t id, std::int64_t round_id,
                                   std::string answers) {
  return {id,
          next.revision,
          round_id,
          next.round_revision,
          next.registry_version,
          static_cast<std::int64_t>(next.state),
          ToText(next.received_on),
          static_cast<std::int64_t>(next.late),
          next.digest,
          Bytes{std::move(answers)},
          next.reason,
          change.actor(),
          change.time().micros()};
}

base::JsonObject DetailOf(const Submission& next) {
  base::JsonObject detail;
  detail.Add("revision", next.revision)
      .Add("round_revision", next.round_revision)
      .Add("state", ToString(next.state))
      .Add("digest", next.digest);
  // The reason stands in the revision; here its digest says which it was.
  if (!next.reason.empty()) {
    detail.Add("reason_digest", base::Sha256Hex(next.reason));
  }
  return detail;
}

// Gives a submission that is there its next revision; returns its id.
absl::StatusOr<std::int64_t> TakeRevision(SqlChange& change,
                                          std::int64_t round_id,
                                          const Submission& stored) {
  const base::Respondent& who = stored.name.respondent;
  WELFARE_ASSIGN_OR_RETURN(
      const std::int64_t id,
      change.transaction().Get(
          kFindSubmissionId,
          {round_id, who.municipality.ToString(), Number(who.kind)},
          [](const Row& row) { return row.Int64(0); }));
  WELFARE_RETURN_IF_ERROR(
      change.Execute(kSetRevision, {id, stored.revision + 1}));
  return id;
}

}  // namespace

absl::StatusOr<Submission> AppendRevision(SqlChange& change, Submission next) {
  WELFARE_ASSIGN_OR_RETURN(const std::optional<std::int64_t> round_id,
                           change.FindRoundId(next.name.parent()));
  if (!round_id) return RoundNotFound(next.name.parent());
  next.update_time = change.time();
  // First, so that writers of one round take turns.
  WELFARE_ASSIGN_OR_RETURN(next.round_revision, change.NextRevision(*round_id));
  const std::string code = next.name.respondent.municipality.ToString();
  const std::int64_t kind = Number(next.name.respondent.kind);
  struct Found {
    std::int64_t id;
    int revision;
    base::Timestamp create_time;
  };
  WELFARE_ASSIGN_OR_RETURN(
      const std::optional<Found> found,
      change.transaction().Find(
          kFindSubmissionId, {*round_id, code, kind}, [](const Row& row) {
            return Found{
                .id = row.Int64(0),
                .revision = static_cast<int>(row.Int64(1)),
                .create_time = base::Timestamp::FromMicros(row.Int64(2))};
          }));
  std::int64_t id = 0;
  if (found) {
    id = found->id;
    next.revision = found->revision + 1;
    next.create_time = found->create_time;
    WELFARE_RETURN_IF_ERROR(change.Execute(kSetRevision, {id, next.revision}));
  } else {
    WELFARE_ASSIGN_OR_RETURN(id, change.NextId("submission"));
    next.revision = 1;
    next.create_time = change.time();
    WELFARE_RETURN_IF_ERROR(
        change.Execute(kInsertSubmission,
                       {id, *round_id, code, kind, change.time().micros()}));
  }
  WELFARE_RETURN_IF_ERROR(change.Execute(
      kInsertRevision,
      RevisionRow(change, next, id, *round_id, StoredAnswers(next.answers))));
  WELFARE_RETURN_IF_ERROR(change.Audit(next.name.ToString(), DetailOf(next)));
  return next;
}

absl::Status AppendRevisions(SqlChange& change, const base::RoundName& name,
                             std::span<const Revision> revisions) {
  if (revisions.empty()) return absl::OkStatus();
  WELFARE_ASSIGN_OR_RETURN(const std::optional<std::int64_t> round_id,
                           change.FindRoundId(name));
  if (!round_id) return RoundNotFound(name);
  const auto count = static_cast<std::int64_t>(revisions.size());
  // First, so that writers of one round take turns.
  WELFARE_ASSIGN_OR_RETURN(std::int64_t round_revision,
                           change.NextRevision(*round_id, count));
  // What has no revision yet is new: the plan was made on this state.
  const auto is_new = [](const Revision& one) {
    return one.submission->revision == 0;
  };
  WELFARE_ASSIGN_OR_RETURN(
      std::int64_t next_id,
      change.NextId("submission", std::ranges::count_if(revisions, is_new)));
  std::vector<std::int64_t> ids;
  ids.reserve(revisions.size());
  for (const Revision& one : revisions) {
    if (is_new(one)) {
      ids.push_back(next_id++);
      continue;
    }
    WELFARE_ASSIGN_OR_RETURN(const std::int64_t id,
                             TakeRevision(change, *round_id, *one.submission));
    ids.push_back(id);
  }
  std::size_t next = 0;
  WELFARE_RETURN_IF_ERROR(
      change.transaction()
          .BulkInsert(kInsertSubmissions,
                      [&](std::vector<Parameter>& row) -> absl::StatusOr<bool> {
                        while (next < revisions.size() &&
                               !is_new(revisions[next])) {
                          ++next;
                        }
                        if (next == revisions.size()) return false;
                        const base::Respondent& who =
                            revisions[next].submission->name.respondent;
                        row = {ids[next],
                               *round_id,
                               who.municipality.ToString(),
                               Number(who.kind),
                               std::int64_t{1},
                               change.time().micros()};
                        ++next;
                        return true;
                      })
          .status());
  std::vector<platform::Write::Audited> audited;
  audited.reserve(revisions.size());
  next = 0;
  WELFARE_RETURN_IF_ERROR(
      change.transaction()
          .BulkInsert(kInsertRevisions,
                      [&](std::vector<Parameter>& row) -> absl::StatusOr<bool> {
                        if (next == revisions.size()) return false;
                        const Revision& one = revisions[next];
                        Submission head = HeadOf(*one.submission);
                        head.revision += 1;
                        head.round_revision = round_revision++;
                        row = RevisionRow(
                            change, head, ids[next], *round_id,
                            one.answers == nullptr
                                ? StoredAnswers(one.submission->answers)
                                : *one.answers);
                        audited.push_back({.resource = head.name.ToString(),
                                           .detail = DetailOf(head)});
                        ++next;
                        return true;
                      })
          .status());
  return change.AuditAll(audited);
}

absl::StatusOr<std::optional<std::int64_t>> FindSubmissionId(
    SqlChange& change, std::int64_t round_id,
    const base::Respondent& respondent) {
  return change.transaction().Find(
      kFindSubmissionId,
      {round_id, respondent.municipality.ToString(), Number(respondent.kind)},
      [](const Row& row) { return row.Int64(0); });
}

}  // namespace welfare::survey
