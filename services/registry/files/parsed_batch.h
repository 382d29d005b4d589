// The records of one batch of a file, as read: whom each speaks of, which ones
// are without fault, and the faults of the others.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/base/names/municipality_code.h"
#include "services/importing/reject_list.h"

namespace welfare::registry {

// Where a record stood.
struct RecordOrigin {
  std::size_t line = 0;  // physical line in the file
  int record = 0;        // number within the transaction, from 1
  std::string raw;       // its text, or the beginning

  importing::RecordPlace place() const {
    return {.line = line, .record = record, .raw = raw};
  }
};

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
                                       std::size_t line) {
    const auto [entry, added] = lines_.try_emplace(key, line);
    if (added) return std::nullopt;
    return entry->second;
  }

 private:
  std::map<std::string, std::size_t> lines_;
};

// The records of a transaction as read: those without fault, and the faults of
// the others.
template <typename Row>
struct ParsedBatch {
  int rows = 0;
  std::vector<Row> good;
  importing::RejectList rejects;
};

}  // namespace welfare::registry
