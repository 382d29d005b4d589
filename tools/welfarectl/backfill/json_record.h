// Lines that are JSON objects, as records of a table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace welfare::ctl {

// One object: the names of its members, and what they hold, in their order.
struct JsonRecord {
  std::vector<std::string> names;
  // As the cells of a CSV file: text as it is, a whole number as it is written,
  // nothing for null, the elements of a list with a space between two.
  std::vector<std::string> cells;
};

// Reads the text of one object. Nothing is rounded or guessed: a number with a
// fraction keeps its digits, for whoever judges the cell.
//
// Errors, INVALID_ARGUMENT:
//   JSON_RECORD: it is no JSON object, or names a member twice.
//   JSON_VALUE: a member holds what no cell can say: true or false, an object,
//   a list of anything but texts without white space and numbers, a NUL.
absl::StatusOr<JsonRecord> ReadJsonRecord(std::string_view line);

// Puts the cells of `record` into the order of `names`.
//
// Errors, INVALID_ARGUMENT, JSON_MEMBERS: it has other members than those.
absl::StatusOr<std::vector<std::string>> CellsOf(
    JsonRecord record, const std::vector<std::string>& names);

}  // namespace welfare::ctl
