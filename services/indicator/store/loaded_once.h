// Values in memory, by exact version.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

#include "services/base/error.h"

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

}  // namespace welfare::indicator
