#include "gateway/calls/request_metrics.h"

#include <mutex>

#include "services/platform/observe/log.h"

namespace welfare::gateway {

RequestMetrics::RequestMetrics(platform::MetricsRegistry& metrics)
    : metrics_(metrics) {
  for (const char* reason : {"caller_rate", "backend_busy", "backend_silent",
                             "peer_share", "process_full"}) {
    refused_[reason] = &metrics.AddCounter(
        "welfare_calls_refused_total",
        "Calls the gateway has refused because there was too much of "
        "something.",
        {{"reason", reason}});
  }
}

void RequestMetrics::OnRefused(std::string_view for_what) {
  const auto found = refused_.find(for_what);
  if (found != refused_.end()) found->second->Increment();
}

void RequestMetrics::OnRequest(std::string_view route, std::string_view method,
                               int code, std::string_view request_id,
                               std::chrono::microseconds took) {
  Find({route, method, code}).Increment();
  platform::LogBatched(platform::LogLevel::kInfo, "request",
                       {{"route", route},
                        {"method", method},
                        {"code", code},
                        {"request_id", request_id},
                        {"seconds", took}});
}

platform::Counter& RequestMetrics::Find(const KeyView& key) {
  {
    const std::shared_lock lock(mutex_);
    const auto found = counters_.find(key);
    if (found != counters_.end()) return *found->second;
  }
  const std::unique_lock lock(mutex_);
  const Key owned(std::get<0>(key), std::get<1>(key), std::get<2>(key));
  platform::Counter*& counter = counters_[owned];
  if (counter == nullptr) {
    counter = &metrics_.AddCounter(
        "welfare_http_requests_total",
        "Requests the gateway has answered, by route, method and HTTP status.",
        {{"route", std::get<0>(owned)},
         {"method", std::get<1>(owned)},
         {"code", std::to_string(std::get<2>(owned))}});
  }
  return *counter;
}

}  // namespace welfare::gateway
