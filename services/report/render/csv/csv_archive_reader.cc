#include "services/report/render/csv/csv_archive_reader.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "services/base/error.h"
#include "services/report/errors.h"
#include "services/report/render/csv/zip_archive.h"
#include "services/text/csv.h"

namespace welfare::report {
namespace {

constexpr std::string_view kDictionary = "dictionary.csv";
constexpr std::string_view kLabel = "_label";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

absl::Status NoArchive(std::string_view what) {
  return RenderFailed("csv", what);
}

// A file as records, by the names of its columns.
struct RecordFile {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;

  std::optional<std::size_t> Find(std::string_view column) const {
    const auto found = std::ranges::find(columns, column);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
  }
};

absl::StatusOr<RecordFile> ReadRecords(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  WELFARE_ASSIGN_OR_RETURN(std::vector<text::CsvRecord> records,
                           text::ReadCsv(text));
  RecordFile sheet;
  if (records.empty()) return NoArchive("a file is empty");
  sheet.columns = std::move(records.front().cells);
  for (std::size_t i = 1; i < records.size(); ++i) {
    if (records[i].cells.size() != sheet.columns.size()) {
      return NoArchive("a record is too short or too long");
    }
    sheet.rows.push_back(std::move(records[i].cells));
  }
  return sheet;
}

// What the dictionary says of a table.
struct Described {
  std::string page;
  std::string title;
  std::map<std::string, std::string, std::less<>> labels;  // of columns
};

// `count=NO_ANSWER value=LOWER_BOUND` as the words of `column`.
std::string SymbolOf(std::string_view symbols, std::string_view column) {
  while (!symbols.empty()) {
    const std::size_t end = std::min(symbols.find(' '), symbols.size());
    const std::string_view one = symbols.substr(0, end);
    if (one.starts_with(column) && one.substr(column.size()).starts_with('=')) {
      return std::string(one.substr(column.size() + 1));
    }
    symbols.remove_prefix(std::min(symbols.size(), end + 1));
  }
  return "";
}

absl::Status AddCells(const std::string& figure, const Described& described,
                      const RecordFile& sheet, std::vector<PrintedCell>& cells) {
  // The key of a row stands before its label, its values between that and the
  // symbols.
  const auto label = std::ranges::find_if(
      sheet.columns,
      [](const std::string& name) { return name.ends_with(kLabel); });
  const auto symbols = sheet.Find("symbols");
  if (label == sheet.columns.end() || label == sheet.columns.begin() ||
      !symbols.has_value()) {
    return NoArchive("a table has no rows with names");
  }
  const auto label_at = static_cast<std::size_t>(label - sheet.columns.begin());
  std::map<std::string, int> occurrences;
  for (const std::vector<std::string>& row : sheet.rows) {
    const std::string& key = row[label_at - 1];
    const int occurrence = ++occurrences[key];
    for (std::size_t i = label_at + 1; i < *symbols; ++i) {
      const std::string& column = sheet.columns[i];
      const auto words = described.labels.find(column);
      cells.push_back(
          {.figure = figure,
           .row = key,
           .occurrence = occurrence,
           .column = column,
           .page = described.page,
           .title = described.title,
           .row_label = std::string(text::WithoutGuard(row[label_at])),
           .column_label =
               words == described.labels.end() ? column : words->second,
           .datum = std::string(text::WithoutGuard(row[i])),
           .symbol = SymbolOf(row[*symbols], column)});
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<PrintedCell>> ReadCsvArchive(
    const std::string& bytes) {
  WELFARE_ASSIGN_OR_RETURN(const std::vector<ArchiveFile> files,
                           ReadZipArchive(bytes));
  std::map<std::string, std::string_view> by_name;
  std::string_view dictionary;
  for (const ArchiveFile& file : files) {
    by_name.emplace(file.name, file.bytes);
    if (file.name.ends_with(kDictionary) &&
        file.name.find('/') == std::string::npos) {
      dictionary = file.bytes;
    }
  }
  WELFARE_ASSIGN_OR_RETURN(const RecordFile words, ReadRecords(dictionary));
  const auto file = words.Find("file");
  const auto page = words.Find("page");
  const auto figure = words.Find("figure");
  const auto title = words.Find("title");
  const auto column = words.Find("column");
  const auto label = words.Find("column_label");
  if (!file || !page || !figure || !title || !column || !label) {
    return NoArchive("the dictionary lacks a column");
  }
  std::vector<std::pair<std::string, std::string>> tables;  // figure, file
  std::map<std::string, Described> described;
  for (const std::vector<std::string>& row : words.rows) {
    if (!described.contains(row[*figure])) {
      tables.emplace_back(row[*figure], row[*file]);
    }
    Described& one = described[row[*figure]];
    one.page = row[*page];
    one.title = text::WithoutGuard(row[*title]);
    one.labels[row[*column]] = text::WithoutGuard(row[*label]);
  }
  std::vector<PrintedCell> cells;
  for (const auto& [id, name] : tables) {
    const auto found = by_name.find(name);
    if (found == by_name.end()) return NoArchive("a table is missing");
    WELFARE_ASSIGN_OR_RETURN(const RecordFile sheet, ReadRecords(found->second));
    WELFARE_RETURN_IF_ERROR(AddCells(id, described.at(id), sheet, cells));
  }
  return cells;
}

}  // namespace welfare::report
