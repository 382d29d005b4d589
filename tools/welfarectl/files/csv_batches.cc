#include "tools/welfarectl/files/csv_batches.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

#include "services/base/error.h"
#include "services/text/csv.h"
#include "services/text/encoding.h"

namespace welfare::ctl {
namespace {

constexpr std::size_t kMaxBatchBytes = std::size_t{2} << 20;

// Where the wanted columns stand. A missing column is left out: it is the
// service's to report, with everything else that is wrong with the header.
std::vector<std::size_t> FindColumns(const CsvFile& file,
                                     const std::vector<std::string>& columns) {
  std::vector<std::size_t> at;
  for (const std::string& column : columns) {
    const auto found =
        std::find(file.header.begin(), file.header.end(), column);
    if (found != file.header.end()) {
      at.push_back(static_cast<std::size_t>(found - file.header.begin()));
    }
  }
  return at;
}

std::vector<std::string> KeyOf(const text::CsvRecord& record,
                               const std::vector<std::size_t>& at) {
  std::vector<std::string> key;
  key.reserve(at.size());
  for (const std::size_t i : at) {
    key.push_back(i < record.cells.size() ? record.cells[i] : std::string());
  }
  return key;
}

std::size_t LinesIn(std::string_view raw) {
  return 1 + static_cast<std::size_t>(std::count(raw.begin(), raw.end(), '\n'));
}

}  // namespace

absl::StatusOr<CsvFile> ReadCsvFile(const std::string& path) {
  std::string bytes;
  if (path == "-") {
    bytes.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    std::ifstream in(path, std::ios::binary);
    // A folder can be opened and fails with an exception when it is read.
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(path, ignored)) {
      return base::MakeError(absl::StatusCode::kNotFound, "FILE_UNREADABLE",
                             "Cannot read " + path + "; check the path.")
          .With("path", path);
    }
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  WELFARE_ASSIGN_OR_RETURN(text::DecodedText decoded, text::DecodeText(bytes));
  CsvFile file{.name = path, .text = std::move(decoded.utf8), .header = {}};
  text::CsvReader reader(file.text);
  WELFARE_ASSIGN_OR_RETURN(const auto header, reader.Next());
  if (!header.has_value()) {
    return base::MakeError(absl::StatusCode::kInvalidArgument, "CSV_EMPTY",
                           path + " is empty; it needs a header line.")
        .With("path", path);
  }
  file.header = header->cells;
  return file;
}

absl::Status RenameColumn(CsvFile& file, const std::string& from,
                          const std::string& to) {
  std::replace(file.header.begin(), file.header.end(), from, to);
  text::CsvReader reader(file.text);
  if (auto header = reader.Next(); !header.ok()) return header.status();
  const std::string_view raw = reader.last_raw();
  const auto at = static_cast<std::size_t>(raw.data() - file.text.data());
  std::string line;
  text::AppendCsvRecord(line, file.header, {.line_end = ""});
  file.text.replace(at, raw.size(), line);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<CsvBatch>> CutIntoBatches(
    const CsvFile& file, const std::vector<std::string>& key_columns,
    int max_records) {
  const std::vector<std::size_t> key_at = FindColumns(file, key_columns);
  text::CsvReader reader(file.text);
  if (auto header = reader.Next(); !header.ok()) return header.status();
  const std::string header_line = std::string(reader.last_raw()) + "\n";

  std::vector<CsvBatch> batches;
  std::set<std::vector<std::string>> seen;
  std::vector<std::string> key;
  std::size_t next_line = 0;
  while (true) {
    const auto record = reader.Next();
    if (record.ok() && !record->has_value()) break;
    // A malformed record goes with the one before it.
    std::vector<std::string> record_key =
        record.ok() ? KeyOf(**record, key_at) : key;
    const bool same_key = !key_at.empty() && !key.empty() && record_key == key;
    if (!key_at.empty() && !same_key && !seen.insert(record_key).second) {
      std::string joined;
      for (const std::string& part : record_key) {
        joined += (joined.empty() ? "" : " ") + part;
      }
      return base::MakeError(
                 absl::StatusCode::kInvalidArgument, "ROWS_NOT_TOGETHER",
                 file.name + " line " + std::to_string(reader.last_line()) +
                     ": the rows of " + joined +
                     " do not stand together; sort the file by respondent.")
          .With("line", static_cast<long long>(reader.last_line()));
    }
    // Blank lines between records would shift the lines of later records, so
    // a gap starts a new batch or, inside a key, is kept as blank lines.
    const bool gap = reader.last_line() != next_line;
    const bool full =
        batches.empty() ||
        (!same_key && (batches.back().records >= max_records ||
                       batches.back().csv.size() > kMaxBatchBytes || gap));
    if (full) {
      batches.push_back({.csv = header_line,
                         .first_line = static_cast<int>(reader.last_line()),
                         .records = 0,
                         .source_file = file.name,
                         .keys = {}});
    } else if (gap) {
      batches.back().csv.append(reader.last_line() - next_line, '\n');
    }
    const std::string_view raw = reader.last_raw();
    batches.back().csv.append(raw);
    batches.back().csv += '\n';
    ++batches.back().records;
    next_line = reader.last_line() + LinesIn(raw);
    if (!same_key && record.ok() && !key_at.empty()) {
      batches.back().keys.push_back(record_key);
    }
    key = std::move(record_key);
  }
  return batches;
}

absl::StatusOr<CsvBatch> SelectRecords(
    const CsvFile& file, const std::vector<std::string>& key_columns,
    const std::vector<std::vector<std::string>>& keys) {
  const std::vector<std::size_t> key_at = FindColumns(file, key_columns);
  const std::set<std::vector<std::string>> wanted(keys.begin(), keys.end());
  text::CsvReader reader(file.text);
  if (auto header = reader.Next(); !header.ok()) return header.status();
  CsvBatch batch{.csv = std::string(reader.last_raw()) + "\n",
                 .first_line = 0,
                 .records = 0,
                 .source_file = file.name,
                 .keys = {}};
  std::size_t next_line = 0;
  while (true) {
    const auto record = reader.Next();
    if (!record.ok()) return record.status();
    if (!record->has_value()) break;
    if (!wanted.contains(KeyOf(**record, key_at))) continue;
    if (batch.records == 0) {
      batch.first_line = static_cast<int>(reader.last_line());
    } else {
      batch.csv.append(reader.last_line() - next_line, '\n');
    }
    batch.csv.append(reader.last_raw());
    batch.csv += '\n';
    ++batch.records;
    next_line = reader.last_line() + LinesIn(reader.last_raw());
  }
  if (batch.records == 0) batch.csv.clear();
  return batch;
}

}  // namespace welfare::ctl
