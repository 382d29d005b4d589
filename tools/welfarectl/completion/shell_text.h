// Texts in scripts of shells.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/welfarectl/arguments/command_shape.h"

namespace welfare::ctl {

// A word that every shell reads as it is: 'text'.
std::string Quoted(std::string_view text);

// Words with `between` between them.
std::string Joined(const std::vector<std::string>& words,
                   std::string_view between);

// The first sentence's beginning, short enough for a list beside a command
// line: up to a semicolon or the end of a line.
std::string Brief(std::string_view help);

// The paths of all commands but the program, quoted, as a pattern of `case`:
// 'welfarectl roster'|'welfarectl roster show'.
std::string PathPattern(const std::vector<CommandPlace>& places);

// The names of a command's flags whose value is of `kind`, as a pattern of
// `case`; empty where there is none.
std::string FlagPattern(const CommandPlace& place, ValueShape::Kind kind);

// The same of every flag that takes a value at all.
std::string ValueFlagPattern(const CommandPlace& place);

}  // namespace welfare::ctl
