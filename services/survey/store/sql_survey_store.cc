#include "services/survey/store/sql_survey_store.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/sha256.h"
#include "services/platform/storage/audit_log.h"
#include "services/platform/storage/idempotency.h"
#include "services/survey/api/convert.h"
#include "services/survey/errors.h"
#include "welfare/survey/v1/columns.pb.h"
#include "welfare/survey/v1/submission.pb.h"

namespace welfare::survey {
namespace {

using platform::Bytes;
using platform::CallLimits;
using platform::Connection;
using platform::Query;
using platform::Row;
using platform::Transaction;

// --- codebooks ---
constexpr Query kFindCodebook{
    "find_codebook",
    "SELECT version, title, state, digest, create_micros, publish_micros,"
    " rules, survey_sheet, choices_sheet, settings_sheet"
    " FROM codebooks WHERE survey = $1 AND version = $2"};
constexpr Query kListCodebooks{
    "list_codebooks",
    "SELECT version, title, state, digest, create_micros, publish_micros, rules"
    " FROM codebooks WHERE survey = $1 AND version > $2"
    " ORDER BY version LIMIT $3"};
constexpr Query kStoreCodebook{
    "store_codebook",
    "INSERT INTO codebooks (codebook_id, survey, version, title, state,"
    " digest, survey_sheet, choices_sheet, settings_sheet, create_micros, "
    "rules)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    " ON CONFLICT (survey, version) DO UPDATE SET title = excluded.title,"
    " digest = excluded.digest, rules = excluded.rules, survey_sheet = "
    "excluded.survey_sheet,"
    " choices_sheet = excluded.choices_sheet,"
    " settings_sheet = excluded.settings_sheet"};
constexpr Query kPublishCodebook{
    "publish_codebook",
    "UPDATE codebooks SET state = $3, publish_micros = $4"
    " WHERE survey = $1 AND version = $2"};
constexpr Query kNextId{
    "next_id",
    "UPDATE counters SET value = value + 1 WHERE name = $1 RETURNING value"};

// --- rounds ---
constexpr Query kFindRound{
    "find_round",
    "SELECT d.round_id, d.fiscal_year, d.revision, d.create_micros,"
    " d.update_micros, v.state, v.registry_version, v.pin_revision,"
    " v.codebook_version, v.program, v.display_name, v.purpose, v.method,"
    " v.publisher, v.window_start, v.window_end, v.synthetic, v.reason,"
    " v.registry_incarnation"
    " FROM rounds d JOIN round_revisions v ON v.round_id = d.round_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2"
    " ORDER BY v.revision DESC LIMIT 1"};
constexpr Query kFindRoundAt{
    "find_round_at",
    "SELECT d.round_id, d.fiscal_year, CAST($3 AS BIGINT), d.create_micros,"
    " COALESCE((SELECT s.recorded_micros FROM submission_revisions s"
    " WHERE s.round_id = d.round_id AND s.round_revision = $3),"
    " v.recorded_micros),"
    " v.state, v.registry_version, v.pin_revision,"
    " v.codebook_version, v.program, v.display_name, v.purpose, v.method,"
    " v.publisher, v.window_start, v.window_end, v.synthetic, v.reason,"
    " v.registry_incarnation"
    " FROM rounds d JOIN round_revisions v ON v.round_id = d.round_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2 AND v.revision <= $3"
    " ORDER BY v.revision DESC LIMIT 1"};
constexpr Query kListRounds{
    "list_rounds",
    "SELECT d.round_id, d.fiscal_year, d.revision, d.create_micros,"
    " d.update_micros, v.state, v.registry_version, v.pin_revision,"
    " v.codebook_version, v.program, v.display_name, v.purpose, v.method,"
    " v.publisher, v.window_start, v.window_end, v.synthetic, v.reason,"
    " v.registry_incarnation"
    " FROM rounds d JOIN round_revisions v ON v.round_id = d.round_id"
    " WHERE d.survey = $1 AND d.fiscal_year > $2"
    " AND v.revision = (SELECT MAX(w.revision) FROM round_revisions w"
    " WHERE w.round_id = d.round_id) AND v.state <> 5"  // deleted
    " ORDER BY d.fiscal_year LIMIT $3"};
constexpr Query kListRoundRevisions{
    "list_round_revisions",
    "SELECT survey, fiscal_year, revision FROM rounds"
    " ORDER BY survey, fiscal_year"};
constexpr Query kInsertRound{
    "insert_round",
    "INSERT INTO rounds (round_id, survey, fiscal_year, revision,"
    " create_micros, update_micros) VALUES ($1, $2, $3, 1, $4, $4)"};
// A year that was deleted is created again; its revisions go on.
constexpr Query kRecreateRound{
    "recreate_round",
    "UPDATE rounds SET create_micros = $2 WHERE round_id = $1"};
// Also the lock that hands revisions out one after another on every engine.
constexpr Query kNextRevision{
    "next_round_revision",
    "UPDATE rounds SET revision = revision + 1, update_micros = $2"
    " WHERE round_id = $1 RETURNING revision"};
constexpr Query kInsertRoundRevision{
    "insert_round_revision",
    "INSERT INTO round_revisions (round_id, revision, state, registry_version,"
    " pin_revision, codebook_version, program, display_name, purpose, method,"
    " publisher, window_start, window_end, synthetic, actor, recorded_micros,"
    " reason, registry_incarnation)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
    " $15, $16, $17, $18)"};
constexpr Query kInsertFrameRow{
    "insert_frame_row",
    "INSERT INTO frame_rows (round_id, pin_revision, municipality_code,"
    " respondent_kind, registry_version, content)"
    " VALUES ($1, $2, $3, $4, $5, $6)"};
constexpr Query kLoadFrame{
    "load_frame",
    "SELECT f.content FROM frame_rows f"
    " JOIN rounds d ON d.round_id = f.round_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2 AND f.pin_revision = $3"
    " ORDER BY f.municipality_code, f.respondent_kind"};

// --- submissions ---
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
// $10 and $11: the respondent after whom the page begins.
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
    " AND (s.municipality_code > $10 OR"
    " (s.municipality_code = $10 AND s.respondent_kind > $11))"
    " ORDER BY s.municipality_code, s.respondent_kind LIMIT $12"};
constexpr Query kCountSubmissions{
    "count_submissions",
    "SELECT COUNT(*)"
    " FROM submissions s JOIN rounds d ON d.round_id = s.round_id"
    " JOIN submission_revisions v ON v.submission_id = s.submission_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2"
    " AND v.revision = (SELECT MAX(w.revision) FROM submission_revisions w"
    " WHERE w.submission_id = s.submission_id AND w.round_revision <= $3)"
    " AND ($4 = 0 OR s.respondent_kind = $4)"
    " AND v.state IN ($5, $6, $7, $8, $9)"};
constexpr Query kCountByState{
    "count_by_state",
    "SELECT s.respondent_kind, v.state, COUNT(*)"
    " FROM submissions s JOIN rounds d ON d.round_id = s.round_id"
    " JOIN submission_revisions v ON v.submission_id = s.submission_id"
    " AND v.revision = s.revision"
    " WHERE d.survey = $1 AND d.fiscal_year = $2"
    " GROUP BY s.respondent_kind, v.state"};
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
constexpr Query kListRoundChanges{
    "list_round_changes",
    "SELECT v.revision FROM rounds d"
    " JOIN round_revisions v ON v.round_id = d.round_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2 AND v.revision > $3"
    " ORDER BY v.revision LIMIT $4"};
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
// States of a submission, and so parameters of a filter by them.
constexpr std::size_t kStates = 5;

CallLimits ToCallLimits(const StoreLimits& limits) {
  return {.deadline = limits.deadline, .stop = limits.stop};
}

std::optional<base::Timestamp> FindTime(const Row& row, int column) {
  const auto micros = row.FindInt64(column);
  if (!micros) return std::nullopt;
  return base::Timestamp::FromMicros(*micros);
}

absl::StatusOr<std::optional<base::Date>> FindDate(const Row& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  const auto date = base::Date::Parse(row.TextView(column));
  if (!date.ok()) return StoredValueInvalid("date");
  return *date;
}

std::optional<std::string> ToText(const std::optional<base::Date>& date) {
  if (!date) return std::nullopt;
  return date->ToString();
}

StoredCodebook ReadCodebook(const std::string& survey, const Row& row) {
  return {.name = {.survey = survey, .version = row.Text(0)},
          .title = row.Text(1),
          .state = static_cast<CodebookState>(row.Int64(2)),
          .sheets = {},
          .rules = static_cast<SheetRules>(row.Int64(6)),
          .digest = row.Text(3),
          .create_time = base::Timestamp::FromMicros(row.Int64(4)),
          .publish_time = FindTime(row, 5)};
}

absl::StatusOr<Round> ReadRound(const std::string& survey, const Row& row) {
  const auto year = base::FiscalYear::Make(static_cast<int>(row.Int64(1)));
  if (!year.ok()) return StoredValueInvalid("fiscal_year");
  Round round{.name = {.survey = survey, .fiscal_year = *year}};
  round.revision = row.Int64(2);
  round.create_time = base::Timestamp::FromMicros(row.Int64(3));
  round.update_time = base::Timestamp::FromMicros(row.Int64(4));
  round.state = static_cast<RoundState>(row.Int64(5));
  round.registry_version = row.Int64(6);
  round.pin_revision = row.Int64(7);
  round.codebook = {.survey = survey, .version = row.Text(8)};
  round.program = {.program = row.Text(9)};
  round.display_name = row.Text(10);
  round.purpose = row.Text(11);
  round.method = row.Text(12);
  round.publisher = row.Text(13);
  WELFARE_ASSIGN_OR_RETURN(round.window_start, FindDate(row, 14));
  WELFARE_ASSIGN_OR_RETURN(round.window_end, FindDate(row, 15));
  round.synthetic = row.Bool(16);
  round.reason = row.Text(17);
  round.registry_incarnation = row.Text(18);
  return round;
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
  submission.state = static_cast<SubmissionState>(row.Int64(5));
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

std::int64_t Number(base::RespondentKind kind) {
  return static_cast<std::int64_t>(kind);
}

// The reading half of both interfaces, on one connection.
template <typename Interface>
class SqlReads : public Interface {
 public:
  SqlReads(Connection& connection, const std::string& incarnation)
      : connection_(connection), incarnation_(incarnation) {}

  const std::string& incarnation() const override { return incarnation_; }

  absl::StatusOr<std::optional<StoredCodebook>> FindCodebook(
      const base::CodebookName& name) override {
    return connection_.Find(
        kFindCodebook, {name.survey, name.version}, [&](const Row& row) {
          StoredCodebook found = ReadCodebook(name.survey, row);
          found.sheets = {.survey = row.Text(7),
                          .choices = row.Text(8),
                          .settings = row.Text(9)};
          return found;
        });
  }

  absl::StatusOr<std::vector<StoredCodebook>> ListCodebooks(
      const base::SurveyName& survey, std::string_view after,
      int limit) override {
    return connection_.List(
        kListCodebooks, {survey.survey, after, limit},
        [&](const Row& row) { return ReadCodebook(survey.survey, row); });
  }

  absl::StatusOr<std::optional<Round>> FindRound(
      const base::RoundName& name) override {
    return FindRoundBy(kFindRound, name,
                       {name.survey, name.fiscal_year.value()});
  }

  absl::StatusOr<std::optional<Round>> FindRoundAt(
      const base::RoundName& name, std::int64_t revision) override {
    return FindRoundBy(kFindRoundAt, name,
                       {name.survey, name.fiscal_year.value(), revision});
  }

  absl::StatusOr<std::vector<Round>> ListRounds(const base::SurveyName& survey,
                                                int after, int limit) override {
    std::vector<Round> rounds;
    WELFARE_RETURN_IF_ERROR(connection_.ForEach(
        kListRounds, {survey.survey, after, limit},
        [&](const Row& row) -> absl::Status {
          WELFARE_ASSIGN_OR_RETURN(Round round, ReadRound(survey.survey, row));
          round.incarnation = incarnation_;
          rounds.push_back(std::move(round));
          return absl::OkStatus();
        }));
    return rounds;
  }

  absl::StatusOr<std::vector<std::pair<base::RoundName, std::int64_t>>>
  ListRevisions() override {
    std::vector<std::pair<base::RoundName, std::int64_t>> revisions;
    WELFARE_RETURN_IF_ERROR(connection_.ForEach(
        kListRoundRevisions, {}, [&](const Row& row) -> absl::Status {
          const auto year =
              base::FiscalYear::Make(static_cast<int>(row.Int64(1)));
          if (!year.ok()) return StoredValueInvalid("fiscal_year");
          revisions.emplace_back(
              base::RoundName{.survey = row.Text(0), .fiscal_year = *year},
              row.Int64(2));
          return absl::OkStatus();
        }));
    return revisions;
  }

  absl::StatusOr<std::vector<FrameRow>> LoadFrame(
      const base::RoundName& name, std::int64_t pin_revision) override {
    std::vector<FrameRow> rows;
    WELFARE_RETURN_IF_ERROR(connection_.ForEach(
        kLoadFrame, {name.survey, name.fiscal_year.value(), pin_revision},
        [&](const Row& row) -> absl::Status {
          v1::Frame::Row stored;
          const std::string_view bytes = row.BytesView(0);
          if (!stored.ParseFromArray(bytes.data(),
                                     static_cast<int>(bytes.size()))) {
            return StoredValueInvalid("frame");
          }
          auto one = FrameRowFromProto(stored);
          if (!one.ok()) return StoredValueInvalid("frame");
          rows.push_back(*std::move(one));
          return absl::OkStatus();
        }));
    return rows;
  }

  absl::StatusOr<std::optional<Submission>> FindSubmission(
      const base::SubmissionName& name) override {
    return FindSubmissionBy(kFindSubmission, name, Key(name));
  }

  absl::StatusOr<std::optional<Submission>> FindSubmissionAt(
      const base::SubmissionName& name, std::int64_t revision) override {
    std::vector<platform::Parameter> key = Key(name);
    key.emplace_back(revision);
    return FindSubmissionBy(kFindSubmissionAt, name, key);
  }

  absl::StatusOr<std::vector<Submission>> ListSubmissions(
      const SubmissionQuery& query) override {
    std::vector<platform::Parameter> parameters = Filter(query);
    parameters.emplace_back(query.after ? query.after->municipality.ToString()
                                        : std::string());
    parameters.emplace_back(query.after ? Number(query.after->kind)
                                        : std::int64_t{0});
    parameters.emplace_back(query.limit);
    return ListBy(kListSubmissions, query.round, parameters, query.answers);
  }

  absl::StatusOr<int> CountSubmissions(const SubmissionQuery& query) override {
    return connection_.Get(
        kCountSubmissions, Filter(query),
        [](const Row& row) { return static_cast<int>(row.Int64(0)); });
  }

  absl::StatusOr<std::vector<Submission>> LoadSubmissionsAt(
      const base::RoundName& name, std::int64_t revision) override {
    return ListBy(kLoadSubmissionsAt, name,
                  {name.survey, name.fiscal_year.value(), revision}, true);
  }

  absl::StatusOr<std::vector<Submission>> ListSubmissionRevisions(
      const base::SubmissionName& name, int after, int limit) override {
    std::vector<platform::Parameter> key = Key(name);
    key.emplace_back(after);
    key.emplace_back(limit);
    return ListBy(kListRevisions, name.parent(), key, true);
  }

  absl::StatusOr<std::vector<RoundChange>> ListChanges(
      const base::RoundName& name, std::int64_t after, int limit) override {
    WELFARE_ASSIGN_OR_RETURN(
        std::vector<Submission> submissions,
        ListBy(kListSubmissionChanges, name,
               {name.survey, name.fiscal_year.value(), after, limit}, true));
    WELFARE_ASSIGN_OR_RETURN(
        const std::vector<std::int64_t> revisions,
        connection_.List(kListRoundChanges,
                         {name.survey, name.fiscal_year.value(), after, limit},
                         [](const Row& row) { return row.Int64(0); }));
    std::vector<RoundChange> changes;
    for (Submission& submission : submissions) {
      const std::int64_t revision = submission.round_revision;
      changes.push_back({.revision = revision, .after = std::move(submission)});
    }
    for (const std::int64_t revision : revisions) {
      WELFARE_ASSIGN_OR_RETURN(std::optional<Round> round,
                               FindRoundAt(name, revision));
      if (round) {
        changes.push_back({.revision = revision, .after = *std::move(round)});
      } else {
        changes.push_back({.revision = revision, .after = name});
      }
    }
    std::sort(changes.begin(), changes.end(),
              [](const RoundChange& a, const RoundChange& b) {
                return a.revision < b.revision;
              });
    if (changes.size() > static_cast<std::size_t>(limit)) {
      changes.erase(changes.begin() + limit, changes.end());
    }
    return changes;
  }

  absl::StatusOr<SubmissionCounts> CountByState(
      const base::RoundName& name) override {
    SubmissionCounts counts;
    WELFARE_RETURN_IF_ERROR(connection_.ForEach(
        kCountByState, {name.survey, name.fiscal_year.value()},
        [&](const Row& row) {
          counts[{static_cast<base::RespondentKind>(row.Int64(0)),
                  static_cast<SubmissionState>(row.Int64(1))}] =
              static_cast<int>(row.Int64(2));
          return absl::OkStatus();
        }));
    return counts;
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
    std::vector<SubmissionState> states = query.states;
    if (states.empty()) {
      states = {SubmissionState::kDraft, SubmissionState::kSubmitted,
                SubmissionState::kReturned, SubmissionState::kAccepted,
                SubmissionState::kFinal};
    }
    // A state may stand twice.
    for (std::size_t i = 0; i < kStates; ++i) {
      parameters.emplace_back(
          static_cast<std::int64_t>(states[std::min(i, states.size() - 1)]));
    }
    return parameters;
  }

  absl::StatusOr<std::optional<Round>> FindRoundBy(
      const Query& query, const base::RoundName& name,
      const std::vector<platform::Parameter>& parameters) {
    std::optional<Round> found;
    WELFARE_RETURN_IF_ERROR(connection_.ForEach(
        query, parameters, [&](const Row& row) -> absl::Status {
          WELFARE_ASSIGN_OR_RETURN(Round round, ReadRound(name.survey, row));
          round.incarnation = incarnation_;
          found = std::move(round);
          return absl::OkStatus();
        }));
    if (found && found->state == RoundState::kDeleted) return std::nullopt;
    return found;
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
  const std::string& incarnation_;
};

// Writes in one transaction and audits every change it makes.
class SqlWriter final : public SqlReads<StoreWriter> {
 public:
  SqlWriter(Transaction& transaction, const ChangeRequest& request,
            base::Timestamp time, const std::string& incarnation)
      : SqlReads(transaction, incarnation),
        transaction_(transaction),
        request_(request),
        time_(time) {}

  base::Timestamp time() const override { return time_; }

  // Whether a round has another revision now.
  bool made_revision() const { return made_revision_; }

  absl::Status StoreCodebook(const StoredCodebook& codebook) override {
    WELFARE_ASSIGN_OR_RETURN(const std::int64_t id, NextId("codebook"));
    WELFARE_RETURN_IF_ERROR(Execute(
        kStoreCodebook,
        {id, codebook.name.survey, codebook.name.version, codebook.title,
         static_cast<std::int64_t>(codebook.state), codebook.digest,
         codebook.sheets.survey, codebook.sheets.choices,
         codebook.sheets.settings, codebook.create_time.micros(),
         static_cast<std::int64_t>(codebook.rules)}));
    return Audit(codebook.name.ToString(),
                 R"({"digest":")" + codebook.digest + R"("})");
  }

  absl::Status PublishCodebook(const base::CodebookName& name,
                               base::Timestamp time) override {
    WELFARE_RETURN_IF_ERROR(Execute(
        kPublishCodebook,
        {name.survey, name.version,
         static_cast<std::int64_t>(CodebookState::kPublished), time.micros()}));
    return Audit(name.ToString(), R"({"state":"PUBLISHED"})");
  }

  absl::StatusOr<Round> AppendRound(const Round& round) override {
    WELFARE_ASSIGN_OR_RETURN(std::optional<std::int64_t> id,
                             FindRoundId(round.name));
    Round next = round;
    next.update_time = time_;
    next.incarnation = incarnation();
    if (id) {
      WELFARE_ASSIGN_OR_RETURN(const std::optional<Round> before,
                               this->FindRound(round.name));
      if (!before) {
        next.create_time = time_;
        WELFARE_RETURN_IF_ERROR(Execute(kRecreateRound, {*id, time_.micros()}));
      }
      WELFARE_ASSIGN_OR_RETURN(next.revision, NextRevision(*id));
    } else {
      WELFARE_ASSIGN_OR_RETURN(id, NextId("round"));
      WELFARE_RETURN_IF_ERROR(Execute(
          kInsertRound, {*id, round.name.survey, round.name.fiscal_year.value(),
                         time_.micros()}));
      next.revision = 1;
      next.create_time = time_;
      made_revision_ = true;
    }
    if (next.pin_revision < 0) next.pin_revision = next.revision;
    WELFARE_RETURN_IF_ERROR(Execute(
        kInsertRoundRevision,
        {*id, next.revision, static_cast<std::int64_t>(next.state),
         next.registry_version, next.pin_revision, next.codebook.version,
         next.program.program, next.display_name, next.purpose, next.method,
         next.publisher, ToText(next.window_start), ToText(next.window_end),
         static_cast<std::int64_t>(next.synthetic), request_.actor,
         time_.micros(), next.reason, next.registry_incarnation}));
    // The reason stands in the revision; here its digest says which it was.
    const std::string reason =
        next.reason.empty()
            ? ""
            : R"(,"reason_digest":")" + base::Sha256Hex(next.reason) + '"';
    WELFARE_RETURN_IF_ERROR(Audit(
        next.name.ToString(),
        R"({"revision":)" + std::to_string(next.revision) + R"(,"state":")" +
            std::string(ToString(next.state)) + R"(","registry_version":)" +
            std::to_string(next.registry_version) + reason + "}"));
    return next;
  }

  absl::Status StoreFrame(const Round& round, const Frame& frame) override {
    WELFARE_ASSIGN_OR_RETURN(const std::optional<std::int64_t> id,
                             FindRoundId(round.name));
    if (!id) return RoundNotFound(round.name);
    for (const FrameRow& row : frame.rows()) {
      WELFARE_RETURN_IF_ERROR(Execute(
          kInsertFrameRow,
          {*id, round.pin_revision, row.respondent.municipality.ToString(),
           Number(row.respondent.kind), round.registry_version,
           Bytes{ToProto(row).SerializeAsString()}}));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Submission> AppendSubmission(
      const Submission& submission) override {
    WELFARE_ASSIGN_OR_RETURN(const std::optional<std::int64_t> round_id,
                             FindRoundId(submission.name.parent()));
    if (!round_id) return RoundNotFound(submission.name.parent());
    Submission next = submission;
    next.update_time = time_;
    // First, so that writers of one round take turns.
    WELFARE_ASSIGN_OR_RETURN(next.round_revision, NextRevision(*round_id));
    const std::string code = next.name.respondent.municipality.ToString();
    const std::int64_t kind = Number(next.name.respondent.kind);
    struct Found {
      std::int64_t id;
      int revision;
      base::Timestamp create_time;
    };
    WELFARE_ASSIGN_OR_RETURN(
        const std::optional<Found> found,
        transaction_.Find(
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
      WELFARE_RETURN_IF_ERROR(Execute(kSetRevision, {id, next.revision}));
    } else {
      WELFARE_ASSIGN_OR_RETURN(id, NextId("submission"));
      next.revision = 1;
      next.create_time = time_;
      WELFARE_RETURN_IF_ERROR(Execute(
          kInsertSubmission, {id, *round_id, code, kind, time_.micros()}));
    }
    v1::Submission stored;
    for (const Answer& answer : next.answers) {
      *stored.add_answers() = ToProto(answer);
    }
    WELFARE_RETURN_IF_ERROR(
        Execute(kInsertRevision,
                {id, next.revision, *round_id, next.round_revision,
                 next.registry_version, static_cast<std::int64_t>(next.state),
                 ToText(next.received_on), static_cast<std::int64_t>(next.late),
                 next.digest, Bytes{stored.SerializeAsString()}, next.reason,
                 request_.actor, time_.micros()}));
    WELFARE_RETURN_IF_ERROR(Audit(
        next.name.ToString(),
        R"({"revision":)" + std::to_string(next.revision) +
            R"(,"round_revision":)" + std::to_string(next.round_revision) +
            R"(,"state":")" + std::string(ToString(next.state)) +
            R"(","digest":")" + next.digest + R"("})"));
    return next;
  }

  absl::Status StoreContact(const base::SubmissionName& name,
                            const Contact& contact) override {
    WELFARE_ASSIGN_OR_RETURN(const Contact before, FindContact(name));
    if (contact == before) return absl::OkStatus();
    WELFARE_ASSIGN_OR_RETURN(const std::optional<std::int64_t> round_id,
                             FindRoundId(name.parent()));
    if (!round_id) return RoundNotFound(name.parent());
    WELFARE_ASSIGN_OR_RETURN(
        const std::optional<std::int64_t> id,
        transaction_.Find(kFindSubmissionId,
                          {*round_id, name.respondent.municipality.ToString(),
                           Number(name.respondent.kind)},
                          [](const Row& row) { return row.Int64(0); }));
    if (!id) return SubmissionNotFound(name);
    WELFARE_RETURN_IF_ERROR(
        Execute(kStoreContact, {*id, contact.department, contact.contact}));
    return Audit(name.ToString(), R"({"contact":"stored"})");
  }

 private:
  absl::Status Execute(const Query& query,
                       const std::vector<platform::Parameter>& parameters) {
    return transaction_.Execute(query, parameters).status();
  }

  absl::Status Audit(const std::string& resource, std::string detail) {
    return platform::AppendAudit(transaction_,
                                 {.recorded_time = time_,
                                  .actor = request_.actor,
                                  .action = request_.method,
                                  .resource = resource,
                                  .request_id = request_.request_id,
                                  .detail = std::move(detail)})
        .status();
  }

  absl::StatusOr<std::int64_t> NextId(std::string_view counter) {
    return transaction_.Get(kNextId, {counter},
                            [](const Row& row) { return row.Int64(0); });
  }

  absl::StatusOr<std::int64_t> NextRevision(std::int64_t round_id) {
    made_revision_ = true;
    return transaction_.Get(kNextRevision, {round_id, time_.micros()},
                            [](const Row& row) { return row.Int64(0); });
  }

  absl::StatusOr<std::optional<std::int64_t>> FindRoundId(
      const base::RoundName& name) {
    const auto known = round_ids_.find(name);
    if (known != round_ids_.end()) return known->second;
    static constexpr Query kFindRoundId{
        "find_round_id",
        "SELECT round_id FROM rounds WHERE survey = $1 AND fiscal_year = $2"};
    WELFARE_ASSIGN_OR_RETURN(
        const std::optional<std::int64_t> id,
        transaction_.Find(kFindRoundId, {name.survey, name.fiscal_year.value()},
                          [](const Row& row) { return row.Int64(0); }));
    if (id) round_ids_.emplace(name, *id);
    return id;
  }

  Transaction& transaction_;
  const ChangeRequest& request_;
  const base::Timestamp time_;
  bool made_revision_ = false;
  std::map<base::RoundName, std::int64_t> round_ids_;
};

}  // namespace

absl::Status SqlSurveyStore::Read(
    const StoreLimits& limits,
    const std::function<absl::Status(StoreReader&)>& read) {
  return database_.Read(ToCallLimits(limits), [&](Connection& connection) {
    SqlReads<StoreReader> reader(connection, incarnation_);
    return read(reader);
  });
}

absl::StatusOr<std::string> SqlSurveyStore::Change(
    const StoreLimits& limits, const ChangeRequest& request,
    const std::function<absl::StatusOr<std::string>(StoreWriter&)>& change) {
  bool ran = false;
  absl::StatusOr<std::string> stored = database_.Write(
      ToCallLimits(limits),
      [&](Transaction& transaction) -> absl::StatusOr<std::string> {
        const base::Timestamp now = clock_.Now();
        return platform::RunOnce(
            transaction,
            {.request_id = request.request_id,
             .method = request.method,
             .body = request.body},
            now, [&]() -> absl::StatusOr<std::string> {
              SqlWriter writer(transaction, request, now, incarnation_);
              WELFARE_ASSIGN_OR_RETURN(std::string reply, change(writer));
              ran = true;
              if (writer.made_revision()) {
                WELFARE_RETURN_IF_ERROR(transaction.NotifyChange());
              }
              return reply;
            });
      });
  if (!stored.ok() && ran) undone_();
  return stored;
}

}  // namespace welfare::survey
