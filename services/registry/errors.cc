#include "services/registry/errors.h"

#include <string>
#include <utility>

#include "services/registry/error_table.h"
#include "services/registry/faults.h"
#include "services/text/visible.h"

namespace welfare::registry {
namespace {

// A reason that is not in the table does not compile.
consteval const base::ErrorRow& Row(std::string_view reason) {
  return base::FindRow(kErrorTable, reason);
}
consteval const base::ErrorRow& OtherRow(std::string_view reason) {
  return base::FindRow(kOtherSentences, reason);
}
consteval const base::ViolationRow& Violated(std::string_view reason) {
  return base::FindRow(kViolationTable, reason);
}
consteval const base::ViolationRow& StateOf(std::string_view type) {
  return base::FindRow(kPreconditionTable, type);
}

using base::ErrorBuilder;
using base::MakeError;
using base::MakeViolation;

constexpr std::string_view kMunicipality = "registry.welfare/Municipality";
constexpr std::string_view kProgram = "registry.welfare/Program";

// What somebody wrote, for a reader.
std::string Text(std::string_view text) { return text::ShowInvisible(text); }

// The same as it is, for a program, cut where it would make an error that
// cannot be sent.
std::string Cut(std::string_view text) {
  return text::Shorten(text, text::kVisibleBytes);
}

std::string NameOf(const base::MunicipalityCode& code) {
  return "municipalities/" + code.ToString();
}

std::string EventNameOf(std::int64_t number) {
  return "lineageEvents/" + std::to_string(number);
}

std::string Join(const std::vector<std::string>& words,
                 std::string_view separator) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += separator;
    joined += word;
  }
  return joined;
}

// `{why}` of a row, in both languages.
ErrorBuilder Because(const base::ErrorRow& row, std::string_view why,
                     std::string_view why_ja) {
  ErrorBuilder error = MakeError(row);
  error.Show("why", why).Show("why_ja", why_ja);
  return error;
}

// An error that says what its violation says.
ErrorBuilder Because(const base::ErrorRow& row, base::Violation violation) {
  ErrorBuilder error =
      Because(row, violation.description, violation.description_ja);
  error.WithViolation(std::move(violation));
  return error;
}

// `error` until `state` of `subject` is put right.
absl::Status Needing(ErrorBuilder& error, const base::ViolationRow& state,
                     std::string_view subject) {
  return error.WithPrecondition(state.reason, subject, state.description,
                                state.description_ja);
}

// An error that says what its cause says, and keeps its violations.
ErrorBuilder Because(const base::ErrorRow& row, const absl::Status& cause) {
  const base::ErrorDetails details =
      base::GetErrorDetails(cause).value_or(base::ErrorDetails());
  ErrorBuilder error = Because(row, base::MessageOf(cause), details.message_ja);
  error.WithViolations(details.violations);
  return error;
}

}  // namespace

absl::Status NameInvalid(std::string_view field, std::string_view name,
                         const absl::Status& cause) {
  // What is wrong with a code has reasons of its own, which say more.
  const std::string found = base::ReasonOf(cause);
  const bool of_code = found == "CHECK_DIGIT" || found == "CODE_AMBIGUOUS" ||
                       found == "CODE_OF_PREFECTURE";
  const absl::Status fault =
      of_code ? cause : absl::Status(Because(Row("NAME_INVALID"), cause));
  base::ErrorDetails details =
      base::GetErrorDetails(fault).value_or(base::ErrorDetails());
  // Among them `candidates`: what the text may have meant.
  if (const auto known = base::GetErrorDetails(cause)) {
    details.metadata = known->metadata;
  }
  for (auto& [key, value] : details.metadata) value = Cut(value);
  details.metadata.insert_or_assign("name", Cut(name));
  return AtField(field, base::WithErrorDetails(fault, details));
}

absl::Status VersionNegative(std::string_view field, std::int64_t version) {
  return MakeError(Row("VERSION_NEGATIVE"))
      .With("field", field)
      .With("version", version)
      .WithViolation(MakeViolation(Violated("VERSION_NEGATIVE"), Text(field)));
}

absl::Status KnownAtAndVersion() {
  return MakeError(Row("KNOWN_AT_AND_VERSION"))
      .WithViolation(
          MakeViolation(Violated("KNOWN_AT_AND_VERSION"), "known_at"));
}

absl::Status FilterInvalid(std::string_view field, std::string_view value) {
  return MakeError(Row("FILTER_INVALID"))
      .With("field", field)
      .With("value", Cut(value))
      .WithViolation(MakeViolation(Violated("FILTER_INVALID"), Text(field)));
}

absl::Status StatusInvalid(std::vector<base::Violation> violations) {
  return MakeError(Row("STATUS_INVALID")).WithViolations(std::move(violations));
}

absl::Status TransactionMixed() {
  return Because(Row("TRANSACTION_MIXED"),
                 MakeViolation(Violated("TRANSACTION_MIXED"), "transaction"));
}

absl::Status FiscalYearInvalid(std::string_view field, int year) {
  return MakeError(Row("FISCAL_YEAR_INVALID"))
      .With("field", field)
      .With("fiscal_year", year)
      .WithViolation(
          MakeViolation(Violated("FISCAL_YEAR_INVALID"), Text(field)));
}

absl::Status BoundariesBackward(base::FiscalYear from, base::FiscalYear to) {
  return MakeError(Row("BOUNDARIES_BACKWARD"))
      .With("fiscal_year", from.value())
      .With("boundaries_fiscal_year", to.value())
      .WithViolation(MakeViolation(Violated("BOUNDARIES_BACKWARD"),
                                   "boundaries_fiscal_year"));
}

absl::Status BatchSize(int size, int limit) {
  return MakeError(Row("BATCH_SIZE"))
      .With("size", size)
      .With("limit", limit)
      .WithViolation(MakeViolation(Violated("BATCH_SIZE"), "names"));
}

absl::Status MunicipalityInvalid(std::vector<base::Violation> violations) {
  return MakeError(Row("MUNICIPALITY_INVALID"))
      .WithViolations(std::move(violations));
}

absl::Status MaskInvalid(std::string_view path) {
  return MakeError(Row("MASK_INVALID"))
      .With("path", Cut(path))
      .Show("path", Text(path))
      .WithViolation(MakeViolation(Violated("MASK_INVALID"), "update_mask"));
}

absl::Status LineageInvalid(std::vector<base::Violation> violations) {
  return MakeError(Row("LINEAGE_INVALID"))
      .WithViolations(std::move(violations));
}

absl::Status NameAmbiguous(std::string_view name,
                           const std::vector<std::string>& candidates) {
  return MakeError(Row("NAME_AMBIGUOUS"))
      .With("name", Cut(name))
      .Show("name", Text(name))
      .With("candidates", Join(candidates, " "))
      .Show("codes", Join(candidates, ", "));
}

absl::Status ProgramsInvalid(std::vector<base::Violation> violations,
                             const absl::Status& cause) {
  ErrorBuilder error = MakeError(Row("PROGRAMS_INVALID"));
  if (!cause.ok()) {
    error.With("cause", base::MessageOf(cause));
    if (const auto details = base::GetErrorDetails(cause)) {
      error.WithViolations(details->violations);
    }
  }
  return error.WithViolations(std::move(violations));
}

absl::Status MunicipalityNotFound(const base::MunicipalityCode& code,
                                  std::int64_t version) {
  return MakeError(Row("MUNICIPALITY_NOT_FOUND"))
      .With("code", code.ToString())
      .With("version", version)
      .WithResource(kMunicipality, NameOf(code));
}

absl::Status MunicipalityNotInYear(const base::MunicipalityCode& code,
                                   base::FiscalYear first,
                                   base::FiscalYear last,
                                   base::FiscalYear year) {
  // The ends that are open are called by a word.
  const bool always = first.value() == base::FiscalYear::kMin;
  const bool still = last.value() == base::FiscalYear::kMax;
  return MakeError(Row("MUNICIPALITY_NOT_IN_YEAR"))
      .With("code", code.ToString())
      .With("fiscal_year", year.value())
      .With("years", (always ? "always" : "FY" + first.ToString()) + " to " +
                         (still ? "now" : "FY" + last.ToString()))
      .Show("years_ja", (always ? "当初" : first.ToString() + "年度") + "から" +
                            (still ? "現在" : last.ToString() + "年度") +
                            "まで")
      .WithResource(kMunicipality, NameOf(code));
}

absl::Status NameUnknown(std::string_view name,
                         const std::vector<std::string>& candidates) {
  const bool none = candidates.empty();
  return MakeError(Row("NAME_UNKNOWN"))
      .With("name", Cut(name))
      .Show("name", Text(name))
      .With("candidates", Join(candidates, " "))
      .Show("similar", none ? "none" : Join(candidates, ", "))
      .Show("similar_ja", none ? "なし" : Join(candidates, "、"))
      .WithResource(kMunicipality, name);
}

absl::Status ProgramNotFound(std::string_view program, std::int64_t version) {
  return MakeError(OtherRow("PROGRAM_NOT_FOUND"))
      .With("program", Cut(program))
      .Show("program", Text(program))
      .With("version", version)
      .WithResource(kProgram, "programs/" + Text(program));
}

absl::Status ProgramUnknown(std::string_view program, std::string_view known) {
  return MakeError(Row("PROGRAM_NOT_FOUND"))
      .With("program", Cut(program))
      .Show("program", Text(program))
      .With("known", known)
      .WithResource(kProgram, "programs/" + Text(program));
}

absl::Status StatusNotFound(std::string_view program,
                            const base::MunicipalityCode& municipality,
                            base::FiscalYear year) {
  return MakeError(Row("STATUS_NOT_FOUND"))
      .With("program", Cut(program))
      .Show("program", Text(program))
      .With("code", municipality.ToString())
      .With("fiscal_year", year.value())
      .WithResource("registry.welfare/StatusRecord",
                    "programs/" + Text(program) + "/statusRecords/" +
                        municipality.ToString() + "/" + year.ToString());
}

absl::Status LineageEventNotFound(std::int64_t number) {
  return MakeError(Row("LINEAGE_EVENT_NOT_FOUND"))
      .With("lineage_event", EventNameOf(number))
      .Show("number", std::to_string(number));
}

absl::Status MunicipalityExists(const base::MunicipalityCode& code) {
  return MakeError(Row("MUNICIPALITY_EXISTS"))
      .With("code", code.ToString())
      .WithResource(kMunicipality, NameOf(code));
}

absl::Status EtagMismatch(std::string_view resource, std::string_view sent,
                          std::string_view current) {
  return MakeError(Row("ETAG_MISMATCH"))
      .With("resource", Cut(resource))
      .Show("resource", Text(resource))
      .With("sent", Cut(sent))
      .With("etag", current);
}

absl::Status MunicipalityInUse(const base::MunicipalityCode& code) {
  return Needing(
      MakeError(Row("MUNICIPALITY_IN_USE")).With("code", code.ToString()),
      StateOf("NO_RECORDS"), NameOf(code));
}

absl::Status LineageInUse(std::int64_t number,
                          const base::MunicipalityCode& code) {
  return Needing(MakeError(Row("LINEAGE_IN_USE"))
                     .With("lineage_event", EventNameOf(number))
                     .Show("number", std::to_string(number))
                     .With("code", code.ToString()),
                 StateOf("NO_RECORDS"), NameOf(code));
}

absl::Status StatusAfterEnd(const base::MunicipalityCode& code,
                            base::FiscalYear year) {
  return Needing(MakeError(Row("STATUS_AFTER_END"))
                     .With("code", code.ToString())
                     .With("fiscal_year", year.value()),
                 StateOf("NO_RECORDS"), NameOf(code));
}

absl::Status CodeRetired(const base::MunicipalityCode& code) {
  return Needing(MakeError(Row("CODE_RETIRED")).With("code", code.ToString()),
                 StateOf("CODE_RETIRED"), NameOf(code));
}

absl::Status CodeNoLongerHeld(const base::MunicipalityCode& code,
                              base::FiscalYear last,
                              const base::MunicipalityCode& current) {
  return Needing(MakeError(OtherRow("CODE_RETIRED"))
                     .With("code", code.ToString())
                     .With("last_fiscal_year", last.ToString())
                     .With("current_code", current.ToString()),
                 StateOf("CODE_RETIRED"), NameOf(code));
}

absl::Status CorrectionReasonRequired(base::FiscalYear year,
                                      std::string_view implementing,
                                      std::string_view preparation) {
  return Needing(MakeError(Row("CORRECTION_REASON_REQUIRED"))
                     .With("fiscal_year", year.value())
                     .With("implementing", implementing)
                     .With("preparation", preparation),
                 StateOf("RECORD_EXISTS"), "FY" + year.ToString());
}

absl::Status TransitionUnlawful(base::FiscalYear first_year,
                                std::string_view first,
                                base::FiscalYear second_year,
                                std::string_view second) {
  return Needing(MakeError(Row("TRANSITION_UNLAWFUL"))
                     .With("first_fiscal_year", first_year.value())
                     .With("first", first)
                     .With("second_fiscal_year", second_year.value())
                     .With("second", second),
                 StateOf("TRANSITION"), "FY" + second_year.ToString());
}

absl::Status VersionNotReached(std::string_view field, std::int64_t asked,
                               std::int64_t current) {
  return MakeError(Row("VERSION_NOT_REACHED"))
      .With("field", field)
      .With("asked", asked)
      .With("current", current);
}

absl::Status KnownAtInFuture(base::Timestamp known_at, base::Timestamp now) {
  return MakeError(Row("KNOWN_AT_IN_FUTURE"))
      .With("known_at_micros", known_at.micros())
      .With("now_micros", now.micros());
}

absl::Status MinVersionNotReached(std::int64_t asked, std::int64_t current) {
  return MakeError(Row("MIN_VERSION_NOT_REACHED"))
      .With("asked", asked)
      .With("current", current);
}

absl::Status KnownAtNotSettled(base::Timestamp known_at) {
  return MakeError(Row("KNOWN_AT_NOT_SETTLED"))
      .With("known_at_micros", known_at.micros());
}

absl::Status HistoryGap(std::int64_t last, std::int64_t found) {
  return MakeError(Row("HISTORY_GAP")).With("last", last).With("found", found);
}

absl::Status StoredValueInvalid(std::string_view column,
                                const absl::Status& cause) {
  return MakeError(Row("STORED_VALUE_INVALID"))
      .With("column", column)
      .Show("why", base::MessageOf(cause));
}

}  // namespace welfare::registry
