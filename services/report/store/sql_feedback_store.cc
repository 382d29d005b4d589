#include "services/report/store/sql_feedback_store.h"

#include <cstdint>
#include <sstream>
#include <utility>

#include "services/base/coding/json_text.h"
#include "services/base/error.h"
#include "services/platform/storage/idempotency.h"
#include "services/report/errors.h"
#include "services/report/store/sql_signatures.h"

namespace welfare::report {

using platform::Connection;
using platform::Query;
using platform::Row;
using platform::Transaction;

// `respondent_kind` is 0 of a pair; `other_codes` have a space between them.
// What was said of a sheet is a row each time: 2 that it is right, 3 that it is
// not.
const std::string_view kFeedbackSql = R"sql(
CREATE TABLE feedback_sheets (
  report TEXT NOT NULL REFERENCES reports (name),
  sheet TEXT NOT NULL,
  position BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  municipality_code TEXT NOT NULL,
  respondent_kind BIGINT NOT NULL,
  other_codes TEXT NOT NULL,
  display_name TEXT NOT NULL,
  digest TEXT NOT NULL,
  shown_to_respondents BIGINT NOT NULL,
  synthetic BIGINT NOT NULL,
  created_micros BIGINT NOT NULL,
  PRIMARY KEY (report, sheet),
  UNIQUE (report, position)
);
{append_only feedback_sheets}

CREATE TABLE feedback_files (
  report TEXT NOT NULL,
  sheet TEXT NOT NULL,
  position BIGINT NOT NULL,
  format TEXT NOT NULL,
  content_type TEXT NOT NULL,
  filename TEXT NOT NULL,
  size BIGINT NOT NULL,
  digest TEXT NOT NULL REFERENCES report_contents (digest),
  PRIMARY KEY (report, sheet, position),
  UNIQUE (report, sheet, format),
  FOREIGN KEY (report, sheet) REFERENCES feedback_sheets (report, sheet)
);
{append_only feedback_files}

CREATE TABLE feedback_verdicts (
  report TEXT NOT NULL,
  sheet TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  state BIGINT NOT NULL,
  digest TEXT NOT NULL,
  comment TEXT NOT NULL,
  judged_by TEXT NOT NULL,
  judged_micros BIGINT NOT NULL,
  PRIMARY KEY (report, sheet, sequence),
  FOREIGN KEY (report, sheet) REFERENCES feedback_sheets (report, sheet)
);
{append_only feedback_verdicts}
)sql";

// Sheets that were made before have none.
const std::string_view kFeedbackSignaturesSql = R"sql(
CREATE TABLE feedback_signatures (
  report TEXT NOT NULL,
  sheet TEXT NOT NULL,
  format TEXT NOT NULL,
  signing_key TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (report, sheet, format),
  FOREIGN KEY (report, sheet) REFERENCES feedback_sheets (report, sheet)
);
{append_only feedback_signatures}
)sql";

namespace {

constexpr Query kCountSheets{
    "count_feedback_sheets",
    "SELECT COUNT(*) FROM feedback_sheets WHERE report = $1"};
constexpr Query kCountPublications{
    "count_publications_of_report",
    "SELECT COUNT(*) FROM report_publications WHERE name = $1"};
// Whoever publishes takes this row first, and so does whoever must come before.
constexpr Query kTakeSeriesOf{
    "take_series_of_report",
    "UPDATE report_numbers SET last_number = last_number"
    " WHERE EXISTS (SELECT 1 FROM reports r WHERE r.name = $1"
    " AND r.template = report_numbers.template"
    " AND r.fiscal_year = report_numbers.fiscal_year)"};
constexpr Query kInsertSheet{
    "insert_feedback_sheet",
    "INSERT INTO feedback_sheets (report, sheet, position, kind,"
    " municipality_code, respondent_kind, other_codes, display_name, digest,"
    " shown_to_respondents, synthetic, created_micros)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"};
constexpr Query kInsertSheetFile{
    "insert_feedback_file",
    "INSERT INTO feedback_files (report, sheet, position, format, content_type,"
    " filename, size, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr Query kFindSheet{
    "find_feedback_sheet",
    "SELECT report, sheet, position, kind, municipality_code, respondent_kind,"
    " other_codes, display_name, digest, shown_to_respondents, synthetic,"
    " created_micros FROM feedback_sheets WHERE report = $1 AND sheet = $2"};
constexpr Query kListSheets{
    "list_feedback_sheets",
    "SELECT report, sheet, position, kind, municipality_code, respondent_kind,"
    " other_codes, display_name, digest, shown_to_respondents, synthetic,"
    " created_micros FROM feedback_sheets"
    " WHERE report = $1 AND position > $2 ORDER BY position LIMIT $3"};
// The state of a pair is none.
constexpr Query kListSheetsInState{
    "list_feedback_sheets_in_state",
    "SELECT s.report, s.sheet, s.position, s.kind, s.municipality_code,"
    " s.respondent_kind, s.other_codes, s.display_name, s.digest,"
    " s.shown_to_respondents, s.synthetic, s.created_micros"
    " FROM feedback_sheets s"
    " WHERE s.report = $1 AND s.position > $2 AND s.kind = 1"
    " AND COALESCE((SELECT v.state FROM feedback_verdicts v"
    "  WHERE v.report = s.report AND v.sheet = s.sheet"
    "  ORDER BY v.sequence DESC LIMIT 1), 1) = $4"
    " ORDER BY s.position LIMIT $3"};
constexpr Query kListSheetFiles{
    "list_feedback_files",
    "SELECT f.format, f.content_type, f.filename, f.size, f.digest,"
    " COALESCE(s.signing_key, '') FROM feedback_files f"
    " LEFT JOIN feedback_signatures s ON s.report = f.report"
    " AND s.sheet = f.sheet AND s.format = f.format"
    " WHERE f.report = $1 AND f.sheet = $2 ORDER BY f.position"};
constexpr Query kInsertSheetSignature{
    "insert_feedback_signature",
    "INSERT INTO feedback_signatures (report, sheet, format, signing_key,"
    " content) VALUES ($1, $2, $3, $4, $5)"};
constexpr Query kFindSheetSignature{
    "find_feedback_signature",
    "SELECT content FROM feedback_signatures"
    " WHERE report = $1 AND sheet = $2 AND format = $3"};
constexpr Query kFindVerdict{
    "find_feedback_verdict",
    "SELECT state, digest, comment, judged_by, judged_micros"
    " FROM feedback_verdicts WHERE report = $1 AND sheet = $2"
    " AND sequence <= $3 ORDER BY sequence DESC LIMIT 1"};
constexpr Query kCountVerdicts{
    "count_feedback_verdicts",
    "SELECT COUNT(*) FROM feedback_verdicts WHERE report = $1 AND sheet = $2"};
constexpr Query kInsertVerdict{
    "insert_feedback_verdict",
    "INSERT INTO feedback_verdicts (report, sheet, sequence, state, digest,"
    " comment, judged_by, judged_micros)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};

constexpr std::int64_t kLast = std::int64_t{1} << 62;

StoredSheet ReadSheet(const Row& row) {
  StoredSheet sheet;
  sheet.report = row.Text(0);
  sheet.id = row.Text(1);
  sheet.position = static_cast<int>(row.Int64(2));
  sheet.kind = row.Int64(3) == static_cast<int>(SheetKind::kPair)
                   ? SheetKind::kPair
                   : SheetKind::kOwn;
  sheet.municipality_code = row.Text(4);
  if (row.Int64(5) != 0) {
    sheet.respondent_kind =
        row.Int64(5) == static_cast<int>(base::RespondentKind::kCouncil)
            ? base::RespondentKind::kCouncil
            : base::RespondentKind::kMunicipality;
  }
  std::istringstream codes(row.Text(6));
  for (std::string code; codes >> code;) sheet.other_codes.push_back(code);
  sheet.display_name = row.Text(7);
  sheet.digest = row.Text(8);
  sheet.shown_to_respondents = row.Bool(9);
  sheet.synthetic = row.Bool(10);
  sheet.create_time = base::Timestamp::FromMicros(row.Int64(11));
  return sheet;
}

// Reads files, and what was said up to the verdict `sequence`.
absl::Status ReadRest(Connection& connection, std::int64_t sequence,
                      StoredSheet& sheet) {
  WELFARE_ASSIGN_OR_RETURN(
      sheet.files,
      connection.List(kListSheetFiles, {sheet.report, sheet.id},
                      [](const Row& row) {
                        return ReportFile{row.Text(0), row.Text(1),
                                          row.Text(2), row.Int64(3),
                                          row.Text(4), row.Text(5)};
                      }));
  WELFARE_ASSIGN_OR_RETURN(
      sheet.verdict,
      connection.Find(
          kFindVerdict, {sheet.report, sheet.id, sequence},
          [](const Row& row) {
            return SheetVerdict{
                .state = vocabulary::FindIn(kSheetStates,
                                            static_cast<int>(row.Int64(0)))
                             .value_or(SheetState::kObjected),
                .digest = row.Text(1),
                .comment = row.Text(2),
                .judged_by = row.Text(3),
                .judge_time = base::Timestamp::FromMicros(row.Int64(4))};
          }));
  return absl::OkStatus();
}

absl::StatusOr<StoredSheet> FindSheet(Connection& connection,
                                      const std::string& report,
                                      const std::string& id,
                                      std::int64_t sequence) {
  WELFARE_ASSIGN_OR_RETURN(
      std::optional<StoredSheet> sheet,
      connection.Find(kFindSheet, {report, id}, ReadSheet));
  if (!sheet.has_value()) {
    return FeedbackNotFound(report + "/feedbackSheets/" + id);
  }
  WELFARE_RETURN_IF_ERROR(ReadRest(connection, sequence, *sheet));
  return *std::move(sheet);
}

absl::StatusOr<std::int64_t> Count(Connection& connection, const Query& query,
                                   const std::string& report) {
  return connection.Get(query, {report},
                        [](const Row& row) { return row.Int64(0); });
}

absl::Status CheckEarly(Connection& connection, const std::string& report) {
  WELFARE_ASSIGN_OR_RETURN(const std::int64_t published,
                           Count(connection, kCountPublications, report));
  return published == 0 ? absl::OkStatus() : FeedbackLate(report);
}

absl::Status CheckNoSheets(Connection& connection, const std::string& report) {
  WELFARE_RETURN_IF_ERROR(CheckEarly(connection, report));
  WELFARE_ASSIGN_OR_RETURN(const std::int64_t sheets,
                           Count(connection, kCountSheets, report));
  return sheets == 0 ? absl::OkStatus() : FeedbackExists(report);
}

absl::Status InsertSheet(Transaction& transaction, const NewSheet& input,
                         base::Timestamp time) {
  const StoredSheet& sheet = input.sheet;
  std::string codes;
  for (const std::string& code : sheet.other_codes) {
    codes += (codes.empty() ? "" : " ") + code;
  }
  WELFARE_RETURN_IF_ERROR(
      transaction
          .Execute(kInsertSheet,
                   {sheet.report, sheet.id, sheet.position,
                    static_cast<int>(sheet.kind), sheet.municipality_code,
                    sheet.respondent_kind.has_value()
                        ? static_cast<int>(*sheet.respondent_kind)
                        : 0,
                    codes, sheet.display_name, sheet.digest,
                    sheet.shown_to_respondents ? 1 : 0,
                    sheet.synthetic ? 1 : 0, time.micros()})
          .status());
  for (std::size_t i = 0; i < sheet.files.size(); ++i) {
    const ReportFile& file = sheet.files[i];
    WELFARE_RETURN_IF_ERROR(
        StoreContent(transaction, file.digest, input.bytes[i]));
    WELFARE_RETURN_IF_ERROR(
        transaction
            .Execute(kInsertSheetFile,
                     {sheet.report, sheet.id, i, file.format,
                      file.content_type, file.filename, file.size, file.digest})
            .status());
  }
  return absl::OkStatus();
}

absl::Status SignSheet(platform::Write& write, const base::SigningKey& key,
                       Edition edition, const StoredSheet& sheet) {
  for (const ReportFile& file : sheet.files) {
    WELFARE_ASSIGN_OR_RETURN(
        const std::string text,
        MakeSignature(key, {.kind = base::SignedFile::Kind::kSheet,
                            .name = sheet.Name(),
                            .title = sheet.display_name,
                            .edition = std::string(ToString(edition)),
                            .time = write.time(),
                            .content = sheet.digest,
                            .format = file.format,
                            .filename = file.filename,
                            .size = file.size,
                            .digest = file.digest,
                            .key = ""}));
    WELFARE_RETURN_IF_ERROR(
        write.transaction()
            .Execute(kInsertSheetSignature,
                     {sheet.report, sheet.id, file.format, key.id(), text})
            .status());
  }
  return absl::OkStatus();
}

// What is kept of an answer: `124 62`, and `3 131016-municipality REPORT`.
std::string TextOf(const SheetCounts& counts) {
  return std::to_string(counts.own) + " " + std::to_string(counts.pairs);
}

SheetCounts CountsIn(const std::string& reply) {
  SheetCounts counts;
  std::istringstream(reply) >> counts.own >> counts.pairs;
  return counts;
}

}  // namespace

absl::StatusOr<std::optional<SheetCounts>> SqlFeedbackStore::FindRepeat(
    const platform::WriteRequest& request) {
  if (request.key.request_id.empty()) return std::optional<SheetCounts>();
  const base::Timestamp now = clock_.Now();
  return database_.Read(
      request.limits,
      [&](Connection& connection)
          -> absl::StatusOr<std::optional<SheetCounts>> {
        WELFARE_ASSIGN_OR_RETURN(
            const std::optional<std::string> reply,
            platform::FindReply(connection, request.key, now));
        if (!reply.has_value()) return std::optional<SheetCounts>();
        return std::optional<SheetCounts>(CountsIn(*reply));
      });
}

absl::Status SqlFeedbackStore::CheckNone(const std::string& report,
                                         const base::CallLimits& limits) {
  return database_.Read(limits, [&](Connection& connection) {
    return CheckNoSheets(connection, report);
  });
}

absl::StatusOr<SheetCounts> SqlFeedbackStore::Create(
    const platform::WriteRequest& request, const StoredReport& report,
    const std::vector<NewSheet>& sheets, const base::SigningKey* key) {
  const std::string name = report.Name();
  WELFARE_ASSIGN_OR_RETURN(
      const platform::WritePath::Outcome outcome,
      writes_.Run(
          request, [&](platform::Write& write) -> absl::StatusOr<std::string> {
            Transaction& transaction = write.transaction();
            WELFARE_RETURN_IF_ERROR(
                transaction.Execute(kTakeSeriesOf, {name}).status());
            WELFARE_RETURN_IF_ERROR(CheckNoSheets(transaction, name));
            SheetCounts counts;
            base::JsonObject digests;
            for (const NewSheet& sheet : sheets) {
              WELFARE_RETURN_IF_ERROR(
                  InsertSheet(transaction, sheet, write.time()));
              if (key != nullptr) {
                WELFARE_RETURN_IF_ERROR(
                    SignSheet(write, *key, report.edition, sheet.sheet));
              }
              ++(sheet.sheet.kind == SheetKind::kOwn ? counts.own
                                                     : counts.pairs);
              digests.Add(sheet.sheet.id, sheet.sheet.digest);
            }
            WELFARE_RETURN_IF_ERROR(
                write.Audit(name + "/feedbackSheets",
                            base::JsonObject().Add("sheets", digests)));
            return TextOf(counts);
          }));
  return CountsIn(outcome.reply);
}

absl::StatusOr<std::optional<std::string>> SqlFeedbackStore::FindSignature(
    const std::string& report, const std::string& id,
    const std::string& format, const base::CallLimits& limits) {
  return database_.Read(limits, [&](Connection& connection) {
    return connection.Find(kFindSheetSignature, {report, id, format},
                           [](const Row& row) { return row.Text(0); });
  });
}

absl::StatusOr<StoredSheet> SqlFeedbackStore::Get(
    const std::string& report, const std::string& id,
    const base::CallLimits& limits) {
  return database_.Read(limits, [&](Connection& connection) {
    return FindSheet(connection, report, id, kLast);
  });
}

absl::StatusOr<std::vector<StoredSheet>> SqlFeedbackStore::List(
    const std::string& report, int after, int limit,
    std::optional<SheetState> state, const base::CallLimits& limits) {
  return database_.Read(
      limits,
      [&](Connection& connection) -> absl::StatusOr<std::vector<StoredSheet>> {
        std::vector<StoredSheet> sheets;
        if (state.has_value()) {
          WELFARE_ASSIGN_OR_RETURN(
              sheets, connection.List(kListSheetsInState,
                                      {report, after, limit,
                                       static_cast<int>(*state)},
                                      ReadSheet));
        } else {
          WELFARE_ASSIGN_OR_RETURN(
              sheets,
              connection.List(kListSheets, {report, after, limit}, ReadSheet));
        }
        for (StoredSheet& sheet : sheets) {
          WELFARE_RETURN_IF_ERROR(ReadRest(connection, kLast, sheet));
        }
        return sheets;
      });
}

absl::StatusOr<StoredSheet> SqlFeedbackStore::Judge(
    const platform::WriteRequest& request, const std::string& report,
    const std::string& id, const SheetVerdict& verdict) {
  WELFARE_ASSIGN_OR_RETURN(
      const platform::WritePath::Outcome outcome,
      writes_.Run(
          request, [&](platform::Write& write) -> absl::StatusOr<std::string> {
            Transaction& transaction = write.transaction();
            WELFARE_RETURN_IF_ERROR(
                transaction.Execute(kTakeSeriesOf, {report}).status());
            WELFARE_ASSIGN_OR_RETURN(
                const StoredSheet sheet,
                FindSheet(transaction, report, id, kLast));
            if (sheet.kind == SheetKind::kPair) {
              return FeedbackOfPair(sheet.Name());
            }
            if (sheet.digest != verdict.digest) {
              return FeedbackOtherContent(sheet.Name());
            }
            WELFARE_RETURN_IF_ERROR(CheckEarly(transaction, report));
            WELFARE_ASSIGN_OR_RETURN(
                const std::int64_t before,
                transaction.Get(kCountVerdicts, {report, id},
                                [](const Row& row) { return row.Int64(0); }));
            WELFARE_RETURN_IF_ERROR(
                transaction
                    .Execute(kInsertVerdict,
                             {report, id, before + 1,
                              static_cast<int>(verdict.state), verdict.digest,
                              verdict.comment, request.actor,
                              write.time().micros()})
                    .status());
            // What was written is the respondent's own and may name people.
            WELFARE_RETURN_IF_ERROR(write.Audit(
                sheet.Name(),
                base::JsonObject()
                    .Add("state", ToString(verdict.state))
                    .Add("digest", verdict.digest)
                    .Add("commented", verdict.comment.empty() ? "no" : "yes")));
            return std::to_string(before + 1);
          }));
  // As it was answered first, whatever was said since.
  const std::int64_t sequence = std::stoll(outcome.reply);
  return database_.Read(request.limits, [&](Connection& connection) {
    return FindSheet(connection, report, id, sequence);
  });
}

}  // namespace welfare::report
