#include "tools/welfarectl/backfill/account.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>
#include <unordered_map>

#include "absl/strings/str_join.h"

#include "services/base/error.h"
#include "services/text/csv.h"
#include "services/text/visible.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/output/printer.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace welfare::ctl {
namespace {

constexpr std::size_t kShownFaults = 20;
constexpr std::size_t kShownChanges = 20;
constexpr std::int64_t kShareFrom = 1'000;

absl::Status CannotWrite(const std::string& path) {
  return base::MakeError(CtlRow("FILE_UNWRITABLE")).With("path", path);
}

void PutRecord(std::ofstream& out, const std::vector<std::string>& cells) {
  std::string line;
  text::AppendCsvRecord(line, cells, {.line_end = "\n"});
  out << line;
}

RowCounts CountsOf(const type::v1::ImportCounts& counts) {
  return {.rows = counts.rows(),
          .created = counts.created(),
          .updated = counts.updated(),
          .unchanged = counts.unchanged(),
          .deleted = counts.deleted(),
          .rejected = counts.rejected()};
}

// How many of the records that were sent the answer tells the outcome of; as
// many as were sent, where it says it of each, and of their groups too.
std::int64_t AnsweredOf(std::int64_t sent,
                        const type::v1::ImportResult& result) {
  const auto told = [](const type::v1::ImportCounts& counts) {
    return std::int64_t{counts.created()} + counts.updated() +
           counts.unchanged() + counts.deleted() + counts.rejected();
  };
  if (result.counts().rows() != sent) return result.counts().rows();
  const std::int64_t all = told(result.counts());
  if (all != sent || result.groups().empty()) return all;
  std::int64_t of_groups = 0;
  for (const type::v1::ImportGroup& group : result.groups()) {
    of_groups += told(group.counts());
  }
  return of_groups;
}

std::string KindName(type::v1::RespondentKind kind) {
  if (kind == type::v1::RESPONDENT_KIND_UNSPECIFIED) return "";
  return ShortName(type::v1::RespondentKind_Name(kind), "RESPONDENT_KIND_");
}

}  // namespace

absl::StatusOr<ErrorLimit> ErrorLimit::Parse(const std::string& text) {
  ErrorLimit limit;
  if (text.empty()) return limit;
  const bool share = text.back() == '%';
  const std::string_view digits(text.data(), text.size() - (share ? 1 : 0));
  const auto wrong = [&] {
    return base::MakeError(CtlRow("MAX_ERRORS_FORMAT")).With("text", text);
  };
  const std::size_t point = digits.find('.');
  std::string whole(digits.substr(0, point));
  std::string part(point == std::string_view::npos ? ""
                                                   : digits.substr(point + 1));
  if (whole.empty() || whole.size() > 12 || part.size() > 2 ||
      (!share && point != std::string_view::npos) ||
      (point != std::string_view::npos && part.empty())) {
    return wrong();
  }
  part.resize(share ? 2 : 0, '0');
  const std::string number = whole + part;
  if (number.find_first_not_of("0123456789") != std::string::npos) {
    return wrong();
  }
  std::int64_t value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  if (share && value > 10'000) return wrong();
  (share ? limit.hundredths : limit.most) = value;
  return limit;
}

bool ErrorLimit::Exceeded(const RowCounts& counts, bool at_end) const {
  if (most >= 0 && counts.rejected > most) return true;
  return hundredths >= 0 && (at_end || counts.rows >= kShareFrom) &&
         counts.rejected * 10'000 > counts.rows * hundredths;
}

absl::Status Account::Begin() {
  files_.clear();
  faults_ = 0;
  shown_.clear();
  changes_.clear();
  changes_told_ = 0;
  // What a pass before has written is void, also what it has not flushed yet.
  rejects_ = std::ofstream();
  changes_out_ = std::ofstream();
  mend_ = std::ofstream();
  for (const std::string& path : mended_) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
  mended_.clear();
  if (!paths_.rejects.empty()) {
    rejects_ = std::ofstream(paths_.rejects, std::ios::binary);
    PutRecord(rejects_,
              {"source_file", "source_line", "record", "column", "value",
               "reason_code", "message", "raw_record", "candidates"});
    if (!rejects_) return CannotWrite(paths_.rejects);
  }
  if (!paths_.changes.empty()) {
    changes_out_ = std::ofstream(paths_.changes, std::ios::binary);
    PutRecord(changes_out_, {"source_file", "source_line", "resource", "item",
                             "stored", "file"});
    if (!changes_out_) return CannotWrite(paths_.changes);
  }
  if (!paths_.mend.empty()) {
    std::error_code ignored;
    std::filesystem::create_directories(paths_.mend, ignored);
    if (!std::filesystem::is_directory(paths_.mend, ignored)) {
      return CannotWrite(paths_.mend);
    }
  }
  return absl::OkStatus();
}

void Account::BeginFile(const std::string& path, FileKind kind,
                        const std::string& header) {
  files_.push_back({.path = path, .kind = kind});
  header_ = header;
  mended_line_ = 0;
  records_before_ = 0;
  mend_ = std::ofstream();
}

absl::Status Account::Add(const RecordBatch& batch,
                          const type::v1::ImportResult& result) {
  File& file = files_.back();
  const auto sent = static_cast<std::int64_t>(batch.records.size());
  if (const std::int64_t answered = AnsweredOf(sent, result);
      answered != sent) {
    return base::MakeError(CtlRow("RECORDS_UNACCOUNTED"))
        .With("path", file.path)
        .With("line", static_cast<long long>(
                          sent == 0 ? 1 : batch.records.front().line))
        .With("sent", static_cast<long long>(sent))
        .With("answered", static_cast<long long>(answered));
  }
  RowCounts counts = CountsOf(result.counts());
  const auto broken = static_cast<std::int64_t>(batch.broken.size());
  const RowCounts not_sent{.rows = broken, .rejected = broken};
  counts += not_sent;
  file.counts += counts;
  file.omitted_deleted += result.omitted_deleted();
  for (const type::v1::ImportGroup& group : result.groups()) {
    file.groups[{group.fiscal_year(), KindName(group.respondent_kind())}] +=
        CountsOf(group.counts());
  }
  if (file.kind == FileKind::kAnswers && broken > 0) {
    file.groups[{0, ""}] += not_sent;
  }
  broken_told_ = 0;
  AddFaults(batch, result);
  for (const type::v1::ImportChange& change : result.changes()) {
    ++changes_told_;
    if (!paths_.changes.empty()) {
      PutRecord(changes_out_, {file.path, std::to_string(change.source_line()),
                               change.resource(), change.item(),
                               change.before(), change.after()});
    }
    if (changes_.size() < kShownChanges) {
      changes_.push_back({.path = file.path,
                          .line = change.source_line(),
                          .resource = change.resource(),
                          .item = change.item(),
                          .before = change.before(),
                          .after = change.after()});
    }
  }
  return absl::OkStatus();
}

void Account::TellBroken(const RecordBatch& batch, std::int64_t before) {
  for (; broken_told_ < batch.broken.size(); ++broken_told_) {
    const BrokenRecord& record = batch.broken[broken_told_];
    if (record.line >= before) return;
    AddFault(record.line, 0, "", "", record.reason, record.message, record.raw,
             "");
    Mend(record.line, record.raw);
  }
}

void Account::EndBatch(const RecordBatch& batch) {
  TellBroken(batch, std::numeric_limits<std::int64_t>::max());
  records_before_ +=
      static_cast<std::int64_t>(batch.records.size() + batch.broken.size());
}

void Account::AddFaults(const RecordBatch& batch,
                        const type::v1::ImportResult& result) {
  for (const type::v1::ImportReject& reject : result.rejects()) {
    TellBroken(batch, reject.source_line());
    // The record as it stood here: the answer may have cut it short.
    std::string_view raw = reject.raw_record();
    const auto at = static_cast<std::size_t>(reject.record());
    const bool known = at >= 1 && at <= batch.records.size() &&
                       batch.records[at - 1].line == reject.source_line();
    if (known) raw = batch.original(batch.records[at - 1]);
    // Candidates stand as the codes of an answer do in a cell.
    AddFault(reject.source_line(), records_before_ + reject.record(),
             reject.column(), reject.value(), reject.reason_code(),
             reject.message(), raw, absl::StrJoin(reject.candidates(), " "));
    Mend(reject.source_line(), raw);
  }
}

void Account::AddFault(std::int64_t line, std::int64_t record,
                       std::string_view column, std::string_view value,
                       std::string_view reason, std::string_view message,
                       std::string_view raw, const std::string& candidates) {
  ++faults_;
  const std::string& path = files_.back().path;
  if (!paths_.rejects.empty()) {
    PutRecord(
        rejects_,
        {path, std::to_string(line), record > 0 ? std::to_string(record) : "",
         std::string(column), std::string(value), std::string(reason),
         std::string(message), std::string(raw), candidates});
  }
  if (shown_.size() >= kShownFaults) return;
  std::string where;
  if (!column.empty()) where = " (" + std::string(column);
  if (!where.empty() && !value.empty()) {
    where += " " + text::ShowInvisible(value);
  }
  if (!where.empty()) where += ")";
  shown_.push_back(OneLine(path + ":" + std::to_string(line) + ": " +
                           std::string(reason) + where + ": " +
                           std::string(message)));
}

void Account::Mend(std::int64_t line, std::string_view raw) {
  // The faults of a record come one after the other.
  if (paths_.mend.empty() || line == mended_line_) return;
  mended_line_ = line;
  if (!mend_.is_open()) {
    const std::string& path = files_.back().path;
    std::filesystem::path name =
        path == "-" ? "stdin.csv" : std::filesystem::path(path).filename();
    // Whatever it was packed or written in, this is CSV.
    if (name.extension() != ".csv") name += ".csv";
    mended_.push_back((std::filesystem::path(paths_.mend) /
                       (std::to_string(files_.size()) + "-" + name.string()))
                          .string());
    mend_ = std::ofstream(mended_.back(), std::ios::binary);
    mend_ << header_ << "\n";
  }
  mend_ << raw << "\n";
}

absl::Status Account::Finish() {
  const auto close = [](std::ofstream& out, const std::string& path) {
    if (path.empty()) return absl::OkStatus();
    out.close();
    return out ? absl::OkStatus() : CannotWrite(path);
  };
  WELFARE_RETURN_IF_ERROR(close(rejects_, paths_.rejects));
  WELFARE_RETURN_IF_ERROR(close(changes_out_, paths_.changes));
  if (mend_.is_open()) return close(mend_, paths_.mend);
  return absl::OkStatus();
}

RowCounts Account::total() const {
  RowCounts all;
  for (const File& file : files_) all += file.counts;
  return all;
}

std::int64_t Account::omitted_deleted() const {
  std::int64_t all = 0;
  for (const File& file : files_) all += file.omitted_deleted;
  return all;
}

}  // namespace welfare::ctl
