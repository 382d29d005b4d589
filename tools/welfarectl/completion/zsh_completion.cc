#include <algorithm>

#include "tools/welfarectl/completion/completion.h"
#include "tools/welfarectl/completion/shell_text.h"

namespace welfare::ctl {
namespace {

// `name:what it is` as _describe takes it: a colon within is escaped.
std::string Described(const std::string& name, const std::string& help) {
  std::string out;
  for (const char c : name) {
    if (c == ':') out += '\\';
    out += c;
  }
  return Quoted(out + ":" + Brief(help));
}

std::string ValuesOf(const CommandPlace& place, const std::string& indent) {
  std::string out;
  for (const FlagShape* flag : place.flags) {
    if (flag->value.kind == ValueShape::Kind::kChoice) {
      out += indent + flag->name + ") compadd -- " +
             Joined(flag->value.choices, " ") + "; return ;;\n";
    }
  }
  if (const auto files = FlagPattern(place, ValueShape::Kind::kFile);
      !files.empty()) {
    out += indent + "(" + files + ") _files; return ;;\n";
  }
  for (const FlagShape* flag : place.flags) {
    if (flag->value.kind == ValueShape::Kind::kText) {
      out += indent + flag->name + ") _message " + Quoted(Brief(flag->help)) +
             "; return ;;\n";
    }
  }
  return out;
}

std::string ZshPlace(const CommandPlace& place) {
  std::string out = "    " + Quoted(place.path) + ")\n";
  out += "      case $previous in\n" + ValuesOf(place, "        ") +
         "      esac\n";
  out += "      if [[ $PREFIX == -* ]]; then\n        words_here=(\n";
  for (const FlagShape* flag : place.flags) {
    out += "          " + Described(flag->name, flag->help) + "\n";
  }
  out +=
      "        )\n        _describe -o flag words_here\n        return\n"
      "      fi\n";
  if (!place.command->commands.empty()) {
    out += "      words_here=(\n";
    for (const CommandShape& below : place.command->commands) {
      out += "        " + Described(below.name, below.help) + "\n";
    }
    out += "      )\n      _describe command words_here\n";
  }
  for (const ArgumentShape& argument : place.command->arguments) {
    if (argument.value.kind == ValueShape::Kind::kChoice) {
      out += "      compadd -- " + Joined(argument.value.choices, " ") + "\n";
    } else if (argument.value.kind == ValueShape::Kind::kFile) {
      out += "      _files\n";
    } else {
      out += "      _message " + Quoted(Brief(argument.help)) + "\n";
    }
  }
  return out + "      ;;\n";
}

}  // namespace

std::string ZshCompletion(const CommandShape& program) {
  const auto places = PlacesOf(program);
  const std::string name = "_" + program.name;
  std::string out = "#compdef " + program.name + "\n";
  out += "# Completes " + program.name + " in zsh: " + program.name +
         " completion zsh > \"${fpath[1]}/" + name + "\"\n";
  out += name + R"(() {
  local at=)" +
         program.name + R"( word previous i
  local -a words_here
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    case "$at:$word" in
)";
  for (const CommandPlace& place : places) {
    const std::string values = ValueFlagPattern(place);
    if (!values.empty()) {
      out += "      " + Quoted(place.path + ":") + "(" + values +
             ")) ((i++)) ;;\n";
    }
  }
  out += "      *) case \"$at $word\" in\n        (" + PathPattern(places) +
         ")) at=\"$at $word\" ;;\n        esac ;;\n    esac\n  done\n";
  out += R"(  previous=$words[CURRENT-1]
  if [[ $PREFIX == --*=* ]]; then
    previous=${PREFIX%%=*}
    compset -P '*='
  fi
  case $at in
)";
  for (const CommandPlace& place : places) out += ZshPlace(place);
  out += "  esac\n}\n";
  // Read from $fpath its body is run; sourced it is registered.
  out += "if [[ $funcstack[1] == " + name + " ]]; then\n  " + name +
         " \"$@\"\nelse\n  compdef " + name + " " + program.name + "\nfi\n";
  return out;
}

}  // namespace welfare::ctl
