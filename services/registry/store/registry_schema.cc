#include "services/registry/store/registry_schema.h"

#include <string>
#include <vector>

#include "services/platform/storage/audit_log.h"
#include "services/platform/storage/idempotency.h"
#include "services/platform/storage/incarnation.h"

namespace welfare::registry {
namespace {

// Every change is a row with the registry version that made it; nothing is
// updated but the counter in registry_head. Who recorded a row and when stands
// once, in the row of its version. Times are microseconds UTC; type,
// implementing and preparation are the numbers of the enums.
constexpr std::string_view kFirstTables = R"sql(
CREATE TABLE registry_head (
  id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
  version BIGINT NOT NULL,
  recorded_micros BIGINT NOT NULL
);
INSERT INTO registry_head (id, version, recorded_micros) VALUES (1, 0, 0);

CREATE TABLE versions (
  version BIGINT NOT NULL PRIMARY KEY,
  recorded_micros BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  request_id TEXT NOT NULL
);
{append_only versions}

CREATE TABLE municipalities (
  municipality_id BIGINT NOT NULL PRIMARY KEY,
  first_code TEXT NOT NULL UNIQUE
);
{append_only municipalities}

CREATE TABLE municipality_versions (
  municipality_id BIGINT NOT NULL REFERENCES municipalities (municipality_id),
  version BIGINT NOT NULL REFERENCES versions (version),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  kana TEXT NOT NULL,
  name_en TEXT NOT NULL,
  type BIGINT NOT NULL,
  area TEXT NOT NULL,
  council_name TEXT NOT NULL,
  council_name_checked BIGINT NOT NULL,
  deleted BIGINT NOT NULL,
  PRIMARY KEY (municipality_id, version)
);
CREATE INDEX municipality_versions_by_version
  ON municipality_versions (version);
{append_only municipality_versions}

CREATE TABLE status_records (
  program TEXT NOT NULL,
  municipality_id BIGINT NOT NULL REFERENCES municipalities (municipality_id),
  fiscal_year BIGINT NOT NULL,
  version BIGINT NOT NULL REFERENCES versions (version),
  implementing BIGINT NOT NULL,
  preparation BIGINT NOT NULL,
  note TEXT NOT NULL,
  reason TEXT NOT NULL,
  correction BIGINT NOT NULL,
  PRIMARY KEY (program, municipality_id, fiscal_year, version)
);
CREATE INDEX status_records_by_version ON status_records (version);
{append_only status_records}
)sql";

// Facts of municipalities hold from a fiscal year on and are said one by one
// (NULL: not said), so that a correction of one leaves the others alone; 1900
// is `always`. What was stored before held always. Status records can be taken
// back, and municipalities have a lineage. Dates are days since 1970-01-01;
// kind and role are numbers: 1 predecessor, 2 successor.
constexpr std::string_view kValidity = R"sql(
CREATE TABLE municipality_records (
  municipality_id BIGINT NOT NULL REFERENCES municipalities (municipality_id),
  valid_from BIGINT NOT NULL,
  version BIGINT NOT NULL REFERENCES versions (version),
  code TEXT,
  name TEXT,
  kana TEXT,
  name_en TEXT,
  type BIGINT,
  area TEXT,
  population_band TEXT,
  council_name TEXT,
  council_name_checked BIGINT,
  says_exists BIGINT,
  note TEXT NOT NULL,
  reason TEXT NOT NULL,
  deleted BIGINT NOT NULL,
  PRIMARY KEY (municipality_id, valid_from, version)
);
CREATE INDEX municipality_records_by_version
  ON municipality_records (version);
INSERT INTO municipality_records (municipality_id, valid_from, version, code,
    name, kana, name_en, type, area, council_name, council_name_checked,
    says_exists, note, reason, deleted)
  SELECT municipality_id, 1900, version, code, name, kana, name_en, type, area,
    CASE WHEN council_name_checked = 0
      AND council_name = name || '社会福祉協議会' THEN NULL
      ELSE council_name END,
    CASE WHEN council_name_checked = 0
      AND council_name = name || '社会福祉協議会' THEN NULL
      ELSE council_name_checked END,
    1, '', '', deleted
  FROM municipality_versions;
DROP TABLE municipality_versions;
{append_only municipality_records}

ALTER TABLE status_records ADD COLUMN retracted BIGINT NOT NULL DEFAULT 0;

CREATE TABLE lineage_events (
  number BIGINT NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL REFERENCES versions (version),
  kind BIGINT NOT NULL,
  effective_day BIGINT NOT NULL,
  fiscal_year BIGINT NOT NULL,
  note TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX lineage_events_by_version ON lineage_events (version);
{append_only lineage_events}

CREATE TABLE lineage_members (
  number BIGINT NOT NULL REFERENCES lineage_events (number),
  role BIGINT NOT NULL,
  municipality_id BIGINT NOT NULL REFERENCES municipalities (municipality_id),
  PRIMARY KEY (number, role, municipality_id)
);
{append_only lineage_members}
)sql";

// From here on a lineage event can be taken back, with the records it made.
constexpr std::string_view kLineageRetractions = R"sql(
ALTER TABLE municipality_records
  ADD COLUMN retracts_version BIGINT NOT NULL DEFAULT 0;

CREATE TABLE lineage_retractions (
  number BIGINT NOT NULL PRIMARY KEY REFERENCES lineage_events (number),
  version BIGINT NOT NULL REFERENCES versions (version),
  reason TEXT NOT NULL
);
CREATE INDEX lineage_retractions_by_version ON lineage_retractions (version);
{append_only lineage_retractions}
)sql";

// An import of a nation's records spent most of its time on foreign keys.
constexpr std::string_view kBulkReferences = R"sql(
{check_once municipality_records.municipality_id municipalities.municipality_id}
{check_once municipality_records.version versions.version}
{check_once status_records.municipality_id municipalities.municipality_id}
{check_once status_records.version versions.version}
)sql";

// Taking back a correction puts the record it had replaced in force again. What
// was taken back before stays so: the year is unknown from there on.
constexpr std::string_view kRestoredStatuses = R"sql(
ALTER TABLE status_records
  ADD COLUMN restores_version BIGINT NOT NULL DEFAULT 0;
)sql";

}  // namespace

std::span<const platform::Migration> RegistryMigrations() {
  static const std::vector<platform::Migration> kMigrations = {
      {.number = 1,
       .name = "history",
       .sql = std::string(kFirstTables) + std::string(platform::kAuditLogSql) +
              std::string(platform::kRequestRepliesSql)},
      {.number = 2, .name = "validity", .sql = std::string(kValidity)},
      {.number = 3,
       .name = "lineage_retractions",
       .sql = std::string(kLineageRetractions)},
      {.number = 4,
       .name = "bulk_references",
       .sql = std::string(kBulkReferences)},
      {.number = 5,
       .name = "incarnation",
       .sql = std::string(platform::kIncarnationSql)},
      {.number = 6,
       .name = "restored_statuses",
       .sql = std::string(kRestoredStatuses)},
      {.number = 7,
       .name = "place_of_store",
       .sql = std::string(platform::kPlaceSql)},
  };
  return kMigrations;
}

}  // namespace welfare::registry
