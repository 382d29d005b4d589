#include "gateway/calls/request_metrics.h"

#include <google/protobuf/descriptor.h>

#include <mutex>
#include <vector>

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

void RequestMetrics::Expect(const Routing& routing) {
  for (const HttpRoute& route : routing.routes.all()) {
    ExpectRoute(route.path.text(), route.http_method,
                route.method->service()->full_name(),
                route.kind == HttpRoute::Kind::kUnary && !route.endless);
  }
  for (const auto& [path, entry] : routing.methods) {
    if (entry.internal) continue;
    const auto& method = *entry.method;
    ExpectRoute(path, "POST", method.service()->full_name(),
                !method.client_streaming() && !method.server_streaming());
  }
}

void RequestMetrics::ExpectRoute(const std::string& route,
                                 const std::string& method,
                                 const std::string& service, bool answers) {
  // A first answer, and the faults of ours that a call can end in: 502 is of
  // foreign services.
  constexpr int kCodes[] = {200, 500, 503, 504};
  platform::Histogram* const seconds = answers ? &SecondsOf(service) : nullptr;
  const std::unique_lock lock(mutex_);
  measured_[route] = seconds;
  for (const int code : kCodes) Make({route, method, code});
}

platform::Histogram& RequestMetrics::SecondsOf(const std::string& service) {
  // Up to the time that a request gets which names none.
  static const std::vector<double> kBounds = {0.005, 0.025, 0.1, 0.25,
                                              0.5,   1,     5,   30};
  return metrics_.AddHistogram(
      "welfare_http_request_seconds",
      "Duration of requests with one answer, by the service behind them.",
      kBounds, {{"service", service}});
}

void RequestMetrics::OnRequest(const RequestRecord& request) {
  const Series& series = Find({request.route, request.method, request.code});
  series.count->Increment();
  if (series.seconds != nullptr) {
    series.seconds->Observe(
        std::chrono::duration<double>(request.took).count());
  }
  platform::LogBatched(
      platform::LogLevel::kInfo, "request",
      {{"route", request.route},
       {"method", request.method},
       {"code", request.code},
       {"request_id", request.request_id},
       platform::LogField::IfAny("principal", request.principal),
       {"seconds", request.took},
       platform::LogField::IfAny("trace_id", request.trace_id)});
}

const RequestMetrics::Series& RequestMetrics::Find(const KeyView& key) {
  {
    const std::shared_lock lock(mutex_);
    const auto found = series_.find(key);
    if (found != series_.end()) return found->second;
  }
  const std::unique_lock lock(mutex_);
  Key owned(std::get<0>(key), std::get<1>(key), std::get<2>(key));
  if (series_.size() >= kMostSeries && !series_.contains(owned)) {
    std::get<0>(owned) = "other";
  }
  return Make(owned);
}

RequestMetrics::Series& RequestMetrics::Make(const Key& key) {
  Series& series = series_[key];
  if (series.count != nullptr) return series;
  series.count = &metrics_.AddCounter(
      "welfare_http_requests_total",
      "Requests the gateway has answered, by route, method and HTTP status.",
      {{"route", std::get<0>(key)},
       {"method", std::get<1>(key)},
       {"code", std::to_string(std::get<2>(key))}});
  const auto measured = measured_.find(std::get<0>(key));
  if (measured != measured_.end()) series.seconds = measured->second;
  return series;
}

}  // namespace welfare::gateway
