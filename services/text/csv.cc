#include "services/text/csv.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "services/base/error.h"
#include "services/base/numbers/digits.h"
#include "services/text/characters.h"
#include "services/text/value_readers.h"
#include "services/text/visible.h"

namespace welfare::text {
namespace {

using base::MakeError;
using base::Violation;

// What may be wrong with the form of a record.
constexpr base::ErrorRow kUnterminatedQuote = {
    "CSV_UNTERMINATED_QUOTE", absl::StatusCode::kInvalidArgument,
    "A quoted cell is never closed.", "引用符（\"）が閉じていません。"};
constexpr base::ErrorRow kTextBehindQuote = {
    "CSV_STRAY_QUOTE", absl::StatusCode::kInvalidArgument,
    "Text follows a closing quote; double the quotes inside a quoted cell.",
    "閉じた引用符の後に文字があります。セルの中の引用符は二つ重ねてください。"};
constexpr base::ErrorRow kStrayQuote = {
    "CSV_STRAY_QUOTE", absl::StatusCode::kInvalidArgument,
    "A quote stands inside a cell that is not quoted.",
    "引用符で囲まれていないセルの中に引用符（\"）があります。"};
constexpr base::ErrorRow kNul = {"CSV_NUL", absl::StatusCode::kInvalidArgument,
                                 "The record holds a NUL character.",
                                 "NUL文字があります。"};
constexpr base::ErrorRow kStrayCr = {
    "CSV_STRAY_CR", absl::StatusCode::kInvalidArgument,
    "A carriage return stands alone; end lines with LF or CRLF.",
    "復帰文字（CR）が単独であります。改行はLFかCRLFにしてください。"};
// And with the header line.
constexpr base::ErrorRow kSeparator = {
    "CSV_SEPARATOR", absl::StatusCode::kInvalidArgument,
    "The cells are separated by {separator}; save the sheet as CSV UTF-8 "
    "(comma delimited).",
    "セルが{separator_ja}で区切られています。「CSV "
    "UTF-8（コンマ区切り）」で保存してください。"};
constexpr base::ErrorRow kHeader = {
    "CSV_HEADER", absl::StatusCode::kInvalidArgument,
    "The header line does not have the columns that belong here.",
    "見出し行の列が正しくありません。"};
constexpr base::ViolationRow kColumnMissing = {
    "COLUMN_MISSING", "The file lacks this column.", "この列がありません。"};
constexpr base::ViolationRow kColumnUnknown = {
    "COLUMN_UNKNOWN", "No column of this name belongs here.",
    "この名前の列は使いません。"};
constexpr base::ViolationRow kColumnMisspelt = {
    "COLUMN_UNKNOWN", "No column of this name belongs here; write {column}.",
    "列名は{column}と書いてください。"};
constexpr base::ViolationRow kColumnRepeated = {
    "COLUMN_REPEATED", "The column stands in the header twice.",
    "見出しに同じ列が二つあります。"};

absl::Status Malformed(const base::ErrorRow& what, std::size_t line) {
  return MakeError(what).With("line", static_cast<long long>(line));
}

// Whether `cell` is a number that a spreadsheet reads as itself: -5, +3.25.
bool IsPlainNumber(std::string_view cell) {
  if (!cell.empty() && (cell[0] == '-' || cell[0] == '+')) {
    cell.remove_prefix(1);
  }
  if (cell.empty() || !base::IsAsciiDigit(cell.front()) ||
      !base::IsAsciiDigit(cell.back())) {
    return false;
  }
  return std::ranges::count(cell, '.') <= 1 &&
         std::ranges::all_of(
             cell, [](char c) { return c == '.' || base::IsAsciiDigit(c); });
}

// Whether a spreadsheet would, or after its own clean-up might, run the cell as
// a formula: = + - @ in either width, a tab or a line end first. A spreadsheet
// reads full-width signs as their narrow twins and drops blanks and line ends
// before them.
bool LooksLikeFormula(std::string_view cell) {
  // A dash alone says that there is nothing.
  if (cell.empty() || cell == "-" || IsPlainNumber(cell)) return false;
  // What begins with a tab or a line end is guarded whatever follows. Blanks
  // and invisible characters in front hide nothing.
  if (std::string_view("\t\r\n").find(cell[0]) != std::string_view::npos) {
    return true;
  }
  for (std::size_t at = 0; at < cell.size(); at = 0) {
    const auto character = NextCharacter(cell, at);
    if (!character || !(IsWhiteSpace(*character) || IsInvisible(*character))) {
      break;
    }
    cell.remove_prefix(at);
  }
  constexpr std::array<std::string_view, 8> kSigns = {
      "=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
  return !IsPlainNumber(cell) &&
         std::ranges::any_of(kSigns, [cell](std::string_view sign) {
           return cell.starts_with(sign);
         });
}

// The cell without all guards that it has or looks to have.
std::string_view WithoutQuotes(std::string_view cell) {
  return cell.substr(std::min(cell.find_first_not_of('\''), cell.size()));
}

template <typename Cell>
void Append(std::string& out, std::span<const Cell> cells,
            const CsvWriteOptions& options) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out.push_back(',');
    const std::string_view cell = cells[i];
    const bool neutralize =
        options.neutralize_formulas && LooksLikeFormula(WithoutQuotes(cell));
    const bool quote =
        (cells.size() == 1 && cell.empty()) ||
        cell.find_first_of(",\"\r\n") != std::string_view::npos ||
        (!cell.empty() && (cell.front() == ' ' || cell.back() == ' '));
    if (quote) out.push_back('"');
    if (neutralize) out.push_back('\'');
    for (const char c : cell) {
      if (c == '"') out.push_back('"');
      out.push_back(c);
    }
    if (quote) out.push_back('"');
  }
  out += options.line_end;
}

}  // namespace

std::string_view WithoutGuard(std::string_view cell) {
  if (cell.starts_with('\'') && LooksLikeFormula(WithoutQuotes(cell))) {
    cell.remove_prefix(1);
  }
  return cell;
}

absl::StatusOr<std::optional<CsvRecord>> CsvReader::Next() {
  CsvRecord record;
  WELFARE_ASSIGN_OR_RETURN(const bool found, Next(record));
  if (!found) return std::optional<CsvRecord>();
  return std::optional<CsvRecord>(std::move(record));
}

absl::StatusOr<bool> CsvReader::Next(CsvRecord& record) {
  while (true) {
    auto found = ReadRecord(record);
    if (!found.ok() || !*found || !std::ranges::all_of(record.cells, IsBlank)) {
      return found;
    }
  }
}

bool CsvReader::NextPlain(std::string_view prefix, std::size_t commas) {
  if (text_.compare(at_, prefix.size(), prefix) != 0) return false;
  const std::size_t end = text_.find('\n', at_ + prefix.size());
  if (end == std::string_view::npos) return false;
  std::string_view line = text_.substr(at_, end - at_);
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::size_t found = 0;
  for (const char c : line.substr(prefix.size())) {
    if (c == '"' || c == '\0' || c == '\r') return false;
    found += c == ',' ? 1U : 0U;
  }
  if (found != commas) return false;
  last_raw_ = line;
  last_line_ = line_++;
  at_ = end + 1;
  return true;
}

bool CsvReader::ReadPlainLine(CsvRecord& record) {
  const std::size_t end = text_.find('\n', at_);
  const std::size_t next =
      end == std::string_view::npos ? text_.size() : end + 1;
  std::string_view line = text_.substr(at_, end - at_);
  if (end != std::string_view::npos && line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  if (line.find('"') != std::string_view::npos ||
      line.find('\0') != std::string_view::npos ||
      line.find('\r') != std::string_view::npos) {
    return false;
  }
  std::size_t count = 0;
  for (std::size_t from = 0; from <= line.size(); ++count) {
    const std::size_t comma = std::min(line.find(',', from), line.size());
    if (count == record.cells.size()) record.cells.emplace_back();
    record.cells[count].assign(line, from, comma - from);
    from = comma + 1;
  }
  record.cells.resize(count);
  record.cell_lines.assign(count, line_);
  record.line = line_;
  record.raw = last_raw_ = line;
  at_ = next;
  if (end != std::string_view::npos) ++line_;
  return true;
}

absl::StatusOr<bool> CsvReader::ReadRecord(CsvRecord& record) {
  // Blank lines.
  while (at_ < text_.size()) {
    if (text_[at_] == '\n') {
      at_ += 1;
    } else if (AtCrLf()) {
      at_ += 2;
    } else {
      break;
    }
    ++line_;
  }
  last_line_ = line_;
  last_raw_ = text_.substr(at_, 0);
  if (at_ >= text_.size()) return false;
  if (ReadPlainLine(record)) return true;

  const std::size_t start = at_;
  record.cells.clear();
  record.cell_lines.clear();
  record.line = line_;
  const base::ErrorRow* fault = nullptr;
  // Leaves out the rest of the physical line that begins at `from`.
  const auto skip_line = [&](std::size_t from) {
    std::size_t end = text_.find('\n', from);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
    if (end == std::string_view::npos) end = text_.size();
    if (end > start && text_[end - 1] == '\r') --end;
    last_raw_ = text_.substr(start, end - start);
    ++line_;
  };
  for (;;) {
    std::string cell;
    record.cell_lines.push_back(line_);
    if (at_ < text_.size() && text_[at_] == '"') {
      const std::size_t opened = at_;
      const std::size_t opened_line = line_;
      ++at_;
      bool closed = false;
      while (at_ < text_.size()) {
        const char c = text_[at_++];
        if (c == '"') {
          if (at_ < text_.size() && text_[at_] == '"') {
            cell.push_back('"');
            ++at_;
            continue;
          }
          closed = true;
          break;
        }
        if (c == '\0' && fault == nullptr) fault = &kNul;
        if (c == '\n') ++line_;
        cell.push_back(c);
      }
      if (!closed) {
        line_ = opened_line;
        skip_line(opened);
        return Malformed(kUnterminatedQuote, opened_line);
      }
      if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' &&
          !AtCrLf()) {
        const std::size_t wrong_line = line_;
        skip_line(at_);
        return Malformed(kTextBehindQuote, wrong_line);
      }
    } else {
      const std::size_t from = at_;
      while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' &&
             !AtCrLf()) {
        if (text_[at_] == '"') {
          const std::size_t wrong_line = line_;
          skip_line(at_);
          return Malformed(kStrayQuote, wrong_line);
        }
        if (text_[at_] == '\0' && fault == nullptr) fault = &kNul;
        if (text_[at_] == '\r' && fault == nullptr) fault = &kStrayCr;
        ++at_;
      }
      cell = text_.substr(from, at_ - from);
    }
    record.cells.push_back(std::move(cell));
    if (at_ < text_.size() && text_[at_] == ',') {
      ++at_;
      continue;
    }
    break;
  }
  last_raw_ = text_.substr(start, at_ - start);
  if (AtCrLf()) {
    at_ += 2;
    ++line_;
  } else if (at_ < text_.size()) {
    at_ += 1;
    ++line_;
  }
  if (fault != nullptr) return Malformed(*fault, record.line);
  record.raw = last_raw_;
  return true;
}

absl::StatusOr<std::vector<CsvRecord>> ReadCsv(std::string_view text) {
  CsvReader reader(text);
  std::vector<CsvRecord> records;
  for (;;) {
    WELFARE_ASSIGN_OR_RETURN(std::optional<CsvRecord> record, reader.Next());
    if (!record) return records;
    records.push_back(*std::move(record));
  }
}

std::optional<std::size_t> FindSwallowedRecord(
    const CsvRecord& record,
    const std::function<bool(std::string_view line)>& is_record) {
  for (std::size_t i = 0; i < record.cells.size(); ++i) {
    const std::string_view cell = record.cells[i];
    for (std::size_t end = cell.find('\n'); end != std::string_view::npos;) {
      const std::size_t begin = end + 1;
      end = cell.find('\n', begin);
      std::string_view line =
          cell.substr(begin, end == std::string_view::npos ? end : end - begin);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (is_record(line)) return i;
    }
  }
  return std::nullopt;
}

void SplitRecord(std::string_view raw, std::vector<std::string_view>& cells,
                 std::deque<std::string>& unquoted) {
  cells.clear();
  if (raw.find('"') == std::string_view::npos) {
    for (std::size_t from = 0; from <= raw.size();) {
      const std::size_t comma = std::min(raw.find(',', from), raw.size());
      cells.push_back(raw.substr(from, comma - from));
      from = comma + 1;
    }
    return;
  }
  CsvReader reader(raw);
  CsvRecord record;
  const auto again = reader.Next(record);
  if (!again.ok() || !*again) return;
  for (std::string& cell : record.cells) {
    cells.push_back(unquoted.emplace_back(std::move(cell)));
  }
}

std::vector<std::string_view> SplitLine(std::string_view line) {
  std::vector<std::string_view> cells;
  while (true) {
    const std::size_t comma = line.find(',');
    std::string_view cell = line.substr(0, comma);
    while (cell.starts_with('"')) cell.remove_prefix(1);
    while (cell.ends_with('"')) cell.remove_suffix(1);
    cells.push_back(cell);
    if (comma == std::string_view::npos) return cells;
    line.remove_prefix(comma + 1);
  }
}

void DropBlankTail(CsvRecord& record, std::size_t least) {
  while (record.cells.size() > least && IsBlank(record.cells.back())) {
    record.cells.pop_back();
  }
}

std::string ColumnName(std::string_view cell) { return FoldWord(cell); }

bool SameColumnName(std::string_view one, std::string_view other) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(one, other, {}, lower, lower);
}

absl::Status CheckSeparator(const CsvRecord& header) {
  if (header.cells.size() != 1) return absl::OkStatus();
  const std::string_view cell = Trim(header.cells.front());
  const bool tabs = cell.find('\t') != std::string_view::npos;
  if (!tabs && cell.find(';') == std::string_view::npos) {
    return absl::OkStatus();
  }
  return MakeError(kSeparator)
      .With("line", static_cast<long long>(header.line))
      .Show("separator", tabs ? "tabs" : "semicolons")
      .Show("separator_ja", tabs ? "タブ" : "セミコロン");
}

absl::StatusOr<CsvHeader> CsvHeader::Make(
    const CsvRecord& header, std::span<const std::string_view> required,
    std::span<const std::string_view> optional, bool allow_unknown) {
  const auto refuse = [&](std::vector<Violation> violations) {
    return MakeError(kHeader)
        .With("line", static_cast<long long>(header.line))
        .WithViolations(std::move(violations));
  };
  if (const absl::Status separator = CheckSeparator(header); !separator.ok()) {
    return refuse({{"header", base::ReasonOf(separator),
                    std::string(base::MessageOf(separator)),
                    base::GetErrorDetails(separator)->message_ja}});
  }
  std::vector<std::string> names;
  CsvHeader made;
  for (std::size_t i = 0; i < header.cells.size(); ++i) {
    names.push_back(IsBlank(header.cells[i]) ? ""
                                             : ColumnName(header.cells[i]));
    if (!names.back().empty()) made.size_ = names.size();
  }
  names.resize(made.size_);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) made.unnamed_.push_back(i);
  }
  const auto find = [&](std::string_view name) -> std::optional<std::size_t> {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
  };
  // The wanted column that `name` is in other letters and that the file lacks.
  const auto meant = [&](std::string_view name) -> std::string_view {
    for (const auto& columns : {required, optional}) {
      for (const std::string_view column : columns) {
        if (SameColumnName(column, name) && !find(column)) return column;
      }
    }
    return "";
  };
  std::vector<Violation> violations;
  for (const std::string_view name : required) {
    const auto at = find(name);
    const bool misspelt = std::ranges::any_of(
        names, [&](std::string_view one) { return meant(one) == name; });
    if (!at && !misspelt) {
      violations.push_back(base::MakeViolation(kColumnMissing, name));
    }
    made.required_.push_back(at.value_or(0));
  }
  for (const std::string_view name : optional) {
    made.optional_.push_back(find(name));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string_view name = names[i];
    if (name.empty()) continue;
    const bool known = std::ranges::find(required, name) != required.end() ||
                       std::ranges::find(optional, name) != optional.end();
    const std::string_view column = known ? "" : meant(name);
    if (!known && (!allow_unknown || !column.empty())) {
      violations.push_back(base::MakeViolation(
          column.empty() ? kColumnUnknown : kColumnMisspelt,
          ShowInvisible(name), {{"column", std::string(column)}}));
    }
    if (known && *find(name) != i) {
      violations.push_back(base::MakeViolation(kColumnRepeated, name));
    }
  }
  if (!violations.empty()) return refuse(std::move(violations));
  return made;
}

bool CsvHeader::Fit(CsvRecord& record) const {
  DropBlankTail(record, size_);
  return record.cells.size() == size_;
}

std::optional<std::size_t> CsvHeader::FindUnnamed(
    const CsvRecord& record) const {
  for (const std::size_t i : unnamed_) {
    if (!IsBlank(record.cells[i])) return i;
  }
  return std::nullopt;
}

std::optional<std::string_view> CsvHeader::optional(const CsvRecord& record,
                                                    std::size_t i) const {
  if (!optional_[i]) return std::nullopt;
  return record.cells[*optional_[i]];
}

void AppendCsvRecord(std::string& out, std::span<const std::string> cells,
                     const CsvWriteOptions& options) {
  Append(out, cells, options);
}

void AppendCsvRecord(std::string& out, std::span<const std::string_view> cells,
                     const CsvWriteOptions& options) {
  Append(out, cells, options);
}

}  // namespace welfare::text
