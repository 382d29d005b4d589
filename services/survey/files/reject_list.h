// The faults of a batch: all are counted, a page of them is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace welfare::survey {

// One fault of one refused record.
struct ImportReject {
  std::string source_file;
  int line = 0;        // physical line on which the record starts
  int record = 0;      // number within its text, from 1
  std::string column;  // empty where the whole record is at fault
  std::string value;   // or its beginning
  std::string reason;
  std::string message;
  std::string raw;  // the record or its beginning; empty for headers

  friend bool operator==(const ImportReject&, const ImportReject&) = default;
};

// Faults shown at once, and the bytes of their texts: a reply stays far below
// the 4 MiB of a message, in JSON too.
inline constexpr std::size_t kRejectsShown = 1'000;
inline constexpr std::size_t kRejectBytesShown = std::size_t{1} << 20;
// Bytes of a record and of a value that a fault repeats.
inline constexpr std::size_t kRawBytesShown = 2'000;
inline constexpr std::size_t kValueBytesShown = 200;
inline constexpr std::size_t kMessageBytesShown = 500;

// Collects faults in any order and shows them in the order of the file: answers
// before headers, by record, the faults of one record as they were added.
// However many there are, it holds one page of them. Copies are independent.
class RejectList {
 public:
  // Where a fault stands: in the headers or not, its record, and its number
  // among all faults, in the order in which they were added.
  using Position = std::tuple<bool, int, std::int64_t>;

  // What a fault says; the texts are copied only if it is kept.
  struct Fault {
    bool header = false;
    std::string_view source_file = {};
    int line = 0;
    int record = 0;
    std::string_view column = {};
    std::string_view value = {};
    std::string_view reason = {};
    std::string_view message = {};
    std::string_view raw = {};
  };

  RejectList() = default;
  // Keeps the faults that follow `after`.
  explicit RejectList(const Position& after) : after_(after) {}

  void Add(const Fault& fault);

  // All that were added, kept or not.
  std::int64_t total() const { return total_; }

  // The first faults after the position of the constructor.
  struct Page {
    std::vector<ImportReject> rejects;
    bool more = false;  // others follow
    Position last;      // of the last one shown
  };
  Page Show() const;

 private:
  std::int64_t total_ = 0;
  Position after_ = {false, 0, 0};  // before every fault
  std::map<Position, ImportReject> kept_;
  bool dropped_ = false;  // some that follow those kept
};

}  // namespace welfare::survey
