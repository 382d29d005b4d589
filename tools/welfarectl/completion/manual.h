// The manual page of welfarectl.
#pragma once

#include <string>

#include "tools/welfarectl/arguments/command_shape.h"

namespace welfare::ctl {

// Section 1, in man(7): every command with its flags, made from the shape of
// the command line. `version` stands at the foot.
std::string ManualPage(const CommandShape& program, const std::string& version);

}  // namespace welfare::ctl
