#include "services/report/model/report_model.h"

namespace welfare::report {

std::string SymbolText(Symbol symbol) {
  switch (symbol) {
    case Symbol::kNone:
      return "";
    case Symbol::kZero:
      return "0";
    case Symbol::kNotApplicable:
      return "-";
    case Symbol::kNoAnswer:
      return "無回答";
    case Symbol::kNotCounted:
      return "カウントしていない";
    case Symbol::kUnknown:
      return "不詳";
    case Symbol::kSuppressed:
      return "X";
    case Symbol::kLost:
      return "…";
    case Symbol::kLowerBound:
      return "以上";
  }
  return "";
}

std::string SymbolMeaning(Symbol symbol) {
  switch (symbol) {
    case Symbol::kNone:
      return "";
    case Symbol::kZero:
      return "該当が一つもない（端数の切り捨てではない）";
    case Symbol::kNotApplicable:
      return "対象外、または数値が定義されない";
    case Symbol::kNoAnswer:
      return "設問の対象だが、回答欄が空白（母数に含む）";
    case Symbol::kNotCounted:
      return "活動はしているが、件数を数えていない（母数に含む。0ではない）";
    case Symbol::kUnknown:
      return "未定、判読できない、または記録がない（母数に含む）";
    case Symbol::kSuppressed:
      return "値はあるが、秘匿のため表示しない";
    case Symbol::kLost:
      return "公表資料の数値が残っていない";
    case Symbol::kLowerBound:
      return "数値のない回答があるため、少なくともこの値";
  }
  return "";
}

std::string SymbolName(Symbol symbol) {
  switch (symbol) {
    case Symbol::kNone:
    case Symbol::kZero:
      return "";
    case Symbol::kNotApplicable:
      return "NOT_APPLICABLE";
    case Symbol::kNoAnswer:
      return "NO_ANSWER";
    case Symbol::kNotCounted:
      return "NOT_COUNTED";
    case Symbol::kUnknown:
      return "UNKNOWN";
    case Symbol::kSuppressed:
      return "SUPPRESSED";
    case Symbol::kLost:
      return "LOST";
    case Symbol::kLowerBound:
      return "LOWER_BOUND";
  }
  return "";
}

std::string SyntheticMark(bool synthetic, bool previous_synthetic) {
  if (synthetic) return "架空データ";
  return previous_synthetic ? "前回は架空データ" : "";
}

}  // namespace welfare::report
