// A few values that are dear to make.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

namespace welfare::survey {

// The few values that were used last, by key; whoever holds one keeps it alive.
// Looks at each key, so it is for tens of values that are dear to make. Guarded
// by its owner.
template <typename Key, typename Value>
class LastUsed {
 public:
  explicit LastUsed(std::size_t most) : most_(most) {}

  // Null where it is not kept.
  std::shared_ptr<const Value> Find(const Key& key) {
    const auto found =
        std::find_if(kept_.begin(), kept_.end(),
                     [&](const auto& entry) { return entry.first == key; });
    if (found == kept_.end()) return nullptr;
    std::rotate(kept_.begin(), found, found + 1);
    return kept_.front().second;
  }

  // Keeps `value`; the one that was not used for longest goes where there are
  // too many.
  void Put(const Key& key, std::shared_ptr<const Value> value) {
    std::erase_if(kept_, [&](const auto& entry) { return entry.first == key; });
    if (kept_.size() == most_) kept_.pop_back();
    kept_.emplace_front(key, std::move(value));
  }

  void Clear() { kept_.clear(); }

 private:
  const std::size_t most_;
  std::deque<std::pair<Key, std::shared_ptr<const Value>>> kept_;
};

}  // namespace welfare::survey
