#include "services/importing/errors.h"

#include <algorithm>
#include <utility>

#include "services/importing/error_table.h"

namespace welfare::importing {
namespace {

// A reason that is not in the table does not compile.
consteval const base::ErrorRow& Row(std::string_view reason) {
  return base::FindRow(kErrorTable, reason);
}

}  // namespace

absl::Status CsvInvalid(std::vector<base::Violation> violations,
                        std::size_t total) {
  total = std::max(total, violations.size());
  base::ErrorBuilder error = base::MakeError(Row("CSV_INVALID"));
  error.With("violations", static_cast<long long>(total));
  if (total > violations.size()) {
    error.With("violations_total", static_cast<long long>(total));
  }
  return error.WithViolations(std::move(violations));
}

void CsvFaults::Add(base::Violation violation) {
  if (++total_ <= kMost) first_.push_back(std::move(violation));
}

absl::Status CsvFaults::Take() {
  if (empty()) return absl::OkStatus();
  return CsvInvalid(std::move(first_), total_);
}

absl::Status FileTooLarge(FileMeasure of, std::size_t limit) {
  const bool records = of == FileMeasure::kRecords;
  return base::MakeError(Row("FILE_TOO_LARGE"))
      .With("limit", static_cast<long long>(limit))
      .With("of", records ? "records" : "bytes")
      .Show("of_ja", records ? "件" : "バイト");
}

absl::Status RejectsTokenInvalid() {
  return base::MakeError(Row("REJECTS_TOKEN_INVALID"))
      .WithViolation(
          base::MakeViolation(Fault("REJECTS_TOKEN_INVALID"), "rejects_token"));
}

absl::Status BaseRounds(std::size_t rounds) {
  return base::MakeError(Row("BASE_ROUNDS"))
      .With("rounds", static_cast<long long>(rounds));
}

absl::Status BaseMoved(std::string_view resource, const Base& planned,
                       std::int64_t version, const std::optional<Mover>& by) {
  return base::MakeError(Row("BASE_MOVED"))
      .With("resource", resource)
      .With("planned", static_cast<long long>(planned.version))
      .With("version", static_cast<long long>(version))
      .With("actor", by ? by->actor : "?")
      .With("action", by ? by->action : "")
      .With("time", by ? by->time.ToRfc3339() : "?");
}

absl::Status CountsDoNotAddUp(int rows, int found) {
  return base::MakeError(Row("COUNTS_DO_NOT_ADD_UP"))
      .With("rows", rows)
      .With("found", found);
}

}  // namespace welfare::importing
