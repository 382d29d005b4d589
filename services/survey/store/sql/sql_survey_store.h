// The store in SQL, as a whole.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/platform/storage/database.h"
#include "services/platform/storage/write_path.h"
#include "services/survey/store/store.h"

namespace welfare::survey {

// The store on the platform's data layer: SQLite or PostgreSQL. Any thread may
// call it. The schema is that of SurveyMigrations.
class SqlSurveyStore final : public SurveyStore {
 public:
  // REQUIRES: what `writes` refers to outlives the store, and its database is
  // migrated; `incarnation` is that database's own.
  SqlSurveyStore(platform::WritePath::Options writes, std::string incarnation)
      : database_(writes.database),
        writes_(std::move(writes)),
        incarnation_(std::move(incarnation)) {}

  absl::Status Read(
      const base::CallLimits& limits,
      const std::function<absl::Status(StoreReader&)>& read) override;
  absl::StatusOr<platform::WritePath::Outcome> Change(
      const platform::WriteRequest& request,
      const std::function<absl::StatusOr<std::string>(StoreWriter&)>& change)
      override;

 private:
  platform::Database& database_;
  const platform::WritePath writes_;
  const std::string incarnation_;
};

}  // namespace welfare::survey
