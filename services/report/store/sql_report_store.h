// Reports in a SQL database, through the platform's data layer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/time/clock.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/write_path.h"
#include "services/report/store/report_store.h"

namespace welfare::report {

// Any thread may call it.
class SqlReportStore final : public ReportStore {
 public:
  // Brings the tables up to date and returns the store. `database` and `clock`
  // must outlive it.
  //
  // Errors: those of platform::ApplyMigrations.
  static absl::StatusOr<std::unique_ptr<SqlReportStore>> Open(
      platform::Database& database, const base::Clock& clock);

  absl::StatusOr<std::optional<StoredReport>> FindRepeat(
      const platform::WriteRequest& request) override;
  absl::StatusOr<StoredReport> Create(const platform::WriteRequest& request,
                                      const NewReport& report) override;
  absl::StatusOr<StoredReport> Publish(const platform::WriteRequest& request,
                                       const std::string& name,
                                       PublishLevel level,
                                       const base::SigningKey* key) override;
  absl::StatusOr<StoredReport> Withdraw(const platform::WriteRequest& request,
                                        const std::string& name,
                                        const std::string& reason) override;
  absl::StatusOr<StoredReport> Get(const std::string& name,
                                   const base::CallLimits& limits) override;
  absl::StatusOr<std::vector<StoredReport>> List(
      const std::string& after, int limit,
      const base::CallLimits& limits) override;
  absl::StatusOr<std::string> ReadBytes(
      const std::string& digest, std::int64_t first, std::int64_t count,
      const base::CallLimits& limits) override;
  absl::StatusOr<bool> AreIntact(const std::string& digest, std::int64_t size,
                                 const base::CallLimits& limits) override;
  absl::StatusOr<std::string> ReadFacts(
      const std::string& name, const base::CallLimits& limits) override;
  absl::StatusOr<std::optional<StoredSnapshot>> FindSnapshot(
      const std::string& name, const base::CallLimits& limits) override;
  absl::StatusOr<std::optional<std::string>> FindSignature(
      const std::string& name, const std::string& format,
      const base::CallLimits& limits) override;
  absl::StatusOr<std::map<std::string, base::Timestamp>> ListNewest(
      const base::CallLimits& limits) override;
  absl::StatusOr<std::int64_t> Count(const base::CallLimits& limits) override;

 private:
  // Runs `change` on the report `name`; returns it, as it was answered first
  // when the request is a repeat.
  absl::StatusOr<StoredReport> Change(
      const platform::WriteRequest& request, const std::string& name,
      const std::function<absl::Status(platform::Write&, StoredReport&)>&
          change);

  SqlReportStore(platform::Database& database, const base::Clock& clock)
      : database_(database),
        clock_(clock),
        writes_({.database = database, .clock = clock}) {}

  platform::Database& database_;
  const base::Clock& clock_;
  const platform::WritePath writes_;
};

}  // namespace welfare::report
