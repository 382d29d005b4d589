#include "tools/welfarectl/commands/survey/answer_text.h"

namespace welfare::ctl {

namespace survey_v1 = ::welfare::survey::v1;

std::string ValueText(const survey_v1::Answer& answer) {
  switch (answer.content_case()) {
    case survey_v1::Answer::kCodes: {
      std::string joined;
      for (const std::string& code : answer.codes().codes()) {
        joined += (joined.empty() ? "" : " ") + code;
      }
      return joined;
    }
    case survey_v1::Answer::kInteger:
      return std::to_string(answer.integer());
    case survey_v1::Answer::kText:
      return answer.text();
    case survey_v1::Answer::kAbsence:
    case survey_v1::Answer::CONTENT_NOT_SET:
      return "";
  }
  return "";
}

std::string AbsenceText(const survey_v1::Answer& answer) {
  return answer.content_case() == survey_v1::Answer::kAbsence
             ? type::v1::Absence::Kind_Name(answer.absence())
             : "";
}

}  // namespace welfare::ctl
