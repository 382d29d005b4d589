#include "services/survey/files/xlsform_sheet.h"

#include <algorithm>
#include <array>

#include "services/base/error.h"
#include "services/survey/codebook/problem_table.h"
#include "services/survey/errors.h"
#include "services/survey/text_limits.h"
#include "services/text/characters.h"
#include "services/text/encoding.h"
#include "services/text/value_readers.h"

namespace welfare::survey {
namespace {

consteval const base::ViolationRow& SheetFault(std::string_view reason) {
  return base::FindRow(kSheetTable, reason);
}

// The name of a column without its language: `label` of `label::日本語 (ja)`.
std::string PlainName(const std::string& cell) {
  return cell.substr(0, cell.find("::"));
}

}  // namespace

XlsFormSheet::XlsFormSheet(std::string name, std::string_view text,
                           std::span<const std::string_view> columns,
                           std::span<const std::string_view> required,
                           SheetRules rules, ProblemList& problems)
    : name_(std::move(name)),
      every_cell_(rules >= SheetRules::kEveryCell),
      one_text_(rules >= SheetRules::kOneText),
      problems_(problems) {
  text::CsvReader reader(text::SkipByteOrderMark(text));
  bool header = true;
  while (true) {
    auto record = reader.Next();
    if (!record.ok()) {
      Add(static_cast<int>(reader.last_line()), "", record.status());
      continue;
    }
    if (!record->has_value()) break;
    if (header) {
      ReadHeader(**record, columns, required);
      header = false;
      if (columns_.empty() || !readable_) return;
    } else if (every_cell_ && records_.size() == kMostRecords) {
      Add(static_cast<int>((*record)->line), "", SheetFault("SHEET_TOO_LONG"));
      return;
    } else {
      ReadRecord(**record);
    }
  }
  if (header) Add(0, "", SheetFault("CSV_HEADER"));
}

void XlsFormSheet::Add(int line, std::string_view column,
                       const base::ViolationRow& row,
                       const base::ErrorWords& words) const {
  problems_.Add(MakeProblem(name_, line, column, row, words));
}

void XlsFormSheet::Add(int line, std::string_view column,
                       const absl::Status& fault) const {
  base::Violation told = base::ViolationOf(column, fault);
  problems_.Add({.sheet = name_,
                 .line = line,
                 .column = std::move(told.field),
                 .reason = std::move(told.reason),
                 .message = std::move(told.description),
                 .message_ja = std::move(told.description_ja)});
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
    Add(line, "", SheetFault("CSV_HEADER"));
    return;
  }
  if (const absl::Status separator = text::CheckSeparator(header);
      one_text_ && !separator.ok()) {
    Add(line, "", separator);
    readable_ = false;
    return;
  }
  text::CsvRecord named = header;
  if (one_text_) text::DropBlankTail(named);
  // The column that `name` is in other letters and that the sheet lacks.
  const auto meant_by = [&](std::string_view name) -> std::string_view {
    for (const std::string_view column : columns) {
      if (text::SameColumnName(name, column) &&
          std::ranges::none_of(named.cells, [&](const std::string& cell) {
            return PlainName(text::ColumnName(cell)) == column;
          })) {
        return column;
      }
    }
    return "";
  };
  for (const std::string& written : named.cells) {
    const std::string cell = one_text_ ? text::ColumnName(written) : written;
    if (one_text_ && text::IsBlank(cell)) {
      columns_.emplace_back();
      continue;
    }
    std::string plain = PlainName(cell);
    if (plain.size() < cell.size()) {
      languages_.emplace_back(cell, cell.substr(plain.size() + 2));
    }
    if (std::find(columns.begin(), columns.end(), plain) == columns.end()) {
      const std::string_view meant = one_text_ ? meant_by(plain) : "";
      if (meant.empty()) {
        Add(line, cell, SheetFault("COLUMN_UNKNOWN"), {{"column", cell}});
      } else {
        // It stands for the one that is meant, which is not missing as well.
        Add(line, cell, kColumnMisspelt,
            {{"column", plain}, {"meant", std::string(meant)}});
        plain = meant;
        readable_ = false;
      }
    } else if (Has(plain)) {
      Add(line, cell, SheetFault("COLUMN_REPEATED"), {{"column", plain}});
    }
    columns_.push_back(plain);
  }
  for (const std::string_view column : required) {
    if (!Has(column)) {
      Add(line, column, SheetFault("COLUMN_MISSING"),
          {{"column", std::string(column)}});
      readable_ = readable_ && !one_text_;
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
      *cell < columns_.size() ? columns_[*cell] : "",
      SheetFault("QUOTE_OVER_RECORDS"));
  return true;
}

std::string XlsFormSheet::TakeCell(const text::CsvRecord& record,
                                   std::size_t index) const {
  // Words of a list, in any width and with blanks around them.
  constexpr std::array<std::string_view, 8> kWords = {
      "type",     "respondent", "absences",      "required",
      "or_other", "exclusive",  "publish_level", "reference_year_offset"};
  const bool word = one_text_ && std::find(kWords.begin(), kWords.end(),
                                           columns_[index]) != kWords.end();
  const std::string cell =
      word ? text::FoldWord(record.cells[index]) : record.cells[index];
  if (!every_cell_ || cell.size() <= kLongestCell) return cell;
  Add(static_cast<int>(record.line), columns_[index],
      SheetFault("TEXT_TOO_LONG"));
  return Shorten(cell, kLongestCell);
}

void XlsFormSheet::ReadRecord(text::CsvRecord record) {
  if (every_cell_ && HoldsRecords(record)) return;
  if (one_text_) text::DropBlankTail(record, columns_.size());
  if (record.cells.size() != columns_.size()) {
    Add(static_cast<int>(record.line), "", SheetFault("CSV_CELLS"),
        {{"found", std::to_string(record.cells.size())},
         {"expected", std::to_string(columns_.size())}});
    return;
  }
  Record result{.line = static_cast<int>(record.line), .cells = {}};
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (one_text_ ? text::IsBlank(record.cells[i]) : record.cells[i].empty()) {
      continue;
    }
    if (one_text_ && columns_[i].empty()) {
      if (!named_unnamed_) {
        Add(result.line, "", SheetFault("COLUMN_UNNAMED"));
      }
      named_unnamed_ = true;
      continue;
    }
    result.cells.emplace(columns_[i], TakeCell(record, i));
  }
  if (!result.cells.empty()) records_.push_back(std::move(result));
}

}  // namespace welfare::survey
