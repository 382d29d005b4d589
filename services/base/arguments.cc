#include "services/base/arguments.h"

#include <utility>

namespace welfare::base {

std::vector<std::string> WithEmptyValues(std::vector<std::string> arguments) {
  std::vector<std::string> out;
  bool only_arguments = false;  // behind `--`
  for (std::string& argument : arguments) {
    only_arguments = only_arguments || argument == "--";
    const bool empty = !only_arguments && argument.starts_with("--") &&
                       argument.find('=') == argument.size() - 1;
    if (empty) argument.pop_back();
    out.push_back(std::move(argument));
    if (empty) out.emplace_back();
  }
  return out;
}

}  // namespace welfare::base
