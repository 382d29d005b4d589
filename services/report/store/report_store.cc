#include "services/report/store/report_store.h"

namespace welfare::report {

std::string StoredReport::Name() const {
  std::string digits = std::to_string(number);
  if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
  return "reports/" + template_id + "-" + std::to_string(fiscal_year) + "-" +
         digits;
}

}  // namespace welfare::report
