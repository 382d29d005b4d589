#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
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

// One series of a metric that is found out when it is asked for.
struct ComputedValue {
  MetricLabels labels;
  double value = 0;
};

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

  // A metric whose values `compute` finds out each time somebody asks, and
  // which is worth nothing in between. It runs on the thread that answers
  // scrapes: never a query, never a lock that is held for long. What it reads
  // outlives the registry's last Expose. One for each name.
  enum class ComputedKind { kCounter, kGauge };
  void AddComputed(const std::string& name, const std::string& help,
                   ComputedKind kind,
                   std::function<std::vector<ComputedValue>()> compute);

  // Upper bounds in seconds for calls: 0.5 ms to 10 s.
  static const std::vector<double>& CallSeconds();

  // Everything in Prometheus's text format.
  std::string Expose() const;

 private:
  struct Computed {
    std::string help;
    ComputedKind kind = ComputedKind::kGauge;
    std::function<std::vector<ComputedValue>()> compute;
  };

  std::shared_ptr<prometheus::Registry> registry_;
  mutable std::mutex mutex_;
  std::map<std::string, Computed> computed_;
};

// Adds welfare_build_info{version,commit} 1.
void AddBuildInfo(MetricsRegistry& metrics);

}  // namespace welfare::platform
