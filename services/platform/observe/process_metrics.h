#pragma once

#include "services/platform/observe/metrics.h"
#include "services/platform/observe/readiness.h"

namespace welfare::platform {

// Adds what every process tells of itself, by the names that Prometheus's own
// libraries use: process_cpu_seconds_total, process_resident_memory_bytes,
// process_virtual_memory_bytes, process_open_fds, process_max_fds,
// process_threads, process_start_time_seconds; and welfare_memory_limit_bytes and
// welfare_memory_working_set_bytes, which say how near the end of its memory it
// is. Read from /proc at each scrape; one that cannot be read is left out.
void AddProcessMetrics(MetricsRegistry& metrics);

// Adds welfare_ready{part}, what /readyz says of each part. Computed at each
// scrape, because a part that says nothing counts as not ready. `readiness`
// outlives the last scrape.
void AddReadyMetric(MetricsRegistry& metrics, const Readiness& readiness);

}  // namespace welfare::platform
