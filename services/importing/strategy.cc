#include "services/importing/strategy.h"

#include "services/text/value_readers.h"

namespace welfare::importing {

bool IsClear(std::string_view cell) {
  // Most cells are told apart by their length, or hold no such sign.
  if (cell.size() < kClear.size() || cell.size() > 64) return false;
  if (cell.find('#') == std::string_view::npos &&
      cell.find("\uFF03") == std::string_view::npos) {
    return false;
  }
  return text::FoldWord(cell) == kClear;
}

bool IsAt(const Base& base, std::string_view incarnation,
          std::int64_t version) {
  return base.version == version &&
         (base.incarnation.empty() || base.incarnation == incarnation);
}

}  // namespace welfare::importing
