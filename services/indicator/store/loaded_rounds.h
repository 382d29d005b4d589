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
// that is being loaded is loaded once, however many ask for it, and takes a
// place only when it is there: what cannot be loaded pushes nothing out. Any
// thread may call it.
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
    std::shared_ptr<Loading> loading;
    {
      const std::lock_guard lock(mutex_);
      if (Pointer found = Touch(key)) return found;
      std::shared_ptr<Loading>& slot = loading_[key];
      if (slot == nullptr) slot = std::make_shared<Loading>();
      loading = slot;
      ++loading->askers;
    }
    absl::StatusOr<Pointer> value = LoadOnce(*loading, load);
    const std::lock_guard lock(mutex_);
    if (value.ok() && !loading->kept) {
      loading->kept = true;
      Keep(key, *value);
    }
    if (--loading->askers == 0) loading_.erase(key);
    return value;
  }

 private:
  struct Loading {
    std::mutex mutex;
    Pointer value;      // guarded by mutex
    int askers = 0;     // guarded by LoadedOnce's mutex_
    bool kept = false;  // guarded by LoadedOnce's mutex_
  };
  using Order = std::list<std::pair<std::string, Pointer>>;

  static absl::StatusOr<Pointer> LoadOnce(
      Loading& loading, const std::function<absl::StatusOr<Pointer>()>& load) {
    const std::lock_guard lock(loading.mutex);
    if (loading.value == nullptr) {
      WELFARE_ASSIGN_OR_RETURN(loading.value, load());
    }
    return loading.value;
  }

  // Both called with mutex_ held.
  Pointer Touch(const std::string& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return found->second->second;
  }
  void Keep(const std::string& key, const Pointer& value) {
    if (Touch(key) != nullptr) return;
    order_.emplace_front(key, value);
    places_[key] = order_.begin();
    if (order_.size() > capacity_) {
      places_.erase(order_.back().first);
      order_.pop_back();
    }
  }

  const std::size_t capacity_;
  std::mutex mutex_;
  // All guarded by mutex_.
  Order order_;
  std::map<std::string, typename Order::iterator> places_;
  std::map<std::string, std::shared_ptr<Loading>> loading_;
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
