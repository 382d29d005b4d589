// What a municipality did about a programme in a fiscal year: two facts, not
// one scale.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/base/names/municipality_code.h"
#include "services/base/time/fiscal_year.h"

namespace welfare::registry {

// Whether it ran the programme. Stored in the database; do not renumber.
enum class Implementing {
  kUnknown = 0,  // no record says; never recorded itself
  kYes = 1,      // 実施
  kNo = 2,       // 未実施
  kEnded = 3,    // had run it before and ended it (終了)
};

// Whether it prepared for it (移行準備事業). Stored in the database; do not
// renumber.
enum class Preparation {
  kYes = 1,
  kNo = 2,
  kUnknown = 3,  // recorded, or no record at all
};

// Returns `yes`, `no`, `ended` or `unknown`.
std::string_view ToString(Implementing implementing);
// Returns `yes`, `no` or `unknown`.
std::string_view ToString(Preparation preparation);

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

// The two facts. The defaults are what is known without any record.
struct StatusFacts {
  Implementing implementing = Implementing::kUnknown;
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
