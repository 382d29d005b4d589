// The command line of the programs here, read by getopt_long: the library that
// reads those of the product is the dearest header of the tree.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace welfare::bench {

struct Flag {
  std::string name;  // "--backend"
  std::string help;
  std::variant<std::string*, int*> value;  // holds the default before
  bool required = false;
};

// Sets the values of `flags`. Where the program is to end at once (help, or a
// mistake, which is said on stderr): what it is to exit with.
std::optional<int> ReadFlags(const std::string& about,
                             const std::vector<Flag>& flags, int argc,
                             char* const* argv);

}  // namespace welfare::bench
