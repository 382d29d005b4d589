// Scripts that complete welfarectl's command line in a shell. They are made
// from its shape and ask no program while somebody types.
#pragma once

#include <string>

#include "tools/welfarectl/arguments/command_shape.h"

namespace welfare::ctl {

// For bash 4 and later: `source <(welfarectl completion bash)`.
std::string BashCompletion(const CommandShape& program);

// For zsh 5 and later, as a function `_welfarectl` in $fpath.
std::string ZshCompletion(const CommandShape& program);

// For fish 3 and later, in ~/.config/fish/completions.
std::string FishCompletion(const CommandShape& program);

}  // namespace welfare::ctl
