#include "services/registry/program/program.h"

#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/registry/errors.h"
#include "services/registry/faults.h"
#include "services/text/characters.h"
#include "services/text/csv.h"
#include "services/text/value_readers.h"

namespace welfare::registry {
namespace {

constexpr std::array<std::string_view, 5> kColumns = {
    "program", "display_name", "display_name_en", "first_fiscal_year",
    "legal_basis"};

}  // namespace

absl::StatusOr<ProgramCatalog> ProgramCatalog::Parse(std::string_view csv) {
  const auto records = text::ReadCsv(csv);
  if (!records.ok()) return ProgramsInvalid({}, records.status());
  if (records->empty()) return ProgramsInvalid({}, ValueMissing());
  const auto header = text::CsvHeader::Make(records->front(), kColumns);
  if (!header.ok()) return ProgramsInvalid({}, header.status());
  ProgramCatalog catalog;
  std::vector<base::Violation> violations;
  std::map<std::string, std::size_t> lines;  // where each id stands first
  for (std::size_t i = 1; i < records->size(); ++i) {
    const text::CsvRecord& record = (*records)[i];
    const std::string where = "line " + std::to_string(record.line);
    const auto add = [&](const absl::Status& fault) {
      violations.push_back(base::ViolationOf(where, fault));
    };
    if (record.cells.size() != header->size()) {
      add(CellCount(record.cells.size(), header->size()));
      continue;
    }
    const std::string id(header->required(record, 0));
    if (!base::IsResourceId(id)) add(ProgramInvalid(id));
    if (text::IsBlank(header->required(record, 1))) add(ValueMissing());
    const auto year = text::ReadFiscalYear(header->required(record, 3));
    if (!year.ok()) {
      add(year.status());
      continue;
    }
    const bool added =
        catalog.programs_
            .try_emplace(
                id,
                Program{
                    .id = id,
                    .display_name = std::string(header->required(record, 1)),
                    .display_name_en = std::string(header->required(record, 2)),
                    .first_fiscal_year = *year,
                    .legal_basis = std::string(header->required(record, 4))})
            .second;
    const std::size_t first = lines.try_emplace(id, record.line).first->second;
    if (!added) add(DuplicateRecord(first));
  }
  if (!violations.empty()) {
    return ProgramsInvalid(std::move(violations), absl::OkStatus());
  }
  catalog.digest_ = base::Sha256Hex(csv);
  return catalog;
}

absl::Status ProgramCatalog::Check(std::string_view program) const {
  if (programs_.find(program) != programs_.end()) return absl::OkStatus();
  std::string known;
  for (const auto& [id, unused] : programs_)
    known += (known.empty() ? "" : " ") + id;
  return ProgramUnknown(program, known);
}

absl::Status ProgramCatalog::Check(std::string_view program,
                                   base::FiscalYear year) const {
  WELFARE_RETURN_IF_ERROR(Check(program));
  const Program& found = programs_.find(program)->second;
  if (year < found.first_fiscal_year) {
    return YearBeforeProgram(program, found.first_fiscal_year, year);
  }
  return absl::OkStatus();
}

}  // namespace welfare::registry
