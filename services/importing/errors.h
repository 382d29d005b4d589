// The failures of a call that every import can have; the table of their
// sentences is error_table.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/base/error.h"
#include "services/importing/strategy.h"

namespace welfare::importing {

// --- INVALID_ARGUMENT ---

// CSV_INVALID: the text is no table of the form expected. `total`: the number
// of violations where not all are given.
absl::Status CsvInvalid(std::vector<base::Violation> violations,
                        std::size_t total = 0);

// What is wrong with a text as a whole, before any record is judged: all is
// counted, the first kMost are told. Used by one thread.
class CsvFaults {
 public:
  static constexpr std::size_t kMost = 1'000;

  void Add(base::Violation violation);
  bool empty() const { return total_ == 0; }
  // CSV_INVALID, or OK where nothing was added.
  absl::Status Take();

 private:
  std::vector<base::Violation> first_;
  std::size_t total_ = 0;
};

// What a file has too many of.
enum class FileMeasure { kRecords, kBytes };
// FILE_TOO_LARGE: more than `limit`.
absl::Status FileTooLarge(FileMeasure of, std::size_t limit);
// REJECTS_TOKEN_INVALID: no token of this batch, or in a call that is no dry
// run.
absl::Status RejectsTokenInvalid();

// BASE_ROUNDS: a batch with a base names several rounds.
absl::Status BaseRounds(std::size_t rounds);

// --- ABORTED ---

// BASE_MOVED: what a batch was planned on is another state now; `by` where that
// can be told.
absl::Status BaseMoved(std::string_view resource, const Base& planned,
                       std::int64_t version, const std::optional<Mover>& by);

// --- INTERNAL ---

// COUNTS_DO_NOT_ADD_UP: of `rows` records only `found` have an outcome, or
// some have two.
absl::Status CountsDoNotAddUp(int rows, int found);

}  // namespace welfare::importing
