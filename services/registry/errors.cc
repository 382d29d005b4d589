#include "services/registry/errors.h"

#include <string>
#include <utility>

#include "services/text/visible.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using base::MakeError;

base::ErrorBuilder Invalid(std::string_view reason, std::string_view message) {
  return MakeError(StatusCode::kInvalidArgument, reason, message);
}

// What somebody wrote, for a reader.
std::string Text(std::string_view text) { return text::ShowInvisible(text); }

// The same as it is, for a program, cut where it would make an error that
// cannot be sent.
std::string Cut(std::string_view text) {
  return text::Shorten(text, text::kVisibleBytes);
}

// A sentence of our own.
std::string Own(std::string_view sentence) { return std::string(sentence); }

std::string Join(const std::vector<std::string>& words,
                 std::string_view separator) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += separator;
    joined += word;
  }
  return joined;
}

base::ErrorBuilder NotFound(std::string_view reason, std::string_view message) {
  return MakeError(StatusCode::kNotFound, reason, message);
}

}  // namespace

absl::Status NameInvalid(std::string_view field, std::string_view name,
                         const absl::Status& cause) {
  const std::string found = base::ReasonOf(cause);
  const bool of_code = found == "CHECK_DIGIT" || found == "CODE_AMBIGUOUS" ||
                       found == "CODE_OF_PREFECTURE";
  const std::string reason = of_code ? found : "NAME_INVALID";
  base::ErrorBuilder error = Invalid(reason, base::MessageOf(cause));
  // Among them `candidates`: what the text may have meant.
  if (const auto details = base::GetErrorDetails(cause)) {
    for (const auto& [key, value] : details->metadata) {
      error.With(key, Cut(value));
    }
  }
  return error.With("field", field)
      .With("name", Cut(name))
      .WithViolation({Text(field), reason, Own(base::MessageOf(cause))});
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

absl::Status FilterInvalid(std::string_view field, std::string_view value) {
  return Invalid("FILTER_INVALID", "No municipality can have this value.")
      .With("field", field)
      .With("value", Cut(value))
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

absl::Status CsvSubjectColumns(std::span<const std::string_view> columns,
                               const absl::Status& cause) {
  std::string list;
  for (const std::string_view column : columns) {
    list += list.empty() ? "" : ", ";
    list += column;
  }
  base::ErrorBuilder error = Invalid(
      "CSV_INVALID",
      "The header names municipalities by exactly one of " + list + ".");
  error.WithViolation(
      {"header", "SUBJECT_COLUMN", "Keep exactly one of " + list + "."});
  if (const auto details = base::GetErrorDetails(cause)) {
    error.WithViolations(details->violations);
  }
  return error;
}

absl::Status FileTooLarge(std::string_view of, int limit) {
  return Invalid("FILE_TOO_LARGE",
                 "A file has at most " + std::to_string(limit) + " " + Own(of) +
                     " in one transaction; send it as several files.")
      .With("limit", static_cast<long long>(limit))
      .With("of", of);
}

absl::Status RejectsTokenInvalid() {
  return Invalid("REJECTS_TOKEN_INVALID",
                 "rejects_token comes from the answer to a dry run of the same "
                 "batch and goes into another dry run of it.");
}

absl::Status TransactionMixed(std::string_view why) {
  return Invalid("TRANSACTION_MIXED", why)
      .WithViolation({"transaction", "TRANSACTION_MIXED", Own(why)});
}

absl::Status FiscalYearInvalid(std::string_view field, int year) {
  return Invalid("FISCAL_YEAR_INVALID",
                 "A fiscal year is 1900 to 2999; 0 where the field may be left "
                 "out.")
      .With("field", field)
      .With("fiscal_year", year)
      .WithViolation({Text(field), "FISCAL_YEAR_INVALID",
                      "Use the calendar year in which it begins."});
}

absl::Status BoundariesBackward(base::FiscalYear from, base::FiscalYear to) {
  return Invalid("BOUNDARIES_BACKWARD",
                 "Figures are carried to later boundaries only; FY" +
                     to.ToString() + " lies before FY" + from.ToString() + ".")
      .With("fiscal_year", from.value())
      .With("boundaries_fiscal_year", to.value())
      .WithViolation({"boundaries_fiscal_year", "BOUNDARIES_BACKWARD",
                      "Use the year of the municipalities or a later one."});
}

absl::Status BatchSize(int size, int limit) {
  return Invalid("BATCH_SIZE",
                 "Ask for 1 to " + std::to_string(limit) + " names at a time.")
      .With("size", size)
      .With("limit", limit)
      .WithViolation({"names", "BATCH_SIZE", "Split the request."});
}

absl::Status MunicipalityInvalid(std::vector<base::Violation> violations) {
  return Invalid("MUNICIPALITY_INVALID",
                 "The municipality is wrong; put every violation right.")
      .WithViolations(std::move(violations));
}

absl::Status MaskInvalid(std::string_view path) {
  return Invalid("MASK_INVALID", "The mask names " + Text(path) +
                                     ", which is no field that can be changed.")
      .With("path", Cut(path))
      .WithViolation({"update_mask", "MASK_INVALID",
                      "Use the paths the field documents."});
}

absl::Status LineageInvalid(std::vector<base::Violation> violations) {
  return Invalid("LINEAGE_INVALID",
                 "The lineage event is wrong; put every violation right.")
      .WithViolations(std::move(violations));
}

absl::Status NameAmbiguous(std::string_view name,
                           const std::vector<std::string>& candidates) {
  return Invalid("NAME_AMBIGUOUS", "Several municipalities are called " +
                                       Text(name) + "; use one of the codes " +
                                       Join(candidates, ", ") + ".")
      .With("name", Cut(name))
      .With("candidates", Join(candidates, " "));
}

absl::Status ProgramsInvalid(std::vector<base::Violation> violations,
                             const absl::Status& cause) {
  base::ErrorBuilder error =
      Invalid("PROGRAMS_INVALID",
              "The data file of programmes is wrong; put every violation "
              "right.");
  if (!cause.ok()) {
    error.With("cause", base::MessageOf(cause));
    if (const auto details = base::GetErrorDetails(cause)) {
      error.WithViolations(details->violations);
    }
  }
  return error.WithViolations(std::move(violations));
}

absl::Status RequestIdInvalid(std::string_view request_id) {
  return Invalid("REQUEST_ID_INVALID",
                 "request_id is a UUID, at most 64 letters, digits and -.")
      .With("length", static_cast<long long>(request_id.size()))
      .WithViolation({"request_id", "REQUEST_ID_INVALID", "Use a UUID."});
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
      .With("program", Cut(program))
      .With("version", version)
      .WithResource("registry.welfare/Program", "programs/" + Text(program));
}

absl::Status MunicipalityNotInYear(const base::MunicipalityCode& code,
                                   std::string_view years,
                                   base::FiscalYear year) {
  return NotFound("MUNICIPALITY_NOT_IN_YEAR",
                  "Municipality " + code.ToString() + " does not exist in FY" +
                      year.ToString() + "; it exists from " + Own(years) + ".")
      .With("code", code.ToString())
      .With("fiscal_year", year.value())
      .With("years", years)
      .WithResource("registry.welfare/Municipality",
                    "municipalities/" + code.ToString());
}

absl::Status NameUnknown(std::string_view name,
                         const std::vector<std::string>& candidates) {
  return NotFound("NAME_UNKNOWN",
                  "No municipality or council is called " + Text(name) +
                      (candidates.empty()
                           ? std::string("; see ListMunicipalities.")
                           : "; similar are " + Join(candidates, ", ") + "."))
      .With("name", Cut(name))
      .With("candidates", Join(candidates, " "))
      .WithResource("registry.welfare/Municipality", name);
}

absl::Status ProgramUnknown(std::string_view program, std::string_view known) {
  return NotFound("PROGRAM_NOT_FOUND", "There is no programme " +
                                           Text(program) +
                                           "; there are: " + Own(known) + ".")
      .With("program", Cut(program))
      .With("known", known)
      .WithResource("registry.welfare/Program", "programs/" + Text(program));
}

absl::Status StatusNotFound(std::string_view program,
                            const base::MunicipalityCode& municipality,
                            base::FiscalYear year) {
  return NotFound("STATUS_NOT_FOUND", "Nothing is on record for " +
                                          municipality.ToString() +
                                          ", programme " + Text(program) +
                                          ", FY" + year.ToString() + ".")
      .With("program", Cut(program))
      .With("code", municipality.ToString())
      .With("fiscal_year", year.value())
      .WithResource("registry.welfare/StatusRecord",
                    "programs/" + Text(program) + "/statusRecords/" +
                        municipality.ToString() + "/" + year.ToString());
}

absl::Status LineageEventNotFound(std::int64_t number) {
  const std::string name = "lineageEvents/" + std::to_string(number);
  return MakeError(StatusCode::kNotFound, "LINEAGE_EVENT_NOT_FOUND",
                   "There is no lineage event " + std::to_string(number) +
                       ", or it was taken back; see ListLineageEvents.")
      .With("lineage_event", name);
}

absl::Status MunicipalityExists(const base::MunicipalityCode& code) {
  return MakeError(StatusCode::kAlreadyExists, "MUNICIPALITY_EXISTS",
                   "Code " + code.ToString() +
                       " belongs to a municipality; change that one, or use "
                       "another code.")
      .With("code", code.ToString())
      .WithResource("registry.welfare/Municipality",
                    "municipalities/" + code.ToString());
}

absl::Status EtagMismatch(std::string_view resource, std::string_view sent,
                          std::string_view current) {
  return MakeError(StatusCode::kAborted, "ETAG_MISMATCH",
                   Text(resource) +
                       " was changed since it was read; read it again and "
                       "repeat the change.")
      .With("resource", Cut(resource))
      .With("sent", Cut(sent))
      .With("etag", current);
}

absl::Status MunicipalityInUse(const base::MunicipalityCode& code) {
  const std::string name = "municipalities/" + code.ToString();
  return MakeError(StatusCode::kFailedPrecondition, "MUNICIPALITY_IN_USE",
                   "Municipality " + code.ToString() +
                       " has status records or a lineage; take its records "
                       "back first, or record its end as a lineage event.")
      .With("code", code.ToString())
      .WithPrecondition("NO_RECORDS", name, "Take its status records back.");
}

absl::Status LineageInUse(std::int64_t number,
                          const base::MunicipalityCode& code) {
  const std::string name = "municipalities/" + code.ToString();
  return MakeError(StatusCode::kFailedPrecondition, "LINEAGE_IN_USE",
                   "Lineage event " + std::to_string(number) +
                       " brought about municipality " + code.ToString() +
                       ", which has status records or takes part in another "
                       "event; take those back first.")
      .With("lineage_event", "lineageEvents/" + std::to_string(number))
      .With("code", code.ToString())
      .WithPrecondition("NO_RECORDS", name,
                        "Take back its status records and later events.");
}

absl::Status StatusAfterEnd(const base::MunicipalityCode& code,
                            base::FiscalYear year) {
  const std::string name = "municipalities/" + code.ToString();
  return MakeError(StatusCode::kFailedPrecondition, "STATUS_AFTER_END",
                   "Municipality " + code.ToString() +
                       " has a status record for FY" + year.ToString() +
                       ", after its end; take it back first.")
      .With("code", code.ToString())
      .With("fiscal_year", year.value())
      .WithPrecondition("NO_RECORDS", name,
                        "Take back the records after its end.");
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

absl::Status CodeNoLongerHeld(const base::MunicipalityCode& code,
                              base::FiscalYear last,
                              const base::MunicipalityCode& current) {
  return MakeError(StatusCode::kFailedPrecondition, "CODE_RETIRED",
                   "Code " + code.ToString() + " was held until FY" +
                       last.ToString() + "; its municipality has " +
                       current.ToString() +
                       " now. Say the facts of that code, or of a year in "
                       "which the old one was held.")
      .With("code", code.ToString())
      .With("last_fiscal_year", last.ToString())
      .With("current_code", current.ToString())
      .WithPrecondition("CODE_RETIRED", "municipalities/" + code.ToString(),
                        "Use the code that the municipality has now.");
}

absl::Status CorrectionReasonRequired(base::FiscalYear year,
                                      std::string_view implementing,
                                      std::string_view preparation) {
  return MakeError(
             StatusCode::kFailedPrecondition, "CORRECTION_REASON_REQUIRED",
             "FY" + year.ToString() + " has another record (implementing " +
                 Text(implementing) + ", preparation " + Text(preparation) +
                 "); send a correction with a reason.")
      .With("fiscal_year", year.value())
      .With("implementing", implementing)
      .With("preparation", preparation)
      .WithPrecondition("RECORD_EXISTS", "FY" + year.ToString(),
                        "Send the record as a correction with a reason.");
}

absl::Status TransitionUnlawful(base::FiscalYear first_year,
                                std::string_view first,
                                base::FiscalYear second_year,
                                std::string_view second) {
  return MakeError(StatusCode::kFailedPrecondition, "TRANSITION_UNLAWFUL",
                   "Implementing " + Text(first) + " in FY" +
                       first_year.ToString() + " cannot be followed by " +
                       Text(second) + " in FY" + second_year.ToString() +
                       "; record the ending, or send a correction with a "
                       "reason.")
      .With("first_fiscal_year", first_year.value())
      .With("first", first)
      .With("second_fiscal_year", second_year.value())
      .With("second", second)
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
                       " cannot be read: " + Own(base::MessageOf(cause)))
      .With("column", column);
}

}  // namespace welfare::registry
