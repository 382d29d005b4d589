#include "services/base/absence.h"

#include "services/base/error.h"
#include "services/base/error_table.h"

namespace welfare::base {

std::string_view ToString(Absence absence) {
  switch (absence) {
    case Absence::kNoAnswer:
      return "NO_ANSWER";
    case Absence::kNotCounted:
      return "NOT_COUNTED";
    case Absence::kUnknown:
      return "UNKNOWN";
    case Absence::kNotApplicable:
      return "NOT_APPLICABLE";
    case Absence::kUnitNonresponse:
      return "UNIT_NONRESPONSE";
    case Absence::kNotAsked:
      return "NOT_ASKED";
  }
  return "";
}

std::string_view ToJapanese(Absence absence) {
  switch (absence) {
    case Absence::kNoAnswer:
      return "無回答";
    case Absence::kNotCounted:
      return "カウントしていない";
    case Absence::kUnknown:
      return "不詳";
    case Absence::kNotApplicable:
      return "非該当";
    case Absence::kUnitNonresponse:
      return "未提出";
    case Absence::kNotAsked:
      return "調査対象外";
  }
  return "";
}

absl::StatusOr<Absence> ParseAbsence(std::string_view text) {
  for (const Absence absence : kAllAbsences) {
    if (text == ToString(absence)) return absence;
  }
  return MakeError(BaseRow("ABSENCE_UNKNOWN")).With("text", text);
}

}  // namespace welfare::base
