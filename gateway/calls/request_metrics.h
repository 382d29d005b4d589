#pragma once

#include <map>
#include <shared_mutex>
#include <string>
#include <tuple>

#include "gateway/exchange/observer.h"
#include "services/platform/observe/metrics.h"

namespace welfare::gateway {

// Counts requests in welfare_http_requests_total{route,method,code} and writes
// one line of access log for each. Any thread.
class RequestMetrics final : public RequestObserver {
 public:
  // `metrics` outlives it.
  explicit RequestMetrics(platform::MetricsRegistry& metrics);

  void OnRequest(std::string_view route, std::string_view method, int code,
                 std::string_view request_id,
                 std::chrono::microseconds took) override;
  // In welfare_calls_refused_total{reason}.
  void OnRefused(std::string_view for_what) override;

 private:
  using Key = std::tuple<std::string, std::string, int>;
  using KeyView = std::tuple<std::string_view, std::string_view, int>;

  platform::Counter& Find(const KeyView& key);

  platform::MetricsRegistry& metrics_;
  std::map<std::string, platform::Counter*, std::less<>> refused_;
  std::shared_mutex mutex_;
  // Bounded: routes, methods and codes all come from fixed sets.
  std::map<Key, platform::Counter*, std::less<>> counters_;
};

}  // namespace welfare::gateway
