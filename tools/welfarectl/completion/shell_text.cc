#include "tools/welfarectl/completion/shell_text.h"

#include <algorithm>

namespace welfare::ctl {

std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string Joined(const std::vector<std::string>& words,
                   std::string_view between) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += between;
    out += word;
  }
  return out;
}

std::string Brief(std::string_view help) {
  for (const std::string_view end : {";", "\n", "。"}) {
    help = help.substr(0, help.find(end));
  }
  while (!help.empty() && help.back() == ' ') help.remove_suffix(1);
  return std::string(help);
}

std::string PathPattern(const std::vector<CommandPlace>& places) {
  std::vector<std::string> paths;
  for (std::size_t i = 1; i < places.size(); ++i) {
    paths.push_back(Quoted(places[i].path));
  }
  return Joined(paths, "|");
}

std::string FlagPattern(const CommandPlace& place, ValueShape::Kind kind) {
  std::vector<std::string> names;
  for (const FlagShape* flag : place.flags) {
    if (flag->value.kind == kind &&
        std::ranges::find(names, flag->name) == names.end()) {
      names.push_back(flag->name);
    }
  }
  return Joined(names, "|");
}

std::string ValueFlagPattern(const CommandPlace& place) {
  std::vector<std::string> patterns;
  for (const auto kind : {ValueShape::Kind::kText, ValueShape::Kind::kFile,
                          ValueShape::Kind::kChoice}) {
    const std::string pattern = FlagPattern(place, kind);
    if (!pattern.empty()) patterns.push_back(pattern);
  }
  return Joined(patterns, "|");
}

}  // namespace welfare::ctl
