#include "services/registry/faults.h"

#include <string>

#include "services/registry/error_table.h"
#include "services/text/visible.h"

namespace welfare::registry {
namespace {

// As a failure of its own. A reason that is not in the table does not compile.
consteval base::ErrorRow FaultRow(std::string_view reason) {
  const base::ViolationRow& row = base::FindRow(kViolationTable, reason);
  return {row.reason, absl::StatusCode::kInvalidArgument, row.description,
          row.description_ja};
}

using base::MakeError;

// What somebody wrote, for a program; cut where it would make an error that
// cannot be sent.
std::string Sent(std::string_view text) {
  return text::Shorten(text, text::kVisibleBytes);
}

// The same for a reader.
std::string Shown(std::string_view text) { return text::ShowInvisible(text); }

}  // namespace

absl::Status AtField(std::string_view field, const absl::Status& fault) {
  base::ErrorDetails details =
      base::GetErrorDetails(fault).value_or(base::ErrorDetails());
  details.metadata.insert_or_assign("field", std::string(field));
  details.violations.push_back(base::ViolationOf(field, fault));
  return base::WithErrorDetails(fault, details);
}

absl::Status MunicipalityTypeUnknown(std::string_view word) {
  return MakeError(FaultRow("MUNICIPALITY_TYPE")).With("value", Sent(word));
}

absl::Status AreaUnknown(std::string_view word,
                         std::span<const std::string_view> areas) {
  std::string list;
  std::string list_ja;
  for (const std::string_view area : areas) {
    list += list.empty() ? "" : ", ";
    list += area;
    list_ja += list_ja.empty() ? "" : "、";
    list_ja += area;
  }
  return MakeError(FaultRow("AREA_UNKNOWN"))
      .With("value", Sent(word))
      .Show("areas", list)
      .Show("areas_ja", list_ja);
}

absl::Status ImplementingInvalid(std::string_view word) {
  return MakeError(FaultRow("IMPLEMENTING_INVALID")).With("value", Sent(word));
}

absl::Status PreparationInvalid(std::string_view word) {
  return MakeError(FaultRow("PREPARATION_INVALID")).With("value", Sent(word));
}

absl::Status PreparationWhileImplementing() {
  return MakeError(FaultRow("PREPARATION_WHILE_IMPLEMENTING"));
}

absl::Status ProgramInvalid(std::string_view program) {
  return MakeError(FaultRow("PROGRAM_INVALID")).With("program", Sent(program));
}

absl::Status ProgramMismatch(std::string_view program,
                             std::string_view parent) {
  return MakeError(FaultRow("PROGRAM_MISMATCH"))
      .With("program", Sent(program))
      .With("parent", Sent(parent));
}

absl::Status YearBeforeProgram(std::string_view program, base::FiscalYear first,
                               base::FiscalYear year) {
  return MakeError(FaultRow("YEAR_BEFORE_PROGRAM"))
      .With("program", Sent(program))
      .Show("program", Shown(program))
      .With("first_fiscal_year", first.value())
      .With("fiscal_year", year.value());
}

absl::Status NameMismatch(std::string_view name, std::string_view expected) {
  return MakeError(FaultRow("NAME_MISMATCH"))
      .With("name", Sent(name))
      .With("expected", expected);
}

absl::Status ValueMissing() { return MakeError(FaultRow("VALUE_MISSING")); }

absl::Status ReasonRequired(std::string_view field) {
  return AtField(field,
                 MakeError(FaultRow("REASON_REQUIRED")).Show("field", field));
}

absl::Status BandInvalid(std::string_view id) {
  return MakeError(FaultRow("BAND_INVALID")).With("value", Sent(id));
}

absl::Status OperationInvalid(std::string_view found, std::string_view word) {
  return MakeError(FaultRow("OPERATION_INVALID"))
      .With("value", Sent(found))
      .Show("word", word);
}

absl::Status LineageShape(std::string_view kind) {
  return MakeError(FaultRow("LINEAGE_SHAPE")).With("kind", kind);
}

absl::Status LineageCreated() { return MakeError(FaultRow("LINEAGE_CREATED")); }

absl::Status CellCount(std::size_t cells, std::size_t columns) {
  return MakeError(FaultRow("CELL_COUNT"))
      .With("cells", static_cast<long long>(cells))
      .With("columns", static_cast<long long>(columns));
}

absl::Status DuplicateRecord(std::size_t first_line) {
  return MakeError(FaultRow("DUPLICATE_RECORD"))
      .With("first_line", static_cast<long long>(first_line));
}

}  // namespace welfare::registry
