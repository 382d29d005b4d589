// The records of one batch of a file, as read: whom each speaks of, which ones
// are without fault, and the faults of the others.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/base/names/municipality_code.h"
#include "services/registry/files/reject_list.h"

namespace welfare::registry {

// Whom a record speaks of, as its file names it: by code or by name.
struct RecordSubject {
  std::string column;  // of the file
  std::string text;    // the cell
  // Nothing: `text` is a name.
  std::optional<base::MunicipalityCode> code = std::nullopt;
};

// Which records a file has already held, by key and line, so that a file that
// comes in several batches cannot say one thing twice. Used by one thread.
class SeenRecords {
 public:
  // Returns the line where `key` was seen before, or notes `line` for it.
  std::optional<std::size_t> FindOrAdd(const std::string& key,
                                       std::size_t line);

 private:
  std::map<std::string, std::size_t> lines_;
};

// Records as read: those without fault, and the faults of the others.
template <typename Row>
struct ParsedBatch {
  int rows = 0;
  std::vector<Row> good;
  RejectList rejects;

  // Adds the records of the next batch of the same file.
  void Append(ParsedBatch next);

  // The position of this file behind which its rejects are listed, as one of
  // the next batch.
  RejectList::Position RejectsAfterIn(const RejectList::Position& after) const {
    if (after.first <= rows) return {};
    return {after.first - rows,
            std::max<std::int64_t>(0, after.second - rejects.total())};
  }
};

// Most records of one file. A nation's municipalities over a century have
// 180,000 status records; what a file has said is remembered until its end.
inline constexpr int kMostRecords = 200'000;

inline std::optional<std::size_t> SeenRecords::FindOrAdd(const std::string& key,
                                                         std::size_t line) {
  const auto [entry, added] = lines_.try_emplace(key, line);
  if (added) return std::nullopt;
  return entry->second;
}

template <typename Row>
void ParsedBatch<Row>::Append(ParsedBatch next) {
  for (Row& row : next.good) {
    row.origin.record += rows;
    good.push_back(std::move(row));
  }
  rejects.Append(std::move(next.rejects), rows);
  rows += next.rows;
}

}  // namespace welfare::registry
