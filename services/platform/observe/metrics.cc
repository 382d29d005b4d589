#include "services/platform/observe/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <utility>

#include "services/platform/observe/version.h"

namespace welfare::platform {

MetricsRegistry::MetricsRegistry()
    : registry_(std::make_shared<prometheus::Registry>()) {}
MetricsRegistry::~MetricsRegistry() = default;

Counter& MetricsRegistry::AddCounter(const std::string& name,
                                     const std::string& help,
                                     const MetricLabels& labels) {
  return prometheus::BuildCounter()
      .Name(name)
      .Help(help)
      .Register(*registry_)
      .Add(labels);
}

Gauge& MetricsRegistry::AddGauge(const std::string& name,
                                 const std::string& help,
                                 const MetricLabels& labels) {
  return prometheus::BuildGauge()
      .Name(name)
      .Help(help)
      .Register(*registry_)
      .Add(labels);
}

Histogram& MetricsRegistry::AddHistogram(const std::string& name,
                                         const std::string& help,
                                         const std::vector<double>& bounds,
                                         const MetricLabels& labels) {
  return prometheus::BuildHistogram()
      .Name(name)
      .Help(help)
      .Register(*registry_)
      .Add(labels, bounds);
}

const std::vector<double>& MetricsRegistry::CallSeconds() {
  static const std::vector<double> bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01,
                                             0.025,  0.05,  0.1,    0.25,  0.5,
                                             1,      2.5,   5,      10};
  return bounds;
}

void MetricsRegistry::AddComputed(
    const std::string& name, const std::string& help, ComputedKind kind,
    std::function<std::vector<ComputedValue>()> compute) {
  const std::lock_guard lock(mutex_);
  computed_[name] = {.help = help, .kind = kind, .compute = std::move(compute)};
}

std::string MetricsRegistry::Expose() const {
  std::vector<prometheus::MetricFamily> families = registry_->Collect();
  const std::lock_guard lock(mutex_);
  for (const auto& [name, computed] : computed_) {
    const bool counter = computed.kind == ComputedKind::kCounter;
    prometheus::MetricFamily family;
    family.name = name;
    family.help = computed.help;
    family.type = counter ? prometheus::MetricType::Counter
                          : prometheus::MetricType::Gauge;
    for (const ComputedValue& value : computed.compute()) {
      prometheus::ClientMetric metric;
      for (const auto& [label, text] : value.labels) {
        metric.label.push_back({label, text});
      }
      (counter ? metric.counter.value : metric.gauge.value) = value.value;
      family.metric.push_back(std::move(metric));
    }
    if (!family.metric.empty()) families.push_back(std::move(family));
  }
  return prometheus::TextSerializer().Serialize(families);
}

void AddBuildInfo(MetricsRegistry& metrics) {
  metrics
      .AddGauge("welfare_build_info", "The running program; always 1.",
                {{"version", std::string(BuildVersion())},
                 {"commit", std::string(BuildCommit())}})
      .Set(1);
}

}  // namespace welfare::platform
