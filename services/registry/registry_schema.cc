#include "services/registry/registry_schema.h"

#include <string>
#include <vector>

#include "services/platform/audit_log.h"
#include "services/platform/idempotency.h"

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

}  // namespace

std::span<const platform::Migration> RegistryMigrations() {
  static const std::vector<platform::Migration> kMigrations = {
      {.number = 1,
       .name = "history",
       .sql = std::string(kFirstTables) + std::string(platform::kAuditLogSql) +
              std::string(platform::kRequestRepliesSql)},
  };
  return kMigrations;
}

}  // namespace welfare::registry
