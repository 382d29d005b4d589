#include "services/registry/faults.h"

#include <string>

#include "services/base/error.h"
#include "services/text/visible.h"

namespace welfare::registry {
namespace {

base::ErrorBuilder Fault(std::string_view reason, std::string_view message) {
  return base::MakeError(absl::StatusCode::kInvalidArgument, reason, message);
}

// What somebody wrote, for a program; cut where it would make an error that
// cannot be sent.
std::string Sent(std::string_view text) {
  return text::Shorten(text, text::kVisibleBytes);
}

// The same for a reader.
std::string Shown(std::string_view text) { return text::ShowInvisible(text); }

}  // namespace

absl::Status MunicipalityTypeUnknown(std::string_view word) {
  return Fault("MUNICIPALITY_TYPE",
               "The type is special_ward, city, town or village.")
      .With("value", Sent(word));
}

absl::Status AreaUnknown(std::string_view word,
                         std::span<const std::string_view> areas) {
  std::string list;
  for (const std::string_view area : areas) {
    list += list.empty() ? "" : ", ";
    list += area;
  }
  return Fault("AREA_UNKNOWN", "The area is one of " + list + ".")
      .With("value", Sent(word));
}

absl::Status ImplementingInvalid(std::string_view word) {
  return Fault("IMPLEMENTING_INVALID",
               "implementing is yes, no or ended; leave the record out "
               "where it is not known.")
      .With("value", Sent(word));
}

absl::Status PreparationInvalid(std::string_view word) {
  return Fault("PREPARATION_INVALID", "preparation is yes, no or unknown.")
      .With("value", Sent(word));
}

absl::Status PreparationWhileImplementing() {
  return Fault("PREPARATION_WHILE_IMPLEMENTING",
               "A municipality that runs the programme does not prepare "
               "for it; set one of the two facts to no.");
}

absl::Status YesNoInvalid(std::string_view word) {
  return Fault("YES_NO_INVALID", "Write yes or no.").With("value", Sent(word));
}

absl::Status ProgramInvalid(std::string_view program) {
  return Fault("PROGRAM_INVALID",
               "A programme's id is 1 to 63 of a-z, 0-9, - and _.")
      .With("program", Sent(program));
}

absl::Status ProgramMismatch(std::string_view program,
                             std::string_view parent) {
  return Fault("PROGRAM_MISMATCH",
               "Leave program out, or make it equal to parent.")
      .With("program", Sent(program))
      .With("parent", Sent(parent));
}

absl::Status YearBeforeProgram(std::string_view program, base::FiscalYear first,
                               base::FiscalYear year) {
  return Fault("YEAR_BEFORE_PROGRAM", "Programme " + Shown(program) +
                                          " began in FY" + first.ToString() +
                                          "; FY" + year.ToString() +
                                          " can have no status.")
      .With("program", Sent(program))
      .With("first_fiscal_year", first.value())
      .With("fiscal_year", year.value());
}

absl::Status NameMismatch(std::string_view name, std::string_view expected) {
  return Fault("NAME_MISMATCH", "Leave name out, or make it " +
                                    Shown(expected) + ", as the code says.")
      .With("name", Sent(name))
      .With("expected", expected);
}

absl::Status ValueMissing() {
  return Fault("VALUE_MISSING", "A value is required here.");
}

absl::Status ReasonRequired(std::string_view field) {
  return Fault("REASON_REQUIRED",
               "Say in " + Shown(field) + " why it is taken back.")
      .With("field", field)
      .WithViolation({Shown(field), "REASON_REQUIRED", "Give a reason."});
}

absl::Status BandInvalid(std::string_view id) {
  return Fault("BAND_INVALID",
               "A population band is 1 to 63 of a-z, 0-9, - and _.")
      .With("value", Sent(id));
}

absl::Status OperationInvalid(std::string_view found, std::string_view word) {
  return Fault("OPERATION_INVALID",
               "The operation is set, " + Shown(word) + " or left empty.")
      .With("value", Sent(found));
}

absl::Status LineageShape(std::string_view kind, std::string_view rule) {
  return Fault("LINEAGE_SHAPE", std::string(rule) + ", none twice.")
      .With("kind", kind);
}

absl::Status LineageCreated(std::string_view why) {
  return Fault("LINEAGE_CREATED", why);
}

absl::Status TextInvalid(std::size_t max_bytes) {
  return Fault("TEXT_INVALID",
               "Use text without control characters and without spaces at "
               "its ends, at most " +
                   std::to_string(max_bytes) + " bytes.")
      .With("max_bytes", static_cast<long long>(max_bytes));
}

absl::Status KanaInvalid(std::string_view text) {
  return Fault("KANA_INVALID", "Write the reading in full-width katakana.")
      .With("value", Sent(text));
}

absl::Status CellCount(std::size_t cells, std::size_t columns) {
  return Fault("CELL_COUNT", "The record has " + std::to_string(cells) +
                                 " cells where the header has " +
                                 std::to_string(columns) + ".")
      .With("cells", static_cast<long long>(cells))
      .With("columns", static_cast<long long>(columns));
}

absl::Status DuplicateRecord(std::size_t first_line) {
  return Fault("DUPLICATE_RECORD",
               "Line " + std::to_string(first_line) +
                   " of the file speaks of the same; keep one of them.")
      .With("first_line", static_cast<long long>(first_line));
}

}  // namespace welfare::registry
