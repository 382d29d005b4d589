#include "services/registry/store/sql_registry_store.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "services/base/error.h"
#include "services/platform/storage/migrations.h"
#include "services/registry/errors.h"
#include "services/registry/store/registry_schema.h"

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
constexpr platform::BulkTarget kAddMunicipalityRecords{
    "add_municipality_records", "municipality_records",
    "municipality_id, valid_from, version, code, name, kana, name_en, type,"
    " area, population_band, council_name, council_name_checked, says_exists,"
    " note, reason, deleted, retracts_version"};
constexpr platform::BulkTarget kAddStatuses{
    "add_status_records", "status_records",
    "program, municipality_id, fiscal_year, version, implementing,"
    " preparation, note, reason, correction, retracted, restores_version"};
constexpr Query kInsertLineageEvent{
    "insert_lineage_event",
    "INSERT INTO lineage_events (number, version, kind, effective_day,"
    " fiscal_year, note, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)"};
constexpr Query kInsertLineageRetraction{
    "insert_lineage_retraction",
    "INSERT INTO lineage_retractions (number, version, reason)"
    " VALUES ($1, $2, $3)"};
constexpr Query kInsertLineageMember{
    "insert_lineage_member",
    "INSERT INTO lineage_members (number, role, municipality_id)"
    " SELECT $1, $2, municipality_id FROM municipalities"
    " WHERE first_code = $3"};
constexpr Query kListVersions{
    "list_versions",
    "SELECT version, recorded_micros, actor, action FROM versions"
    " WHERE version > $1 ORDER BY version"};
constexpr Query kListMunicipalityRecords{
    "list_municipality_records",
    "SELECT r.version, r.municipality_id, m.first_code, r.valid_from, r.code,"
    " r.name, r.kana, r.name_en, r.type, r.area, r.population_band,"
    " r.council_name, r.council_name_checked, r.says_exists, r.note, r.reason,"
    " r.deleted, r.retracts_version"
    " FROM municipality_records r"
    " JOIN municipalities m ON m.municipality_id = r.municipality_id"
    " WHERE r.version > $1 ORDER BY r.version, m.first_code, r.valid_from"};
constexpr Query kListStatuses{
    "list_status_records",
    "SELECT s.version, s.program, s.municipality_id, m.first_code,"
    " s.fiscal_year, s.implementing, s.preparation, s.note, s.reason,"
    " s.correction, s.retracted, s.restores_version"
    " FROM status_records s"
    " JOIN municipalities m ON m.municipality_id = s.municipality_id"
    " WHERE s.version > $1"
    " ORDER BY s.version, s.program, m.first_code, s.fiscal_year"};
constexpr Query kListLineageEvents{
    "list_lineage_events",
    "SELECT version, number, kind, effective_day, fiscal_year, note, reason"
    " FROM lineage_events WHERE version > $1 ORDER BY number"};
constexpr Query kListLineageRetractions{
    "list_lineage_retractions",
    "SELECT r.version, r.number, e.kind, e.effective_day, e.fiscal_year,"
    " e.note, r.reason"
    " FROM lineage_retractions r JOIN lineage_events e ON e.number = r.number"
    " WHERE r.version > $1 ORDER BY r.number"};
constexpr Query kListLineageMembers{
    "list_lineage_members",
    "SELECT l.number, l.role, m.first_code FROM lineage_members l"
    " JOIN lineage_events e ON e.number = l.number"
    " JOIN municipalities m ON m.municipality_id = l.municipality_id"
    " WHERE e.version > $1 ORDER BY l.number, l.role, m.first_code"};
constexpr Query kListRetractedMembers{
    "list_retracted_members",
    "SELECT l.number, l.role, m.first_code FROM lineage_members l"
    " JOIN lineage_retractions r ON r.number = l.number"
    " JOIN municipalities m ON m.municipality_id = l.municipality_id"
    " WHERE r.version > $1 ORDER BY l.number, l.role, m.first_code"};

// Stored in the database; do not renumber.
constexpr int kPredecessor = 1;
constexpr int kSuccessor = 2;

absl::StatusOr<base::MunicipalityCode> ReadCode(const Row& row, int column) {
  auto code = base::MunicipalityCode::ParseKnown(row.TextView(column));
  if (!code.ok()) return StoredValueInvalid("code", code.status());
  return code;
}

absl::StatusOr<base::FiscalYear> ReadYear(const Row& row, int column,
                                          std::string_view name) {
  auto year = base::FiscalYear::Make(static_cast<int>(row.Int64(column)));
  if (!year.ok()) return StoredValueInvalid(name, year.status());
  return year;
}

std::optional<bool> FindBool(const Row& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return row.Bool(column);
}

absl::StatusOr<MunicipalityRecord> ReadMunicipality(const Row& row) {
  WELFARE_ASSIGN_OR_RETURN(base::MunicipalityCode first_code, ReadCode(row, 2));
  WELFARE_ASSIGN_OR_RETURN(const base::FiscalYear valid_from,
                           ReadYear(row, 3, "valid_from"));
  MunicipalityRecord record{.id = row.Int64(1),
                            .first_code = std::move(first_code),
                            .valid_from = valid_from,
                            .note = row.Text(14),
                            .reason = row.Text(15),
                            .retracts = row.Int64(17),
                            .deleted = row.Bool(16),
                            .version = row.Int64(0)};
  MunicipalityStatement& says = record.says;
  if (!row.IsNull(4)) {
    WELFARE_ASSIGN_OR_RETURN(says.code, ReadCode(row, 4));
  }
  says.name = row.FindText(5);
  says.kana = row.FindText(6);
  says.name_en = row.FindText(7);
  if (!row.IsNull(8)) says.type = static_cast<MunicipalityType>(row.Int64(8));
  says.area = row.FindText(9);
  says.population_band = row.FindText(10);
  says.council_name = row.FindText(11);
  says.council_name_checked = FindBool(row, 12);
  says.exists = FindBool(row, 13);
  return record;
}

absl::StatusOr<StatusRecord> ReadStatus(const Row& row) {
  WELFARE_ASSIGN_OR_RETURN(base::MunicipalityCode code, ReadCode(row, 3));
  WELFARE_ASSIGN_OR_RETURN(const base::FiscalYear year,
                           ReadYear(row, 4, "fiscal_year"));
  return StatusRecord{
      .program = row.Text(1),
      .municipality_id = row.Int64(2),
      .municipality = std::move(code),
      .fiscal_year = year,
      .facts = {.implementing = static_cast<Implementing>(row.Int64(5)),
                .preparation = static_cast<Preparation>(row.Int64(6))},
      .note = row.Text(7),
      .reason = row.Text(8),
      .correction = row.Bool(9),
      .retracted = row.Bool(10),
      .restores = row.Int64(11),
      .version = row.Int64(0)};
}

absl::StatusOr<LineageEvent> ReadLineageEvent(const Row& row, bool retracted) {
  WELFARE_ASSIGN_OR_RETURN(const base::FiscalYear year,
                           ReadYear(row, 4, "fiscal_year"));
  return LineageEvent{
      .number = row.Int64(1),
      .kind = static_cast<LineageKind>(row.Int64(2)),
      .effective_date = base::Date::FromDaysSinceEpoch(row.Int64(3)),
      .fiscal_year = year,
      .predecessors = {},
      .successors = {},
      .note = row.Text(5),
      .reason = row.Text(6),
      .retracted = retracted,
      .version = row.Int64(0)};
}

// Reads the lineage events after `version` with their members, or the records
// that take some back.
absl::StatusOr<std::vector<LineageEvent>> ReadLineageEvents(
    Connection& connection, std::int64_t version, bool retracted) {
  std::vector<LineageEvent> events;
  WELFARE_RETURN_IF_ERROR(connection.ForEach(
      retracted ? kListLineageRetractions : kListLineageEvents, {version},
      [&](const Row& row) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(LineageEvent event,
                                 ReadLineageEvent(row, retracted));
        events.push_back(std::move(event));
        return absl::OkStatus();
      }));
  if (events.empty()) return events;
  auto event = events.begin();
  WELFARE_RETURN_IF_ERROR(connection.ForEach(
      retracted ? kListRetractedMembers : kListLineageMembers, {version},
      [&](const Row& row) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(base::MunicipalityCode code, ReadCode(row, 2));
        while (event->number != row.Int64(0)) ++event;  // members follow events
        (row.Int64(1) == kPredecessor ? event->predecessors : event->successors)
            .push_back(std::move(code));
        return absl::OkStatus();
      }));
  return events;
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
        commit->action = row.Text(3);
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
      kListMunicipalityRecords, {version}, [&](const Row& row) -> absl::Status {
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
  for (const bool retracted : {false, true}) {
    WELFARE_ASSIGN_OR_RETURN(std::vector<LineageEvent> events,
                             ReadLineageEvents(connection, version, retracted));
    for (LineageEvent& event : events) {
      WELFARE_ASSIGN_OR_RETURN(Commit * commit, find(event.version));
      commit->lineage_events.push_back(
          std::make_shared<const LineageEvent>(std::move(event)));
    }
  }
  return std::vector<CommitPtr>(commits.begin(), commits.end());
}

std::optional<std::string> Text(
    const std::optional<base::MunicipalityCode>& code) {
  if (!code.has_value()) return std::nullopt;
  return code->ToString();
}

absl::Status InsertMunicipalities(
    Transaction& transaction, const std::vector<MunicipalityRecord>& records,
    std::int64_t version) {
  if (records.empty()) return absl::OkStatus();
  for (const MunicipalityRecord& record : records) {
    WELFARE_RETURN_IF_ERROR(
        transaction
            .Execute(kInsertMunicipality,
                     {record.id, record.first_code.ToString()})
            .status());
  }
  std::size_t next = 0;
  return transaction
      .BulkInsert(kAddMunicipalityRecords,
                  [&](std::vector<platform::Parameter>& row) {
                    if (next == records.size()) return false;
                    const MunicipalityRecord& record = records[next++];
                    const MunicipalityStatement& says = record.says;
                    std::optional<std::int64_t> type;
                    if (says.type.has_value()) {
                      type = static_cast<std::int64_t>(*says.type);
                    }
                    row = {record.id,         record.valid_from.value(),
                           version,           Text(says.code),
                           says.name,         says.kana,
                           says.name_en,      type,
                           says.area,         says.population_band,
                           says.council_name, says.council_name_checked,
                           says.exists,       record.note,
                           record.reason,     record.deleted,
                           record.retracts};
                    return true;
                  })
      .status();
}

absl::Status InsertStatuses(Transaction& transaction,
                            const std::vector<StatusRecord>& records,
                            std::int64_t version) {
  if (records.empty()) return absl::OkStatus();
  std::size_t next = 0;
  return transaction
      .BulkInsert(
          kAddStatuses,
          [&](std::vector<platform::Parameter>& row) {
            if (next == records.size()) return false;
            const StatusRecord& record = records[next++];
            row = {record.program,
                   record.municipality_id,
                   record.fiscal_year.value(),
                   version,
                   static_cast<std::int64_t>(record.facts.implementing.value()),
                   static_cast<std::int64_t>(record.facts.preparation),
                   record.note,
                   record.reason,
                   record.correction,
                   record.retracted,
                   record.restores};
            return true;
          })
      .status();
}

absl::Status InsertLineageEvent(Transaction& transaction,
                                const LineageEvent& event,
                                std::int64_t version) {
  if (event.retracted) {
    return transaction
        .Execute(kInsertLineageRetraction,
                 {event.number, version, event.reason})
        .status();
  }
  WELFARE_RETURN_IF_ERROR(
      transaction
          .Execute(
              kInsertLineageEvent,
              {event.number, version, static_cast<std::int64_t>(event.kind),
               event.effective_date.days_since_epoch(),
               event.fiscal_year.value(), event.note, event.reason})
          .status());
  const auto insert =
      [&](int role,
          const std::vector<base::MunicipalityCode>& members) -> absl::Status {
    for (const base::MunicipalityCode& member : members) {
      WELFARE_RETURN_IF_ERROR(
          transaction
              .Execute(kInsertLineageMember,
                       {event.number, role, member.ToString()})
              .status());
    }
    return absl::OkStatus();
  };
  WELFARE_RETURN_IF_ERROR(insert(kPredecessor, event.predecessors));
  return insert(kSuccessor, event.successors);
}

absl::Status InsertChanges(Transaction& transaction, const Changes& changes,
                           std::int64_t version) {
  WELFARE_RETURN_IF_ERROR(
      InsertMunicipalities(transaction, changes.municipalities, version));
  WELFARE_RETURN_IF_ERROR(
      InsertStatuses(transaction, changes.statuses, version));
  for (const LineageEvent& event : changes.lineage_events) {
    WELFARE_RETURN_IF_ERROR(InsertLineageEvent(transaction, event, version));
  }
  return absl::OkStatus();
}

struct HeadRow {
  std::int64_t version = 0;
  base::Timestamp recorded_time;  // of the last commit, or sealed since
};

absl::StatusOr<HeadRow> LockHead(Transaction& transaction) {
  return transaction.Get(kLockHead, {}, [](const Row& row) {
    return HeadRow{.version = row.Int64(0),
                   .recorded_time = base::Timestamp::FromMicros(row.Int64(1))};
  });
}

// Plans and stores one write; returns its reply.
absl::StatusOr<std::string> PlanAndStore(platform::Write& write,
                                         const History& known,
                                         const PlanWrite& plan) {
  Transaction& transaction = write.transaction();
  WELFARE_ASSIGN_OR_RETURN(const HeadRow head, LockHead(transaction));
  // Others may have written since: other processes, and the writes before this
  // one in the same group commit.
  HistoryPtr newer;
  if (head.version > known.version()) {
    WELFARE_ASSIGN_OR_RETURN(const std::vector<CommitPtr> commits,
                             ReadCommits(transaction, known.version()));
    WELFARE_ASSIGN_OR_RETURN(newer, known.With(commits));
  }
  const std::int64_t version = head.version + 1;
  // Recorded times rise even when the clock does not, and lie after every
  // sealed moment.
  const base::Timestamp recorded_time =
      std::max(write.time(), head.recorded_time + std::chrono::microseconds(1));
  WELFARE_ASSIGN_OR_RETURN(WritePlan planned,
                           plan({.current = newer == nullptr ? known : *newer,
                                 .version = version,
                                 .recorded_time = recorded_time}));
  if (planned.changes.empty()) return std::move(planned.reply);
  const platform::WriteRequest& request = write.request();
  WELFARE_RETURN_IF_ERROR(
      transaction
          .Execute(kInsertVersion,
                   {version, recorded_time.micros(), request.actor,
                    request.key.method, request.key.request_id})
          .status());
  WELFARE_RETURN_IF_ERROR(InsertChanges(transaction, planned.changes, version));
  WELFARE_RETURN_IF_ERROR(
      transaction.Execute(kSetHead, {version, recorded_time.micros()})
          .status());
  WELFARE_RETURN_IF_ERROR(
      write.Audit(planned.resource, planned.audit_detail, recorded_time));
  WELFARE_RETURN_IF_ERROR(transaction.NotifyChange());
  return std::move(planned.reply);
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
    std::int64_t version, const base::CallLimits& limits) {
  return database_.Read(limits, [&](Connection& connection) {
    return ReadCommits(connection, version);
  });
}

absl::Status SqlRegistryStore::Seal(base::Timestamp moment,
                                    const base::CallLimits& limits) {
  return database_.Write(limits, [&](Transaction& transaction) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const HeadRow head, LockHead(transaction));
    if (head.recorded_time >= moment) return absl::OkStatus();
    return transaction.Execute(kSetHead, {head.version, moment.micros()})
        .status();
  });
}

absl::StatusOr<platform::WritePath::Outcome> SqlRegistryStore::Write(
    const platform::WriteRequest& request, const History& known,
    const PlanWrite& plan) {
  return writes_.Run(request, [&](platform::Write& write) {
    return PlanAndStore(write, known, plan);
  });
}

}  // namespace welfare::registry
