// One imported file as it comes, batch by batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/registry/files/import_plan.h"
#include "services/registry/files/parsed_batch.h"
#include "services/registry/history/history.h"

namespace welfare::registry {

// How a file began, and what every further batch must agree with. Used by one
// thread.
struct ImportProgress {
  bool begun = false;
  bool whole = false;  // the file is one transaction
  bool ended = false;  // its last batch has come
  std::string header;
  std::size_t bytes = 0;  // of the transaction at hand
  int records = 0;        // of the file so far
  SeenRecords seen;
  RecordKeys keys;
  // With one transaction for the file: a digest of the batches so far, so that
  // a repeated request is known to be of the same file.
  std::string bodies_digest;
};

// Checks that a batch goes on as the file began, and notes how it began.
//
// Errors:
//   INVALID_ARGUMENT, reason FILE_TOO_LARGE: with this batch the transaction
//     has more than importing::kMostTransactionBytes.
//   INVALID_ARGUMENT, reason TRANSACTION_MIXED: another transaction mode or
//     header line than before, or a batch after the last.
absl::Status Continue(ImportProgress& file, std::string_view csv, bool whole,
                      bool last);

// Counts the records of a batch.
//
// Errors:
//   INVALID_ARGUMENT, reason FILE_TOO_LARGE: the file has more than
//     importing::kMostRecords.
absl::Status CountRecords(ImportProgress& file, int records);

// What the batches of a file have left so far.
//
// A dry run goes on from where its batches before have come to, as the import
// itself would.
template <typename Row>
struct ImportFile : ImportProgress {
  // The state that the next batch of a dry run is planned on; null: the current
  // one. `dry_version` is the version it began with.
  HistoryPtr dry;
  std::int64_t dry_version = 0;
  // With one transaction for the file: its records so far, which are written
  // with the last batch.
  ParsedBatch<Row> pending;
};

// Returns `current` as it would be with `changes`.
//
// Errors: those of History::With.
absl::StatusOr<HistoryPtr> WithChanges(const History& current, Changes changes);

}  // namespace welfare::registry
