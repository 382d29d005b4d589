// The command line as a value: which commands there are and what each takes.
#pragma once

#include <string>
#include <vector>

namespace welfare::ctl {

// What stands behind a flag, or is an argument.
struct ValueShape {
  enum class Kind {
    kNone,    // of a switch
    kText,    // anything
    kFile,    // the path of a file
    kChoice,  // one of `choices`
  };
  Kind kind = Kind::kText;
  std::string word;  // as the help names it: "TEXT"
  std::vector<std::string> choices = {};
};

struct FlagShape {
  std::string name;  // "--server"
  std::string help;
  ValueShape value;
  std::string default_value = {};
  std::string environment = {};  // the variable that stands in for it
  bool required = false;
};

struct ArgumentShape {
  std::string name;  // "FILE"
  std::string help;
  ValueShape value;
  bool repeated = false;
};

struct CommandShape {
  std::string name;
  std::string help;
  std::vector<std::string> examples = {};
  std::vector<FlagShape> flags = {};  // those of commands above hold as well
  std::vector<ArgumentShape> arguments = {};
  std::vector<CommandShape> commands = {};
};

// One command with what holds for it.
struct CommandPlace {
  std::string path;  // "welfarectl roster show"
  const CommandShape* command;
  std::vector<const FlagShape*> flags;  // its own, then those of commands above
};

// The program and every command below it, in order; refers to `program`.
std::vector<CommandPlace> PlacesOf(const CommandShape& program);

}  // namespace welfare::ctl
