// Codebooks in SQL.
#pragma once

#include <memory>

#include "services/platform/storage/database.h"
#include "services/survey/store/codebook_store.h"
#include "services/survey/store/sql/sql_change.h"

namespace welfare::survey {

// REQUIRES: what is given outlives what is returned.
std::unique_ptr<CodebookReader> MakeSqlCodebookReader(
    platform::Connection& connection);
std::unique_ptr<CodebookWriter> MakeSqlCodebookWriter(SqlChange& change);

}  // namespace welfare::survey
