#include "services/registry/errors.h"

#include <string>
#include <utility>

#include "services/registry/municipality.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using base::MakeError;

base::ErrorBuilder Invalid(std::string_view reason, std::string_view message) {
  return MakeError(StatusCode::kInvalidArgument, reason, message);
}

std::string Text(std::string_view text) { return std::string(text); }

}  // namespace

absl::Status NameInvalid(std::string_view field, std::string_view name,
                         const absl::Status& cause) {
  const std::string found = base::ReasonOf(cause);
  const std::string reason = found == "CHECK_DIGIT" || found == "CODE_AMBIGUOUS"
                                 ? found
                                 : "NAME_INVALID";
  return Invalid(reason, base::MessageOf(cause))
      .With("field", field)
      .With("name", name)
      .WithViolation({Text(field), reason, Text(base::MessageOf(cause))});
}

absl::Status VersionNegative(std::string_view field, std::int64_t version) {
  return Invalid("VERSION_NEGATIVE",
                 "Versions count from 0; use 0 for the last one.")
      .With("field", field)
      .With("version", version)
      .WithViolation({Text(field), "VERSION_NEGATIVE", "Use 0 or more."});
}

absl::Status KnownAtAndVersion() {
  return Invalid("KNOWN_AT_AND_VERSION",
                 "Give data_version or known_at, not both.")
      .WithViolation({"known_at", "KNOWN_AT_AND_VERSION",
                      "Leave it out where data_version is given."});
}

absl::Status PageSizeInvalid(int page_size) {
  return Invalid("PAGE_SIZE_INVALID", "page_size is 0 (for 50) to 1000.")
      .With("page_size", page_size)
      .WithViolation({"page_size", "PAGE_SIZE_INVALID", "Use 0 or more."});
}

absl::Status PageTokenInvalid() {
  return Invalid("PAGE_TOKEN_INVALID",
                 "Repeat the request of the page before with its "
                 "next_page_token, or begin without one.")
      .WithViolation({"page_token", "PAGE_TOKEN_INVALID",
                      "Send next_page_token unchanged, with the other fields "
                      "as they were."});
}

absl::Status FilterInvalid(std::string_view field, std::string_view value) {
  return Invalid("FILTER_INVALID", "No municipality can have this value.")
      .With("field", field)
      .With("value", value)
      .WithViolation({Text(field), "FILTER_INVALID",
                      "Use one of the values the field documents."});
}

absl::Status StatusInvalid(std::vector<base::Violation> violations) {
  return Invalid("STATUS_INVALID",
                 "The status record is wrong; put every violation right.")
      .WithViolations(std::move(violations));
}

absl::Status CsvInvalid(const absl::Status& cause) {
  base::ErrorBuilder error = Invalid("CSV_INVALID", base::MessageOf(cause));
  if (const auto details = base::GetErrorDetails(cause)) {
    error.With("cause", details->reason).WithViolations(details->violations);
  }
  return error;
}

absl::Status FirstLineInvalid(int first_line) {
  return Invalid("CSV_INVALID", "Lines count from 1; use 0 for line 2.")
      .With("first_line", first_line)
      .WithViolation({"batch.first_line", "CSV_INVALID", "Use 0 or more."});
}

absl::Status RequestIdInvalid(std::string_view request_id) {
  return Invalid("REQUEST_ID_INVALID",
                 "request_id is a UUID, at most 64 letters, digits and -.")
      .With("length", static_cast<long long>(request_id.size()))
      .WithViolation({"request_id", "REQUEST_ID_INVALID", "Use a UUID."});
}

absl::Status MunicipalityTypeUnknown(std::string_view word) {
  return Invalid("MUNICIPALITY_TYPE",
                 "The type is special_ward, city, town or village.")
      .With("value", word);
}

absl::Status AreaUnknown(std::string_view word) {
  std::string areas;
  for (const std::string_view area : kAreas) {
    areas += areas.empty() ? "" : ", ";
    areas += area;
  }
  return Invalid("AREA_UNKNOWN", "The area is one of " + areas + ".")
      .With("value", word);
}

absl::Status ImplementingInvalid(std::string_view word) {
  return Invalid("IMPLEMENTING_INVALID",
                 "implementing is yes, no or ended; leave the record out "
                 "where it is not known.")
      .With("value", word);
}

absl::Status PreparationInvalid(std::string_view word) {
  return Invalid("PREPARATION_INVALID", "preparation is yes, no or unknown.")
      .With("value", word);
}

absl::Status PreparationWhileImplementing() {
  return Invalid("PREPARATION_WHILE_IMPLEMENTING",
                 "A municipality that runs the programme does not prepare "
                 "for it; set one of the two facts to no.");
}

absl::Status YesNoInvalid(std::string_view word) {
  return Invalid("YES_NO_INVALID", "Write yes or no.").With("value", word);
}

absl::Status ProgramInvalid(std::string_view program) {
  return Invalid("PROGRAM_INVALID",
                 "A programme's id is 1 to 63 of a-z, 0-9, - and _.")
      .With("program", program);
}

absl::Status ProgramMismatch(std::string_view program,
                             std::string_view parent) {
  return Invalid("PROGRAM_MISMATCH",
                 "Leave program out, or make it equal to parent.")
      .With("program", program)
      .With("parent", parent);
}

absl::Status ValueMissing() {
  return Invalid("VALUE_MISSING", "A value is required here.");
}

absl::Status TextInvalid(std::size_t max_bytes) {
  return Invalid("TEXT_INVALID",
                 "Use text without control characters and without spaces at "
                 "its ends, at most " +
                     std::to_string(max_bytes) + " bytes.")
      .With("max_bytes", static_cast<long long>(max_bytes));
}

absl::Status KanaInvalid(std::string_view text) {
  return Invalid("KANA_INVALID", "Write the reading in full-width katakana.")
      .With("value", text);
}

absl::Status CellCount(std::size_t cells, std::size_t columns) {
  return Invalid("CELL_COUNT", "The record has " + std::to_string(cells) +
                                   " cells where the header has " +
                                   std::to_string(columns) + ".")
      .With("cells", static_cast<long long>(cells))
      .With("columns", static_cast<long long>(columns));
}

absl::Status DuplicateRecord(std::size_t first_line) {
  return Invalid("DUPLICATE_RECORD",
                 "Line " + std::to_string(first_line) +
                     " of the file speaks of the same; keep one of them.")
      .With("first_line", static_cast<long long>(first_line));
}

absl::Status MunicipalityNotFound(const base::MunicipalityCode& code,
                                  std::int64_t version) {
  return MakeError(StatusCode::kNotFound, "MUNICIPALITY_NOT_FOUND",
                   "The registry has no municipality " + code.ToString() +
                       "; see ListMunicipalities.")
      .With("code", code.ToString())
      .With("version", version)
      .WithResource("registry.welfare/Municipality",
                    "municipalities/" + code.ToString());
}

absl::Status ProgramNotFound(std::string_view program, std::int64_t version) {
  return MakeError(StatusCode::kNotFound, "PROGRAM_NOT_FOUND",
                   "Nothing is recorded for programme " + Text(program) +
                       " at this version.")
      .With("program", program)
      .With("version", version)
      .WithResource("registry.welfare/Program", "programs/" + Text(program));
}

absl::Status CodeRetired(const base::MunicipalityCode& code) {
  return MakeError(StatusCode::kFailedPrecondition, "CODE_RETIRED",
                   "Code " + code.ToString() +
                       " belonged to a municipality that no longer exists; "
                       "codes are never used again.")
      .With("code", code.ToString())
      .WithPrecondition("CODE_RETIRED", "municipalities/" + code.ToString(),
                        "Use the code of a municipality that exists.");
}

absl::Status CorrectionReasonRequired(base::FiscalYear year,
                                      const StatusFacts& recorded) {
  return MakeError(
             StatusCode::kFailedPrecondition, "CORRECTION_REASON_REQUIRED",
             "FY" + year.ToString() + " has another record (implementing " +
                 Text(ToString(recorded.implementing)) + ", preparation " +
                 Text(ToString(recorded.preparation)) +
                 "); send a correction with a reason.")
      .With("fiscal_year", year.value())
      .With("implementing", ToString(recorded.implementing))
      .With("preparation", ToString(recorded.preparation))
      .WithPrecondition("RECORD_EXISTS", "FY" + year.ToString(),
                        "Send the record as a correction with a reason.");
}

absl::Status TransitionUnlawful(base::FiscalYear first_year, Implementing first,
                                base::FiscalYear second_year,
                                Implementing second) {
  return MakeError(StatusCode::kFailedPrecondition, "TRANSITION_UNLAWFUL",
                   "Implementing " + Text(ToString(first)) + " in FY" +
                       first_year.ToString() + " cannot be followed by " +
                       Text(ToString(second)) + " in FY" +
                       second_year.ToString() +
                       "; record the ending, or send a correction with a "
                       "reason.")
      .With("first_fiscal_year", first_year.value())
      .With("first", ToString(first))
      .With("second_fiscal_year", second_year.value())
      .With("second", ToString(second))
      .WithPrecondition("TRANSITION", "FY" + second_year.ToString(),
                        "Record the ending, or correct the other year.");
}

absl::Status VersionNotReached(std::string_view field, std::int64_t asked,
                               std::int64_t current) {
  return MakeError(StatusCode::kOutOfRange, "VERSION_NOT_REACHED",
                   "The registry is at version " + std::to_string(current) +
                       "; ask for that one or an earlier one.")
      .With("field", field)
      .With("asked", asked)
      .With("current", current);
}

absl::Status KnownAtInFuture(base::Timestamp known_at, base::Timestamp now) {
  return MakeError(StatusCode::kOutOfRange, "KNOWN_AT_IN_FUTURE",
                   "known_at lies ahead; what will be known then cannot be "
                   "said now.")
      .With("known_at_micros", known_at.micros())
      .With("now_micros", now.micros());
}

absl::Status MinVersionNotReached(std::int64_t asked, std::int64_t current) {
  return MakeError(StatusCode::kDeadlineExceeded, "MIN_VERSION_NOT_REACHED",
                   "The registry did not reach version " +
                       std::to_string(asked) + " in time; it is at " +
                       std::to_string(current) + ".")
      .With("asked", asked)
      .With("current", current);
}

absl::Status KnownAtNotSettled(base::Timestamp known_at) {
  return MakeError(StatusCode::kDeadlineExceeded, "KNOWN_AT_NOT_SETTLED",
                   "A change of that moment is still being written; ask "
                   "again.")
      .With("known_at_micros", known_at.micros());
}

absl::Status HistoryGap(std::int64_t last, std::int64_t found) {
  return MakeError(StatusCode::kInternal, "HISTORY_GAP",
                   "Version " + std::to_string(found) +
                       " does not follow version " + std::to_string(last) + ".")
      .With("last", last)
      .With("found", found);
}

absl::Status StoredValueInvalid(std::string_view column,
                                const absl::Status& cause) {
  return MakeError(StatusCode::kInternal, "STORED_VALUE_INVALID",
                   "A stored value of " + Text(column) +
                       " cannot be read: " + Text(base::MessageOf(cause)))
      .With("column", column);
}

}  // namespace welfare::registry
