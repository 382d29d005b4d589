// Tables that align with Japanese text, and the same rows as CSV or JSON.
#pragma once

#include <google/protobuf/message.h>

#include <ostream>
#include <string>
#include <vector>

#include "tools/welfarectl/session.h"

namespace welfare::ctl {

// A table for people. Columns are as wide as their widest cell; numbers are
// aligned to the right.
class Table {
 public:
  struct Column {
    std::string title;
    bool number = false;
    // Cells wider than this are shortened with an ellipsis in the table (never
    // in CSV); 0: never.
    std::size_t limit = 0;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // REQUIRES: as many cells as columns.
  void Add(std::vector<std::string> cells);
  void PrintTable(std::ostream& out) const;
  void PrintCsv(std::ostream& out) const;
  std::size_t size() const { return rows_.size(); }

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// JSON as the gateway writes it: lowerCamelCase, zeros printed.
std::string ToJson(const google::protobuf::Message& message);

// Prints `table` as a table or, with --output csv, as CSV.
void PrintRows(const Session& session, const Table& table);
// Prints one result: `message` as JSON, or `table` as table or CSV.
void Print(const Session& session, const google::protobuf::Message& message,
           const Table& table);
// Prints a list: an array of messages as JSON, or `table`.
template <typename Messages>
void PrintList(const Session& session, const Messages& messages,
               const Table& table);

// `TYPE_SPECIAL_WARD` -> `special_ward`: drops the prefix of the enum.
std::string ShortName(const std::string& value, const std::string& prefix);

void PrintJsonList(const std::vector<std::string>& objects);

template <typename Messages>
void PrintList(const Session& session, const Messages& messages,
               const Table& table) {
  if (session.output() != Output::kJson) {
    PrintRows(session, table);
    return;
  }
  std::vector<std::string> objects;
  for (const auto& message : messages) objects.push_back(ToJson(message));
  PrintJsonList(objects);
}

}  // namespace welfare::ctl
