#include "services/platform/observe/process_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <string>

#include "absl/status/status.h"

namespace welfare::platform {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

double ValueOf(const std::string& text, const std::string& series) {
  const std::string line = "\n" + series + " ";
  const std::size_t at = text.find(line);
  EXPECT_NE(at, std::string::npos) << series << " in\n" << text;
  return at == std::string::npos ? -1
                                 : std::stod(text.substr(at + line.size()));
}

TEST(ProcessMetrics, AreOfThisProcess) {
  MetricsRegistry metrics;
  AddProcessMetrics(metrics);
  const std::string text = metrics.Expose();
  EXPECT_THAT(text, HasSubstr("# TYPE process_cpu_seconds_total counter"));
  EXPECT_GE(ValueOf(text, "process_cpu_seconds_total"), 0);
  EXPECT_GT(ValueOf(text, "process_resident_memory_bytes"), 1e6);
  EXPECT_GT(ValueOf(text, "process_virtual_memory_bytes"),
            ValueOf(text, "process_resident_memory_bytes"));
  EXPECT_GE(ValueOf(text, "process_threads"), 1);
  EXPECT_GT(ValueOf(text, "welfare_memory_working_set_bytes"), 1e6);
  EXPECT_GT(ValueOf(text, "welfare_memory_limit_bytes"),
            ValueOf(text, "welfare_memory_working_set_bytes"));
  EXPECT_GE(ValueOf(text, "process_max_fds"),
            ValueOf(text, "process_open_fds"));
  const double started = ValueOf(text, "process_start_time_seconds");
  EXPECT_GT(started, 1.5e9);
  EXPECT_LE(started, std::chrono::duration<double>(
                         std::chrono::system_clock::now().time_since_epoch())
                             .count() +
                         5);
}

TEST(ProcessMetrics, AreReadAtEachScrape) {
  MetricsRegistry metrics;
  AddProcessMetrics(metrics);
  const double before = ValueOf(metrics.Expose(), "process_open_fds");
  const int more[] = {dup(0), dup(0), dup(0)};
  EXPECT_EQ(ValueOf(metrics.Expose(), "process_open_fds"), before + 3);
  for (const int file : more) close(file);
}

TEST(ProcessMetrics, SayWhichPartIsReady) {
  MetricsRegistry metrics;
  Readiness readiness;
  AddReadyMetric(metrics, readiness);
  EXPECT_THAT(metrics.Expose(), Not(HasSubstr("welfare_ready")));
  readiness.Expect("survey");
  readiness.Report("registry", absl::OkStatus());
  const std::string text = metrics.Expose();
  EXPECT_EQ(ValueOf(text, "welfare_ready{part=\"survey\"}"), 0);
  EXPECT_EQ(ValueOf(text, "welfare_ready{part=\"registry\"}"), 1);
}

}  // namespace
}  // namespace welfare::platform
