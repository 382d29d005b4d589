// Mappings in SQL.
#pragma once

#include <memory>

#include "services/platform/storage/database.h"
#include "services/survey/store/mapping_store.h"
#include "services/survey/store/sql/sql_change.h"

namespace welfare::survey {

// REQUIRES: what is given outlives what is returned.
std::unique_ptr<MappingReader> MakeSqlMappingReader(
    platform::Connection& connection);
std::unique_ptr<MappingWriter> MakeSqlMappingWriter(SqlChange& change);

}  // namespace welfare::survey
