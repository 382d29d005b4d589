#pragma once

#include <memory>
#include <string>
#include <utility>

namespace welfare::platform {

// Bytes that several may hold at once and nobody changes: a cached reply goes
// to every caller without a copy. Null stands for no bytes at all.
using SharedBytes = std::shared_ptr<const std::string>;

inline SharedBytes Share(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace welfare::platform
