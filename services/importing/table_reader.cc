#include "services/importing/table_reader.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/importing/error_table.h"
#include "services/importing/errors.h"
#include "services/importing/limits.h"
#include "services/text/encoding.h"
#include "services/text/visible.h"

namespace welfare::importing {
namespace {

// The indices of those of `wanted` that stand in `header`.
std::vector<std::size_t> FindColumns(const text::CsvRecord& header,
                                     std::span<const std::string_view> wanted) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (std::ranges::any_of(header.cells, [&](const std::string& cell) {
          return text::ColumnName(cell) == wanted[i];
        })) {
      found.push_back(i);
    }
  }
  return found;
}

std::string Listed(std::span<const std::string_view> words) {
  std::string list;
  for (const std::string_view word : words) {
    list += list.empty() ? "" : ", ";
    list += word;
  }
  return list;
}

}  // namespace

absl::StatusOr<TableReader> TableReader::Open(const CsvText& text,
                                              std::string_view field,
                                              const TableFormat& format) {
  CsvFaults faults;
  TableReader table(text::CsvReader(text::SkipByteOrderMark(text.csv)),
                    text.first_line, text.lines);
  const auto header = table.reader_.Next();
  if (!header.ok()) {
    faults.Add(base::ViolationOf(
        std::string(field) + ":" + std::to_string(table.reader_.last_line()),
        header.status()));
    return faults.Take();
  }
  if (!header->has_value()) {
    faults.Add(base::MakeViolation(Fault("CSV_HEADER"), field));
    return faults.Take();
  }
  const std::vector<std::size_t> found = FindColumns(**header, format.one_of);
  if (!format.one_of.empty() && found.size() != 1) {
    faults.Add(base::MakeViolation(Fault("SUBJECT_COLUMN"), field,
                                   {{"columns", Listed(format.one_of)}}));
  }
  std::vector<std::string_view> optional(format.one_of.begin(),
                                         format.one_of.end());
  optional.insert(optional.end(), format.optional.begin(),
                  format.optional.end());
  auto columns = text::CsvHeader::Make(**header, format.required, optional);
  if (!columns.ok()) {
    const auto details = base::GetErrorDetails(columns.status());
    for (base::Violation violation : details->violations) {
      violation.field = std::string(field) + ": " +
                        text::Shorten(violation.field, kValueBytesShown);
      faults.Add(std::move(violation));
    }
  }
  if (!faults.empty()) return faults.Take();
  table.columns_ = *std::move(columns);
  table.choices_ = format.one_of.size();
  table.chosen_ = found.empty() ? 0 : found.front();
  return table;
}

absl::StatusOr<std::optional<text::CsvRecord>> TableReader::Next() {
  text::CsvRecord record;
  WELFARE_ASSIGN_OR_RETURN(const bool found, Next(record));
  if (!found) return std::optional<text::CsvRecord>();
  return std::optional<text::CsvRecord>(std::move(record));
}

absl::StatusOr<bool> TableReader::Next(text::CsvRecord& record) {
  const auto found = reader_.Next(record);
  if (found.ok() && !*found) return false;
  Count();
  if (found.ok()) {
    record.line += offset_;
    for (std::size_t& line : record.cell_lines) line += offset_;
  }
  return found;
}

bool TableReader::NextPlain(std::string_view prefix, std::size_t column) {
  if (columns_.has_unnamed() || columns_.size() <= column ||
      !reader_.NextPlain(prefix, columns_.size() - column - 1)) {
    return false;
  }
  Count();
  return true;
}

void TableReader::Count() {
  const auto at = static_cast<std::size_t>(number_);
  if (++number_; at < lines_.size()) {
    offset_ = static_cast<std::size_t>(lines_[at]) - reader_.last_line();
  } else if (number_ == 1 && first_line_ > 0) {
    offset_ = static_cast<std::size_t>(first_line_) - reader_.last_line();
  }
}

std::optional<base::Violation> TableReader::CheckCells(
    text::CsvRecord& record, std::string_view reason) const {
  const bool fits = columns_.Fit(record);
  if (fits && !columns_.FindUnnamed(record)) return std::nullopt;
  base::Violation fault =
      base::MakeViolation(fits ? kUnnamedCell : Fault("CSV_CELLS"), "",
                          {{"cells", std::to_string(record.cells.size())},
                           {"columns", std::to_string(columns_.size())}});
  fault.reason = reason;
  return fault;
}

}  // namespace welfare::importing
