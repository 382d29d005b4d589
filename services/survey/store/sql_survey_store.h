#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/platform/storage/database.h"
#include "services/survey/store/store.h"

namespace welfare::survey {

// The store on the platform's data layer: SQLite or PostgreSQL. Any thread may
// call it. The schema is that of SurveyMigrations.
class SqlSurveyStore final : public SurveyStore {
 public:
  // REQUIRES: `database` outlives the store and is migrated.
  explicit SqlSurveyStore(platform::Database& database) : database_(database) {}

  absl::Status Read(
      const StoreLimits& limits,
      const std::function<absl::Status(StoreReader&)>& read) override;
  absl::StatusOr<std::string> Change(
      const StoreLimits& limits, const ChangeRequest& request,
      const std::function<absl::StatusOr<std::string>(StoreWriter&)>& change)
      override;

 private:
  platform::Database& database_;
};

}  // namespace welfare::survey
