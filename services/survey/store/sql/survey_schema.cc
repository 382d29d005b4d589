#include "services/survey/store/sql/survey_schema.h"

#include <string>
#include <vector>

#include "services/platform/storage/audit_log.h"
#include "services/platform/storage/idempotency.h"
#include "services/platform/storage/incarnation.h"

namespace welfare::survey {
namespace {

// Numbers of enums are those of the headers. Ids are surrogates from
// `counters`; names are columns of their own.
constexpr std::string_view kFirst = R"sql(
CREATE TABLE counters (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('codebook', 0);
INSERT INTO counters (name, value) VALUES ('round', 0);
INSERT INTO counters (name, value) VALUES ('submission', 0);

CREATE TABLE codebooks (
  codebook_id BIGINT NOT NULL PRIMARY KEY,
  survey TEXT NOT NULL,
  version TEXT NOT NULL,
  title TEXT NOT NULL,
  state BIGINT NOT NULL,
  digest TEXT NOT NULL,
  survey_sheet TEXT NOT NULL,
  choices_sheet TEXT NOT NULL,
  settings_sheet TEXT NOT NULL,
  create_micros BIGINT NOT NULL,
  publish_micros BIGINT,
  UNIQUE (survey, version)
);

CREATE TABLE rounds (
  round_id BIGINT NOT NULL PRIMARY KEY,
  survey TEXT NOT NULL,
  fiscal_year BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  create_micros BIGINT NOT NULL,
  update_micros BIGINT NOT NULL,
  UNIQUE (survey, fiscal_year)
);

CREATE TABLE round_revisions (
  round_id BIGINT NOT NULL REFERENCES rounds (round_id),
  revision BIGINT NOT NULL,
  state BIGINT NOT NULL,
  registry_version BIGINT NOT NULL,
  pin_revision BIGINT NOT NULL,
  codebook_version TEXT NOT NULL,
  program TEXT NOT NULL,
  display_name TEXT NOT NULL,
  purpose TEXT NOT NULL,
  method TEXT NOT NULL,
  publisher TEXT NOT NULL,
  window_start TEXT,
  window_end TEXT,
  synthetic BIGINT NOT NULL,
  actor TEXT NOT NULL,
  recorded_micros BIGINT NOT NULL,
  PRIMARY KEY (round_id, revision)
);
{append_only round_revisions}

CREATE TABLE frame_rows (
  round_id BIGINT NOT NULL REFERENCES rounds (round_id),
  pin_revision BIGINT NOT NULL,
  municipality_code TEXT NOT NULL,
  respondent_kind BIGINT NOT NULL,
  registry_version BIGINT NOT NULL,
  content {bytes} NOT NULL,
  PRIMARY KEY (round_id, pin_revision, municipality_code, respondent_kind)
);
{append_only frame_rows}

CREATE TABLE submissions (
  submission_id BIGINT NOT NULL PRIMARY KEY,
  round_id BIGINT NOT NULL REFERENCES rounds (round_id),
  municipality_code TEXT NOT NULL,
  respondent_kind BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  create_micros BIGINT NOT NULL,
  UNIQUE (round_id, municipality_code, respondent_kind)
);

CREATE TABLE submission_revisions (
  submission_id BIGINT NOT NULL REFERENCES submissions (submission_id),
  revision BIGINT NOT NULL,
  round_id BIGINT NOT NULL,
  round_revision BIGINT NOT NULL,
  registry_version BIGINT NOT NULL,
  state BIGINT NOT NULL,
  received_on TEXT,
  late BIGINT NOT NULL,
  digest TEXT NOT NULL,
  answers {bytes} NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  recorded_micros BIGINT NOT NULL,
  PRIMARY KEY (submission_id, revision),
  UNIQUE (round_id, round_revision)
);
{append_only submission_revisions}

CREATE TABLE contacts (
  submission_id BIGINT NOT NULL PRIMARY KEY
    REFERENCES submissions (submission_id),
  department TEXT NOT NULL,
  contact TEXT NOT NULL
);
)sql";

// What was imported before was read by the first rules, and no change of a
// round gave a reason.
constexpr std::string_view kRulesAndReasons = R"sql(
ALTER TABLE codebooks ADD COLUMN rules BIGINT NOT NULL DEFAULT 1;
ALTER TABLE round_revisions ADD COLUMN reason TEXT NOT NULL DEFAULT '';
)sql";

// Whose the registry version of a round is; nobody wrote it down before.
constexpr std::string_view kRegistryIncarnations = R"sql(
ALTER TABLE round_revisions
  ADD COLUMN registry_incarnation TEXT NOT NULL DEFAULT '';
)sql";

// How answers to old questionnaires are read; what came through one names it.
constexpr std::string_view kMappings = R"sql(
CREATE TABLE mappings (
  survey TEXT NOT NULL,
  mapping TEXT NOT NULL,
  digest TEXT NOT NULL,
  codebook_version TEXT NOT NULL,
  from_version TEXT NOT NULL,
  content {bytes} NOT NULL,
  actor TEXT NOT NULL,
  create_micros BIGINT NOT NULL,
  PRIMARY KEY (survey, mapping)
);
{append_only mappings}
)sql";

// What came through each. Those of before were not counted from the first on.
constexpr std::string_view kMappingUses = R"sql(
ALTER TABLE mappings ADD COLUMN uses_complete BIGINT NOT NULL DEFAULT 0;
CREATE TABLE mapping_uses (
  survey TEXT NOT NULL,
  mapping TEXT NOT NULL,
  fiscal_year BIGINT NOT NULL,
  batches BIGINT NOT NULL,
  row_count BIGINT NOT NULL,
  first_micros BIGINT NOT NULL,
  last_micros BIGINT NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY (survey, mapping, fiscal_year)
);
)sql";

}  // namespace

std::span<const platform::Migration> SurveyMigrations() {
  static const std::vector<platform::Migration> kMigrations = {
      {.number = 1,
       .name = "codebooks_rounds_submissions",
       .sql = std::string(kFirst) + std::string(platform::kAuditLogSql) +
              std::string(platform::kRequestRepliesSql)},
      {.number = 2,
       .name = "incarnation",
       .sql = std::string(platform::kIncarnationSql)},
      {.number = 3,
       .name = "sheet_rules_round_reasons",
       .sql = std::string(kRulesAndReasons)},
      {.number = 4,
       .name = "place_of_store_registry_incarnations",
       .sql = std::string(platform::kPlaceSql) +
              std::string(kRegistryIncarnations)},
      {.number = 5, .name = "mappings", .sql = std::string(kMappings)},
      {.number = 6,
       .name = "mapping_uses",
       .sql = std::string(kMappingUses)}};
  return kMigrations;
}

}  // namespace welfare::survey
