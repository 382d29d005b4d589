#include "services/report/model/report_model.h"

namespace welfare::report {

std::string SyntheticMark(bool synthetic, bool previous_synthetic) {
  if (synthetic) return "架空データ";
  return previous_synthetic ? "前回は架空データ" : "";
}

}  // namespace welfare::report
