#pragma once

#include "tools/welfarectl/arguments/command_line.h"

namespace welfare::ctl {

class Session;

// key.
void AddKeyCommands(const Command& program, Session& session);

}  // namespace welfare::ctl
