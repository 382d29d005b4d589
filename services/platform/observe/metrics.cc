#include "services/platform/observe/metrics.h"

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

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

std::string MetricsRegistry::Expose() const {
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

void AddBuildInfo(MetricsRegistry& metrics) {
  metrics
      .AddGauge("welfare_build_info", "The running program; always 1.",
                {{"version", std::string(BuildVersion())},
                 {"commit", std::string(BuildCommit())}})
      .Set(1);
}

}  // namespace welfare::platform
