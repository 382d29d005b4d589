// Templates of rounds in a SQL database, in the one of the reports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/time/clock.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/write_path.h"
#include "services/report/store/template_store.h"

namespace welfare::report {

// A migration. Stored in databases and checksummed; do not change.
extern const std::string_view kTemplatesSql;

// Keeps the text of a template that a report is made from.
absl::Status KeepTemplateText(platform::Transaction& transaction,
                              const std::string& digest,
                              const std::string& text);

// Any thread may call it.
class SqlTemplateStore final : public TemplateStore {
 public:
  // Both must outlive it. REQUIRES: SqlReportStore::Open brought the tables up
  // to date.
  SqlTemplateStore(platform::Database& database, const base::Clock& clock)
      : database_(database), writes_({.database = database, .clock = clock}) {}

  absl::StatusOr<StoredTemplate> Add(const platform::WriteRequest& request,
                                     const StoredTemplate& revision,
                                     const std::string& text) override;
  absl::StatusOr<std::optional<StoredTemplate>> FindRevision(
      const TemplateOfRound& of, std::int64_t number,
      const base::CallLimits& limits) override;
  absl::StatusOr<std::optional<StoredTemplate>> FindByDigest(
      const TemplateOfRound& of, const std::string& digest,
      const base::CallLimits& limits) override;
  absl::StatusOr<std::vector<StoredTemplate>> ListRevisions(
      const TemplateOfRound& of, std::int64_t before, int limit,
      const base::CallLimits& limits) override;
  absl::StatusOr<std::vector<StoredTemplate>> ListNewestOf(
      const std::string& survey, const base::CallLimits& limits) override;
  absl::StatusOr<std::optional<std::string>> FindText(
      const std::string& digest, const base::CallLimits& limits) override;

 private:
  platform::Database& database_;
  const platform::WritePath writes_;
};

}  // namespace welfare::report
