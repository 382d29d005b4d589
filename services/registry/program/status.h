// What a municipality did about a programme in a fiscal year: two facts, not
// one scale.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/base/names/municipality_code.h"
#include "services/base/time/fiscal_year.h"
#include "services/vocabulary/implementing.h"
#include "services/vocabulary/preparation.h"

namespace welfare::registry {

using vocabulary::Implementing;
using vocabulary::Preparation;

// The words of files, messages and the audit log: `yes`, `no`, `ended`, and
// `unknown` where no record says.
std::string FileWord(std::optional<Implementing> implementing);
// `yes`, `no` or `unknown`.
std::string FileWord(Preparation preparation);

// Parses `yes`, `no` or `ended`: a record always says.
//
// Errors:
//   INVALID_ARGUMENT, reason IMPLEMENTING_INVALID: another word.
absl::StatusOr<Implementing> ParseImplementing(std::string_view text);

// Parses `yes`, `no` or `unknown`.
//
// Errors:
//   INVALID_ARGUMENT, reason PREPARATION_INVALID: another word.
absl::StatusOr<Preparation> ParsePreparation(std::string_view text);

// The two facts. The defaults are what is known without any record; a record
// always says whether the programme was run.
struct StatusFacts {
  std::optional<Implementing> implementing;
  Preparation preparation = Preparation::kUnknown;

  friend bool operator==(const StatusFacts&, const StatusFacts&) = default;
};

// One record of the two facts. Immutable: a correction is another record with
// a higher version. Who recorded it and when stands in the Commit of its
// version.
struct StatusRecord {
  std::string program;  // id: `jusou`
  std::int64_t municipality_id = 0;
  base::MunicipalityCode municipality;  // its resource id
  base::FiscalYear fiscal_year;
  StatusFacts facts;
  std::string note;    // where the fact comes from
  std::string reason;  // why it was recorded; never empty in a correction
  // True where the record replaced another of its year, or broke the lawful
  // order of the years, and says why.
  bool correction = false;
  // True where the record takes back the one before it, made by mistake: from
  // here on the year is unknown. `facts` are those taken back.
  bool retracted = false;
  // Version of the record that is in force again, because this one takes back
  // the correction that had replaced it; `facts` and `note` repeat it. 0: this
  // is a record of its own.
  std::int64_t restores = 0;
  // Registry version that made the record; 0 while only proposed.
  std::int64_t version = 0;

  friend bool operator==(const StatusRecord&, const StatusRecord&) = default;
};

using StatusPtr = std::shared_ptr<const StatusRecord>;

}  // namespace welfare::registry
