// The verbs of `submission` that have a file of their own.
#pragma once

#include <string>

#include "welfare/survey/v1/submission.pb.h"

namespace welfare::ctl {

class Command;
class Session;

// import.
void AddSubmissionImport(const Command& noun, Session& session);

// export.
void AddSubmissionExport(const Command& noun, Session& session);

// What an answer shows in the columns `value` and `absence`; empty where it has
// none.
std::string ValueText(const survey::v1::Answer& answer);
std::string AbsenceText(const survey::v1::Answer& answer);

}  // namespace welfare::ctl
