#include "services/survey/store/sql/sql_rounds.h"

#include <optional>
#include <utility>
#include <vector>

#include "services/base/coding/json_text.h"
#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/survey/errors.h"
#include "services/survey/store/sql/stored_values.h"
#include "services/survey/store/stored_messages.h"
#include "welfare/survey/v1/columns.pb.h"

namespace welfare::survey {
namespace {

using platform::Bytes;
using platform::Connection;
using platform::Query;
using platform::Row;

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

constexpr Query kListRoundChanges{
    "list_round_changes",
    "SELECT v.revision FROM rounds d"
    " JOIN round_revisions v ON v.round_id = d.round_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2 AND v.revision > $3"
    " ORDER BY v.revision LIMIT $4"};

constexpr Query kFindRoundMover{
    "find_round_mover",
    "SELECT m.actor, m.recorded_micros FROM ("
    "SELECT v.revision AS revision, v.actor AS actor,"
    " v.recorded_micros AS recorded_micros"
    " FROM rounds d JOIN round_revisions v ON v.round_id = d.round_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2 AND v.revision > $3"
    " UNION ALL "
    "SELECT s.round_revision, s.actor, s.recorded_micros"
    " FROM rounds d JOIN submission_revisions s ON s.round_id = d.round_id"
    " WHERE d.survey = $1 AND d.fiscal_year = $2 AND s.round_revision > $3"
    ") m ORDER BY m.revision LIMIT 1"};

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

// The reading half of both interfaces, on one connection.
template <typename Interface>
class SqlRoundReads : public Interface {
 public:
  SqlRoundReads(Connection& connection, const std::string& incarnation)
      : connection_(connection), incarnation_(incarnation) {}

  absl::StatusOr<std::optional<Round>> Find(
      const base::RoundName& name) override {
    return FindRoundBy(kFindRound, name,
                       {name.survey, name.fiscal_year.value()});
  }

  absl::StatusOr<std::optional<Round>> FindAt(const base::RoundName& name,
                                              std::int64_t revision) override {
    return FindRoundBy(kFindRoundAt, name,
                       {name.survey, name.fiscal_year.value(), revision});
  }

  absl::StatusOr<std::vector<Round>> List(const base::SurveyName& survey,
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

  absl::StatusOr<std::vector<std::int64_t>> ListChanges(
      const base::RoundName& name, std::int64_t after, int limit) override {
    return connection_.List(
        kListRoundChanges,
        {name.survey, name.fiscal_year.value(), after, limit},
        [](const Row& row) { return row.Int64(0); });
  }

  absl::StatusOr<std::optional<importing::Mover>> FindMover(
      const base::RoundName& name, std::int64_t after) override {
    std::optional<importing::Mover> mover;
    WELFARE_RETURN_IF_ERROR(connection_.ForEach(
        kFindRoundMover, {name.survey, name.fiscal_year.value(), after},
        [&](const Row& row) -> absl::Status {
          mover = importing::Mover{
              .actor = row.Text(0),
              .action = {},
              .time = base::Timestamp::FromMicros(row.Int64(1))};
          return absl::OkStatus();
        }));
    return mover;
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

 private:
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

  Connection& connection_;
  const std::string& incarnation_;
};

// Audits every write.
class SqlRoundWriter final : public SqlRoundReads<RoundWriter> {
 public:
  explicit SqlRoundWriter(SqlChange& change)
      : SqlRoundReads(change.transaction(), change.incarnation()),
        change_(change) {}

  absl::StatusOr<Round> Append(const Round& round) override {
    WELFARE_ASSIGN_OR_RETURN(std::optional<std::int64_t> id,
                             change_.FindRoundId(round.name));
    Round next = round;
    next.update_time = change_.time();
    next.incarnation = change_.incarnation();
    if (id) {
      WELFARE_ASSIGN_OR_RETURN(const std::optional<Round> before,
                               this->Find(round.name));
      if (!before) {
        next.create_time = change_.time();
        WELFARE_RETURN_IF_ERROR(
            change_.Execute(kRecreateRound, {*id, change_.time().micros()}));
      }
      WELFARE_ASSIGN_OR_RETURN(next.revision, change_.NextRevision(*id));
    } else {
      WELFARE_ASSIGN_OR_RETURN(id, change_.NextId("round"));
      WELFARE_RETURN_IF_ERROR(change_.Execute(
          kInsertRound, {*id, round.name.survey, round.name.fiscal_year.value(),
                         change_.time().micros()}));
      next.revision = 1;
      next.create_time = change_.time();
      change_.SetMadeRevision();
    }
    if (next.pin_revision < 0) next.pin_revision = next.revision;
    WELFARE_RETURN_IF_ERROR(change_.Execute(
        kInsertRoundRevision,
        {*id, next.revision, static_cast<std::int64_t>(next.state),
         next.registry_version, next.pin_revision, next.codebook.version,
         next.program.program, next.display_name, next.purpose, next.method,
         next.publisher, ToText(next.window_start), ToText(next.window_end),
         static_cast<std::int64_t>(next.synthetic), change_.actor(),
         change_.time().micros(), next.reason, next.registry_incarnation}));
    base::JsonObject detail;
    detail.Add("revision", next.revision)
        .Add("state", ToString(next.state))
        .Add("registry_version", next.registry_version);
    // The reason stands in the revision; here its digest says which it was.
    if (!next.reason.empty()) {
      detail.Add("reason_digest", base::Sha256Hex(next.reason));
    }
    WELFARE_RETURN_IF_ERROR(change_.Audit(next.name.ToString(), detail));
    return next;
  }

  absl::Status StoreFrame(const Round& round, const Frame& frame) override {
    WELFARE_ASSIGN_OR_RETURN(const std::optional<std::int64_t> id,
                             change_.FindRoundId(round.name));
    if (!id) return RoundNotFound(round.name);
    for (const FrameRow& row : frame.rows()) {
      WELFARE_RETURN_IF_ERROR(change_.Execute(
          kInsertFrameRow,
          {*id, round.pin_revision, row.respondent.municipality.ToString(),
           Number(row.respondent.kind), round.registry_version,
           Bytes{ToProto(row).SerializeAsString()}}));
    }
    return absl::OkStatus();
  }

 private:
  SqlChange& change_;
};

}  // namespace

std::unique_ptr<RoundReader> MakeSqlRoundReader(
    platform::Connection& connection, const std::string& incarnation) {
  return std::make_unique<SqlRoundReads<RoundReader>>(connection, incarnation);
}

std::unique_ptr<RoundWriter> MakeSqlRoundWriter(SqlChange& change) {
  return std::make_unique<SqlRoundWriter>(change);
}

}  // namespace welfare::survey
