// Records of a file that does not keep those of a respondent together, in an
// order that does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace welfare::ctl {

// A record that can be read, and whose it is.
struct KeyedRow {
  std::string round;
  std::string respondent;
  std::int64_t line = 0;
  std::string raw;
};

// Sorts by round, respondent and line; however many there are, on disk. Used by
// one thread.
class RecordSorter {
 public:
  // Bytes that are sorted at once, in memory.
  static constexpr std::size_t kRunBytes = std::size_t{32} << 20;

  explicit RecordSorter(std::size_t run_bytes = kRunBytes)
      : run_bytes_(run_bytes) {}

  // Errors, of all: UNAVAILABLE, FILE_UNWRITABLE: the disk has no room.
  absl::Status Add(KeyedRow row);
  // Says that no row follows.
  absl::Status Finish();
  // The next row in order; nothing at the end. REQUIRES: Finish was called.
  absl::StatusOr<std::optional<KeyedRow>> Next();

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  // One sorted part, and its first row that was not given out.
  struct Run {
    std::unique_ptr<std::FILE, Closer> file;
    std::optional<KeyedRow> next;
  };

  absl::Status WriteRun();
  static absl::Status ReadNext(Run& run);

  const std::size_t run_bytes_;
  std::size_t bytes_ = 0;
  std::vector<KeyedRow> rows_;
  std::vector<Run> runs_;
};

}  // namespace welfare::ctl
