#pragma once

#include <map>
#include <shared_mutex>
#include <string>
#include <tuple>

#include "gateway/calls/routing.h"
#include "gateway/exchange/observer.h"
#include "services/platform/observe/metrics.h"

namespace welfare::gateway {

// Counts requests in welfare_http_requests_total{route,method,code}, measures
// those that a caller waits for in welfare_http_request_seconds{service}, and
// writes one line of access log for each. Any thread.
//
// Invariants: at most kMostSeries and some hundred series, whatever callers ask
// for; what is beyond is counted under the route "other".
class RequestMetrics final : public RequestObserver {
 public:
  // `metrics` outlives it.
  explicit RequestMetrics(platform::MetricsRegistry& metrics);

  // What the gateway serves, before the first request: each route then stands
  // at 0 for the codes whose first one must not be missed.
  void Expect(const Routing& routing);

  void OnRequest(const RequestRecord& request) override;
  // In welfare_calls_refused_total{reason}.
  void OnRefused(std::string_view for_what) override;

  static constexpr std::size_t kMostSeries = 1500;

 private:
  using Key = std::tuple<std::string, std::string, int>;
  using KeyView = std::tuple<std::string_view, std::string_view, int>;
  struct Series {
    platform::Counter* count = nullptr;
    platform::Histogram* seconds = nullptr;  // null: it is no single answer
  };

  // `answers`: the method gives one answer, for which its caller waits.
  void ExpectRoute(const std::string& route, const std::string& method,
                   const std::string& service, bool answers);
  const Series& Find(const KeyView& key);
  // REQUIRES: the mutex is held for writing.
  Series& Make(const Key& key);
  platform::Histogram& SecondsOf(const std::string& service);

  platform::MetricsRegistry& metrics_;
  std::map<std::string, platform::Counter*, std::less<>> refused_;
  // By route: what is told in Expect.
  std::map<std::string, platform::Histogram*, std::less<>> measured_;
  std::shared_mutex mutex_;
  // Bounded: routes, methods and codes all come from fixed sets.
  std::map<Key, Series, std::less<>> series_;
};

}  // namespace welfare::gateway
