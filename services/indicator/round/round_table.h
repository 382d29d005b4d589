// A whole round in memory, as columns over its frozen frame.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/absence.h"
#include "services/base/expression/expression.h"
#include "services/base/names/respondent.h"
#include "services/base/time/date.h"
#include "services/base/time/fiscal_year.h"
#include "services/indicator/questionnaire/questionnaire.h"
#include "services/indicator/round/bitmap.h"
#include "services/vocabulary/basis.h"
#include "services/vocabulary/submission_state.h"

namespace welfare::indicator {

using vocabulary::Basis;
using vocabulary::SubmissionState;

// Returns whether a submission in `state` counts on `basis`; none never does.
bool Counts(std::optional<SubmissionState> state, Basis basis);

// What the registry knew at the pin about one fiscal year.
struct StatusFacts {
  base::Truth implementing = base::Truth::kUnknown;
  base::Truth preparation = base::Truth::kUnknown;
};

// One respondent of the frame.
struct FrameRow {
  base::Respondent respondent;
  std::string display_name;
  std::string area;
  std::map<int, StatusFacts> facts;  // by fiscal year; others are unknown
  std::optional<SubmissionState> state = {};  // unset: there is none
  bool late = false;
  int revision = 0;  // of the submission; 0 without one
  std::optional<base::Date> received_on = {};
};

// The round the columns belong to.
struct RoundHeader {
  std::string survey;
  base::FiscalYear fiscal_year = base::FiscalYear::FromChecked(2025);
  std::string program;  // id of the programme
  bool synthetic = false;
  std::int64_t registry_version = 0;
  // The registry's store, in which the version counts; empty where the survey
  // does not know.
  std::string registry_incarnation;
  std::int64_t revision = 0;
  std::string incarnation;  // the survey's store, in which `revision` counts
  std::optional<base::Date> window_start;
  std::optional<base::Date> window_end;
  // False for a round that is planned: it has no frame and no answers yet.
  bool opened = true;
};

// One item's answers as they come over the wire: one entry per frame row.
// `codes`, `integers` and `texts` are empty where the item is of another type.
struct RawColumn {
  std::string item;
  std::string row;                     // of a table; empty otherwise
  std::vector<std::uint8_t> absences;  // 0 or the number of a base::Absence
  std::vector<std::uint64_t> codes;    // bit k is option k
  std::vector<std::int64_t> integers;
  std::vector<std::string> texts;
};

// One item's answers with the rows that do not count masked out.
// Invariant: every row is in exactly one of `answered` and `absent[kind]`.
struct Column {
  Bitmap answered;
  // By the number of base::Absence; element 0 stays empty.
  std::array<Bitmap, 7> absent;
  std::vector<std::uint8_t> absences;  // 0 where answered
  std::vector<Bitmap> planes;          // one per option
  std::vector<std::int64_t> integers;
  std::vector<std::string> texts;

  const Bitmap& Absent(base::Absence kind) const {
    return absent[static_cast<std::size_t>(kind)];
  }
  std::optional<base::Absence> AbsenceOf(std::size_t row) const {
    if (absences[row] == 0) return std::nullopt;
    return static_cast<base::Absence>(absences[row]);
  }
};

// A round at one revision on one basis. Immutable; any thread may read it.
//
// Rows whose submission does not count are UNIT_NONRESPONSE in every column of
// an item that their kind is asked.
class RoundTable {
 public:
  // Errors:
  //   INTERNAL, reason COLUMNS_INVALID: columns that contradict the
  //     questionnaire or the frame, with every violation.
  static absl::StatusOr<RoundTable> Make(
      RoundHeader header, std::shared_ptr<const Questionnaire> questionnaire,
      std::vector<FrameRow> rows, std::vector<RawColumn> columns, Basis basis);

  const RoundHeader& header() const { return header_; }
  Basis basis() const { return basis_; }
  const Questionnaire& questionnaire() const { return *questionnaire_; }
  const std::vector<FrameRow>& rows() const { return rows_; }

  // The columns of the item at `position`: one, or one per row of a table.
  const std::vector<Column>& columns(std::size_t position) const {
    return columns_[position];
  }
  // The only column of an item that is no table.
  const Column& column(std::size_t position) const {
    return columns_[position].front();
  }

  // Rows of this kind, counted or not.
  const Bitmap& OfKind(base::RespondentKind kind) const {
    return kind == base::RespondentKind::kMunicipality ? municipalities_
                                                       : councils_;
  }
  // Rows whose submission counts.
  const Bitmap& counted() const { return counted_; }

  // Returns the value of an item in a row, missing for every absence.
  base::Value ValueAt(std::size_t position, std::size_t row) const;

 private:
  RoundTable() = default;

  RoundHeader header_;
  Basis basis_ = Basis::kProvisional;
  std::shared_ptr<const Questionnaire> questionnaire_;
  std::vector<FrameRow> rows_;
  std::vector<std::vector<Column>> columns_;
  Bitmap municipalities_;
  Bitmap councils_;
  Bitmap counted_;
};

}  // namespace welfare::indicator
