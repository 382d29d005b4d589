#include "services/report/store/sql_publications.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "services/base/coding/json_text.h"
#include "services/base/error.h"
#include "services/report/errors.h"

namespace welfare::report {

using platform::Connection;
using platform::Query;
using platform::Row;
using platform::Transaction;

// Of reports that were made before, nothing says what they are: edition 0. What
// happens to a report is a row of its own, 1 where it was published, 2 where it
// was withdrawn; `number` counts what was published of a template and year.
const std::string_view kPublicationsSql = R"sql(
ALTER TABLE reports ADD COLUMN edition BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reports ADD COLUMN corrects TEXT NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN correction_reason TEXT NOT NULL DEFAULT '';

CREATE TABLE report_publications (
  name TEXT NOT NULL REFERENCES reports (name),
  sequence BIGINT NOT NULL,
  state BIGINT NOT NULL,
  publish_level BIGINT NOT NULL,
  reason TEXT NOT NULL,
  number BIGINT NOT NULL,
  supersedes TEXT NOT NULL,
  changed_micros BIGINT NOT NULL,
  PRIMARY KEY (name, sequence)
);
CREATE INDEX report_publications_supersedes
  ON report_publications (supersedes);
{append_only report_publications}
)sql";

namespace {

constexpr Query kListPublications{
    "list_report_publications",
    "SELECT state, publish_level, reason, changed_micros"
    " FROM report_publications WHERE name = $1 ORDER BY sequence"};
constexpr Query kFindSuccessor{
    "find_report_successor",
    "SELECT name FROM report_publications"
    " WHERE supersedes = $1 ORDER BY number LIMIT 1"};
// Whoever publishes takes the row of the template and year first.
constexpr Query kTakeSeries{
    "take_report_series",
    "UPDATE report_numbers SET last_number = last_number"
    " WHERE template = $1 AND fiscal_year = $2"};
constexpr Query kFindLastPublished{
    "find_last_published_report",
    "SELECT p.name, r.edition, p.number,"
    " (SELECT COUNT(*) FROM report_publications w"
    "  WHERE w.name = p.name AND w.sequence = 2)"
    " FROM report_publications p JOIN reports r ON r.name = p.name"
    " WHERE r.template = $1 AND r.fiscal_year = $2 AND r.audience = $3"
    " AND p.sequence = 1"
    " ORDER BY p.number DESC LIMIT 1"};
constexpr Query kInsertPublication{
    "insert_report_publication",
    "INSERT INTO report_publications (name, sequence, state, publish_level,"
    " reason, number, supersedes, changed_micros)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr Query kFindPublicationNumber{
    "find_report_publication_number",
    "SELECT number FROM report_publications WHERE name = $1 AND sequence = 1"};

// Reads the state anew: from now on nobody else publishes of the template and
// the year.
absl::Status TakeSeries(Transaction& transaction, StoredReport& report) {
  WELFARE_RETURN_IF_ERROR(
      transaction
          .Execute(kTakeSeries, {report.template_id, report.fiscal_year})
          .status());
  return ReadPublication(transaction, report);
}

}  // namespace

absl::Status ReadPublication(Connection& connection, StoredReport& report) {
  const std::string name = report.Name();
  Publication read;
  WELFARE_RETURN_IF_ERROR(connection.ForEach(
      kListPublications, {name}, [&read](const Row& row) {
        ++read.events;
        const auto time = base::Timestamp::FromMicros(row.Int64(3));
        read.state =
            vocabulary::FindIn(kReportStates, static_cast<int>(row.Int64(0)))
                .value_or(ReportState::kWithdrawn);
        read.level = vocabulary::FindIn(vocabulary::kPublishLevels,
                                        static_cast<int>(row.Int64(1)))
                         .value_or(PublishLevel::kInternal);
        if (read.state == ReportState::kWithdrawn) {
          read.withdraw_time = time;
          read.withdraw_reason = row.Text(2);
        } else {
          read.publish_time = time;
        }
        return absl::OkStatus();
      }));
  if (read.events > 0) {
    WELFARE_ASSIGN_OR_RETURN(
        const std::optional<std::string> successor,
        connection.Find(kFindSuccessor, {name},
                        [](const Row& row) { return row.Text(0); }));
    read.superseded_by = successor.value_or("");
  }
  report.publication = std::move(read);
  return absl::OkStatus();
}

absl::Status Publish(platform::Write& write, PublishLevel level,
                     StoredReport& report) {
  Transaction& transaction = write.transaction();
  const std::string name = report.Name();
  WELFARE_RETURN_IF_ERROR(TakeSeries(transaction, report));
  WELFARE_RETURN_IF_ERROR(CheckAudience(name, report.audience, level));
  WELFARE_ASSIGN_OR_RETURN(
      const std::optional<LastPublished> last,
      transaction.Find(
          kFindLastPublished,
          {report.template_id, report.fiscal_year,
           static_cast<int>(report.audience)},
          [](const Row& row) {
            return LastPublished{
                .name = row.Text(0),
                .edition =
                    vocabulary::FindIn(kEditions, static_cast<int>(row.Int64(1)))
                        .value_or(Edition::kNone),
                .number = row.Int64(2),
                .withdrawn = row.Int64(3) > 0};
          }));
  WELFARE_ASSIGN_OR_RETURN(
      const PublishPlan plan,
      PlanPublish(name, report.publication.state, report.edition,
                  report.corrects, last));
  WELFARE_RETURN_IF_ERROR(
      transaction
          .Execute(kInsertPublication,
                   {name, 1, static_cast<int>(plan.state),
                    static_cast<int>(level), "", plan.number, plan.supersedes,
                    write.time().micros()})
          .status());
  WELFARE_RETURN_IF_ERROR(
      write.Audit(name, base::JsonObject()
                            .Add("snapshot", report.snapshot_id)
                            .Add("state", ToString(plan.state))
                            .Add("level", vocabulary::ToString(level))
                            .Add("supersedes", plan.supersedes)));
  return ReadPublication(transaction, report);
}

absl::Status Withdraw(platform::Write& write, const std::string& reason,
                      StoredReport& report) {
  Transaction& transaction = write.transaction();
  const std::string name = report.Name();
  WELFARE_RETURN_IF_ERROR(TakeSeries(transaction, report));
  if (!report.publication.published()) {
    return ReportStateWrong(name, ToString(report.publication.state));
  }
  WELFARE_ASSIGN_OR_RETURN(
      const std::int64_t number,
      transaction.Get(kFindPublicationNumber, {name},
                      [](const Row& row) { return row.Int64(0); }));
  const PublishLevel level = *report.publication.level;
  WELFARE_RETURN_IF_ERROR(
      transaction
          .Execute(kInsertPublication,
                   {name, 2, static_cast<int>(ReportState::kWithdrawn),
                    static_cast<int>(level), reason, number, "",
                    write.time().micros()})
          .status());
  WELFARE_RETURN_IF_ERROR(write.Audit(
      name, base::JsonObject()
                .Add("snapshot", report.snapshot_id)
                .Add("state", ToString(ReportState::kWithdrawn))
                .Add("level", vocabulary::ToString(level))));
  return ReadPublication(transaction, report);
}

std::string ReplyOf(const StoredReport& report) {
  return std::to_string(report.publication.events) + " " + report.Name() + " " +
         report.publication.superseded_by;
}

std::string NameInReply(std::string_view reply) {
  const std::size_t name = reply.find(' ') + 1;
  return std::string(reply.substr(name, reply.find(' ', name) - name));
}

void TakeBackTo(std::string_view reply, StoredReport& report) {
  Publication& publication = report.publication;
  publication.superseded_by = std::string(reply.substr(reply.rfind(' ') + 1));
  if (reply.front() == '1' && publication.events == 2) {
    publication.events = 1;
    publication.state = StateOf(report.edition);
    publication.withdraw_time.reset();
    publication.withdraw_reason.clear();
  }
}

}  // namespace welfare::report
