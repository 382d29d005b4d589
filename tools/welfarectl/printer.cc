#include "tools/welfarectl/printer.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cctype>
#include <iostream>

#include "services/text/csv.h"
#include "services/text/display_width.h"

namespace welfare::ctl {
namespace {

// Cuts at character boundaries so that text and ellipsis fit `limit` columns.
std::string Shorten(const std::string& text, std::size_t limit) {
  if (limit == 0 || text::DisplayWidth(text) <= limit) return text;
  std::string shortened;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t next = at + 1;
    while (next < text.size() &&
           (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) {
      ++next;
    }
    const std::string candidate = text.substr(0, next);
    if (text::DisplayWidth(candidate) + 2 > limit) break;
    shortened = candidate;
    at = next;
  }
  return shortened + "…";
}

// A cell stays on its line: control characters of free text become spaces.
std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; },
      ' ');
  return text;
}

}  // namespace

void Table::Add(std::vector<std::string> cells) {
  rows_.push_back(std::move(cells));
}

void Table::PrintTable(std::ostream& out) const {
  std::vector<std::vector<std::string>> rows = rows_;
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = text::DisplayWidth(columns_[c].title);
    for (auto& row : rows) {
      row[c] = Shorten(OneLine(std::move(row[c])), columns_[c].limit);
      width = std::max(width, text::DisplayWidth(row[c]));
    }
    widths.push_back(width);
  }
  const auto print = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (c > 0) line += "  ";
      line += columns_[c].number ? text::PadLeft(cells[c], widths[c])
                                 : text::PadRight(cells[c], widths[c]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << "\n";
  };
  std::vector<std::string> titles, rules;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    titles.push_back(columns_[c].title);
    std::string rule;
    for (std::size_t i = 0; i < widths[c]; ++i) rule += '-';
    rules.push_back(std::move(rule));
  }
  print(titles);
  print(rules);
  for (const auto& row : rows) print(row);
}

void Table::PrintCsv(std::ostream& out) const {
  std::string csv;
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  const text::CsvWriteOptions options{.line_end = "\n"};
  text::AppendCsvRecord(csv, titles, options);
  for (const auto& row : rows_) text::AppendCsvRecord(csv, row, options);
  out << csv;
}

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.add_whitespace = true;
  std::string json;
  // Fails only for Any values of unknown types, which no reply holds.
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) return "{}";
  while (!json.empty() && json.back() == '\n') json.pop_back();
  return json;
}

void PrintJsonList(const std::vector<std::string>& objects) {
  std::cout << "[";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    std::cout << (i == 0 ? "\n" : ",\n") << objects[i];
  }
  std::cout << "\n]\n";
}

void PrintRows(const Session& session, const Table& table) {
  if (session.output() == Output::kCsv) {
    table.PrintCsv(std::cout);
  } else {
    table.PrintTable(std::cout);
  }
}

void Print(const Session& session, const google::protobuf::Message& message,
           const Table& table) {
  if (session.output() == Output::kJson) {
    std::cout << ToJson(message) << "\n";
  } else {
    PrintRows(session, table);
  }
}

std::string ShortName(const std::string& value, const std::string& prefix) {
  std::string name =
      value.starts_with(prefix) ? value.substr(prefix.size()) : value;
  if (name == "UNSPECIFIED") return "";
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return name;
}

}  // namespace welfare::ctl
