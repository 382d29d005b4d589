#pragma once

#include <string>

#include "tools/welfarectl/arguments/command_line.h"

namespace welfare::ctl {

// completion, manual: what a shell and a reader are told of `line`, which
// outlives the run, in this `version`.
void AddShellCommands(const CommandLine& line, const std::string& version,
                      Session& session);

}  // namespace welfare::ctl
