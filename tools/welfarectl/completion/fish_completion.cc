#include "tools/welfarectl/completion/completion.h"
#include "tools/welfarectl/completion/shell_text.h"

namespace welfare::ctl {
namespace {

// A word of fish: within single quotes it knows \' and \\ alone.
std::string FishQuoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// How `complete` is told of a value.
std::string ValueOf(const ValueShape& value) {
  switch (value.kind) {
    case ValueShape::Kind::kNone:
      return "";
    case ValueShape::Kind::kFile:
      return " -r -F";
    case ValueShape::Kind::kChoice:
      return " -x -a " + FishQuoted(Joined(value.choices, " "));
    case ValueShape::Kind::kText:
      break;
  }
  return " -x";
}

}  // namespace

std::string FishCompletion(const CommandShape& program) {
  const auto places = PlacesOf(program);
  const std::string at = "__" + program.name + "_at";
  const std::string complete = "complete -c " + program.name;
  std::string out = "# Completes " + program.name +
                    " in fish: " + program.name + " completion fish > " +
                    "~/.config/fish/completions/" + program.name + ".fish\n";
  out += "function " + at + " --argument-names wanted\n";
  out += "  set -l at " + program.name + "\n  set -l skip no\n";
  out += "  for word in (commandline -opc)[2..-1]\n";
  out +=
      "    if test $skip = yes\n      set skip no\n      continue\n    end\n";
  out += "    switch \"$at:$word\"\n";
  for (const CommandPlace& place : places) {
    for (const FlagShape* flag : place.flags) {
      if (flag->value.kind == ValueShape::Kind::kNone) continue;
      out += "      case " + FishQuoted(place.path + ":" + flag->name) +
             "\n        set skip yes\n";
    }
  }
  out += "    end\n    switch \"$at $word\"\n      case";
  for (std::size_t i = 1; i < places.size(); ++i) {
    out += " " + FishQuoted(places[i].path);
  }
  out += "\n        set at \"$at $word\"\n    end\n  end\n";
  out += "  test \"$at\" = \"$wanted\"\nend\n";
  out += complete + " -f\n";
  for (const CommandPlace& place : places) {
    const std::string here =
        complete + " -n " + FishQuoted(at + " " + Quoted(place.path));
    for (const CommandShape& below : place.command->commands) {
      out += here + " -a " + FishQuoted(below.name) + " -d " +
             FishQuoted(Brief(below.help)) + "\n";
    }
    for (const ArgumentShape& argument : place.command->arguments) {
      if (argument.value.kind == ValueShape::Kind::kFile) {
        out += here + " -F\n";
      } else if (!argument.value.choices.empty()) {
        out += here + " -a " + FishQuoted(Joined(argument.value.choices, " ")) +
               "\n";
      }
    }
    for (const FlagShape* flag : place.flags) {
      out += here + " -l " + flag->name.substr(2) + ValueOf(flag->value) +
             " -d " + FishQuoted(Brief(flag->help)) + "\n";
    }
  }
  return out;
}

}  // namespace welfare::ctl
