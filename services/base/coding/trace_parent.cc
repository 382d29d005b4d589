#include "services/base/coding/trace_parent.h"

#include <algorithm>
#include <cstddef>

namespace welfare::base {
namespace {

bool IsLowerHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

bool IsZero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

std::string_view TraceIdIn(std::string_view value) {
  constexpr std::size_t kLength = 55;  // 2-32-16-2 and three hyphens
  if (value.size() < kLength || value[2] != '-' || value[35] != '-' ||
      value[52] != '-') {
    return "";
  }
  const std::string_view version = value.substr(0, 2);
  const std::string_view trace = value.substr(3, 32);
  const std::string_view parent = value.substr(36, 16);
  if (!IsLowerHex(version) || !IsLowerHex(trace) || !IsLowerHex(parent) ||
      !IsLowerHex(value.substr(53, 2)) || version == "ff" || IsZero(trace) ||
      IsZero(parent)) {
    return "";
  }
  // This version ends here; later ones may go on after another hyphen.
  const bool ends = value.size() == kLength;
  if (!ends && (version == "00" || value[kLength] != '-')) return "";
  return trace;
}

}  // namespace welfare::base
