#include "tools/welfarectl/files/csv_batches.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "services/base/error.h"
#include "services/text/characters.h"
#include "services/text/csv.h"
#include "services/text/encoding.h"
#include "services/text/value_readers.h"
#include "tools/welfarectl/error_table.h"

namespace welfare::ctl {
namespace {

// A batch is closed at the first size, and holds what must stay together up to
// the second; the message limit is 4 MiB.
constexpr std::size_t kWantedBytes = std::size_t{2} << 20;
constexpr std::size_t kMaxBytes = std::size_t{11} << 18;
// Blank lines a batch carries so that its lines stay right.
constexpr std::size_t kMaxBlankLines = 100;

// Reads the key of a record.
class KeyReader {
 public:
  KeyReader(const CsvFile& file, const std::vector<KeyColumn>& columns) {
    for (const KeyColumn& column : columns) {
      const auto found =
          std::find(file.header.begin(), file.header.end(), column.name);
      // A missing column is the service's to report, with everything else that
      // is wrong with the header.
      if (found == file.header.end()) continue;
      parts_.push_back({static_cast<std::size_t>(found - file.header.begin()),
                        column.significant, column.is_year});
    }
  }

  bool empty() const { return parts_.empty(); }

  std::string Fold(const text::CsvRecord& record) const {
    std::string key;
    for (const Part& part : parts_) {
      std::string cell = text::FoldWord(Cell(record, part));
      if (part.is_year) {
        const auto year = text::ReadFiscalYear(cell);
        if (year.ok()) cell = year->ToString();
      }
      for (char& c : cell) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      }
      if (part.significant > 0 && cell.size() > part.significant) {
        cell.resize(part.significant);
      }
      key += cell;
      key += '\x1f';
    }
    return key;
  }

  std::string AsWritten(const text::CsvRecord& record) const {
    std::string joined;
    for (const Part& part : parts_) {
      if (!joined.empty()) joined += ' ';
      joined += Cell(record, part);
    }
    return joined;
  }

 private:
  struct Part {
    std::size_t at;
    std::size_t significant;
    bool is_year;
  };

  static std::string_view Cell(const text::CsvRecord& record,
                               const Part& part) {
    return part.at < record.cells.size()
               ? std::string_view(record.cells[part.at])
               : std::string_view();
  }

  std::vector<Part> parts_;
};

std::size_t LinesIn(std::string_view raw) {
  return 1 + static_cast<std::size_t>(std::count(raw.begin(), raw.end(), '\n'));
}

// A record of a file that is being cut. Keys are numbered by appearance.
struct Row {
  std::string_view raw;
  std::size_t line = 0;
  std::optional<std::size_t> key;  // none: it cannot be read, or has no key
  bool readable = true;
};

struct Rows {
  std::string header_line;
  std::vector<Row> rows;
  std::vector<std::string> keys;
  std::vector<std::string> as_written;  // of the first record of each key
};

absl::StatusOr<Rows> ReadRows(const CsvFile& file, const KeyReader& keys) {
  Rows all;
  text::CsvReader reader(file.text);
  if (auto header = reader.Next(); !header.ok()) return header.status();
  all.header_line = std::string(reader.last_raw()) + "\n";
  std::map<std::string, std::size_t> numbers;
  while (true) {
    const auto record = reader.Next();
    if (record.ok() && !record->has_value()) return all;
    Row row{.raw = reader.last_raw(),
            .line = reader.last_line(),
            .key = std::nullopt,
            .readable = record.ok()};
    if (record.ok() && !keys.empty()) {
      const auto [found, fresh] =
          numbers.emplace(keys.Fold(**record), all.keys.size());
      if (fresh) {
        all.keys.push_back(found->first);
        all.as_written.push_back(keys.AsWritten(**record));
      }
      row.key = found->second;
    }
    all.rows.push_back(row);
  }
}

// Where a file may be cut: before which rows.
struct Seams {
  std::vector<bool> possible;  // no key lies on both sides
  std::vector<bool> wanted;    // and no row is torn from what it may belong to
};

Seams FindSeams(const Rows& all) {
  const std::size_t count = all.rows.size();
  std::vector<std::size_t> last(all.keys.size(), 0), uses(all.keys.size(), 0);
  for (std::size_t i = 0; i < count; ++i) {
    if (!all.rows[i].key) continue;
    last[*all.rows[i].key] = i;
    ++uses[*all.rows[i].key];
  }
  const auto alone = [&](const Row& row) {
    return !row.readable || (row.key && uses[*row.key] == 1);
  };
  Seams seams{.possible = std::vector<bool>(count, true),
              .wanted = std::vector<bool>(count, true)};
  std::size_t reach = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) {
      seams.possible[i] = reach < i;
      seams.wanted[i] =
          seams.possible[i] && !alone(all.rows[i]) && !alone(all.rows[i - 1]);
    }
    if (all.rows[i].key) reach = std::max(reach, last[*all.rows[i].key]);
  }
  return seams;
}

// The same error with the file, and the line where there is one, in front of
// its message.
absl::Status InFile(const std::string& path, const absl::Status& status) {
  auto details = base::GetErrorDetails(status);
  if (!details) return status;
  std::string english = path;
  std::string japanese = path;
  if (const auto line = details->metadata.find("line");
      line != details->metadata.end()) {
    english += " line " + line->second;
    japanese += " " + line->second + "行目";
  }
  details->metadata["path"] = path;
  if (!details->message_ja.empty()) {
    details->message_ja = japanese + "：" + details->message_ja;
  }
  return base::WithErrorDetails(
      absl::Status(
          status.code(),
          base::ToAbsl(english + ": " + std::string(base::MessageOf(status)))),
      *details);
}

absl::Status NotTogether(const CsvFile& file, const Rows& all,
                         const CsvBatch& batch, std::size_t row) {
  return base::MakeError(CtlRow("ROWS_NOT_TOGETHER"))
      .With("path", file.name)
      .Show("respondent", all.as_written[*all.rows[row].key])
      .With("line", static_cast<long long>(all.rows[row].line))
      .With("first_line", static_cast<long long>(batch.first_line));
}

}  // namespace

bool CsvFile::Has(std::string_view column) const {
  return std::find(header.begin(), header.end(), column) != header.end();
}

absl::StatusOr<CsvFile> ReadCsvFile(const std::string& path,
                                    text::EncodingChoice encoding) {
  std::string bytes;
  if (path == "-") {
    bytes.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    std::ifstream in(path, std::ios::binary);
    // A folder can be opened and fails with an exception when it is read.
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(path, ignored)) {
      return base::MakeError(CtlRow("FILE_UNREADABLE")).With("path", path);
    }
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  auto decoded = text::DecodeText(bytes, encoding);
  if (!decoded.ok()) return InFile(path, decoded.status());
  CsvFile file{.name = path,
               .text = std::move(decoded->utf8),
               .header = {},
               .encoding = decoded->encoding};
  text::CsvReader reader(file.text);
  auto header = reader.Next();
  if (!header.ok()) return InFile(path, header.status());
  if (!header->has_value()) {
    return base::MakeError(CtlRow("CSV_EMPTY")).With("path", path);
  }
  if (const absl::Status separator = text::CheckSeparator(**header);
      !separator.ok()) {
    return InFile(path, separator);
  }
  text::DropBlankTail(**header);
  for (const std::string& cell : (*header)->cells) {
    file.header.push_back(text::ColumnName(cell));
  }
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
    const CsvFile& file, const std::vector<KeyColumn>& key_columns,
    int max_records,
    const std::function<int(const std::string& key)>& section) {
  const KeyReader keys(file, key_columns);
  WELFARE_ASSIGN_OR_RETURN(const Rows all, ReadRows(file, keys));
  const Seams seams = FindSeams(all);
  std::vector<CsvBatch> batches;
  const auto begin = [&](std::size_t line) {
    batches.push_back({.csv = all.header_line,
                       .first_line = static_cast<int>(line),
                       .records = 0,
                       .source_file = file.name,
                       .keys = {}});
  };
  std::vector<std::size_t> in_batch(all.keys.size(), 0);  // its number, from 1
  std::size_t next_line = 0;
  std::size_t came_back = 0;  // the first row to do so; row 0 cannot
  std::optional<int> last_section;
  for (std::size_t i = 0; i < all.rows.size(); ++i) {
    const Row& row = all.rows[i];
    const std::optional<int> its_section =
        section && row.key ? std::optional(section(all.keys[*row.key]))
                           : last_section;
    const std::size_t gap = batches.empty() ? 0 : row.line - next_line;
    if (batches.empty()) {
      begin(row.line);
    } else {
      const CsvBatch& batch = batches.back();
      const std::size_t bytes = batch.csv.size() + gap + row.raw.size();
      const bool enough = batch.records >= max_records ||
                          bytes > kWantedBytes || gap > kMaxBlankLines ||
                          its_section != last_section;
      const bool full = batch.records >= 2 * max_records || bytes > kMaxBytes;
      if ((enough && seams.wanted[i]) || (full && seams.possible[i])) {
        begin(row.line);
        came_back = 0;
      } else {
        batches.back().csv.append(gap, '\n');
      }
    }
    CsvBatch& batch = batches.back();
    batch.csv.append(row.raw);
    batch.csv += '\n';
    ++batch.records;
    if (row.key) {
      std::size_t& number = in_batch[*row.key];
      if (number != batches.size()) {
        number = batches.size();
        batch.keys.push_back(all.keys[*row.key]);
      } else if (came_back == 0 && all.rows[i - 1].key != row.key) {
        came_back = i;
      }
    }
    if (came_back > 0 && batch.csv.size() > kMaxBytes) {
      return NotTogether(file, all, batch, came_back);
    }
    next_line = row.line + LinesIn(row.raw);
    last_section = its_section;
  }
  if (batches.empty()) begin(2);
  return batches;
}

absl::StatusOr<std::vector<KeyedRecord>> ReadKeys(
    const CsvFile& file, const std::vector<KeyColumn>& key_columns) {
  const KeyReader keys(file, key_columns);
  text::CsvReader reader(file.text);
  if (auto header = reader.Next(); !header.ok()) return header.status();
  std::vector<KeyedRecord> found;
  while (true) {
    const auto record = reader.Next();
    if (!record.ok()) return InFile(file.name, record.status());
    if (!record->has_value()) return found;
    found.push_back({.key = keys.Fold(**record),
                     .text = keys.AsWritten(**record),
                     .line = reader.last_line()});
  }
}

CsvBatch SelectRecords(
    const CsvFile& file, const std::vector<KeyColumn>& key_columns,
    const std::function<bool(const std::string& key)>& wanted) {
  const KeyReader keys(file, key_columns);
  text::CsvReader reader(file.text);
  CsvBatch batch;
  batch.source_file = file.name;
  if (!reader.Next().ok()) return batch;
  batch.csv = std::string(reader.last_raw()) + "\n";
  std::size_t next_line = 0;
  while (true) {
    const auto record = reader.Next();
    if (!record.ok()) continue;
    if (!record->has_value()) break;
    std::string key = keys.Fold(**record);
    if (!wanted(key)) continue;
    if (batch.records == 0) {
      batch.first_line = static_cast<int>(reader.last_line());
    } else {
      batch.csv.append(reader.last_line() - next_line, '\n');
    }
    batch.csv.append(reader.last_raw());
    batch.csv += '\n';
    ++batch.records;
    batch.keys.push_back(std::move(key));
    next_line = reader.last_line() + LinesIn(reader.last_raw());
  }
  if (batch.records == 0) batch.csv.clear();
  return batch;
}

}  // namespace welfare::ctl
