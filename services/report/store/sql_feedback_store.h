// Feedback sheets in a SQL database, beside the reports.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/time/clock.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/write_path.h"
#include "services/report/store/feedback_store.h"

namespace welfare::report {

// Migrations. Stored in databases and checksummed; do not change.
extern const std::string_view kFeedbackSql;
extern const std::string_view kFeedbackSignaturesSql;

// Any thread may call it. The tables are made by SqlReportStore::Open.
class SqlFeedbackStore final : public FeedbackStore {
 public:
  // Both must outlive the store.
  SqlFeedbackStore(platform::Database& database, const base::Clock& clock)
      : database_(database),
        clock_(clock),
        writes_({.database = database, .clock = clock}) {}

  absl::StatusOr<std::optional<SheetCounts>> FindRepeat(
      const platform::WriteRequest& request) override;
  absl::Status CheckNone(const std::string& report,
                         const base::CallLimits& limits) override;
  absl::StatusOr<SheetCounts> Create(
      const platform::WriteRequest& request, const StoredReport& report,
      const std::vector<NewSheet>& sheets,
      const base::SigningKey* key) override;
  absl::StatusOr<std::optional<std::string>> FindSignature(
      const std::string& report, const std::string& id,
      const std::string& format, const base::CallLimits& limits) override;
  absl::StatusOr<StoredSheet> Get(const std::string& report,
                                  const std::string& id,
                                  const base::CallLimits& limits) override;
  absl::StatusOr<std::vector<StoredSheet>> List(
      const std::string& report, int after, int limit,
      std::optional<SheetState> state, const base::CallLimits& limits) override;
  absl::StatusOr<StoredSheet> Judge(const platform::WriteRequest& request,
                                    const std::string& report,
                                    const std::string& id,
                                    const SheetVerdict& verdict) override;

 private:
  platform::Database& database_;
  const base::Clock& clock_;
  const platform::WritePath writes_;
};

}  // namespace welfare::report
