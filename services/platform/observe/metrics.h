#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Registry;
}

namespace welfare::platform {

using Counter = prometheus::Counter;
using Gauge = prometheus::Gauge;
using Histogram = prometheus::Histogram;
using MetricLabels = std::map<std::string, std::string>;

// The metrics of one process, handed to whoever measures. Look a metric up once
// and keep the reference: it lives as long as the registry, and a look-up costs
// more than the counting. Any thread may call it.
class MetricsRegistry {
 public:
  MetricsRegistry();
  ~MetricsRegistry();
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  // Return the metric of this name and these labels, made at first. Names are
  // snake_case in base units, counters end with _total; the set of labels and
  // their values is small and known beforehand.
  Counter& AddCounter(const std::string& name, const std::string& help,
                      const MetricLabels& labels = {});
  Gauge& AddGauge(const std::string& name, const std::string& help,
                  const MetricLabels& labels = {});
  Histogram& AddHistogram(const std::string& name, const std::string& help,
                          const std::vector<double>& bounds,
                          const MetricLabels& labels = {});

  // Upper bounds in seconds for calls: 0.5 ms to 10 s.
  static const std::vector<double>& CallSeconds();

  // Everything in Prometheus's text format.
  std::string Expose() const;

  // For the server of /metrics.
  std::shared_ptr<prometheus::Registry> registry() const { return registry_; }

 private:
  std::shared_ptr<prometheus::Registry> registry_;
};

// Adds welfare_build_info{version,commit} 1.
void AddBuildInfo(MetricsRegistry& metrics);

}  // namespace welfare::platform
