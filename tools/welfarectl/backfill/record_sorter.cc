#include "tools/welfarectl/backfill/record_sorter.h"

#include <algorithm>
#include <tuple>

#include "services/base/error.h"
#include "tools/welfarectl/error_table.h"

namespace welfare::ctl {
namespace {

auto OrderOf(const KeyedRow& row) {
  return std::tie(row.round, row.respondent, row.line);
}

absl::Status NoRoom() {
  return base::MakeError(CtlRow("FILE_UNWRITABLE"))
      .With("path", "temporary file");
}

bool PutText(std::FILE* file, const std::string& text) {
  const std::uint64_t size = text.size();
  return std::fwrite(&size, sizeof size, 1, file) == 1 &&
         std::fwrite(text.data(), 1, text.size(), file) == text.size();
}

bool GetText(std::FILE* file, std::string& text) {
  std::uint64_t size = 0;
  if (std::fread(&size, sizeof size, 1, file) != 1) return false;
  text.resize(size);
  return std::fread(text.data(), 1, text.size(), file) == text.size();
}

}  // namespace

absl::Status RecordSorter::Add(KeyedRow row) {
  bytes_ +=
      sizeof row + row.round.size() + row.respondent.size() + row.raw.size();
  rows_.push_back(std::move(row));
  return bytes_ > run_bytes_ ? WriteRun() : absl::OkStatus();
}

absl::Status RecordSorter::WriteRun() {
  std::sort(rows_.begin(), rows_.end(),
            [](const KeyedRow& a, const KeyedRow& b) {
              return OrderOf(a) < OrderOf(b);
            });
  Run run{.file = std::unique_ptr<std::FILE, Closer>(std::tmpfile()),
          .next = std::nullopt};
  std::FILE* const file = run.file.get();
  if (file == nullptr) return NoRoom();
  for (const KeyedRow& row : rows_) {
    if (!PutText(file, row.round) || !PutText(file, row.respondent) ||
        std::fwrite(&row.line, sizeof row.line, 1, file) != 1 ||
        !PutText(file, row.raw)) {
      return NoRoom();
    }
  }
  if (std::fflush(file) != 0) return NoRoom();
  std::rewind(file);
  runs_.push_back(std::move(run));
  rows_.clear();
  bytes_ = 0;
  return absl::OkStatus();
}

absl::Status RecordSorter::ReadNext(Run& run) {
  std::FILE* const file = run.file.get();
  KeyedRow row;
  if (!GetText(file, row.round)) {
    run.next.reset();
    return std::ferror(file) == 0 ? absl::OkStatus() : NoRoom();
  }
  if (!GetText(file, row.respondent) ||
      std::fread(&row.line, sizeof row.line, 1, file) != 1 ||
      !GetText(file, row.raw)) {
    return NoRoom();
  }
  run.next = std::move(row);
  return absl::OkStatus();
}

absl::Status RecordSorter::Finish() {
  if (!rows_.empty()) {
    WELFARE_RETURN_IF_ERROR(WriteRun());
  }
  for (Run& run : runs_) {
    WELFARE_RETURN_IF_ERROR(ReadNext(run));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<KeyedRow>> RecordSorter::Next() {
  // A gigabyte has some thirty runs: looking at all of them is cheap.
  Run* first = nullptr;
  for (Run& run : runs_) {
    if (run.next &&
        (first == nullptr || OrderOf(*run.next) < OrderOf(*first->next))) {
      first = &run;
    }
  }
  if (first == nullptr) return std::nullopt;
  std::optional<KeyedRow> row = std::move(first->next);
  WELFARE_RETURN_IF_ERROR(ReadNext(*first));
  return row;
}

}  // namespace welfare::ctl
