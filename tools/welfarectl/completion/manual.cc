#include "tools/welfarectl/completion/manual.h"

#include "tools/welfarectl/session/phrase.h"

namespace welfare::ctl {
namespace {

// Text as roff reads it: a backslash and a line that begins with a control
// character are escaped, and hyphens are those of commands.
std::string Roff(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_begins = c == '\n';
  }
  return out;
}

std::string Bold(std::string_view text) { return "\\fB" + Roff(text) + "\\fR"; }
std::string Italic(std::string_view text) {
  return "\\fI" + Roff(text) + "\\fR";
}

std::string Synopsis(const CommandPlace& place) {
  std::string out = Bold(place.path);
  for (const FlagShape& flag : place.command->flags) {
    if (flag.required)
      out += " " + Bold(flag.name) + " " + Italic(flag.value.word);
  }
  if (!place.command->commands.empty()) out += " " + Italic("COMMAND");
  for (const ArgumentShape& argument : place.command->arguments) {
    out += " " + Italic(argument.name) + (argument.repeated ? " ..." : "");
  }
  return out;
}

std::string Value(const ValueShape& value) {
  if (value.kind == ValueShape::Kind::kNone) return "";
  if (value.kind != ValueShape::Kind::kChoice) return " " + Italic(value.word);
  std::string out;
  for (const std::string& choice : value.choices) {
    out += (out.empty() ? " " : "|") + Bold(choice);
  }
  return out;
}

void AddFlags(const std::vector<FlagShape>& flags, std::string& out) {
  for (const FlagShape& flag : flags) {
    if (flag.name == "--help") continue;
    out += ".TP\n" + Bold(flag.name) + Value(flag.value) + "\n";
    out += Roff(flag.help) + ".\n";
    if (!flag.default_value.empty()) {
      out += Roff(Say("Left out: {value}.", {{"value", flag.default_value}})) +
             "\n";
    }
    if (!flag.environment.empty()) {
      out += Roff(Say("Environment: {name}.", {{"name", flag.environment}})) +
             "\n";
    }
  }
}

}  // namespace

std::string ManualPage(const CommandShape& program,
                       const std::string& version) {
  const auto places = PlacesOf(program);
  std::string out = ".TH " + program.name + " 1 \"\" \"" + program.name + " " +
                    Roff(version) + "\"\n";
  out +=
      ".SH NAME\n" + Roff(program.name) + " \\- " + Roff(program.help) + "\n";
  out += ".SH SYNOPSIS\n" + Synopsis(places.front()) + "\n";
  out += ".SH EXAMPLES\n.nf\n";
  for (const std::string& example : program.examples)
    out += Roff(example) + "\n";
  out += ".fi\n.SH OPTIONS\n";
  AddFlags(program.flags, out);
  out += ".SH COMMANDS\n";
  for (std::size_t i = 1; i < places.size(); ++i) {
    const CommandShape& command = *places[i].command;
    out += ".SS " + Synopsis(places[i]) + "\n" + Roff(command.help) + ".\n";
    for (const ArgumentShape& argument : command.arguments) {
      out +=
          ".TP\n" + Italic(argument.name) + "\n" + Roff(argument.help) + ".\n";
    }
    AddFlags(command.flags, out);
    if (command.examples.empty()) continue;
    out += ".PP\n.nf\n";
    for (const std::string& example : command.examples) {
      out += "  " + Roff(example) + "\n";
    }
    out += ".fi\n";
  }
  out += ".SH \"EXIT STATUS\"\n";
  out += Roff(Say(
             "0: done; 1: failed; 2: the command line cannot be used; 3: rows "
             "were rejected; 4: not known or not allowed; 5: refused as things "
             "stand; 130: interrupted.")) +
         "\n";
  return out;
}

}  // namespace welfare::ctl
