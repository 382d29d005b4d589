#include "services/registry/sql_registry_store.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "services/base/error.h"
#include "services/platform/audit_log.h"
#include "services/platform/idempotency.h"
#include "services/platform/migrations.h"
#include "services/registry/errors.h"
#include "services/registry/registry_schema.h"

namespace welfare::registry {
namespace {

using platform::Connection;
using platform::Query;
using platform::Row;
using platform::Transaction;

// Takes the row that every writer must take first, so that versions are handed
// out one after another on every engine.
constexpr Query kLockHead{
    "lock_registry_head",
    "UPDATE registry_head SET version = version WHERE id = 1"
    " RETURNING version, recorded_micros"};
constexpr Query kSetHead{
    "set_registry_head",
    "UPDATE registry_head SET version = $1, recorded_micros = $2"
    " WHERE id = 1"};
constexpr Query kInsertVersion{
    "insert_version",
    "INSERT INTO versions (version, recorded_micros, actor, action,"
    " request_id) VALUES ($1, $2, $3, $4, $5)"};
constexpr Query kInsertMunicipality{
    "insert_municipality",
    "INSERT INTO municipalities (municipality_id, first_code)"
    " VALUES ($1, $2) ON CONFLICT (municipality_id) DO NOTHING"};
constexpr Query kInsertMunicipalityVersion{
    "insert_municipality_version",
    "INSERT INTO municipality_versions (municipality_id, version, code, name,"
    " kana, name_en, type, area, council_name, council_name_checked, deleted)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"};
constexpr Query kInsertStatus{
    "insert_status",
    "INSERT INTO status_records (program, municipality_id, fiscal_year,"
    " version, implementing, preparation, note, reason, correction)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
constexpr Query kListVersions{
    "list_versions",
    "SELECT version, recorded_micros, actor FROM versions"
    " WHERE version > $1 ORDER BY version"};
constexpr Query kListMunicipalityVersions{
    "list_municipality_versions",
    "SELECT v.version, v.municipality_id, m.first_code, v.code, v.name,"
    " v.kana, v.name_en, v.type, v.area, v.council_name,"
    " v.council_name_checked, v.deleted"
    " FROM municipality_versions v"
    " JOIN municipalities m ON m.municipality_id = v.municipality_id"
    " WHERE v.version > $1 ORDER BY v.version, m.first_code"};
constexpr Query kListStatuses{
    "list_status_records",
    "SELECT s.version, s.program, s.municipality_id, m.first_code,"
    " s.fiscal_year, s.implementing, s.preparation, s.note, s.reason,"
    " s.correction"
    " FROM status_records s"
    " JOIN municipalities m ON m.municipality_id = s.municipality_id"
    " WHERE s.version > $1"
    " ORDER BY s.version, s.program, m.first_code, s.fiscal_year"};

absl::StatusOr<base::MunicipalityCode> ReadCode(const Row& row, int column) {
  auto code = base::MunicipalityCode::Parse(row.TextView(column));
  if (!code.ok()) return StoredValueInvalid("code", code.status());
  return code;
}

absl::StatusOr<MunicipalityRecord> ReadMunicipality(const Row& row) {
  WELFARE_ASSIGN_OR_RETURN(base::MunicipalityCode first_code, ReadCode(row, 2));
  WELFARE_ASSIGN_OR_RETURN(base::MunicipalityCode code, ReadCode(row, 3));
  return MunicipalityRecord{
      .id = row.Int64(1),
      .first_code = std::move(first_code),
      .facts = {.code = std::move(code),
                .name = row.Text(4),
                .kana = row.Text(5),
                .name_en = row.Text(6),
                .type = static_cast<MunicipalityType>(row.Int64(7)),
                .area = row.Text(8),
                .council_name = row.Text(9),
                .council_name_checked = row.Bool(10)},
      .deleted = row.Bool(11),
      .version = row.Int64(0)};
}

absl::StatusOr<StatusRecord> ReadStatus(const Row& row) {
  WELFARE_ASSIGN_OR_RETURN(base::MunicipalityCode code, ReadCode(row, 3));
  const auto year = base::FiscalYear::Make(static_cast<int>(row.Int64(4)));
  if (!year.ok()) return StoredValueInvalid("fiscal_year", year.status());
  return StatusRecord{
      .program = row.Text(1),
      .municipality_id = row.Int64(2),
      .municipality = std::move(code),
      .fiscal_year = *year,
      .facts = {.implementing = static_cast<Implementing>(row.Int64(5)),
                .preparation = static_cast<Preparation>(row.Int64(6))},
      .note = row.Text(7),
      .reason = row.Text(8),
      .correction = row.Bool(9),
      .version = row.Int64(0)};
}

// Reads the commits after `version` on one consistent state.
absl::StatusOr<std::vector<CommitPtr>> ReadCommits(Connection& connection,
                                                   std::int64_t version) {
  WELFARE_ASSIGN_OR_RETURN(
      std::vector<std::shared_ptr<Commit>> commits,
      connection.List(kListVersions, {version}, [](const Row& row) {
        auto commit = std::make_shared<Commit>();
        commit->version = row.Int64(0);
        commit->recorded_time = base::Timestamp::FromMicros(row.Int64(1));
        commit->actor = row.Text(2);
        return commit;
      }));
  if (commits.empty()) return std::vector<CommitPtr>();
  // Versions have no gaps, so a version is a place in the list.
  const auto find = [&](std::int64_t of) -> absl::StatusOr<Commit*> {
    const std::int64_t at = of - commits.front()->version;
    if (at < 0 || at >= static_cast<std::int64_t>(commits.size()) ||
        commits[static_cast<std::size_t>(at)]->version != of) {
      return HistoryGap(commits.back()->version, of);
    }
    return commits[static_cast<std::size_t>(at)].get();
  };
  WELFARE_RETURN_IF_ERROR(connection.ForEach(
      kListMunicipalityVersions, {version},
      [&](const Row& row) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(Commit * commit, find(row.Int64(0)));
        WELFARE_ASSIGN_OR_RETURN(MunicipalityRecord record,
                                 ReadMunicipality(row));
        commit->municipalities.push_back(
            std::make_shared<const MunicipalityRecord>(std::move(record)));
        return absl::OkStatus();
      }));
  WELFARE_RETURN_IF_ERROR(connection.ForEach(
      kListStatuses, {version}, [&](const Row& row) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(Commit * commit, find(row.Int64(0)));
        WELFARE_ASSIGN_OR_RETURN(StatusRecord record, ReadStatus(row));
        commit->statuses.push_back(
            std::make_shared<const StatusRecord>(std::move(record)));
        return absl::OkStatus();
      }));
  return std::vector<CommitPtr>(commits.begin(), commits.end());
}

absl::Status InsertChanges(Transaction& transaction, const Changes& changes,
                           std::int64_t version) {
  for (const MunicipalityRecord& record : changes.municipalities) {
    const MunicipalityFacts& facts = record.facts;
    WELFARE_RETURN_IF_ERROR(
        transaction
            .Execute(kInsertMunicipality,
                     {record.id, record.first_code.ToString()})
            .status());
    WELFARE_RETURN_IF_ERROR(
        transaction
            .Execute(kInsertMunicipalityVersion,
                     {record.id, version, facts.code.ToString(), facts.name,
                      facts.kana, facts.name_en,
                      static_cast<std::int64_t>(facts.type), facts.area,
                      facts.council_name, facts.council_name_checked,
                      record.deleted})
            .status());
  }
  for (const StatusRecord& record : changes.statuses) {
    WELFARE_RETURN_IF_ERROR(
        transaction
            .Execute(kInsertStatus,
                     {record.program, record.municipality_id,
                      record.fiscal_year.value(), version,
                      static_cast<std::int64_t>(record.facts.implementing),
                      static_cast<std::int64_t>(record.facts.preparation),
                      record.note, record.reason, record.correction})
            .status());
  }
  return absl::OkStatus();
}

struct HeadRow {
  std::int64_t version = 0;
  base::Timestamp recorded_time;
};

// Plans and stores one write; returns its reply.
absl::StatusOr<std::string> PlanAndStore(
    Transaction& transaction, const WriteRequest& request, const History& known,
    const HeadRow& head, base::Timestamp now, const PlanWrite& plan) {
  // Others may have written since: other processes, and the writes before this
  // one in the same group commit.
  HistoryPtr newer;
  if (head.version > known.version()) {
    WELFARE_ASSIGN_OR_RETURN(const std::vector<CommitPtr> commits,
                             ReadCommits(transaction, known.version()));
    WELFARE_ASSIGN_OR_RETURN(newer, known.With(commits));
  }
  const std::int64_t version = head.version + 1;
  // Recorded times rise even when the clock does not.
  const base::Timestamp recorded_time =
      head.version == 0
          ? now
          : std::max(now, head.recorded_time + std::chrono::microseconds(1));
  WELFARE_ASSIGN_OR_RETURN(WritePlan planned,
                           plan({.current = newer == nullptr ? known : *newer,
                                 .version = version,
                                 .recorded_time = recorded_time}));
  if (planned.changes.empty()) return std::move(planned.reply);
  WELFARE_RETURN_IF_ERROR(
      transaction
          .Execute(kInsertVersion,
                   {version, recorded_time.micros(), request.actor,
                    request.method, request.request_id})
          .status());
  WELFARE_RETURN_IF_ERROR(InsertChanges(transaction, planned.changes, version));
  WELFARE_RETURN_IF_ERROR(
      transaction.Execute(kSetHead, {version, recorded_time.micros()})
          .status());
  WELFARE_RETURN_IF_ERROR(
      platform::AppendAudit(transaction, {.recorded_time = recorded_time,
                                          .actor = request.actor,
                                          .action = request.method,
                                          .resource = request.resource,
                                          .request_id = request.request_id,
                                          .detail = planned.audit_detail})
          .status());
  return std::move(planned.reply);
}

platform::CallLimits ToCallLimits(const StoreLimits& limits) {
  return {.deadline = limits.deadline, .stop = limits.stop};
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqlRegistryStore>> SqlRegistryStore::Open(
    platform::Database& database, const base::Clock& clock) {
  WELFARE_RETURN_IF_ERROR(
      platform::ApplyMigrations(database, clock, RegistryMigrations())
          .status());
  return std::unique_ptr<SqlRegistryStore>(
      new SqlRegistryStore(database, clock));
}

absl::StatusOr<std::vector<CommitPtr>> SqlRegistryStore::LoadCommits(
    std::int64_t version, const StoreLimits& limits) {
  return database_.Read(ToCallLimits(limits), [&](Connection& connection) {
    return ReadCommits(connection, version);
  });
}

absl::StatusOr<std::string> SqlRegistryStore::Write(const WriteRequest& request,
                                                    const History& known,
                                                    const PlanWrite& plan) {
  return database_.Write(
      ToCallLimits(request.limits),
      [&](Transaction& transaction) -> absl::StatusOr<std::string> {
        WELFARE_ASSIGN_OR_RETURN(
            const HeadRow head,
            transaction.Get(kLockHead, {}, [](const Row& row) {
              return HeadRow{
                  .version = row.Int64(0),
                  .recorded_time = base::Timestamp::FromMicros(row.Int64(1))};
            }));
        const base::Timestamp now = clock_.Now();
        return platform::RunOnce(transaction,
                                 {.request_id = request.request_id,
                                  .method = request.method,
                                  .body = request.body},
                                 now, [&] {
                                   return PlanAndStore(transaction, request,
                                                       known, head, now, plan);
                                 });
      });
}

}  // namespace welfare::registry
