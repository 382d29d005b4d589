// The faults of a batch or file: all are counted, a page of them is kept.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/error.h"

namespace welfare::importing {

// The texts of one batch whose records are numbered apart, in the order in
// which their faults are listed.
enum class Table { kRecords, kHeaders };
inline constexpr std::size_t kTables = 2;

// One fault of one refused record.
struct Reject {
  Table table = Table::kRecords;
  std::string source_file;
  std::size_t line = 0;  // physical line on which the record starts
  int record = 0;        // number within its table, from 1
  std::string column;    // empty where the whole record is at fault
  std::string value;     // the value at fault, or its beginning
  std::string reason;    // UPPER_SNAKE
  std::string message;   // what is wrong and what to do
  std::string message_ja;
  std::string raw_record;  // as it stood in the file, or its beginning
  std::vector<std::string> candidates = {};  // what may have been meant

  friend bool operator==(const Reject&, const Reject&) = default;
};

// Where a record stands.
struct RecordPlace {
  Table table = Table::kRecords;
  std::size_t line = 0;
  int record = 0;
  // Its text; empty where that is personal data, which a fault never repeats.
  std::string_view raw = {};
};

// Collects faults in any order and shows them in the order of the file: by
// table and record, those of one record as they were added. However many there
// are, it holds one page of them. Copies are independent; used by one thread.
//
// Invariants: the same faults added in the same order to lists that begin at
//   the ends of each other's pages are shown once each.
class RejectList {
 public:
  // Where a fault stands: its table, its record, and its number among all
  // faults in the order in which they were added.
  struct Position {
    Table table = Table::kRecords;
    int record = 0;
    std::int64_t number = 0;

    friend auto operator<=>(const Position&, const Position&) = default;
  };
  // Names of the files that the tables came from.
  using Files = std::array<std::string, kTables>;

  RejectList() = default;
  // Keeps the faults that follow `after`.
  explicit RejectList(const Position& after, Files files = {})
      : after_(after), files_(std::move(files)) {}

  // `fault.field` is the column. `value`: what stands there; empty where it is
  // personal data. What cannot be seen of it is shown in the message.
  // `candidates`: what may have been meant by it.
  void Add(const RecordPlace& at, std::string_view value,
           const base::Violation& fault,
           std::span<const std::string> candidates = {});

  // All faults that were added, kept or not.
  std::int64_t total() const { return total_; }
  // Records of a table that have one.
  int records(Table table = Table::kRecords) const {
    return faulty_[static_cast<std::size_t>(table)].count;
  }

  // Whether the record has one; numbers count from 1.
  bool IsFaulty(int record, Table table = Table::kRecords) const {
    const auto& found = faulty_[static_cast<std::size_t>(table)].records;
    const auto at = static_cast<std::size_t>(record);
    return at < found.size() && found[at];
  }

  // The first faults after the position of the constructor.
  struct Page {
    std::vector<Reject> rejects;
    bool more = false;  // others follow
    Position last;      // of the last one shown
  };
  Page Show() const;

 private:
  // Which records of a table have a fault.
  struct Faulty {
    std::vector<bool> records;
    int count = 0;

    void Add(int record);
  };

  std::int64_t total_ = 0;
  std::array<Faulty, kTables> faulty_;
  Position after_;  // before every fault
  Files files_;
  std::map<Position, Reject> kept_;
  bool dropped_ = false;  // some that follow those kept
};

}  // namespace welfare::importing
