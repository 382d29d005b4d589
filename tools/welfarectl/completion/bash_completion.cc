#include "tools/welfarectl/completion/completion.h"
#include "tools/welfarectl/completion/shell_text.h"

namespace welfare::ctl {
namespace {

constexpr std::string_view kFiles =
    "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "
    "\"$current\")";

std::string Offer(const std::vector<std::string>& words) {
  return "mapfile -t COMPREPLY < <(compgen -W " + Quoted(Joined(words, " ")) +
         " -- \"$current\")";
}

// What is offered at one command.
std::string BashPlace(const CommandPlace& place) {
  std::string out = "    " + Quoted(place.path) + ")\n";
  out += "      case $previous in\n";
  for (const FlagShape* flag : place.flags) {
    if (flag->value.kind == ValueShape::Kind::kChoice) {
      out += "        " + flag->name + ") " + Offer(flag->value.choices) +
             "; return ;;\n";
    }
  }
  if (const auto files = FlagPattern(place, ValueShape::Kind::kFile);
      !files.empty()) {
    out += "        " + files + ") " + std::string(kFiles) + "; return ;;\n";
  }
  if (const auto texts = FlagPattern(place, ValueShape::Kind::kText);
      !texts.empty()) {
    out += "        " + texts + ") return ;;\n";
  }
  out += "      esac\n";
  std::vector<std::string> flags;
  for (const FlagShape* flag : place.flags) flags.push_back(flag->name);
  out += "      if [[ $current == -* ]]; then\n        " + Offer(flags) +
         "\n        return\n      fi\n";
  std::vector<std::string> words;
  for (const CommandShape& below : place.command->commands) {
    words.push_back(below.name);
  }
  bool files = false;
  for (const ArgumentShape& argument : place.command->arguments) {
    words.insert(words.end(), argument.value.choices.begin(),
                 argument.value.choices.end());
    files = files || argument.value.kind == ValueShape::Kind::kFile;
  }
  if (!words.empty()) out += "      " + Offer(words) + "\n";
  if (files) out += "      " + std::string(kFiles) + "\n";
  return out + "      ;;\n";
}

}  // namespace

std::string BashCompletion(const CommandShape& program) {
  const auto places = PlacesOf(program);
  std::string out = "# Completes " + program.name + " in bash: source <(" +
                    program.name + " completion bash)\n";
  out += "_" + program.name + R"(() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local at=)" +
         program.name + R"( word i
  # bash makes three words of --flag=value.
  if [[ $current == = ]]; then current=
  elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case "$at:$word" in
)";
  for (const CommandPlace& place : places) {
    const std::string values = ValueFlagPattern(place);
    if (values.empty()) continue;
    // Each alternative begins with where it holds.
    std::string pattern;
    std::size_t begin = 0;
    while (begin <= values.size()) {
      const std::size_t end = std::min(values.find('|', begin), values.size());
      if (!pattern.empty()) pattern += "|";
      pattern += Quoted(place.path + ":" + values.substr(begin, end - begin));
      begin = end + 1;
    }
    out += "      " + pattern +
           ") ((i++)); [[ ${COMP_WORDS[i]} == = ]] && ((i++)) ;;\n";
  }
  out += "      *) case \"$at $word\" in\n        " + PathPattern(places) +
         ") at=\"$at $word\" ;;\n        esac ;;\n    esac\n  done\n";
  out += "  case $at in\n";
  for (const CommandPlace& place : places) out += BashPlace(place);
  out += "  esac\n}\ncomplete -F _" + program.name + " " + program.name + "\n";
  return out;
}

}  // namespace welfare::ctl
