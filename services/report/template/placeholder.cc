#include "services/report/template/placeholder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "services/base/absence.h"

namespace welfare::report {
namespace {

constexpr std::array<std::string_view, 16> kContext = {
    "year",
    "year_western",
    "last_year",
    "next_year",
    "round.name",
    "round.purpose",
    "round.method",
    "round.publisher",
    "round.window",
    "roster.implementing",
    "roster.not_implementing",
    "roster.preparing",
    "roster.newcomers",
    "returns.municipality",
    "returns.council",
    "returns.all"};
constexpr std::array<std::string_view, 5> kIndicatorParts = {
    "n", "answered", "population", "label", "top"};
constexpr std::array<std::string_view, 5> kCellParts = {
    "count", "base", "percent", "value", "label"};
constexpr std::array<std::string_view, 2> kAbsenceParts = {"count", "percent"};

template <std::size_t N>
bool Contains(const std::array<std::string_view, N>& names,
              std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsId(std::string_view text) {
  if (text.empty()) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t dot = text.find('.');
    parts.emplace_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    text.remove_prefix(dot + 1);
  }
}

// Reads words for a share, parted by `|`.
std::vector<std::string> ReadWordings(std::string_view text) {
  std::vector<std::string> wordings;
  for (;;) {
    const std::size_t bar = text.find('|');
    wordings.emplace_back(text.substr(0, bar));
    if (bar == std::string_view::npos) return wordings;
    text.remove_prefix(bar + 1);
  }
}

// Reads what stands between the braces; returns a fault or an empty string.
std::string ParseInner(std::string_view inner, Placeholder& result) {
  const std::string quoted = "{" + std::string(inner) + "}";
  result.source = quoted;
  if (const std::size_t tilde = inner.find('~');
      tilde != std::string_view::npos) {
    result.wordings = ReadWordings(inner.substr(tilde + 1));
    inner = inner.substr(0, tilde);
    if (std::ranges::any_of(result.wordings, &std::string::empty)) {
      return quoted + " lacks a wording.";
    }
  }
  if (result.wordings.empty() && Contains(kContext, inner)) {
    result.kind = Placeholder::Kind::kContext;
    result.indicator = std::string(inner);
    return "";
  }
  std::vector<std::string> parts = Split(inner);
  const bool wordings = !result.wordings.empty();
  if (parts.front() == "prev") {
    result.previous = true;
    parts.erase(parts.begin());
  }
  if (parts.size() < 2 || parts.size() > 3 || !IsId(parts[0])) {
    return quoted + " is no placeholder.";
  }
  result.indicator = parts[0];
  if (parts[1].starts_with('@')) {
    if (wordings) return quoted + " is worded of a share; name a cell.";
    result.kind = Placeholder::Kind::kAbsence;
    result.cell = parts[1].substr(1);
    if (!base::ParseAbsence(result.cell).ok()) {
      return quoted + " names no kind of absence.";
    }
    if (parts.size() == 3) result.part = parts[2];
    if (!result.part.empty() && !Contains(kAbsenceParts, result.part)) {
      return quoted + " ends with an unknown part; use count or percent.";
    }
    return "";
  }
  if (wordings && parts.size() == 3) {
    return quoted + " is worded of a share; name the cell alone.";
  }
  if (parts.size() == 2 && Contains(kIndicatorParts, parts[1])) {
    if (wordings) return quoted + " is worded of a share; name a cell.";
    result.kind = Placeholder::Kind::kIndicator;
    result.part = parts[1];
    return "";
  }
  if (!IsId(parts[1])) return quoted + " is no placeholder.";
  result.kind = Placeholder::Kind::kCell;
  result.cell = parts[1];
  if (parts.size() == 3) result.part = parts[2];
  if (!result.part.empty() && !Contains(kCellParts, result.part)) {
    return quoted +
           " ends with an unknown part; use count, base, percent, value or "
           "label.";
  }
  return "";
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '@';
}

}  // namespace

bool Placeholder::StandsAlone() const {
  switch (kind) {
    case Kind::kText:
      return true;
    case Kind::kContext:
      return !indicator.starts_with("roster.");
    case Kind::kIndicator:
      return part != "answered" && part != "n";
    case Kind::kCell:
      return wordings.empty() && (part.empty() || part == "label");
    case Kind::kAbsence:
      return part.empty();
  }
  return false;
}

std::optional<RawPlaceholder> FindRawPlaceholder(std::string_view text,
                                                 std::size_t from) {
  for (std::size_t open = text.find('{', from); open != std::string_view::npos;
       open = text.find('{', open + 1)) {
    std::size_t end = open + 1;
    while (end < text.size() && IsNameCharacter(text[end])) ++end;
    // A number between braces is somebody's text.
    if (end == text.size() || text[end] != '}' || end == open + 1 ||
        (text[open + 1] >= '0' && text[open + 1] <= '9')) {
      continue;
    }
    const bool dollar = open > from && text[open - 1] == '$';
    return RawPlaceholder{open - (dollar ? 1 : 0),
                          end + 1 - open + (dollar ? 1 : 0),
                          std::string(text.substr(open + 1, end - open - 1))};
  }
  return std::nullopt;
}

ParsedText ParseText(std::string_view text) {
  ParsedText result;
  std::string literal;
  const auto flush = [&] {
    if (literal.empty()) return;
    Placeholder part;
    part.text = std::exchange(literal, "");
    result.parts.push_back(std::move(part));
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("{{") || rest.starts_with("}}")) {
      literal += rest[0];
      at += 2;
    } else if (rest[0] == '}') {
      result.faults.emplace_back("A closing brace has no opening one.");
      ++at;
    } else if (rest[0] == '{') {
      const std::size_t end = rest.find('}');
      if (end == std::string_view::npos) {
        result.faults.emplace_back("An opening brace has no closing one.");
        break;
      }
      flush();
      Placeholder part;
      std::string fault = ParseInner(rest.substr(1, end - 1), part);
      if (fault.empty()) {
        result.parts.push_back(std::move(part));
      } else {
        result.faults.push_back(std::move(fault));
      }
      at += end + 1;
    } else {
      literal += rest[0];
      ++at;
    }
  }
  flush();
  return result;
}

}  // namespace welfare::report
