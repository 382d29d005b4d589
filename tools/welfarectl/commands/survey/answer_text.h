// Answers in words.
#pragma once

#include <string>

#include "welfare/survey/v1/submission.pb.h"

namespace welfare::ctl {

// What an answer shows in the columns `value` and `absence`; empty where it has
// none.
std::string ValueText(const survey::v1::Answer& answer);
std::string AbsenceText(const survey::v1::Answer& answer);

}  // namespace welfare::ctl
