// Submissions and their contacts in SQL.
#pragma once

#include <memory>

#include "services/platform/storage/database.h"
#include "services/survey/store/sql/sql_change.h"
#include "services/survey/store/submission_store.h"

namespace welfare::survey {

// REQUIRES: what is given outlives what is returned.
std::unique_ptr<SubmissionReader> MakeSqlSubmissionReader(
    platform::Connection& connection);
std::unique_ptr<SubmissionWriter> MakeSqlSubmissionWriter(SqlChange& change);

}  // namespace welfare::survey
