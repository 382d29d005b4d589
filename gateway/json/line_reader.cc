#include "gateway/json/line_reader.h"

#include <algorithm>

namespace welfare::gateway {
namespace {

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

void LineReader::Append(std::string_view bytes) {
  // What was taken goes when it is more than what would be moved, so that many
  // short lines cost no more than a long one.
  if (at_ > text_.size() / 2) {
    text_.erase(0, at_);
    seen_ -= at_;
    at_ = 0;
  }
  text_.append(bytes);
}

std::optional<std::string> LineReader::Next() {
  while (!too_long_ && at_ < text_.size()) {
    const std::size_t end = text_.find('\n', seen_);
    const bool whole = end != std::string::npos;
    if (!whole && !ended_) {
      seen_ = text_.size();
      // One more for the CR of its end.
      if (seen_ - at_ > limit_ + 1) {
        too_long_ = true;
        ++line_;
      }
      return std::nullopt;
    }
    std::string_view line(text_);
    line = line.substr(at_, whole ? end - at_ : std::string::npos);
    if (whole && line.ends_with('\r')) line.remove_suffix(1);
    ++line_;
    if (line.size() > limit_) {
      too_long_ = true;
      return std::nullopt;
    }
    const bool blank = IsBlank(line);
    std::string taken(blank ? std::string_view() : line);
    at_ = std::min(whole ? end + 1 : text_.size(), text_.size());
    seen_ = at_;
    if (at_ == text_.size()) {
      // A long one leaves no room behind that nobody counts.
      std::string().swap(text_);
      at_ = 0;
      seen_ = 0;
    }
    if (!blank) return taken;
  }
  return std::nullopt;
}

}  // namespace welfare::gateway
