#include "tools/welfarectl/arguments/command_shape.h"

namespace welfare::ctl {
namespace {

void AddPlaces(const CommandShape& command, const std::string& above,
               const std::vector<const FlagShape*>& inherited,
               std::vector<CommandPlace>& places) {
  std::vector<const FlagShape*> flags;
  for (const FlagShape& flag : command.flags) flags.push_back(&flag);
  flags.insert(flags.end(), inherited.begin(), inherited.end());
  const std::string path =
      above.empty() ? command.name : above + " " + command.name;
  places.push_back({.path = path, .command = &command, .flags = flags});
  for (const CommandShape& below : command.commands) {
    AddPlaces(below, path, flags, places);
  }
}

}  // namespace

std::vector<CommandPlace> PlacesOf(const CommandShape& program) {
  std::vector<CommandPlace> places;
  AddPlaces(program, "", {}, places);
  return places;
}

}  // namespace welfare::ctl
