// The store in SQL, as a whole.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/time/clock.h"
#include "services/platform/storage/database.h"
#include "services/survey/store/store.h"

namespace welfare::survey {

// The store on the platform's data layer: SQLite or PostgreSQL. Any thread may
// call it. The schema is that of SurveyMigrations.
class SqlSurveyStore final : public SurveyStore {
 public:
  // REQUIRES: both outlive the store, and `database` is migrated; `incarnation`
  // is its own.
  SqlSurveyStore(platform::Database& database, const base::Clock& clock,
                 std::string incarnation)
      : database_(database),
        clock_(clock),
        incarnation_(std::move(incarnation)) {}

  // `undone` is called, on the writer's thread and before it is told, when what
  // a change did was taken back after it had run: a commit that failed. Others
  // of its group may have read it. Call it before the first change.
  void OnUndone(std::function<void()> undone) { undone_ = std::move(undone); }

  absl::Status Read(
      const base::CallLimits& limits,
      const std::function<absl::Status(StoreReader&)>& read) override;
  absl::StatusOr<std::string> Change(
      const base::CallLimits& limits, const ChangeRequest& request,
      const std::function<absl::StatusOr<std::string>(StoreWriter&)>& change)
      override;

 private:
  platform::Database& database_;
  const base::Clock& clock_;
  const std::string incarnation_;
  std::function<void()> undone_ = [] {};
};

}  // namespace welfare::survey
