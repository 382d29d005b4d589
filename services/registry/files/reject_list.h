// The faults of a file: all are counted, a page of them is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace welfare::registry {

// One fault of one refused record.
struct Reject {
  std::size_t line = 0;    // physical line in the file
  int record = 0;          // number within the transaction, from 1
  std::string column;      // empty where the whole record is at fault
  std::string value;       // the value at fault, or its beginning
  std::string reason;      // UPPER_SNAKE
  std::string message;     // what to do
  std::string raw_record;  // as it stood in the file, or its beginning

  friend bool operator==(const Reject&, const Reject&) = default;
};

// Where a record stood.
struct RecordOrigin {
  std::size_t line = 0;
  int record = 0;
  std::string raw;  // or its beginning
};

// Faults shown at once, and the bytes of their texts: a reply stays far below
// the 4 MiB of a message, in JSON too.
inline constexpr std::size_t kRejectsShown = 1'000;
inline constexpr std::size_t kRejectBytesShown = std::size_t{1} << 20;
// Bytes of a record, a value and a message that a fault repeats: lawful records
// are shorter than the first, but for a note of the greatest length.
inline constexpr std::size_t kRawBytesShown = 2'000;
inline constexpr std::size_t kValueBytesShown = 200;
inline constexpr std::size_t kMessageBytesShown = 800;

// Collects faults in any order and shows them in the order of the file: by
// record, those of one record as they were added. However many there are, it
// holds one page of them.
class RejectList {
 public:
  // Where a fault stands: its record, and its number among all faults, in the
  // order in which they were added.
  using Position = std::pair<int, std::int64_t>;

  RejectList() = default;
  // Keeps the faults that follow `after`.
  explicit RejectList(const Position& after) : after_(after) {}

  // The faults of a record are added one after the other.
  void Add(const RecordOrigin& origin, std::string_view column,
           std::string_view value, const absl::Status& fault);

  // Adds those of the next batch of the same file, before which there were
  // `records` records.
  void Append(RejectList next, int records);

  // All that were added, kept or not.
  std::int64_t total() const { return total_; }
  // Records with a fault.
  int records() const { return records_; }
  const Position& after() const { return after_; }

  // The first faults after the position of the constructor.
  struct Page {
    std::vector<Reject> rejects;
    bool more = false;       // others follow
    Position last = {0, 0};  // of the last one shown
  };
  Page Show() const;

 private:
  void Keep(const Position& at, Reject reject);

  std::int64_t total_ = 0;
  int records_ = 0;
  int last_record_ = 0;
  Position after_ = {0, 0};  // before every fault
  std::map<Position, Reject> kept_;
  bool dropped_ = false;  // some that follow those kept
};

}  // namespace welfare::registry
