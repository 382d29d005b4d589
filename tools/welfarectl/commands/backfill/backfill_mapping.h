// How records of an old questionnaire are read: the mapping of a plan, and the
// verb that shows one.
#pragma once

#include <string>

#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/backfill/plan_file.h"
#include "tools/welfarectl/session/session.h"

namespace welfare::ctl {

// These return kOk or, with the error printed, an exit code.

// Reads the file of a mapping into `mapping`, and has it judged by the service;
// all that is wrong with it is told with its line. An empty path: there is
// none.
int OpenMapping(Session& session, const std::string& path,
                PlannedMapping& mapping);
// The same of a plan that was made. kRefused: the file is another now.
int OpenMappingAsPlanned(PlannedMapping& mapping);
// Imports it; again, it is there.
int ImportMapping(Session& session, const PlannedMapping& mapping);

void AddMappingVerbs(const Command& noun, Session& session);

}  // namespace welfare::ctl
