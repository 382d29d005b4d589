#include "services/survey/api/version_feed.h"

#include <chrono>
#include <utility>

namespace welfare::survey {

void VersionFeed::Publish(const std::string& resource, std::int64_t version) {
  {
    const std::lock_guard lock(mutex_);
    std::int64_t& current = versions_[resource];
    if (version <= current) return;
    current = version;
  }
  changed_.notify_all();
}

VersionFeed::Versions VersionFeed::WaitFor(const Versions& seen,
                                           std::stop_token stop) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::move(stop), std::chrono::seconds(1),
                    [&] { return stopped_ || versions_ != seen; });
  return versions_;
}

VersionFeed::Versions VersionFeed::Current() {
  const std::lock_guard lock(mutex_);
  return versions_;
}

void VersionFeed::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
}

bool VersionFeed::stopped() {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

}  // namespace welfare::survey
