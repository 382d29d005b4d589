// How the records of a file are laid over what is stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/base/time/clock.h"

namespace welfare::importing {

// kOwn: the rule of the import itself, without a strategy.
enum class Strategy { kOwn, kMerge, kReplace, kDelete };

// A cell that takes a value back.
inline constexpr std::string_view kClear = "#CLEAR";

// Whether a cell is kClear, in any width and with blanks around it.
bool IsClear(std::string_view cell);

// Most changes that an answer lists, and bytes of a value in one.
inline constexpr int kChangesShown = 1'000;
inline constexpr std::size_t kChangeBytesShown = 200;

// One stored value that a record changes.
struct Change {
  std::size_t line = 0;  // 0: no record names it
  std::string resource;
  std::string item;
  std::string before;  // empty: none
  std::string after;
};

// The state that a batch was planned on.
struct Base {
  std::string incarnation = {};  // empty: any
  std::int64_t version = 0;
};

// Who made the first version after the one that a plan was made on.
struct Mover {
  std::string actor;
  std::string action;  // by which method, where that is known
  base::Timestamp time;
};

// Returns whether `base` is `version` of the store with this incarnation.
bool IsAt(const Base& base, std::string_view incarnation, std::int64_t version);

}  // namespace welfare::importing
