#include "services/platform/engine/postgres_words.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace welfare::platform {

std::string PostgresWords::AppendOnly(const std::string& table) {
  std::string function;
  if (!std::exchange(refuses_change_, true)) {
    function =
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger"
        " LANGUAGE plpgsql AS $body$ BEGIN"
        " RAISE EXCEPTION USING ERRCODE = '23000',"
        " MESSAGE = TG_TABLE_NAME || ' is append-only',"
        " CONSTRAINT = TG_TABLE_NAME || ' is append-only'; END $body$; ";
  }
  return absl::StrCat(
      function, "CREATE TRIGGER ", table,
      "_refuses_change BEFORE UPDATE OR DELETE ON ", table,
      " FOR EACH ROW EXECUTE FUNCTION refuse_change(); CREATE TRIGGER ", table,
      "_refuses_truncate BEFORE TRUNCATE ON ", table,
      " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();");
}

std::string PostgresWords::CheckOnce(const Reference& reference) {
  std::string function;
  if (!std::exchange(checks_once_, true)) {
    function =
        "CREATE OR REPLACE FUNCTION check_once() RETURNS trigger"
        " LANGUAGE plpgsql AS $body$ DECLARE missing boolean; BEGIN"
        " EXECUTE format('SELECT EXISTS (SELECT FROM"
        " (SELECT DISTINCT %1$I AS key FROM added WHERE %1$I IS NOT NULL) a"
        " WHERE NOT EXISTS (SELECT FROM %2$I.%3$I p WHERE p.%4$I = a.key))',"
        " TG_ARGV[0], TG_TABLE_SCHEMA, TG_ARGV[1], TG_ARGV[2]) INTO missing;"
        " IF missing THEN RAISE EXCEPTION USING ERRCODE = '23503',"
        " MESSAGE = TG_NAME || ' is broken', CONSTRAINT = TG_NAME; END IF;"
        " RETURN NULL; END $body$; ";
  }
  const std::string name =
      absl::StrCat(reference.table, "_", reference.column, "_fkey");
  return absl::StrCat(
      function, "ALTER TABLE ", reference.table, " DROP CONSTRAINT ", name,
      "; CREATE TRIGGER ", name, " AFTER INSERT ON ", reference.table,
      " REFERENCING NEW TABLE AS added FOR EACH STATEMENT"
      " EXECUTE FUNCTION check_once('",
      reference.column, "', '", reference.parent, "', '", reference.key, "');");
}

}  // namespace welfare::platform
