// Rounds and rosters in memory, by exact version.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

#include "services/base/error.h"
#include "services/indicator/compute/round_indicators.h"
#include "services/indicator/definition/definition.h"
#include "services/indicator/peers/peers.h"
#include "services/indicator/round/registry_history.h"

namespace welfare::indicator {

// Values that never change, by key; the least recently used go first. A value
// that is being loaded is loaded once, however many ask for it. Any thread may
// call it.
template <typename T>
class LoadedOnce {
 public:
  using Pointer = std::shared_ptr<const T>;

  explicit LoadedOnce(std::size_t capacity) : capacity_(capacity) {}

  // Returns the value of `key`, loading it with `load` when it is not here. A
  // failed load is not remembered.
  absl::StatusOr<Pointer> Get(
      const std::string& key,
      const std::function<absl::StatusOr<Pointer>()>& load) {
    const std::shared_ptr<Slot> slot = Touch(key);
    const std::lock_guard lock(slot->mutex);
    if (slot->value == nullptr) {
      WELFARE_ASSIGN_OR_RETURN(slot->value, load());
    }
    return slot->value;
  }

 private:
  struct Slot {
    std::mutex mutex;
    Pointer value;
  };
  using Order = std::list<std::pair<std::string, std::shared_ptr<Slot>>>;

  std::shared_ptr<Slot> Touch(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = slots_.find(key);
    if (found != slots_.end()) {
      order_.splice(order_.begin(), order_, found->second);
      return found->second->second;
    }
    order_.emplace_front(key, std::make_shared<Slot>());
    slots_[key] = order_.begin();
    if (order_.size() > capacity_) {
      slots_.erase(order_.back().first);
      order_.pop_back();
    }
    return order_.front().second;
  }

  std::size_t capacity_;
  std::mutex mutex_;
  Order order_;
  std::map<std::string, typename Order::iterator> slots_;
};

// One revision of a round with every definition bound to it, on both bases.
class LoadedRound {
 public:
  // Errors: as RoundTable::Make.
  static absl::StatusOr<std::shared_ptr<const LoadedRound>> Make(
      FetchedRound fetched, const DefinitionSet& definitions);

  const RoundHeader& header() const {
    return On(Basis::kFinal).table().header();
  }
  const RoundIndicators& On(Basis basis) const {
    return *indicators_[basis == Basis::kProvisional ? 0 : 1];
  }

 private:
  std::array<std::unique_ptr<const RoundIndicators>, 2> indicators_;
};

}  // namespace welfare::indicator
