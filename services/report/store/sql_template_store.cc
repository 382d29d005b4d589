#include "services/report/store/sql_template_store.h"

#include <limits>
#include <utility>

#include "services/base/coding/json_text.h"
#include "services/base/error.h"
#include "services/report/errors.h"

namespace welfare::report {

using platform::Connection;
using platform::Query;
using platform::Row;
using platform::Transaction;

// Of reports that were made before, nobody knows the text.
const std::string_view kTemplatesSql = R"sql(
ALTER TABLE reports ADD COLUMN template_digest TEXT NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN template_revision TEXT NOT NULL DEFAULT '';

CREATE TABLE template_texts (
  digest TEXT NOT NULL PRIMARY KEY,
  content TEXT NOT NULL
);
{append_only template_texts}

CREATE TABLE template_numbers (
  survey TEXT NOT NULL,
  fiscal_year BIGINT NOT NULL,
  template TEXT NOT NULL,
  last_number BIGINT NOT NULL,
  PRIMARY KEY (survey, fiscal_year, template)
);

CREATE TABLE template_revisions (
  survey TEXT NOT NULL,
  fiscal_year BIGINT NOT NULL,
  template TEXT NOT NULL,
  number BIGINT NOT NULL,
  digest TEXT NOT NULL REFERENCES template_texts (digest),
  size BIGINT NOT NULL,
  comment TEXT NOT NULL,
  editor TEXT NOT NULL,
  created_micros BIGINT NOT NULL,
  PRIMARY KEY (survey, fiscal_year, template, number)
);
{append_only template_revisions}
)sql";

namespace {

constexpr Query kInsertTemplateText{
    "insert_template_text",
    "INSERT INTO template_texts (digest, content) VALUES ($1, $2)"
    " ON CONFLICT (digest) DO NOTHING"};
constexpr Query kNextTemplateNumber{
    "next_template_number",
    "INSERT INTO template_numbers (survey, fiscal_year, template, last_number)"
    " VALUES ($1, $2, $3, 1)"
    " ON CONFLICT (survey, fiscal_year, template)"
    " DO UPDATE SET last_number = template_numbers.last_number + 1"
    " RETURNING last_number"};
constexpr Query kInsertRevision{
    "insert_template_revision",
    "INSERT INTO template_revisions (survey, fiscal_year, template, number,"
    " digest, size, comment, editor, created_micros)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
constexpr Query kFindRevision{
    "find_template_revision",
    "SELECT survey, fiscal_year, template, number, digest, size, comment,"
    " editor, created_micros FROM template_revisions"
    " WHERE survey = $1 AND fiscal_year = $2 AND template = $3 AND number = $4"};
constexpr Query kFindRevisionByDigest{
    "find_template_revision_by_digest",
    "SELECT survey, fiscal_year, template, number, digest, size, comment,"
    " editor, created_micros FROM template_revisions"
    " WHERE survey = $1 AND fiscal_year = $2 AND template = $3 AND digest = $4"
    " ORDER BY number DESC LIMIT 1"};
constexpr Query kListRevisions{
    "list_template_revisions",
    "SELECT survey, fiscal_year, template, number, digest, size, comment,"
    " editor, created_micros FROM template_revisions"
    " WHERE survey = $1 AND fiscal_year = $2 AND template = $3 AND number < $4"
    " ORDER BY number DESC LIMIT $5"};
constexpr Query kListNewestTemplates{
    "list_newest_templates",
    "SELECT r.survey, r.fiscal_year, r.template, r.number, r.digest, r.size,"
    " r.comment, r.editor, r.created_micros FROM template_revisions r"
    " JOIN template_numbers n ON n.survey = r.survey"
    " AND n.fiscal_year = r.fiscal_year AND n.template = r.template"
    " AND n.last_number = r.number"
    " WHERE r.survey = $1 AND r.fiscal_year = (SELECT MAX(m.fiscal_year)"
    " FROM template_numbers m WHERE m.survey = r.survey"
    " AND m.template = r.template)"
    " ORDER BY r.template"};
constexpr Query kFindText{"find_template_text",
                          "SELECT content FROM template_texts"
                          " WHERE digest = $1"};

StoredTemplate ReadRevision(const Row& row) {
  StoredTemplate revision;
  revision.of.survey = row.Text(0);
  revision.of.fiscal_year = static_cast<int>(row.Int64(1));
  revision.of.template_id = row.Text(2);
  revision.number = row.Int64(3);
  revision.digest = row.Text(4);
  revision.size = row.Int64(5);
  revision.comment = row.Text(6);
  revision.editor = row.Text(7);
  revision.create_time = base::Timestamp::FromMicros(row.Int64(8));
  return revision;
}

}  // namespace

std::string TemplateOfRound::ToString() const {
  return "surveys/" + survey + "/rounds/" + std::to_string(fiscal_year) +
         "/templates/" + template_id;
}

std::string StoredTemplate::Name() const {
  return of.ToString() + "/revisions/" + std::to_string(number);
}

absl::Status KeepTemplateText(Transaction& transaction,
                              const std::string& digest,
                              const std::string& text) {
  return transaction.Execute(kInsertTemplateText, {digest, text}).status();
}

absl::StatusOr<StoredTemplate> SqlTemplateStore::Add(
    const platform::WriteRequest& request, const StoredTemplate& revision,
    const std::string& text) {
  StoredTemplate made;
  const auto add =
      [&](platform::Write& write) -> absl::StatusOr<std::string> {
    made = revision;
    const TemplateOfRound& of = made.of;
    WELFARE_ASSIGN_OR_RETURN(
        made.number,
        write.transaction().Get(kNextTemplateNumber,
                                {of.survey, of.fiscal_year, of.template_id},
                                [](const Row& row) { return row.Int64(0); }));
    made.editor = write.request().actor;
    made.create_time = write.time();
    WELFARE_RETURN_IF_ERROR(
        KeepTemplateText(write.transaction(), made.digest, text));
    WELFARE_RETURN_IF_ERROR(
        write.transaction()
            .Execute(kInsertRevision,
                     {of.survey, of.fiscal_year, of.template_id, made.number,
                      made.digest, made.size, made.comment, made.editor,
                      made.create_time.micros()})
            .status());
    WELFARE_RETURN_IF_ERROR(write.Audit(
        made.Name(), base::JsonObject().Add("digest", made.digest)));
    return std::to_string(made.number);
  };
  WELFARE_ASSIGN_OR_RETURN(const platform::WritePath::Outcome outcome,
                           writes_.Run(request, add));
  if (!outcome.repeated) return made;
  WELFARE_ASSIGN_OR_RETURN(
      std::optional<StoredTemplate> first,
      FindRevision(revision.of, std::stoll(outcome.reply), request.limits));
  if (!first.has_value()) return TemplateNotFound(revision.of.ToString());
  return *std::move(first);
}

absl::StatusOr<std::optional<StoredTemplate>> SqlTemplateStore::FindRevision(
    const TemplateOfRound& of, std::int64_t number,
    const base::CallLimits& limits) {
  if (number == 0) {
    WELFARE_ASSIGN_OR_RETURN(const std::vector<StoredTemplate> newest,
                             ListRevisions(of, 0, 1, limits));
    if (newest.empty()) return std::optional<StoredTemplate>();
    return std::optional<StoredTemplate>(newest.front());
  }
  return database_.Read(limits, [&](Connection& connection) {
    return connection.Find(
        kFindRevision,
        {of.survey, of.fiscal_year, of.template_id, number},
        ReadRevision);
  });
}

absl::StatusOr<std::optional<StoredTemplate>> SqlTemplateStore::FindByDigest(
    const TemplateOfRound& of, const std::string& digest,
    const base::CallLimits& limits) {
  return database_.Read(limits, [&](Connection& connection) {
    return connection.Find(
        kFindRevisionByDigest,
        {of.survey, of.fiscal_year, of.template_id, digest}, ReadRevision);
  });
}

absl::StatusOr<std::vector<StoredTemplate>> SqlTemplateStore::ListRevisions(
    const TemplateOfRound& of, std::int64_t before, int limit,
    const base::CallLimits& limits) {
  const std::int64_t below =
      before == 0 ? std::numeric_limits<std::int64_t>::max() : before;
  return database_.Read(limits, [&](Connection& connection) {
    return connection.List(kListRevisions,
                           {of.survey, of.fiscal_year, of.template_id, below,
                            limit},
                           ReadRevision);
  });
}

absl::StatusOr<std::vector<StoredTemplate>> SqlTemplateStore::ListNewestOf(
    const std::string& survey, const base::CallLimits& limits) {
  return database_.Read(limits, [&](Connection& connection) {
    return connection.List(kListNewestTemplates, {survey}, ReadRevision);
  });
}

absl::StatusOr<std::optional<std::string>> SqlTemplateStore::FindText(
    const std::string& digest, const base::CallLimits& limits) {
  return database_.Read(limits, [&](Connection& connection) {
    return connection.Find(kFindText, {digest},
                           [](const Row& row) { return row.Text(0); });
  });
}

}  // namespace welfare::report
