// The programmes whose status is recorded: data that ships with the service.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/time/fiscal_year.h"

namespace welfare::registry {

struct Program {
  std::string id;            // `jusou`
  std::string display_name;  // 重層的支援体制整備事業
  std::string display_name_en;
  base::FiscalYear first_fiscal_year;  // no status can be earlier
  std::string legal_basis;
};

// The programmes by id. Immutable; any thread.
class ProgramCatalog {
 public:
  // Reads CSV with the columns
  // `program,display_name,display_name_en,first_fiscal_year,legal_basis`.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason PROGRAMS_INVALID: with every violation.
  static absl::StatusOr<ProgramCatalog> Parse(std::string_view csv);

  const std::map<std::string, Program, std::less<>>& programs() const {
    return programs_;
  }

  // By which one catalogue is told from another: the SHA-256 of its text.
  const std::string& digest() const { return digest_; }

  // Returns OK when `program` exists and may have a status in `year`.
  //
  // Errors:
  //   NOT_FOUND, reason PROGRAM_NOT_FOUND: there is none; metadata `known`.
  //   INVALID_ARGUMENT, reason YEAR_BEFORE_PROGRAM: it began later.
  absl::Status Check(std::string_view program, base::FiscalYear year) const;
  // Only whether it exists.
  absl::Status Check(std::string_view program) const;

 private:
  std::map<std::string, Program, std::less<>> programs_;
  std::string digest_;
};

}  // namespace welfare::registry
