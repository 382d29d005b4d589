// The arguments of a command line, before a library reads them.
#pragma once

#include <string>
#include <vector>

namespace welfare::base {

// The same arguments with `--name=` as `--name` and an empty value: CLI11 takes
// the argument that follows for the value, so that `--jwt-issuer=$UNSET` would
// swallow its neighbour.
std::vector<std::string> WithEmptyValues(std::vector<std::string> arguments);

}  // namespace welfare::base
