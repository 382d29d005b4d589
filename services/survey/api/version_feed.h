#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>

namespace welfare::survey {

// The current revision of every round, for those who wait for a newer one. Any
// thread may call it.
class VersionFeed {
 public:
  using Versions = std::map<std::string, std::int64_t>;  // by resource name

  // Notes that `resource` is at `version`; an older one is ignored.
  void Publish(const std::string& resource, std::int64_t version);

  // Waits until something differs from `seen`, at most a second, and returns
  // everything. Returns at once after Stop or when `stop` is requested.
  Versions WaitFor(const Versions& seen, std::stop_token stop);

  // Returns what is known now.
  Versions Current();

  // Wakes everybody, for good.
  void Stop();
  bool stopped();

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  Versions versions_;
  bool stopped_ = false;
};

}  // namespace welfare::survey
