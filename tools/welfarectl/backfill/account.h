// What has become of every record of a backfill, while it runs and at its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/welfarectl/backfill/plan_file.h"
#include "tools/welfarectl/backfill/record_cutter.h"

namespace welfare::type::v1 {
class ImportResult;
}  // namespace welfare::type::v1

namespace welfare::ctl {

class Session;

// Where refused and differing records are written; empty: nowhere.
struct AccountFiles {
  std::string rejects;  // every fault, as CSV
  std::string mend;     // folder of the refused records as they stood
  std::string changes;  // every change that was told, as CSV
};

// How many refused records are too many.
struct ErrorLimit {
  std::int64_t most = -1;        // below 0: no limit
  std::int64_t hundredths = -1;  // of a percent of those read; the same

  // Reads `100` or `2.5%`.
  //
  // Errors: INVALID_ARGUMENT, MAX_ERRORS_FORMAT.
  static absl::StatusOr<ErrorLimit> Parse(const std::string& text);
  // A share is judged once a thousand were read, or at the end.
  bool Exceeded(const RowCounts& counts, bool at_end) const;
};

// Adds up answers and writes what is refused as it comes, so that its memory is
// that of a page of both. Used by one thread.
class Account {
 public:
  // By year and kind of respondent, as the answers say them.
  using Group = std::pair<int, std::string>;
  struct File {
    std::string path;
    FileKind kind = FileKind::kAnswers;
    RowCounts counts = {};
    std::map<Group, RowCounts> groups = {};
    std::int64_t omitted_deleted = 0;
  };
  // One change, as it is shown.
  struct Change {
    std::string path;
    std::int64_t line = 0;
    std::string resource;
    std::string item;
    std::string before;
    std::string after;
  };

  explicit Account(AccountFiles files) : paths_(std::move(files)) {}

  // Begins anew. Errors: UNAVAILABLE, FILE_UNWRITABLE.
  absl::Status Begin();
  // Goes on with a file, whose header line is that of the records to mend.
  void BeginFile(const std::string& path, FileKind kind,
                 const std::string& header);
  // Adds what was answered to a batch, and what of it was not sent.
  //
  // Errors: INTERNAL, RECORDS_UNACCOUNTED: the answer does not tell what has
  //   become of each record that was sent; nothing is added.
  absl::Status Add(const RecordBatch& batch,
                   const type::v1::ImportResult& result);
  // Adds faults of the batch that was added last.
  void AddFaults(const RecordBatch& batch,
                 const type::v1::ImportResult& result);
  // Says that all of its faults were added.
  void EndBatch(const RecordBatch& batch);
  // Closes the files. Errors: UNAVAILABLE, FILE_UNWRITABLE.
  absl::Status Finish();

  const std::vector<File>& files() const { return files_; }
  RowCounts total() const;
  std::int64_t omitted_deleted() const;
  std::int64_t faults() const { return faults_; }
  const std::vector<Change>& shown_changes() const { return changes_; }
  std::int64_t changes_told() const { return changes_told_; }
  // The first faults, one a line.
  const std::vector<std::string>& shown_faults() const { return shown_; }

 private:
  void AddFault(std::int64_t line, std::int64_t record, std::string_view column,
                std::string_view value, std::string_view reason,
                std::string_view message, std::string_view raw,
                const std::string& candidates);
  void Mend(std::int64_t line, std::string_view raw);
  // Adds the broken records that stand above the line `before`.
  void TellBroken(const RecordBatch& batch, std::int64_t before);

  const AccountFiles paths_;
  std::vector<File> files_;
  std::ofstream rejects_, changes_out_, mend_;
  std::vector<std::string> mended_;  // paths of what mend_ has written
  std::string header_;
  std::int64_t mended_line_ = 0;
  std::int64_t records_before_ = 0;  // of the file, before the batch
  std::size_t broken_told_ = 0;      // of the batch
  std::int64_t faults_ = 0;
  std::vector<std::string> shown_;
  std::vector<Change> changes_;
  std::int64_t changes_told_ = 0;
};

}  // namespace welfare::ctl
