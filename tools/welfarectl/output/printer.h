// Tables that align with Japanese text, and the same rows as CSV or JSON.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "tools/welfarectl/session/phrase.h"
#include "tools/welfarectl/session/session.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace welfare::ctl {

// Where a table is printed.
struct Page {
  // Columns of the terminal; 0: not a terminal, lines have any length.
  std::size_t width = 0;
  bool color = false;
};

// A table for people. Columns are as wide as their widest cell; numbers are
// aligned to the right. Where a line would not fit the page, columns that may
// be left out are, then cells are folded or shortened. CSV has every column
// and every character.
class Table {
 public:
  // What becomes of cells for which the page has no room.
  enum class Fit {
    kKeep,      // as they are; the terminal wraps the line
    kFold,      // go on in the next line of the table
    kEllipsis,  // are shortened
  };
  struct Column {
    std::string title;  // in CSV the name of the API's field
    bool number = false;
    // Cells wider than this are shortened with an ellipsis in the table (never
    // in CSV); 0: never.
    std::size_t limit = 0;
    Fit fit = Fit::kKeep;
    // Above 0: left out of the table where every cell is empty, and of a page
    // that is too narrow, the highest first; 1 only where folding would not do.
    int spare = 0;
    // Title in the table, which HeadingOf knows in the other language; empty:
    // `title`.
    std::string heading = {};
    bool csv_only = false;
    bool table_only = false;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // REQUIRES: as many cells as columns.
  void Add(std::vector<std::string> cells);
  // Returns the headings of the columns left out for want of room.
  std::vector<std::string> PrintTable(std::ostream& out,
                                      const Page& page = {}) const;
  void PrintCsv(std::ostream& out) const;
  std::size_t size() const { return rows_.size(); }

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// `text` with spaces for control characters, so that it stays on its line and
// commands no terminal.
std::string OneLine(std::string text);

// Breaks `text` into lines of at most `width` terminal columns, at spaces and
// between wide characters. A word that is longer is broken anywhere.
// REQUIRES: width >= 2.
std::vector<std::string> Fold(const std::string& text, std::size_t width);

// The page standard output goes to.
Page OutputPage(const Session& session);
// `text` in bold or green where the page has colours.
std::string Bold(const Page& page, const std::string& text);
std::string Green(const Page& page, const std::string& text);

// Names, which HeadingOf knows, and values of one thing, below each other;
// empty values are left out.
using Fields = std::vector<std::pair<std::string, std::string>>;
void PrintFields(std::ostream& out, const Page& page, const Fields& fields);

// JSON as the gateway writes it: lowerCamelCase, zeros printed.
std::string ToJson(const google::protobuf::Message& message);

// Prints `table` as a table or, with --output csv, as CSV. Columns that were
// left out are named on stderr.
void PrintRows(const Session& session, const Table& table);
// Prints one result: `message` as JSON, or `table` as table or CSV.
void Print(const Session& session, const google::protobuf::Message& message,
           const Table& table);
// Prints a list: an array of messages as JSON, or `table`.
template <typename Messages>
void PrintList(const Session& session, const Messages& messages,
               const Table& table);
// The same, and says on stderr how many there are, with a table: `summary`,
// its `{count}` filled in, or `none` where the list is empty.
template <typename Messages>
void PrintCountedList(const Session& session, const Messages& messages,
                      const Table& table, const std::string& summary,
                      const std::string& none);

// The phrase for a cell: in the language of this run where a person reads the
// table, in English where a program reads CSV or JSON.
std::string SayInCell(const Session& session, const Phrase& phrase,
                      const base::ErrorWords& words = {});

// The id at the end of a resource name: `surveys/jusou/rounds/2025` -> `2025`.
std::string LastPart(const std::string& name);

// `TYPE_SPECIAL_WARD` -> `special_ward`: drops the prefix of the enum.
std::string ShortName(const std::string& value, const std::string& prefix);

void PrintJsonList(const std::vector<std::string>& objects);
void PrintCount(const Session& session, std::size_t count,
                const std::string& summary, const std::string& none);

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

template <typename Messages>
void PrintCountedList(const Session& session, const Messages& messages,
                      const Table& table, const std::string& summary,
                      const std::string& none) {
  if (session.output() != Output::kTable || table.size() > 0) {
    PrintList(session, messages, table);
  }
  PrintCount(session, table.size(), summary, none);
}

}  // namespace welfare::ctl
