#include "services/survey/files/xlsform_sheet.h"

#include "services/base/error.h"
#include "services/survey/text_limits.h"

namespace welfare::survey {

XlsFormSheet::XlsFormSheet(std::string name, std::string_view text,
                           std::span<const std::string_view> columns,
                           std::span<const std::string_view> required,
                           bool every_cell, ProblemList& problems)
    : name_(std::move(name)), every_cell_(every_cell), problems_(problems) {
  text::CsvReader reader(text);
  bool header = true;
  while (true) {
    auto record = reader.Next();
    if (!record.ok()) {
      Add(static_cast<int>(reader.last_line()), "",
          base::ReasonOf(record.status()),
          std::string(base::MessageOf(record.status())));
      continue;
    }
    if (!record->has_value()) break;
    if (header) {
      ReadHeader(**record, columns, required);
      header = false;
      if (columns_.empty()) return;
    } else if (every_cell_ && records_.size() == kMostRecords) {
      Add(static_cast<int>((*record)->line), "", "SHEET_TOO_LONG",
          "The sheet has more than 20000 rows; this is the first too many.");
      return;
    } else {
      ReadRecord(**record);
    }
  }
  if (header) Add(0, "", "CSV_HEADER", "The sheet is empty.");
}

void XlsFormSheet::Add(int line, std::string_view column,
                       std::string_view reason, std::string message) const {
  problems_.Add({.sheet = name_,
                 .line = line,
                 .column = std::string(column),
                 .reason = std::string(reason),
                 .message = std::move(message)});
}

void XlsFormSheet::AppendCanonical(std::span<const std::string_view> columns,
                                   std::string& out) const {
  out += name_;
  out += '\n';
  for (const Record& record : records_) {
    for (const std::string_view column : columns) {
      const std::string& cell = record.at(column);
      if (cell.empty()) continue;
      out += column;
      out += '=';
      out += std::to_string(cell.size());
      out += ':';
      out += cell;
    }
    out += '\n';
  }
}

void XlsFormSheet::ReadHeader(const text::CsvRecord& header,
                              std::span<const std::string_view> columns,
                              std::span<const std::string_view> required) {
  const int line = header_line_ = static_cast<int>(header.line);
  if (every_cell_ && header.cells.size() > kMostColumns) {
    Add(line, "", "CSV_HEADER", "The sheet has more than 100 columns.");
    return;
  }
  for (const std::string& cell : header.cells) {
    const std::string plain = cell.substr(0, cell.find("::"));
    if (plain.size() < cell.size()) {
      languages_.emplace_back(cell, cell.substr(plain.size() + 2));
    }
    if (std::find(columns.begin(), columns.end(), plain) == columns.end()) {
      Add(line, cell, "COLUMN_UNKNOWN",
          "The sheet has no column '" + cell + "'; remove or rename it.");
    } else if (Has(plain)) {
      Add(line, cell, "COLUMN_REPEATED",
          "The column '" + plain + "' stands twice; keep one language.");
    }
    columns_.push_back(plain);
  }
  for (const std::string_view column : required) {
    if (!Has(column)) {
      Add(line, column, "COLUMN_MISSING",
          "The sheet lacks the column '" + std::string(column) + "'.");
    }
  }
}

bool XlsFormSheet::HoldsRecords(const text::CsvRecord& record) const {
  const auto cell =
      text::FindSwallowedRecord(record, [this](std::string_view line) {
        return columns_.size() > 1 &&
               text::SplitLine(line).size() == columns_.size();
      });
  if (!cell) return false;
  Add(static_cast<int>(record.cell_lines[*cell]),
      *cell < columns_.size() ? columns_[*cell] : "", "QUOTE_OVER_RECORDS",
      "A quote opened here takes the records after it into one cell; close or "
      "remove it.");
  return true;
}

std::string XlsFormSheet::TakeCell(const text::CsvRecord& record,
                                   std::size_t index) const {
  const std::string& cell = record.cells[index];
  if (!every_cell_ || cell.size() <= kLongestCell) return cell;
  Add(static_cast<int>(record.line), columns_[index], "TEXT_TOO_LONG",
      "The cell has more than 10000 bytes; shorten it.");
  return Shorten(cell, kLongestCell);
}

void XlsFormSheet::ReadRecord(const text::CsvRecord& record) {
  if (every_cell_ && HoldsRecords(record)) return;
  if (record.cells.size() != columns_.size()) {
    Add(static_cast<int>(record.line), "", "CSV_CELLS",
        "The record has " + std::to_string(record.cells.size()) +
            " cells, the header " + std::to_string(columns_.size()) + ".");
    return;
  }
  Record result{.line = static_cast<int>(record.line), .cells = {}};
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!record.cells[i].empty()) {
      result.cells.emplace(columns_[i], TakeCell(record, i));
    }
  }
  if (!result.cells.empty()) records_.push_back(std::move(result));
}

}  // namespace welfare::survey
