// Excerpts in a SQL database, in the one of the reports.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/time/clock.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/write_path.h"
#include "services/report/store/excerpt_store.h"

namespace welfare::report {

// Migrations. Stored in databases and checksummed; do not change.
extern const std::string_view kExcerptsSql;
extern const std::string_view kOwnConsentsSql;

// Keeps what the report `name` shows.
absl::Status KeepExcerptsOf(platform::Transaction& transaction,
                            const std::string& name,
                            const std::vector<Excerpt>& excerpts);

// OK where every excerpt that the report `name` shows is consented to as it was
// printed, for readers of `level`.
//
// Errors: FAILED_PRECONDITION, reason EXCERPT_NOT_RELEASED.
absl::Status CheckExcerptsOf(platform::Connection& connection,
                             const std::string& name,
                             vocabulary::PublishLevel level);

// Any thread may call it.
class SqlExcerptStore final : public ExcerptStore {
 public:
  // `database` and `clock` must outlive it; `incarnation` is the store's.
  // REQUIRES: SqlReportStore::Open brought the tables up to date.
  SqlExcerptStore(platform::Database& database, const base::Clock& clock,
                  std::string incarnation)
      : database_(database),
        writes_({.database = database, .clock = clock}),
        incarnation_(std::move(incarnation)) {}

  absl::StatusOr<Excerpt> Create(const platform::WriteRequest& request,
                                 const Excerpt& excerpt) override;
  absl::StatusOr<Excerpt> Change(
      const platform::WriteRequest& request, const std::string& name,
      const std::string& etag,
      const ExcerptChange& change) override;
  absl::StatusOr<Excerpt> Get(const std::string& name,
                              const base::CallLimits& limits) override;
  absl::StatusOr<std::vector<Excerpt>> List(
      const std::string& survey, int fiscal_year, const std::string& after,
      int limit, const base::CallLimits& limits) override;
  absl::StatusOr<std::vector<Excerpt>> ListOf(
      const std::string& survey, int fiscal_year, const std::string& respondent,
      std::optional<Consent> consent, const std::string& after, int limit,
      const base::CallLimits& limits) override;
  absl::StatusOr<std::map<std::string, Excerpt>> Find(
      const std::string& survey, int fiscal_year,
      const std::vector<std::string>& ids,
      const base::CallLimits& limits) override;
  std::string EtagOf(const Excerpt& excerpt) const override;

 private:
  // Runs `write` and returns the revision that it stored or, of a repeat, that
  // the first request stored.
  absl::StatusOr<Excerpt> Run(
      const platform::WriteRequest& request,
      const std::function<absl::StatusOr<Excerpt>(platform::Write&)>& write);

  platform::Database& database_;
  const platform::WritePath writes_;
  const std::string incarnation_;
};

}  // namespace welfare::report
