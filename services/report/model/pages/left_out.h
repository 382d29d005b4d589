// What of a template is not in the report.
#pragma once

#include <string>

namespace welfare::report {

// One thing that was left out.
struct LeftOut {
  std::string page;     // its label, `4`
  std::string place;    // `pages[4].headline`
  std::string reason;   // INDICATOR_NOT_IN_CODEBOOK
  std::string subject;  // `plan_formulated`
  std::string words;    // the note that stands in its place
};

}  // namespace welfare::report
