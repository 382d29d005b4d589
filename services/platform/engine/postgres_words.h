#pragma once

#include <string>

#include "services/platform/engine/schema_aliases.h"

namespace welfare::platform {

// PostgreSQL's words for the aliases of migrations.h, in one script.
class PostgresWords final : public SchemaAliasWords {
 public:
  std::string Bytes() override { return "BYTEA"; }

  // Changes are refused row by row, as SQLite's triggers do; TRUNCATE knows no
  // rows.
  std::string AppendOnly(const std::string& table) override;

  // PostgreSQL looks up a foreign key with a query for each row, which takes
  // longer than all the rest of a COPY. One for the whole statement says the
  // same, since neither table loses a row. The query is planned each time: the
  // best way depends on how many rows came.
  std::string CheckOnce(const Reference& reference) override;

 private:
  bool refuses_change_ = false;
  bool checks_once_ = false;
};

}  // namespace welfare::platform
