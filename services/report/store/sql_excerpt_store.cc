#include "services/report/store/sql_excerpt_store.h"

#include <cstddef>
#include <cstdint>

#include "services/base/coding/json_text.h"
#include "services/base/error.h"
#include "services/report/errors.h"

namespace welfare::report {

using platform::Connection;
using platform::Query;
using platform::Row;
using platform::Transaction;
using vocabulary::PublishLevel;

// The row that numbers revisions is taken first by whoever writes one. A report
// keeps which excerpts it shows and what was printed of them, as a digest.
const std::string_view kExcerptsSql = R"sql(
CREATE TABLE excerpts (
  name TEXT NOT NULL PRIMARY KEY,
  survey TEXT NOT NULL,
  fiscal_year BIGINT NOT NULL,
  id TEXT NOT NULL,
  last_revision BIGINT NOT NULL,
  created_micros BIGINT NOT NULL
);
CREATE UNIQUE INDEX excerpts_by_round ON excerpts (survey, fiscal_year, id);

CREATE TABLE excerpt_revisions (
  name TEXT NOT NULL REFERENCES excerpts (name),
  revision BIGINT NOT NULL,
  respondent TEXT NOT NULL,
  item TEXT NOT NULL,
  original_text TEXT NOT NULL,
  source_revision BIGINT NOT NULL,
  edited_text TEXT NOT NULL,
  category TEXT NOT NULL,
  attribution BIGINT NOT NULL,
  editor TEXT NOT NULL,
  consent BIGINT NOT NULL,
  consent_level BIGINT NOT NULL,
  consent_note TEXT NOT NULL,
  consent_micros BIGINT NOT NULL,
  changed_micros BIGINT NOT NULL,
  PRIMARY KEY (name, revision)
);
{append_only excerpt_revisions}

CREATE TABLE report_excerpts (
  report TEXT NOT NULL REFERENCES reports (name),
  excerpt TEXT NOT NULL REFERENCES excerpts (name),
  printed TEXT NOT NULL,
  PRIMARY KEY (report, excerpt)
);
{append_only report_excerpts}
)sql";

// Consents that were recorded before are staff's, by nobody who is known.
const std::string_view kOwnConsentsSql = R"sql(
ALTER TABLE excerpt_revisions ADD COLUMN consent_by TEXT NOT NULL DEFAULT '';
ALTER TABLE excerpt_revisions
  ADD COLUMN respondent_decides BIGINT NOT NULL DEFAULT 0;
)sql";

namespace {

constexpr Query kInsertExcerpt{
    "insert_excerpt",
    "INSERT INTO excerpts (name, survey, fiscal_year, id, last_revision,"
    " created_micros) VALUES ($1, $2, $3, $4, 1, $5)"
    " ON CONFLICT (name) DO NOTHING RETURNING last_revision"};
constexpr Query kTakeExcerpt{
    "take_excerpt",
    "UPDATE excerpts SET last_revision = last_revision + 1 WHERE name = $1"
    " RETURNING last_revision"};
constexpr Query kInsertExcerptRevision{
    "insert_excerpt_revision",
    "INSERT INTO excerpt_revisions (name, revision, respondent, item,"
    " original_text, source_revision, edited_text, category, attribution,"
    " editor, consent, consent_level, consent_note, consent_micros,"
    " changed_micros, consent_by, respondent_decides) VALUES ($1, $2, $3, $4,"
    " $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"};
constexpr Query kFindExcerpt{
    "find_excerpt",
    "SELECT e.survey, e.fiscal_year, e.id, r.respondent, r.item, r.original_text,"
    " r.source_revision, r.edited_text, r.category, r.attribution, r.editor,"
    " r.consent, r.consent_level, r.consent_note, r.consent_micros,"
    " r.revision, e.created_micros, r.changed_micros, r.consent_by,"
    " r.respondent_decides FROM excerpts e"
    " JOIN excerpt_revisions r ON r.name = e.name"
    " WHERE e.name = $1 AND r.revision = e.last_revision"};
constexpr Query kFindExcerptRevision{
    "find_excerpt_revision",
    "SELECT e.survey, e.fiscal_year, e.id, r.respondent, r.item, r.original_text,"
    " r.source_revision, r.edited_text, r.category, r.attribution, r.editor,"
    " r.consent, r.consent_level, r.consent_note, r.consent_micros,"
    " r.revision, e.created_micros, r.changed_micros, r.consent_by,"
    " r.respondent_decides FROM excerpts e"
    " JOIN excerpt_revisions r ON r.name = e.name"
    " WHERE e.name = $1 AND r.revision = $2"};
constexpr Query kListExcerpts{
    "list_excerpts",
    "SELECT e.survey, e.fiscal_year, e.id, r.respondent, r.item, r.original_text,"
    " r.source_revision, r.edited_text, r.category, r.attribution, r.editor,"
    " r.consent, r.consent_level, r.consent_note, r.consent_micros,"
    " r.revision, e.created_micros, r.changed_micros, r.consent_by,"
    " r.respondent_decides FROM excerpts e"
    " JOIN excerpt_revisions r ON r.name = e.name"
    " WHERE e.survey = $1 AND e.fiscal_year = $2 AND e.id > $3"
    " AND r.revision = e.last_revision ORDER BY e.id LIMIT $4"};
// $5: 0 for any consent.
constexpr Query kListExcerptsOf{
    "list_excerpts_of_respondent",
    "SELECT e.survey, e.fiscal_year, e.id, r.respondent, r.item, r.original_text,"
    " r.source_revision, r.edited_text, r.category, r.attribution, r.editor,"
    " r.consent, r.consent_level, r.consent_note, r.consent_micros,"
    " r.revision, e.created_micros, r.changed_micros, r.consent_by,"
    " r.respondent_decides FROM excerpts e"
    " JOIN excerpt_revisions r ON r.name = e.name"
    " WHERE e.survey = $1 AND e.fiscal_year = $2 AND e.id > $3"
    " AND r.revision = e.last_revision AND r.respondent = $6"
    " AND (r.consent = $5 OR $5 = 0) ORDER BY e.id LIMIT $4"};
constexpr Query kInsertReportExcerpt{
    "insert_report_excerpt",
    "INSERT INTO report_excerpts (report, excerpt, printed)"
    " VALUES ($1, $2, $3)"};
constexpr Query kListReportExcerpts{
    "list_report_excerpts",
    "SELECT e.survey, e.fiscal_year, e.id, r.respondent, r.item, r.original_text,"
    " r.source_revision, r.edited_text, r.category, r.attribution, r.editor,"
    " r.consent, r.consent_level, r.consent_note, r.consent_micros,"
    " r.revision, e.created_micros, r.changed_micros, r.consent_by,"
    " r.respondent_decides FROM excerpts e"
    " JOIN excerpt_revisions r ON r.name = e.name"
    " JOIN report_excerpts p ON p.excerpt = e.name"
    " WHERE p.report = $1 AND r.revision = e.last_revision ORDER BY e.id"};
constexpr Query kListPrinted{
    "list_report_excerpts_printed",
    "SELECT excerpt, printed FROM report_excerpts WHERE report = $1"};

Excerpt ReadExcerpt(const Row& row) {
  Excerpt excerpt;
  excerpt.survey = row.Text(0);
  excerpt.fiscal_year = static_cast<int>(row.Int64(1));
  excerpt.id = row.Text(2);
  excerpt.respondent = row.Text(3);
  excerpt.item = row.Text(4);
  excerpt.original_text = row.Text(5);
  excerpt.source_revision = static_cast<int>(row.Int64(6));
  excerpt.edited_text = row.Text(7);
  excerpt.category = row.Text(8);
  excerpt.attribution =
      vocabulary::FindIn(kAttributions, static_cast<int>(row.Int64(9)))
          .value_or(Attribution::kKind);
  excerpt.editor = row.Text(10);
  excerpt.consent =
      vocabulary::FindIn(kConsents, static_cast<int>(row.Int64(11)))
          .value_or(Consent::kNone);
  excerpt.consent_level = vocabulary::FindIn(vocabulary::kPublishLevels,
                                             static_cast<int>(row.Int64(12)));
  excerpt.consent_note = row.Text(13);
  if (row.Int64(14) != 0) {
    excerpt.consent_time = base::Timestamp::FromMicros(row.Int64(14));
  }
  excerpt.revision = static_cast<int>(row.Int64(15));
  excerpt.create_time = base::Timestamp::FromMicros(row.Int64(16));
  excerpt.update_time = base::Timestamp::FromMicros(row.Int64(17));
  excerpt.consent_by = row.Text(18);
  excerpt.respondent_decides = row.Bool(19);
  return excerpt;
}

absl::Status InsertRevision(platform::Write& write, Excerpt& excerpt) {
  excerpt.update_time = write.time();
  const std::int64_t level =
      excerpt.consent_level.has_value()
          ? static_cast<std::int64_t>(*excerpt.consent_level)
          : 0;
  const std::int64_t consented = excerpt.consent_time.has_value()
                                     ? excerpt.consent_time->micros()
                                     : 0;
  const std::string name = excerpt.Name();
  WELFARE_RETURN_IF_ERROR(
      write.transaction()
          .Execute(kInsertExcerptRevision,
                   {name, excerpt.revision, excerpt.respondent, excerpt.item,
                    excerpt.original_text, excerpt.source_revision,
                    excerpt.edited_text, excerpt.category,
                    static_cast<int>(excerpt.attribution), excerpt.editor,
                    static_cast<int>(excerpt.consent), level,
                    excerpt.consent_note, consented,
                    excerpt.update_time.micros(), excerpt.consent_by,
                    excerpt.respondent_decides ? 1 : 0})
          .status());
  return write.Audit(name, base::JsonObject()
                               .Add("revision", excerpt.revision)
                               .Add("source", excerpt.SubmissionName())
                               .Add("source_revision", excerpt.source_revision)
                               .Add("printed", PrintedDigest(excerpt))
                               .Add("consent", ToString(excerpt.consent)));
}

}  // namespace

absl::Status KeepExcerptsOf(Transaction& transaction, const std::string& name,
                            const std::vector<Excerpt>& excerpts) {
  for (const Excerpt& excerpt : excerpts) {
    WELFARE_RETURN_IF_ERROR(
        transaction
            .Execute(kInsertReportExcerpt,
                     {name, excerpt.Name(), PrintedDigest(excerpt)})
            .status());
  }
  return absl::OkStatus();
}

absl::Status CheckExcerptsOf(Connection& connection, const std::string& name,
                             PublishLevel level) {
  std::map<std::string, std::string> printed;
  WELFARE_RETURN_IF_ERROR(
      connection.ForEach(kListPrinted, {name}, [&](const Row& row) {
        printed.emplace(row.Text(0), row.Text(1));
        return absl::OkStatus();
      }));
  if (printed.empty()) return absl::OkStatus();
  WELFARE_ASSIGN_OR_RETURN(
      const std::vector<Excerpt> excerpts,
      connection.List(kListReportExcerpts, {name}, ReadExcerpt));
  std::vector<HinderedExcerpt> hindered;
  for (const Excerpt& excerpt : excerpts) {
    std::optional<Hindrance> hindrance = FindHindrance(&excerpt);
    if (!hindrance.has_value() &&
        (printed[excerpt.Name()] != PrintedDigest(excerpt) ||
         !Covers(excerpt.consent_level.value_or(PublishLevel::kInternal),
                 level))) {
      hindrance = Hindrance::kNoConsent;
    }
    if (hindrance.has_value()) {
      hindered.push_back({excerpt.id, HindranceWords(*hindrance),
                          HindranceWordsJa(*hindrance)});
    }
  }
  return hindered.empty() ? absl::OkStatus() : ExcerptNotReleased(hindered);
}

absl::StatusOr<Excerpt> SqlExcerptStore::Run(
    const platform::WriteRequest& request,
    const std::function<absl::StatusOr<Excerpt>(platform::Write&)>& write) {
  Excerpt made;
  WELFARE_ASSIGN_OR_RETURN(
      const platform::WritePath::Outcome outcome,
      writes_.Run(request,
                  [&](platform::Write& one) -> absl::StatusOr<std::string> {
                    WELFARE_ASSIGN_OR_RETURN(made, write(one));
                    return made.Name() + "@" + std::to_string(made.revision);
                  }));
  if (!outcome.repeated) return made;
  const std::size_t at = outcome.reply.rfind('@');
  const std::string name = outcome.reply.substr(0, at);
  const std::int64_t revision = std::stoll(outcome.reply.substr(at + 1));
  WELFARE_ASSIGN_OR_RETURN(
      std::optional<Excerpt> first,
      database_.Read(request.limits, [&](Connection& connection) {
        return connection.Find(kFindExcerptRevision, {name, revision},
                               ReadExcerpt);
      }));
  if (!first.has_value()) return ExcerptNotFound(name);
  return *std::move(first);
}

absl::StatusOr<Excerpt> SqlExcerptStore::Create(
    const platform::WriteRequest& request, const Excerpt& excerpt) {
  return Run(request, [&](platform::Write& write) -> absl::StatusOr<Excerpt> {
    Excerpt made = excerpt;
    made.revision = 1;
    made.create_time = write.time();
    made.editor = request.actor;
    WELFARE_ASSIGN_OR_RETURN(
        const std::optional<std::int64_t> taken,
        write.transaction().Find(
            kInsertExcerpt,
            {made.Name(), made.survey, made.fiscal_year, made.id,
             made.create_time.micros()},
            [](const Row& row) { return row.Int64(0); }));
    if (!taken.has_value()) return ExcerptExists(made.Name());
    WELFARE_RETURN_IF_ERROR(InsertRevision(write, made));
    return made;
  });
}

absl::StatusOr<Excerpt> SqlExcerptStore::Change(
    const platform::WriteRequest& request, const std::string& name,
    const std::string& etag, const ExcerptChange& change) {
  return Run(request, [&](platform::Write& write) -> absl::StatusOr<Excerpt> {
    WELFARE_ASSIGN_OR_RETURN(
        const std::optional<std::int64_t> revision,
        write.transaction().Find(kTakeExcerpt, {name}, [](const Row& row) {
          return row.Int64(0);
        }));
    if (!revision.has_value()) return ExcerptNotFound(name);
    WELFARE_ASSIGN_OR_RETURN(
        const std::optional<Excerpt> before,
        write.transaction().Find(kFindExcerptRevision, {name, *revision - 1},
                                 ReadExcerpt));
    if (!before.has_value()) return ExcerptNotFound(name);
    if (const std::string current = EtagOf(*before);
        !etag.empty() && etag != current) {
      return EtagMismatch(name, current);
    }
    WELFARE_ASSIGN_OR_RETURN(Excerpt made, change(*before, write.time()));
    made.revision = static_cast<int>(*revision);
    WELFARE_RETURN_IF_ERROR(InsertRevision(write, made));
    return made;
  });
}

absl::StatusOr<Excerpt> SqlExcerptStore::Get(const std::string& name,
                                             const base::CallLimits& limits) {
  WELFARE_ASSIGN_OR_RETURN(
      std::optional<Excerpt> found,
      database_.Read(limits, [&](Connection& connection) {
        return connection.Find(kFindExcerpt, {name}, ReadExcerpt);
      }));
  if (!found.has_value()) return ExcerptNotFound(name);
  return *std::move(found);
}

absl::StatusOr<std::vector<Excerpt>> SqlExcerptStore::List(
    const std::string& survey, int fiscal_year, const std::string& after,
    int limit, const base::CallLimits& limits) {
  return database_.Read(limits, [&](Connection& connection) {
    return connection.List(kListExcerpts, {survey, fiscal_year, after, limit},
                           ReadExcerpt);
  });
}

absl::StatusOr<std::vector<Excerpt>> SqlExcerptStore::ListOf(
    const std::string& survey, int fiscal_year, const std::string& respondent,
    std::optional<Consent> consent, const std::string& after, int limit,
    const base::CallLimits& limits) {
  const int wanted = consent.has_value() ? static_cast<int>(*consent) : 0;
  return database_.Read(limits, [&](Connection& connection) {
    return connection.List(
        kListExcerptsOf,
        {survey, fiscal_year, after, limit, wanted, respondent}, ReadExcerpt);
  });
}

absl::StatusOr<std::map<std::string, Excerpt>> SqlExcerptStore::Find(
    const std::string& survey, int fiscal_year,
    const std::vector<std::string>& ids, const base::CallLimits& limits) {
  std::map<std::string, Excerpt> found;
  WELFARE_RETURN_IF_ERROR(database_.Read(
      limits, [&](Connection& connection) -> absl::Status {
        found.clear();
        for (const std::string& id : ids) {
          Excerpt key;
          key.survey = survey;
          key.fiscal_year = fiscal_year;
          key.id = id;
          WELFARE_ASSIGN_OR_RETURN(
              std::optional<Excerpt> one,
              connection.Find(kFindExcerpt, {key.Name()}, ReadExcerpt));
          if (one.has_value()) found.emplace(id, *std::move(one));
        }
        return absl::OkStatus();
      }));
  return found;
}

std::string SqlExcerptStore::EtagOf(const Excerpt& excerpt) const {
  return "\"" + incarnation_.substr(0, 16) + "-" +
         std::to_string(excerpt.revision) + "\"";
}

}  // namespace welfare::report
