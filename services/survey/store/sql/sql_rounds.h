// Rounds and their populations in SQL.
#pragma once

#include <memory>
#include <string>

#include "services/platform/storage/database.h"
#include "services/survey/store/round_store.h"
#include "services/survey/store/sql/sql_change.h"

namespace welfare::survey {

// REQUIRES: what is given outlives what is returned.
std::unique_ptr<RoundReader> MakeSqlRoundReader(
    platform::Connection& connection, const std::string& incarnation);
std::unique_ptr<RoundWriter> MakeSqlRoundWriter(SqlChange& change);

}  // namespace welfare::survey
