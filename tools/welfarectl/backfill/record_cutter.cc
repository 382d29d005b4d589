#include "tools/welfarectl/backfill/record_cutter.h"

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <span>
#include <string_view>
#include <utility>

#include "services/base/error.h"
#include "services/text/characters.h"
#include "services/text/encoding.h"
#include "services/text/value_readers.h"
#include "services/text/visible.h"
#include "tools/welfarectl/backfill/json_record.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/session/phrase.h"

namespace welfare::ctl {
namespace {

// A record that is longer is taken for one whose quote is never closed.
constexpr std::size_t kLongestRecord = RecordCutter::kMostBytes;

// How the records of a wide file are sent.
constexpr std::string_view kWideHeader =
    "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
    "other_text,absence\n";

// The key of a respondent in a file of answers.
constexpr std::array<std::string_view, 4> kKeyColumns = {
    "survey", "fiscal_year", "municipality_code", "respondent_kind"};

std::int64_t LinesOf(std::string_view raw) {
  // Most have one, and that is found sooner than counted.
  if (raw.find('\n') == std::string_view::npos) return 1;
  return 1 + std::count(raw.begin(), raw.end(), '\n');
}

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

BrokenRecord Broken(std::int64_t line, const absl::Status& fault,
                    std::string_view raw) {
  const base::Violation told = base::ViolationOf("", fault);
  const bool japanese =
      Spoken() == base::Language::kJapanese && !told.description_ja.empty();
  return {.line = line,
          .reason = told.reason,
          .message = japanese ? told.description_ja : told.description,
          .raw = text::IsValidUtf8(raw) ? std::string(raw)
                                        : text::ShowInvisible(raw)};
}

}  // namespace

std::string_view ToString(FileKind kind) {
  switch (kind) {
    case FileKind::kMunicipalities:
      return "municipalities";
    case FileKind::kStatuses:
      return "statuses";
    case FileKind::kRounds:
      return "rounds";
    case FileKind::kAnswers:
      return "answers";
  }
  return "";
}

bool RecordBatch::stands_together() const {
  for (std::size_t i = 1; i < records.size(); ++i) {
    const Record& before = records[i - 1];
    if (records[i].line != before.line + LinesOf(raw(before))) return false;
  }
  return true;
}

absl::StatusOr<RecordCutter> RecordCutter::Open(TextSource& source,
                                                int max_records,
                                                int code_digits) {
  RecordCutter cutter(source);
  cutter.max_records_ = max_records;
  WELFARE_RETURN_IF_ERROR(cutter.Fill());
  const std::string& path = source.facts().path;
  const std::size_t first = cutter.text_.find_first_not_of(" \t\r\n");
  cutter.json_ = first != std::string::npos && cutter.text_[first] == '{';
  WELFARE_RETURN_IF_ERROR(cutter.json_ ? cutter.ReadJsonHeader()
                                       : cutter.ReadCsvHeader());
  std::vector<std::string> names = cutter.names_;
  const auto find = [&](std::string_view name) -> std::optional<std::size_t> {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
  };
  std::string code_column;
  if (find("item_id")) {
    cutter.kind_ = FileKind::kAnswers;
  } else if (find("codebook")) {
    cutter.kind_ = FileKind::kRounds;
  } else if (find("program")) {
    cutter.kind_ = FileKind::kStatuses;
    code_column = "municipality_code";
  } else if (find("code") || find("code5") || find("municipality")) {
    cutter.kind_ = FileKind::kMunicipalities;
    code_column = "code";
  } else if (std::ranges::all_of(kKeyColumns, [&](std::string_view name) {
               return find(name).has_value();
             })) {
    cutter.kind_ = FileKind::kAnswers;
    cutter.wide_ = true;
  } else {
    return base::MakeError(CtlRow("BACKFILL_KIND")).With("path", path);
  }
  if (const auto at = find(code_column); code_digits == 5 && at) {
    names[*at] = code_column + "5";
    text::AppendCsvRecord(cutter.header_line_, names, {.line_end = "\n"});
  } else {
    cutter.header_line_ = cutter.original_header_ + "\n";
  }
  for (const std::string_view name : kKeyColumns) {
    cutter.key_columns_.push_back(find(name));
  }
  if (cutter.wide_) cutter.ReadWideColumns();
  return cutter;
}

void RecordCutter::ReadWideColumns() {
  header_line_ = std::string(kWideHeader);
  for (std::size_t at = 0; at < names_.size(); ++at) {
    if (std::ranges::find(kKeyColumns, names_[at]) != kKeyColumns.end()) {
      continue;
    }
    const std::size_t colon = names_[at].rfind(':');
    const std::string_view beside =
        colon == std::string::npos
            ? std::string_view()
            : std::string_view(names_[at]).substr(colon + 1);
    const bool is_beside = beside == "other_text" || beside == "absence";
    const std::string item =
        is_beside ? names_[at].substr(0, colon) : names_[at];
    const auto found = std::ranges::find(wide_items_, item, &WideItem::item);
    // A column that stands there twice is told by the service, row by row.
    const auto place = [&](WideItem& one) -> std::optional<std::size_t>& {
      if (!is_beside) return one.value;
      return beside == "absence" ? one.absence : one.other_text;
    };
    if (found != wide_items_.end() && !place(*found)) {
      place(*found) = at;
    } else {
      place(wide_items_.emplace_back(WideItem{.item = item})) = at;
    }
  }
}

void RecordCutter::Append(const Row& row, RecordBatch& batch) {
  const auto add = [&](std::string_view raw) {
    batch.records.push_back(
        {.line = row.line, .begin = batch.csv.size(), .size = raw.size()});
    batch.csv += raw;
    batch.csv += '\n';
  };
  if (!wide_) {
    add(row.raw);
    return;
  }
  std::vector<std::string_view> cells;
  std::deque<std::string> unquoted;
  text::SplitRecord(row.raw, cells, unquoted);
  const auto cell = [&](const std::optional<std::size_t>& at) {
    return at && *at < cells.size() ? cells[*at] : std::string_view();
  };
  std::string line;
  for (const WideItem& item : wide_items_) {
    std::array<std::string_view, 8> said;
    said[4] = item.item;
    said[5] = cell(item.value);
    said[6] = cell(item.other_text);
    said[7] = cell(item.absence);
    // A blank says nothing: the item may not be asked of this respondent.
    if (std::all_of(said.begin() + 5, said.end(), text::IsBlank)) continue;
    for (std::size_t i = 0; i < kKeyColumns.size(); ++i) {
      said[i] = cell(key_columns_[i]);
    }
    line.clear();
    text::AppendCsvRecord(line, std::span<const std::string_view>(said),
                          {.line_end = ""});
    add(line);
  }
  batch.wide.emplace(row.line, row.raw);
}

absl::Status RecordCutter::ReadCsvHeader() {
  text::CsvReader reader(text_);
  WELFARE_ASSIGN_OR_RETURN(std::optional<text::CsvRecord> header,
                           reader.Next());
  if (!header) {
    return base::MakeError(CtlRow("CSV_EMPTY"))
        .With("path", source_->facts().path);
  }
  WELFARE_RETURN_IF_ERROR(text::CheckSeparator(*header));
  text::DropBlankTail(*header);
  for (const std::string& cell : header->cells) {
    names_.push_back(text::ColumnName(cell));
  }
  const std::string_view raw = reader.last_raw();
  original_header_ = std::string(raw);
  at_ = static_cast<std::size_t>(raw.data() - text_.data()) + raw.size();
  line_ = static_cast<std::int64_t>(reader.last_line()) + LinesOf(raw) - 1;
  return absl::OkStatus();
}

absl::Status RecordCutter::ReadJsonHeader() {
  // The first object is a record as well, and is read again.
  const std::size_t begin = text_.find('{');
  const std::string_view line =
      std::string_view(text_).substr(begin, text_.find('\n', begin) - begin);
  WELFARE_ASSIGN_OR_RETURN(JsonRecord first, ReadJsonRecord(line));
  members_ = std::move(first.names);
  for (const std::string& name : members_) {
    names_.push_back(text::ColumnName(name));
  }
  text::AppendCsvRecord(original_header_, members_, {.line_end = ""});
  return absl::OkStatus();
}

absl::Status RecordCutter::Fill() {
  read_ += static_cast<std::int64_t>(at_);
  text_.erase(0, at_);
  at_ = 0;
  const std::size_t before = text_.size();
  WELFARE_ASSIGN_OR_RETURN(const bool more, source_->Read(text_));
  ended_ = !more;
  if (before == 0) valid_ = true;
  valid_ = valid_ && text::IsValidUtf8(std::string_view(text_).substr(before));
  return absl::OkStatus();
}

void RecordCutter::FindKey(const text::CsvRecord& record, Row& row) {
  bool again = !key_round_.empty();
  for (std::size_t i = 0; i < kKeyColumns.size(); ++i) {
    const auto& column = key_columns_[i];
    if (!column || *column >= record.cells.size()) return;
    again = again && record.cells[*column] == key_cells_[i];
  }
  if (again) {
    row.round = key_round_;
    row.respondent = key_respondent_;
    return;
  }
  std::array<std::string, kKeyColumns.size()> cells;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i] = Lower(text::FoldWord(record.cells[*key_columns_[i]]));
  }
  const auto year = text::ReadFiscalYear(cells[1]);
  if (!year.ok() || cells[0].empty()) return;
  row.round = "surveys/" + cells[0] + "/rounds/" + year->ToString();
  // A wrong check digit is a fault of one respondent, not another respondent.
  if (cells[2].size() > 5) cells[2].resize(5);
  row.respondent = row.round + '/' + cells[2] + '/' + cells[3];
  for (std::size_t i = 0; i < key_cells_.size(); ++i) {
    key_cells_[i] = record.cells[*key_columns_[i]];
  }
  key_round_ = row.round;
  key_respondent_ = row.respondent;
  key_prefix_.clear();
  if (json_ || wide_ || record.raw.find('"') != std::string_view::npos) return;
  std::size_t end = 0;
  for (const auto& column : key_columns_) {
    if (*column >= kKeyColumns.size()) return;
    end = record.raw.find(',', end) + 1;
    if (end == 0) return;
  }
  key_prefix_ = record.raw.substr(0, end);
}

absl::StatusOr<bool> RecordCutter::ReadJsonRow(Row& row) {
  while (true) {
    const std::size_t end = text_.find('\n', at_);
    if (end == std::string::npos && !ended_) {
      WELFARE_RETURN_IF_ERROR(Fill());
      continue;
    }
    if (at_ >= text_.size()) return false;
    std::string_view raw = std::string_view(text_).substr(at_, end - at_);
    at_ = std::min(end, text_.size() - 1) + 1;
    if (raw.ends_with('\r')) raw.remove_suffix(1);
    row.raw.clear();
    row.line = line_++;
    if (raw.find_first_not_of(" \t") == std::string_view::npos) continue;
    if (!valid_ && !text::IsValidUtf8(raw)) {
      row.broken =
          Broken(row.line, base::MakeError(CtlRow("BYTES_ILLEGAL")), raw);
      return true;
    }
    absl::StatusOr<JsonRecord> object = ReadJsonRecord(raw);
    absl::Status fault = object.status();
    if (fault.ok()) {
      auto cells = CellsOf(*std::move(object), members_);
      fault = cells.status();
      if (fault.ok()) {
        text::AppendCsvRecord(row.raw, *cells, {.line_end = ""});
      }
    }
    if (!fault.ok()) {
      row.broken = Broken(row.line, fault, raw);
      return true;
    }
    text::CsvReader reader(row.raw);
    const auto found = reader.Next(record_);
    if (!found.ok()) {
      row.broken = Broken(row.line, found.status(), raw);
    } else if (!*found) {
      // Of blank cells alone: it says nothing, as in CSV.
      continue;
    } else if (kind_ == FileKind::kAnswers) {
      FindKey(record_, row);
    }
    return true;
  }
}

bool RecordCutter::HasAllCells() {
  text::DropBlankTail(record_, names_.size());
  return record_.cells.size() == names_.size();
}

bool RecordCutter::ReadRowAgain(Row& row) {
  if (key_prefix_.empty() || !valid_) return false;
  // What was read last may end before its line does.
  const std::string_view text = text_;
  std::size_t begin = at_;
  if (text.compare(begin, 2, "\r\n") == 0) ++begin;
  if (begin >= text.size() || text[begin] != '\n') return false;
  ++begin;
  if (text.compare(begin, key_prefix_.size(), key_prefix_) != 0) return false;
  const std::size_t end = text.find('\n', begin + key_prefix_.size());
  if (end == std::string_view::npos) return false;
  std::string_view raw = text.substr(begin, end - begin);
  if (raw.ends_with('\r')) raw.remove_suffix(1);
  for (const char odd : {'"', '\r', '\0'}) {
    if (raw.find(odd, key_prefix_.size()) != std::string_view::npos) {
      return false;
    }
  }
  row.raw = raw;
  row.line = ++line_;
  row.round = key_round_;
  row.respondent = key_respondent_;
  at_ = begin + raw.size();
  return true;
}

absl::StatusOr<bool> RecordCutter::ReadRow(Row& row) {
  row.broken.reset();
  if (ReadRowAgain(row)) return true;
  row.round.clear();
  row.respondent.clear();
  if (json_) return ReadJsonRow(row);
  while (true) {
    text::CsvReader reader(std::string_view(text_).substr(at_),
                           static_cast<std::size_t>(line_));
    const auto record = reader.Next(record_);
    const bool found = !record.ok() || *record;
    if (!found && ended_) return false;
    if (!found) {
      // Only blank lines were left; they count.
      line_ += std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                          text_.end(), '\n');
      at_ = text_.size();
      WELFARE_RETURN_IF_ERROR(Fill());
      continue;
    }
    const std::string_view raw = reader.last_raw();
    const auto end =
        static_cast<std::size_t>(raw.data() - text_.data()) + raw.size();
    const bool open = !record.ok() && base::ReasonOf(record.status()) ==
                                          "CSV_UNTERMINATED_QUOTE";
    // What reaches the end of the text may go on behind it.
    if (!ended_ && (open || end + 2 > text_.size()) &&
        text_.size() - at_ <= kLongestRecord) {
      WELFARE_RETURN_IF_ERROR(Fill());
      continue;
    }
    row.raw = raw;
    row.line = static_cast<std::int64_t>(reader.last_line());
    if (!record.ok()) {
      row.broken = Broken(row.line, record.status(), raw);
    } else if (!valid_ && !text::IsValidUtf8(raw)) {
      row.broken =
          Broken(row.line, base::MakeError(CtlRow("BYTES_ILLEGAL")), raw);
    } else if (wide_ && !HasAllCells()) {
      row.broken =
          Broken(row.line, base::MakeError(CtlRow("RECORD_CELLS")), raw);
    } else if (kind_ == FileKind::kAnswers) {
      FindKey(record_, row);
    }
    at_ = end;
    line_ = row.line + LinesOf(raw) - 1;
    return true;
  }
}

absl::Status RecordCutter::Sort() {
  sorter_ = std::make_shared<RecordSorter>();
  while (true) {
    Row row;
    WELFARE_ASSIGN_OR_RETURN(const bool found, ReadRow(row));
    if (!found) return sorter_->Finish();
    if (row.broken) {
      broken_.push_back(*std::move(row.broken));
    } else {
      WELFARE_RETURN_IF_ERROR(sorter_->Add(std::move(row)));
    }
  }
}

absl::StatusOr<bool> RecordCutter::NextRow(Row& row) {
  if (sorter_ == nullptr) return ReadRow(row);
  row = {};
  if (!broken_.empty()) {
    row.broken = std::move(broken_.front());
    broken_.pop_front();
    return true;
  }
  WELFARE_ASSIGN_OR_RETURN(std::optional<KeyedRow> next, sorter_->Next());
  if (!next) return false;
  static_cast<KeyedRow&>(row) = *std::move(next);
  return true;
}

absl::StatusOr<std::optional<RecordBatch>> RecordCutter::Next() {
  if (done_) return std::nullopt;
  RecordBatch batch{.number = next_number_++,
                    .csv = header_line_,
                    .records = {},
                    .broken = {},
                    .round = {}};
  std::string respondent;
  const auto respondent_ends = [&] {
    if (!respondent.empty()) seen_.insert(std::hash<std::string>()(respondent));
  };
  while (true) {
    if (!std::exchange(pending_, false)) {
      WELFARE_ASSIGN_OR_RETURN(const bool found, NextRow(row_));
      if (!found) {
        done_ = batch.last = true;
        break;
      }
    }
    Row* const row = &row_;
    const std::size_t bytes = batch.csv.size() + row->raw.size();
    const auto most = static_cast<std::size_t>(max_records_);
    const bool full = batch.records.size() + batch.broken.size() >= most ||
                      bytes > kWantedBytes;
    if (row->broken) {
      if ((full && respondent.empty()) || batch.broken.size() > 2 * most) {
        pending_ = true;
        break;
      }
      batch.broken.push_back(*std::move(row->broken));
      continue;
    }
    const bool another =
        !row->respondent.empty() && row->respondent != respondent;
    if (another || kind_ != FileKind::kAnswers) {
      const bool other_round =
          !batch.round.empty() && another && row->round != batch.round;
      if ((full || other_round) && !batch.records.empty()) {
        pending_ = true;
        break;
      }
    }
    const std::string& round = batch.round.empty() ? last_round_ : batch.round;
    const bool came_back =
        another && (seen_.contains(std::hash<std::string>()(row->respondent)) ||
                    (row->round != round && rounds_.contains(row->round)));
    if (bytes > kMostBytes || came_back) {
      return base::MakeError(CtlRow("RESPONDENT_APART"))
          .With("path", source_->facts().path)
          .With("line", static_cast<long long>(row->line))
          .With("respondent", row->respondent);
    }
    if (another) {
      respondent_ends();
      respondent = row->respondent;
      batch.round = row->round;
    }
    Append(*row, batch);
  }
  respondent_ends();
  if (!batch.round.empty()) {
    last_round_ = batch.round;
    rounds_.insert(batch.round);
  }
  batch.bytes_read = read_ + static_cast<std::int64_t>(at_);
  return batch;
}

}  // namespace welfare::ctl
