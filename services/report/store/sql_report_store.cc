#include "services/report/store/sql_report_store.h"

#include <string_view>
#include <utility>

#include "services/base/coding/json_text.h"
#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/platform/storage/audit_log.h"
#include "services/platform/storage/idempotency.h"
#include "services/platform/storage/incarnation.h"
#include "services/platform/storage/migrations.h"
#include "services/report/errors.h"
#include "services/report/store/sql_excerpt_store.h"
#include "services/report/store/sql_feedback_store.h"
#include "services/report/store/sql_publications.h"
#include "services/report/store/sql_signatures.h"
#include "services/report/store/sql_template_store.h"

namespace welfare::report {
namespace {

using platform::Connection;
using platform::Query;
using platform::Row;
using platform::Transaction;

// A report is one row, its files one row each, its bytes one row per digest.
// Numbers of reports come from report_numbers, whose row every writer of one
// template and year takes first. Times are microseconds UTC.
constexpr std::string_view kFirstTables = R"sql(
CREATE TABLE report_numbers (
  template TEXT NOT NULL,
  fiscal_year BIGINT NOT NULL,
  last_number BIGINT NOT NULL,
  PRIMARY KEY (template, fiscal_year)
);

CREATE TABLE reports (
  name TEXT NOT NULL PRIMARY KEY,
  template TEXT NOT NULL,
  fiscal_year BIGINT NOT NULL,
  number BIGINT NOT NULL,
  survey TEXT NOT NULL,
  display_name TEXT NOT NULL,
  basis BIGINT NOT NULL,
  snapshot TEXT NOT NULL,
  registry_version BIGINT NOT NULL,
  round_revision BIGINT NOT NULL,
  previous_round_revision BIGINT NOT NULL,
  codebook TEXT NOT NULL,
  synthetic BIGINT NOT NULL,
  created_micros BIGINT NOT NULL,
  UNIQUE (template, fiscal_year, number)
);
{append_only reports}

CREATE TABLE report_contents (
  digest TEXT NOT NULL PRIMARY KEY,
  content {bytes} NOT NULL
);
{append_only report_contents}

CREATE TABLE report_files (
  name TEXT NOT NULL REFERENCES reports (name),
  position BIGINT NOT NULL,
  format TEXT NOT NULL,
  content_type TEXT NOT NULL,
  filename TEXT NOT NULL,
  size BIGINT NOT NULL,
  digest TEXT NOT NULL REFERENCES report_contents (digest),
  PRIMARY KEY (name, position),
  UNIQUE (name, format)
);
{append_only report_files}
)sql";

// Of reports that were made before, nobody knows which stores they came from.
constexpr std::string_view kIncarnations = R"sql(
ALTER TABLE reports ADD COLUMN registry_incarnation TEXT NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN round_incarnation TEXT NOT NULL DEFAULT '';
)sql";

// What a report was made of, which its bytes do not say.
constexpr std::string_view kFacts = R"sql(
CREATE TABLE report_facts (
  name TEXT NOT NULL PRIMARY KEY REFERENCES reports (name),
  content TEXT NOT NULL
);
{append_only report_facts}
)sql";

// What was made before is for everybody.
constexpr std::string_view kAudienceSql = R"sql(
ALTER TABLE reports ADD COLUMN audience BIGINT NOT NULL DEFAULT 1;
)sql";

constexpr Query kInsertFacts{
    "insert_report_facts",
    "INSERT INTO report_facts (name, content) VALUES ($1, $2)"};
constexpr Query kFindFacts{"find_report_facts",
                           "SELECT content FROM report_facts WHERE name = $1"};
constexpr Query kNextNumber{
    "next_report_number",
    "INSERT INTO report_numbers (template, fiscal_year, last_number)"
    " VALUES ($1, $2, 1)"
    " ON CONFLICT (template, fiscal_year)"
    " DO UPDATE SET last_number = report_numbers.last_number + 1"
    " RETURNING last_number"};
constexpr Query kInsertReport{
    "insert_report",
    "INSERT INTO reports (name, template, fiscal_year, number, survey,"
    " display_name, basis, snapshot, registry_version, round_revision,"
    " previous_round_revision, codebook, synthetic, created_micros,"
    " registry_incarnation, round_incarnation, edition, corrects,"
    " correction_reason, template_digest, template_revision, audience)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
    " $15, $16, $17, $18, $19, $20, $21, $22)"};
constexpr Query kInsertFile{
    "insert_report_file",
    "INSERT INTO report_files (name, position, format, content_type, filename,"
    " size, digest) VALUES ($1, $2, $3, $4, $5, $6, $7)"};
constexpr Query kFindReport{
    "find_report",
    "SELECT template, fiscal_year, number, survey, display_name, basis,"
    " snapshot, registry_version, round_revision, previous_round_revision,"
    " codebook, synthetic, created_micros, name, registry_incarnation,"
    " round_incarnation, edition, corrects, correction_reason,"
    " template_digest, template_revision, audience FROM reports"
    " WHERE name = $1"};
constexpr Query kListReports{
    "list_reports",
    "SELECT template, fiscal_year, number, survey, display_name, basis,"
    " snapshot, registry_version, round_revision, previous_round_revision,"
    " codebook, synthetic, created_micros, name, registry_incarnation,"
    " round_incarnation, edition, corrects, correction_reason,"
    " template_digest, template_revision, audience FROM reports"
    " WHERE name > $1 ORDER BY name LIMIT $2"};
constexpr Query kListFiles{
    "list_report_files",
    "SELECT f.format, f.content_type, f.filename, f.size, f.digest,"
    " COALESCE(s.signing_key, '') FROM report_files f"
    " LEFT JOIN report_signatures s ON s.name = f.name AND s.format = f.format"
    " WHERE f.name = $1 ORDER BY f.position"};
constexpr Query kFindContent{
    "find_report_content",
    "SELECT substr(content, CAST($2 AS INTEGER), CAST($3 AS INTEGER))"
    " FROM report_contents WHERE digest = $1"};
constexpr Query kFindWholeContent{
    "find_whole_report_content",
    "SELECT content FROM report_contents WHERE digest = $1"};
constexpr Query kListNewest{
    "list_newest_reports",
    "SELECT survey, fiscal_year, MAX(created_micros) FROM reports"
    " GROUP BY survey, fiscal_year"};
constexpr Query kCountReports{
    "count_reports",
    "SELECT (SELECT COUNT(*) FROM reports) +"
    " (SELECT COUNT(*) FROM report_publications)"};

// As the column had it before words had numbers: rows are never rewritten.
int StoredBasis(Basis basis) { return basis == Basis::kFinal ? 1 : 0; }

StoredReport ReadReport(const Row& row) {
  StoredReport report;
  report.template_id = row.Text(0);
  report.fiscal_year = static_cast<int>(row.Int64(1));
  report.number = static_cast<int>(row.Int64(2));
  report.survey = row.Text(3);
  report.display_name = row.Text(4);
  report.basis = row.Int64(5) == 1 ? Basis::kFinal : Basis::kProvisional;
  report.snapshot_id = row.Text(6);
  report.provenance = {.registry_version = row.Int64(7),
                       .round_revision = row.Int64(8),
                       .previous_round_revision = row.Int64(9),
                       .registry_incarnation = row.Text(14),
                       .round_incarnation = row.Text(15)};
  report.codebook = row.Text(10);
  report.synthetic = row.Bool(11);
  report.create_time = base::Timestamp::FromMicros(row.Int64(12));
  report.edition =
      vocabulary::FindIn(kEditions, static_cast<int>(row.Int64(16)))
          .value_or(Edition::kNone);
  report.corrects = row.Text(17);
  report.correction_reason = row.Text(18);
  report.template_digest = row.Text(19);
  report.template_revision = row.Text(20);
  // One of a later program is shown to nobody that it may not be for.
  report.audience =
      vocabulary::FindIn(kAudiences, static_cast<int>(row.Int64(21)))
          .value_or(Audience::kStakeholders);
  return report;
}

absl::Status ReadFiles(Connection& connection, StoredReport& report) {
  WELFARE_ASSIGN_OR_RETURN(
      report.files,
      connection.List(kListFiles, {report.Name()}, [](const Row& row) {
        return ReportFile{row.Text(0), row.Text(1), row.Text(2), row.Int64(3),
                          row.Text(4), row.Text(5)};
      }));
  return absl::OkStatus();
}

absl::StatusOr<StoredReport> FindByName(Connection& connection,
                                        const std::string& name) {
  WELFARE_ASSIGN_OR_RETURN(std::optional<StoredReport> report,
                           connection.Find(kFindReport, {name}, ReadReport));
  if (!report.has_value()) return ReportNotFound(name);
  WELFARE_RETURN_IF_ERROR(ReadFiles(connection, *report));
  WELFARE_RETURN_IF_ERROR(ReadPublication(connection, *report));
  return *std::move(report);
}

// As it was when it was made.
void TakeBackToCreated(StoredReport& report) {
  report.publication = {};
  for (ReportFile& file : report.files) file.signing_key.clear();
}

absl::StatusOr<StoredReport> Insert(platform::Write& write,
                                    const NewReport& input) {
  Transaction& transaction = write.transaction();
  StoredReport report = input.report;
  WELFARE_ASSIGN_OR_RETURN(
      const std::int64_t number,
      transaction.Get(kNextNumber, {report.template_id, report.fiscal_year},
                      [](const Row& row) { return row.Int64(0); }));
  report.number = static_cast<int>(number);
  report.create_time = write.time();
  const std::string name = report.Name();
  WELFARE_RETURN_IF_ERROR(
      transaction
          .Execute(
              kInsertReport,
              {name, report.template_id, report.fiscal_year, number,
               report.survey, report.display_name, StoredBasis(report.basis),
               report.snapshot_id, report.provenance.registry_version,
               report.provenance.round_revision,
               report.provenance.previous_round_revision, report.codebook,
               report.synthetic ? 1 : 0, report.create_time.micros(),
               report.provenance.registry_incarnation,
               report.provenance.round_incarnation,
               static_cast<int>(report.edition), report.corrects,
               report.correction_reason, report.template_digest,
               report.template_revision, static_cast<int>(report.audience)})
          .status());
  if (!report.template_digest.empty()) {
    WELFARE_RETURN_IF_ERROR(KeepTemplateText(
        transaction, report.template_digest, input.template_text));
  }
  WELFARE_RETURN_IF_ERROR(KeepExcerptsOf(transaction, name, input.excerpts));
  WELFARE_RETURN_IF_ERROR(
      transaction.Execute(kInsertFacts, {name, input.facts}).status());
  WELFARE_RETURN_IF_ERROR(StoreSnapshot(transaction, report, input.snapshot));
  base::JsonObject digests;
  for (std::size_t i = 0; i < report.files.size(); ++i) {
    const ReportFile& file = report.files[i];
    WELFARE_RETURN_IF_ERROR(
        StoreContent(transaction, file.digest, input.bytes[i]));
    WELFARE_RETURN_IF_ERROR(
        transaction
            .Execute(kInsertFile, {name, i, file.format, file.content_type,
                                   file.filename, file.size, file.digest})
            .status());
    digests.Add(file.format, file.digest);
  }
  WELFARE_RETURN_IF_ERROR(
      write.Audit(name, base::JsonObject()
                            .Add("snapshot", report.snapshot_id)
                            .Add("edition", ToString(report.edition))
                            .Add("audience", ToString(report.audience))
                            .Add("template", report.template_digest)
                            .Add("files", digests)));
  return report;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqlReportStore>> SqlReportStore::Open(
    platform::Database& database, const base::Clock& clock) {
  const std::vector<platform::Migration> migrations = {
      {1, "reports",
       std::string(platform::kAuditLogSql) +
           std::string(platform::kRequestRepliesSql) +
           std::string(kFirstTables)},
      {2, "incarnation", std::string(platform::kIncarnationSql)},
      {3, "place_of_store_report_incarnations",
       std::string(platform::kPlaceSql) + std::string(kIncarnations)},
      {4, "publications", std::string(kPublicationsSql)},
      {5, "facts", std::string(kFacts)},
      {6, "templates", std::string(kTemplatesSql)},
      {7, "snapshots_signatures", std::string(kSignaturesSql)},
      {8, "excerpts", std::string(kExcerptsSql)},
      {9, "feedback", std::string(kFeedbackSql)},
      {10, "audience", std::string(kAudienceSql)},
      {11, "feedback_signatures", std::string(kFeedbackSignaturesSql)},
      {12, "own_consents", std::string(kOwnConsentsSql)}};
  WELFARE_RETURN_IF_ERROR(
      platform::ApplyMigrations(database, clock, migrations).status());
  return std::unique_ptr<SqlReportStore>(new SqlReportStore(database, clock));
}

absl::StatusOr<std::optional<StoredReport>> SqlReportStore::FindRepeat(
    const platform::WriteRequest& request) {
  if (request.key.request_id.empty()) return std::optional<StoredReport>();
  const base::Timestamp now = clock_.Now();
  return database_.Read(
      request.limits,
      [&](Connection& connection)
          -> absl::StatusOr<std::optional<StoredReport>> {
        WELFARE_ASSIGN_OR_RETURN(
            const std::optional<std::string> name,
            platform::FindReply(connection, request.key, now));
        if (!name.has_value()) return std::optional<StoredReport>();
        WELFARE_ASSIGN_OR_RETURN(StoredReport report,
                                 FindByName(connection, *name));
        TakeBackToCreated(report);
        return std::optional<StoredReport>(std::move(report));
      });
}

absl::StatusOr<StoredReport> SqlReportStore::Create(
    const platform::WriteRequest& request, const NewReport& report) {
  // What is kept under the request id is the name: what was made never changes.
  StoredReport made;
  WELFARE_ASSIGN_OR_RETURN(
      const platform::WritePath::Outcome outcome,
      writes_.Run(request,
                  [&](platform::Write& write) -> absl::StatusOr<std::string> {
                    WELFARE_ASSIGN_OR_RETURN(made, Insert(write, report));
                    return made.Name();
                  }));
  if (!outcome.repeated) return made;
  WELFARE_ASSIGN_OR_RETURN(made, Get(outcome.reply, request.limits));
  TakeBackToCreated(made);
  return made;
}

absl::StatusOr<StoredReport> SqlReportStore::Change(
    const platform::WriteRequest& request, const std::string& name,
    const std::function<absl::Status(platform::Write&, StoredReport&)>&
        change) {
  StoredReport made;
  WELFARE_ASSIGN_OR_RETURN(
      const platform::WritePath::Outcome outcome,
      writes_.Run(
          request, [&](platform::Write& write) -> absl::StatusOr<std::string> {
            WELFARE_ASSIGN_OR_RETURN(made,
                                     FindByName(write.transaction(), name));
            WELFARE_RETURN_IF_ERROR(change(write, made));
            return ReplyOf(made);
          }));
  if (!outcome.repeated) return made;
  WELFARE_ASSIGN_OR_RETURN(StoredReport report,
                           Get(NameInReply(outcome.reply), request.limits));
  TakeBackTo(outcome.reply, report);
  return report;
}

absl::StatusOr<StoredReport> SqlReportStore::Publish(
    const platform::WriteRequest& request, const std::string& name,
    PublishLevel level, const base::SigningKey* key) {
  return Change(
      request, name,
      [&](platform::Write& write, StoredReport& report) -> absl::Status {
        WELFARE_RETURN_IF_ERROR(
            CheckExcerptsOf(write.transaction(), name, level));
        WELFARE_RETURN_IF_ERROR(report::Publish(write, level, report));
        return key == nullptr ? absl::OkStatus()
                              : SignFiles(write, *key, report);
      });
}

absl::StatusOr<StoredReport> SqlReportStore::Withdraw(
    const platform::WriteRequest& request, const std::string& name,
    const std::string& reason) {
  return Change(request, name,
                [&](platform::Write& write, StoredReport& report) {
                  return report::Withdraw(write, reason, report);
                });
}

absl::StatusOr<StoredReport> SqlReportStore::Get(
    const std::string& name, const base::CallLimits& limits) {
  return database_.Read(limits, [&](Connection& connection) {
    return FindByName(connection, name);
  });
}

absl::StatusOr<std::vector<StoredReport>> SqlReportStore::List(
    const std::string& after, int limit, const base::CallLimits& limits) {
  return database_.Read(
      limits,
      [&](Connection& connection) -> absl::StatusOr<std::vector<StoredReport>> {
        WELFARE_ASSIGN_OR_RETURN(
            std::vector<StoredReport> reports,
            connection.List(kListReports, {after, limit}, ReadReport));
        for (StoredReport& report : reports) {
          WELFARE_RETURN_IF_ERROR(ReadFiles(connection, report));
          WELFARE_RETURN_IF_ERROR(ReadPublication(connection, report));
        }
        return reports;
      });
}

absl::StatusOr<std::string> SqlReportStore::ReadBytes(
    const std::string& digest, std::int64_t first, std::int64_t count,
    const base::CallLimits& limits) {
  return database_.Read(
      limits, [&](Connection& connection) -> absl::StatusOr<std::string> {
        WELFARE_ASSIGN_OR_RETURN(
            std::optional<std::string> bytes,
            connection.Find(kFindContent, {digest, first + 1, count},
                            [](const Row& row) { return row.BytesOf(0); }));
        if (!bytes.has_value()) return ReportNotFound(digest);
        return *std::move(bytes);
      });
}

absl::StatusOr<bool> SqlReportStore::AreIntact(const std::string& digest,
                                               std::int64_t size,
                                               const base::CallLimits& limits) {
  return database_.Read(
      limits, [&](Connection& connection) -> absl::StatusOr<bool> {
        WELFARE_ASSIGN_OR_RETURN(
            const std::optional<bool> intact,
            connection.Find(kFindWholeContent, {digest}, [&](const Row& row) {
              const std::string_view bytes = row.BytesView(0);
              return static_cast<std::int64_t>(bytes.size()) == size &&
                     base::Sha256Hex(bytes) == digest;
            }));
        if (!intact.has_value()) return ReportNotFound(digest);
        return *intact;
      });
}

absl::StatusOr<std::string> SqlReportStore::ReadFacts(
    const std::string& name, const base::CallLimits& limits) {
  return database_.Read(
      limits, [&](Connection& connection) -> absl::StatusOr<std::string> {
        WELFARE_ASSIGN_OR_RETURN(
            std::optional<std::string> facts,
            connection.Find(kFindFacts, {name},
                            [](const Row& row) { return row.Text(0); }));
        return std::move(facts).value_or("");
      });
}

absl::StatusOr<std::optional<StoredSnapshot>> SqlReportStore::FindSnapshot(
    const std::string& name, const base::CallLimits& limits) {
  return database_.Read(limits, [&](Connection& connection) {
    return report::FindSnapshot(connection, name);
  });
}

absl::StatusOr<std::optional<std::string>> SqlReportStore::FindSignature(
    const std::string& name, const std::string& format,
    const base::CallLimits& limits) {
  return database_.Read(limits, [&](Connection& connection) {
    return report::FindSignature(connection, name, format);
  });
}

absl::StatusOr<std::map<std::string, base::Timestamp>>
SqlReportStore::ListNewest(const base::CallLimits& limits) {
  std::map<std::string, base::Timestamp> newest;
  WELFARE_RETURN_IF_ERROR(database_.Read(limits, [&](Connection& connection) {
    newest.clear();
    return connection.ForEach(kListNewest, {}, [&](const Row& row) {
      newest["surveys/" + row.Text(0) + "/rounds/" +
             std::to_string(row.Int64(1))] =
          base::Timestamp::FromMicros(row.Int64(2));
      return absl::OkStatus();
    });
  }));
  return newest;
}

absl::StatusOr<std::int64_t> SqlReportStore::Count(
    const base::CallLimits& limits) {
  return database_.Read(limits, [](Connection& connection) {
    return connection.Get(kCountReports, {},
                          [](const Row& row) { return row.Int64(0); });
  });
}

}  // namespace welfare::report
