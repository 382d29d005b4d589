#include "services/registry/files/import_file.h"

#include <chrono>
#include <memory>
#include <utility>

#include "services/importing/errors.h"
#include "services/importing/limits.h"
#include "services/registry/errors.h"

namespace welfare::registry {
namespace {

std::string_view HeaderOf(std::string_view csv) {
  return csv.substr(0, csv.find('\n'));
}

}  // namespace

absl::Status Continue(ImportProgress& file, std::string_view csv, bool whole,
                      bool last) {
  if (file.ended) {
    return TransactionMixed();
  }
  if (!file.begun) {
    file.begun = true;
    file.whole = whole;
    file.header = std::string(HeaderOf(csv));
  } else if (file.whole != whole) {
    return TransactionMixed();
  } else if (file.header != HeaderOf(csv)) {
    return TransactionMixed();
  }
  file.bytes = whole ? file.bytes + csv.size() : csv.size();
  if (file.bytes > importing::kMostTransactionBytes) {
    return importing::FileTooLarge(importing::FileMeasure::kBytes,
                                   importing::kMostTransactionBytes);
  }
  file.ended = whole && last;
  return absl::OkStatus();
}

absl::Status CountRecords(ImportProgress& file, int records) {
  file.records += records;
  if (file.records <= importing::kMostRecords) return absl::OkStatus();
  return importing::FileTooLarge(importing::FileMeasure::kRecords,
                                 importing::kMostRecords);
}

absl::StatusOr<HistoryPtr> WithChanges(const History& current,
                                       Changes changes) {
  auto commit = std::make_shared<Commit>();
  commit->version = current.version() + 1;
  commit->recorded_time =
      current.recorded_time() + std::chrono::microseconds(1);
  for (MunicipalityRecord& record : changes.municipalities) {
    record.version = commit->version;
    commit->municipalities.push_back(
        std::make_shared<const MunicipalityRecord>(std::move(record)));
  }
  for (StatusRecord& record : changes.statuses) {
    record.version = commit->version;
    commit->statuses.push_back(
        std::make_shared<const StatusRecord>(std::move(record)));
  }
  for (LineageEvent& event : changes.lineage_events) {
    event.version = commit->version;
    commit->lineage_events.push_back(
        std::make_shared<const LineageEvent>(std::move(event)));
  }
  const CommitPtr next = std::move(commit);
  return current.With({&next, 1});
}

}  // namespace welfare::registry
