#include "services/survey/store/sql/sql_submissions.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/base/coding/json_text.h"
#include "services/base/error.h"
#include "services/survey/errors.h"
#include "services/survey/store/sql/sql_revisions.h"
#include "services/survey/store/sql/stored_values.h"
#include "services/survey/store/stored_messages.h"
#include "welfare/survey/v1/submission.pb.h"

namespace welfare::survey {
namespace {

using platform::Connection;
using platform::Query;
using platform::Row;

constexpr Query kFindSubmission{
    "find_submission",
    "SELECT s.municipality_code, s.respondent_kind, v.revision, "
    "v.round_revision,"
    " v.registry_version, v.state, v.received_on, v.late, v.digest,"
    " v.reason, s.create_micros, v.recorded_micros, v.answers"
    " FROM submissions s JOIN rounds d ON d.round_id = s.round_id"
    " JOIN submission_revisions v ON v.submission_id = s.submission_id"
    " AND v.revision = s.revision"
    " WHERE d.survey = $1 AND d.fiscal_year = $2"
    " AND s.municipality_code = $3 AND s.respondent_kind = $4"};
constexpr Query kFindSubmissionAt{
    "find_submission_at",
    "SELECT s.municipality_code, s.respondent_kind, v.revision, "
    "v.round_revision,"
    " v.registry_version, v.state, v.received_on, v.late, v.digest,"
    " v.reason, s.create_micros, v.recorded_micros, v.answers"
    " FROM submissions s JOIN rounds d ON d.round_id = s.round_id"
    " JOIN submission_revisions v ON v.submission_id = s.submission_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2"
    " AND s.municipality_code = $3 AND s.respondent_kind = $4"
    " AND v.round_revision <= $5 ORDER BY v.revision DESC LIMIT 1"};
// $3: the round revision; $4: the kind, 0 for all; $5 to $9: the states wanted;
// $10 and $11: the one respondent, an empty code for all; $12 and $13: the one
// after whom the page begins.
constexpr Query kListSubmissions{
    "list_submissions",
    "SELECT s.municipality_code, s.respondent_kind, v.revision, "
    "v.round_revision,"
    " v.registry_version, v.state, v.received_on, v.late, v.digest,"
    " v.reason, s.create_micros, v.recorded_micros, v.answers"
    " FROM submissions s JOIN rounds d ON d.round_id = s.round_id"
    " JOIN submission_revisions v ON v.submission_id = s.submission_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2"
    " AND v.revision = (SELECT MAX(w.revision) FROM submission_revisions w"
    " WHERE w.submission_id = s.submission_id AND w.round_revision <= $3)"
    " AND ($4 = 0 OR s.respondent_kind = $4)"
    " AND v.state IN ($5, $6, $7, $8, $9)"
    " AND ($10 = '' OR"
    " (s.municipality_code = $10 AND s.respondent_kind = $11))"
    " AND (s.municipality_code > $12 OR"
    " (s.municipality_code = $12 AND s.respondent_kind > $13))"
    " ORDER BY s.municipality_code, s.respondent_kind LIMIT $14"};
constexpr Query kCountSubmissions{
    "count_submissions",
    "SELECT COUNT(*)"
    " FROM submissions s JOIN rounds d ON d.round_id = s.round_id"
    " JOIN submission_revisions v ON v.submission_id = s.submission_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2"
    " AND v.revision = (SELECT MAX(w.revision) FROM submission_revisions w"
    " WHERE w.submission_id = s.submission_id AND w.round_revision <= $3)"
    " AND ($4 = 0 OR s.respondent_kind = $4)"
    " AND v.state IN ($5, $6, $7, $8, $9)"
    " AND ($10 = '' OR"
    " (s.municipality_code = $10 AND s.respondent_kind = $11))"};
constexpr Query kCountByState{
    "count_by_state",
    "SELECT s.respondent_kind, v.state, COUNT(*)"
    " FROM submissions s JOIN rounds d ON d.round_id = s.round_id"
    " JOIN submission_revisions v ON v.submission_id = s.submission_id"
    " AND v.revision = s.revision"
    " WHERE d.survey = $1 AND d.fiscal_year = $2"
    " GROUP BY s.respondent_kind, v.state"};
// Revisions of a round are in the order of their times.
constexpr Query kFindLastHandedIn{
    "find_last_handed_in",
    "SELECT v.recorded_micros FROM submission_revisions v"
    " WHERE v.round_id = (SELECT round_id FROM rounds"
    " WHERE survey = $1 AND fiscal_year = $2) AND v.state = $3"
    " ORDER BY v.round_revision DESC LIMIT 1"};
constexpr Query kLoadSubmissionsAt{
    "load_submissions_at",
    "SELECT s.municipality_code, s.respondent_kind, v.revision, "
    "v.round_revision,"
    " v.registry_version, v.state, v.received_on, v.late, v.digest,"
    " v.reason, s.create_micros, v.recorded_micros, v.answers"
    " FROM submissions s JOIN rounds d ON d.round_id = s.round_id"
    " JOIN submission_revisions v ON v.submission_id = s.submission_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2"
    " AND v.revision = (SELECT MAX(w.revision) FROM submission_revisions w"
    " WHERE w.submission_id = s.submission_id AND w.round_revision <= $3)"
    " ORDER BY s.municipality_code, s.respondent_kind"};
constexpr Query kListRevisions{
    "list_submission_revisions",
    "SELECT s.municipality_code, s.respondent_kind, v.revision, "
    "v.round_revision,"
    " v.registry_version, v.state, v.received_on, v.late, v.digest,"
    " v.reason, s.create_micros, v.recorded_micros, v.answers"
    " FROM submissions s JOIN rounds d ON d.round_id = s.round_id"
    " JOIN submission_revisions v ON v.submission_id = s.submission_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2"
    " AND s.municipality_code = $3 AND s.respondent_kind = $4"
    " AND v.revision > $5 ORDER BY v.revision LIMIT $6"};
constexpr Query kListSubmissionChanges{
    "list_submission_changes",
    "SELECT s.municipality_code, s.respondent_kind, v.revision, "
    "v.round_revision,"
    " v.registry_version, v.state, v.received_on, v.late, v.digest,"
    " v.reason, s.create_micros, v.recorded_micros, v.answers"
    " FROM submissions s JOIN rounds d ON d.round_id = s.round_id"
    " JOIN submission_revisions v ON v.submission_id = s.submission_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2 AND v.round_revision > $3"
    " ORDER BY v.round_revision LIMIT $4"};
// $5: the state RETURNED. It is written many times while it is mended; the
// first of these revisions is the return.
constexpr Query kFindReturnReason{
    "find_return_reason",
    "SELECT v.reason"
    " FROM submissions s JOIN rounds d ON d.round_id = s.round_id"
    " JOIN submission_revisions v ON v.submission_id = s.submission_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2"
    " AND s.municipality_code = $3 AND s.respondent_kind = $4"
    " AND v.revision = 1 + (SELECT MAX(w.revision) FROM submission_revisions w"
    " WHERE w.submission_id = s.submission_id AND w.state <> $5)"};
// $3 and $4: the first and the last code.
constexpr Query kListHeads{
    "list_submission_heads",
    "SELECT s.municipality_code, s.respondent_kind, v.revision, "
    "v.round_revision,"
    " v.registry_version, v.state, v.received_on, v.late, v.digest,"
    " v.reason, s.create_micros, v.recorded_micros"
    " FROM submissions s JOIN rounds d ON d.round_id = s.round_id"
    " JOIN submission_revisions v ON v.submission_id = s.submission_id"
    " AND v.revision = s.revision"
    " WHERE d.survey = $1 AND d.fiscal_year = $2"
    " AND s.municipality_code >= $3 AND s.municipality_code <= $4"};
constexpr Query kFindContact{
    "find_contact",
    "SELECT c.department, c.contact FROM contacts c"
    " JOIN submissions s ON s.submission_id = c.submission_id"
    " JOIN rounds d ON d.round_id = s.round_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2"
    " AND s.municipality_code = $3 AND s.respondent_kind = $4"};
constexpr Query kStoreContact{
    "store_contact",
    "INSERT INTO contacts (submission_id, department, contact)"
    " VALUES ($1, $2, $3) ON CONFLICT (submission_id) DO UPDATE SET"
    " department = excluded.department, contact = excluded.contact"};

constexpr int kAnswersColumn = 12;

absl::StatusOr<SubmissionState> ReadState(const Row& row, int column) {
  const auto state = vocabulary::FindIn(vocabulary::kSubmissionStates,
                                        static_cast<int>(row.Int64(column)));
  if (!state) return StoredValueInvalid("state");
  return *state;
}

absl::StatusOr<Submission> ReadSubmission(const base::RoundName& round,
                                          const Row& row, bool answers) {
  auto code = base::MunicipalityCode::ParseKnown(row.TextView(0));
  if (!code.ok()) return StoredValueInvalid("municipality_code");
  Submission submission{
      .name = {.survey = round.survey,
               .fiscal_year = round.fiscal_year,
               .respondent = {
                   .municipality = *std::move(code),
                   .kind = static_cast<base::RespondentKind>(row.Int64(1))}}};
  submission.revision = static_cast<int>(row.Int64(2));
  submission.round_revision = row.Int64(3);
  submission.registry_version = row.Int64(4);
  WELFARE_ASSIGN_OR_RETURN(submission.state, ReadState(row, 5));
  WELFARE_ASSIGN_OR_RETURN(submission.received_on, FindDate(row, 6));
  submission.late = row.Bool(7);
  submission.digest = row.Text(8);
  submission.reason = row.Text(9);
  submission.create_time = base::Timestamp::FromMicros(row.Int64(10));
  submission.update_time = base::Timestamp::FromMicros(row.Int64(11));
  if (!answers) return submission;
  v1::Submission stored;
  const std::string_view bytes = row.BytesView(kAnswersColumn);
  if (!stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return StoredValueInvalid("answers");
  }
  submission.answers.reserve(static_cast<std::size_t>(stored.answers_size()));
  for (const v1::Answer& answer : stored.answers()) {
    WELFARE_ASSIGN_OR_RETURN(Answer one, AnswerFromProto(answer));
    submission.answers.push_back(std::move(one));
  }
  return submission;
}

// The reading half of both interfaces, on one connection.
template <typename Interface>
class SqlSubmissionReads : public Interface {
 public:
  explicit SqlSubmissionReads(Connection& connection)
      : connection_(connection) {}

  absl::StatusOr<std::optional<Submission>> Find(
      const base::SubmissionName& name) override {
    return FindSubmissionBy(kFindSubmission, name, Key(name));
  }

  absl::StatusOr<std::optional<Submission>> FindAt(
      const base::SubmissionName& name, std::int64_t revision) override {
    std::vector<platform::Parameter> key = Key(name);
    key.emplace_back(revision);
    return FindSubmissionBy(kFindSubmissionAt, name, key);
  }

  absl::StatusOr<std::vector<Submission>> List(
      const SubmissionQuery& query) override {
    std::vector<platform::Parameter> parameters = Filter(query);
    AddRespondent(query.after, parameters);
    parameters.emplace_back(query.limit);
    return ListBy(kListSubmissions, query.round, parameters, query.answers);
  }

  absl::StatusOr<std::vector<Submission>> ListHeads(
      const base::RoundName& name, const base::MunicipalityCode& first,
      const base::MunicipalityCode& last) override {
    return ListBy(kListHeads, name,
                  {name.survey, name.fiscal_year.value(), first.ToString(),
                   last.ToString()},
                  false);
  }

  absl::StatusOr<int> Count(const SubmissionQuery& query) override {
    return connection_.Get(
        kCountSubmissions, Filter(query),
        [](const Row& row) { return static_cast<int>(row.Int64(0)); });
  }

  absl::StatusOr<std::vector<Submission>> LoadAt(
      const base::RoundName& name, std::int64_t revision) override {
    return ListBy(kLoadSubmissionsAt, name,
                  {name.survey, name.fiscal_year.value(), revision}, true);
  }

  absl::StatusOr<std::string> FindReturnReason(
      const base::SubmissionName& name) override {
    std::vector<platform::Parameter> key = Key(name);
    key.emplace_back(static_cast<std::int64_t>(SubmissionState::kReturned));
    WELFARE_ASSIGN_OR_RETURN(
        std::optional<std::string> found,
        connection_.Find(kFindReturnReason, key,
                         [](const Row& row) { return row.Text(0); }));
    return std::move(found).value_or("");
  }

  absl::StatusOr<std::vector<Submission>> ListRevisions(
      const base::SubmissionName& name, int after, int limit) override {
    std::vector<platform::Parameter> key = Key(name);
    key.emplace_back(after);
    key.emplace_back(limit);
    return ListBy(kListRevisions, name.parent(), key, true);
  }

  absl::StatusOr<std::vector<Submission>> ListChanges(
      const base::RoundName& name, std::int64_t after, int limit) override {
    return ListBy(kListSubmissionChanges, name,
                  {name.survey, name.fiscal_year.value(), after, limit}, true);
  }

  absl::StatusOr<SubmissionCounts> CountByState(
      const base::RoundName& name) override {
    SubmissionCounts counts;
    WELFARE_RETURN_IF_ERROR(connection_.ForEach(
        kCountByState, {name.survey, name.fiscal_year.value()},
        [&](const Row& row) -> absl::Status {
          WELFARE_ASSIGN_OR_RETURN(const SubmissionState state,
                                   ReadState(row, 1));
          counts[{static_cast<base::RespondentKind>(row.Int64(0)), state}] =
              static_cast<int>(row.Int64(2));
          return absl::OkStatus();
        }));
    return counts;
  }

  absl::StatusOr<std::optional<base::Timestamp>> FindLastHandedIn(
      const base::RoundName& name) override {
    return connection_.Find(
        kFindLastHandedIn,
        {name.survey, name.fiscal_year.value(),
         static_cast<std::int64_t>(SubmissionState::kSubmitted)},
        [](const Row& row) {
          return base::Timestamp::FromMicros(row.Int64(0));
        });
  }

  absl::StatusOr<Contact> FindContact(
      const base::SubmissionName& name) override {
    WELFARE_ASSIGN_OR_RETURN(
        std::optional<Contact> found,
        connection_.Find(kFindContact, Key(name), [](const Row& row) {
          return Contact{.department = row.Text(0), .contact = row.Text(1)};
        }));
    return found.value_or(Contact{});
  }

 private:
  static std::vector<platform::Parameter> Key(
      const base::SubmissionName& name) {
    return {name.survey, name.fiscal_year.value(),
            name.respondent.municipality.ToString(),
            Number(name.respondent.kind)};
  }
  static std::vector<platform::Parameter> Filter(const SubmissionQuery& query) {
    std::vector<platform::Parameter> parameters = {
        query.round.survey, query.round.fiscal_year.value(),
        query.revision > 0 ? query.revision
                           : std::numeric_limits<std::int64_t>::max(),
        query.kind ? Number(*query.kind) : std::int64_t{0}};
    // As many as there are; one that is not asked for is 0.
    for (const auto& [state, name] : vocabulary::kSubmissionStates) {
      const bool asked = query.states.empty() ||
                         std::find(query.states.begin(), query.states.end(),
                                   state) != query.states.end();
      parameters.emplace_back(asked ? static_cast<std::int64_t>(state)
                                    : std::int64_t{0});
    }
    AddRespondent(query.only, parameters);
    return parameters;
  }

  // Code and kind; an empty code and 0 for nobody.
  static void AddRespondent(const std::optional<base::Respondent>& respondent,
                            std::vector<platform::Parameter>& parameters) {
    parameters.emplace_back(respondent ? respondent->municipality.ToString()
                                       : std::string());
    parameters.emplace_back(respondent ? Number(respondent->kind)
                                       : std::int64_t{0});
  }

  absl::StatusOr<std::optional<Submission>> FindSubmissionBy(
      const Query& query, const base::SubmissionName& name,
      const std::vector<platform::Parameter>& parameters) {
    WELFARE_ASSIGN_OR_RETURN(std::vector<Submission> list,
                             ListBy(query, name.parent(), parameters, true));
    if (list.empty()) return std::nullopt;
    return std::move(list.front());
  }

  absl::StatusOr<std::vector<Submission>> ListBy(
      const Query& query, const base::RoundName& round,
      const std::vector<platform::Parameter>& parameters, bool answers) {
    std::vector<Submission> list;
    WELFARE_RETURN_IF_ERROR(connection_.ForEach(
        query, parameters, [&](const Row& row) -> absl::Status {
          WELFARE_ASSIGN_OR_RETURN(Submission submission,
                                   ReadSubmission(round, row, answers));
          list.push_back(std::move(submission));
          return absl::OkStatus();
        }));
    return list;
  }

  Connection& connection_;
};

// Audits every write.
class SqlSubmissionWriter final : public SqlSubmissionReads<SubmissionWriter> {
 public:
  explicit SqlSubmissionWriter(SqlChange& change)
      : SqlSubmissionReads(change.transaction()), change_(change) {}

  absl::StatusOr<Submission> Append(Submission next) override {
    return AppendRevision(change_, std::move(next));
  }
  absl::Status AppendAll(const base::RoundName& name,
                         std::span<const Revision> revisions) override {
    return AppendRevisions(change_, name, revisions);
  }

  absl::Status StoreContact(const base::SubmissionName& name,
                            const Contact& contact) override {
    WELFARE_ASSIGN_OR_RETURN(const Contact before, this->FindContact(name));
    if (contact == before) return absl::OkStatus();
    WELFARE_ASSIGN_OR_RETURN(const std::optional<std::int64_t> round_id,
                             change_.FindRoundId(name.parent()));
    if (!round_id) return RoundNotFound(name.parent());
    WELFARE_ASSIGN_OR_RETURN(
        const std::optional<std::int64_t> id,
        FindSubmissionId(change_, *round_id, name.respondent));
    if (!id) return SubmissionNotFound(name);
    WELFARE_RETURN_IF_ERROR(change_.Execute(
        kStoreContact, {*id, contact.department, contact.contact}));
    return change_.Audit(name.ToString(),
                         base::JsonObject().Add("contact", "stored"));
  }

 private:
  SqlChange& change_;
};

}  // namespace

std::unique_ptr<SubmissionReader> MakeSqlSubmissionReader(
    platform::Connection& connection) {
  return std::make_unique<SqlSubmissionReads<SubmissionReader>>(connection);
}

std::unique_ptr<SubmissionWriter> MakeSqlSubmissionWriter(SqlChange& change) {
  return std::make_unique<SqlSubmissionWriter>(change);
}

}  // namespace welfare::survey
