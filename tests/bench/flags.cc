#include "tests/bench/flags.h"

#include <CLI/CLI.hpp>

namespace welfare::bench {

std::optional<int> ReadFlags(const std::string& about,
                             const std::vector<Flag>& flags, int argc,
                             const char* const* argv) {
  CLI::App app(about);
  for (const Flag& flag : flags) {
    std::visit(
        [&](auto* value) {
          app.add_option(flag.name, *value, flag.help)->required(flag.required);
        },
        flag.value);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  return std::nullopt;
}

}  // namespace welfare::bench
