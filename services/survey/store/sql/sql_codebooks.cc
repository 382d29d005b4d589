#include "services/survey/store/sql/sql_codebooks.h"

#include <optional>
#include <string>
#include <vector>

#include "services/base/coding/json_text.h"
#include "services/base/error.h"
#include "services/survey/store/sql/stored_values.h"

namespace welfare::survey {
namespace {

using platform::Connection;
using platform::Query;
using platform::Row;

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

// The reading half of both interfaces, on one connection.
template <typename Interface>
class SqlCodebookReads : public Interface {
 public:
  explicit SqlCodebookReads(Connection& connection) : connection_(connection) {}

  absl::StatusOr<std::optional<StoredCodebook>> Find(
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

  absl::StatusOr<std::vector<StoredCodebook>> List(
      const base::SurveyName& survey, std::string_view after,
      int limit) override {
    return connection_.List(
        kListCodebooks, {survey.survey, after, limit},
        [&](const Row& row) { return ReadCodebook(survey.survey, row); });
  }

 private:
  Connection& connection_;
};

// Audits every write.
class SqlCodebookWriter final : public SqlCodebookReads<CodebookWriter> {
 public:
  explicit SqlCodebookWriter(SqlChange& change)
      : SqlCodebookReads(change.transaction()), change_(change) {}

  absl::Status Store(const StoredCodebook& codebook) override {
    WELFARE_ASSIGN_OR_RETURN(const std::int64_t id, change_.NextId("codebook"));
    WELFARE_RETURN_IF_ERROR(change_.Execute(
        kStoreCodebook,
        {id, codebook.name.survey, codebook.name.version, codebook.title,
         static_cast<std::int64_t>(codebook.state), codebook.digest,
         codebook.sheets.survey, codebook.sheets.choices,
         codebook.sheets.settings, codebook.create_time.micros(),
         static_cast<std::int64_t>(codebook.rules)}));
    return change_.Audit(codebook.name.ToString(),
                         base::JsonObject().Add("digest", codebook.digest));
  }

  absl::Status Publish(const base::CodebookName& name,
                       base::Timestamp time) override {
    WELFARE_RETURN_IF_ERROR(change_.Execute(
        kPublishCodebook,
        {name.survey, name.version,
         static_cast<std::int64_t>(CodebookState::kPublished), time.micros()}));
    return change_.Audit(name.ToString(),
                         base::JsonObject().Add("state", "PUBLISHED"));
  }

 private:
  SqlChange& change_;
};

}  // namespace

std::unique_ptr<CodebookReader> MakeSqlCodebookReader(
    platform::Connection& connection) {
  return std::make_unique<SqlCodebookReads<CodebookReader>>(connection);
}

std::unique_ptr<CodebookWriter> MakeSqlCodebookWriter(SqlChange& change) {
  return std::make_unique<SqlCodebookWriter>(change);
}

}  // namespace welfare::survey
