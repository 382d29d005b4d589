// backfill export: a platform's registry, questionnaires and rounds as files
// that another one takes in.
#pragma once

#include "tools/welfarectl/arguments/command_line.h"
#include "tools/welfarectl/session/session.h"

namespace welfare::ctl {

void AddExportVerb(const Command& noun, Session& session);

}  // namespace welfare::ctl
