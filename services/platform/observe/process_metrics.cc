#include "services/platform/observe/process_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "services/platform/observe/memory_limit.h"

namespace welfare::platform {
namespace {

using Kind = MetricsRegistry::ComputedKind;

// What of /proc/self/stat is told, by its number in proc(5).
struct Stat {
  double cpu_ticks = 0;       // 14 and 15
  double threads = 0;         // 20
  double start_ticks = 0;     // 22, since the machine started
  double virtual_bytes = 0;   // 23
  double resident_pages = 0;  // 24
};

std::optional<Stat> ReadStat() {
  std::ifstream file("/proc/self/stat");
  std::string text;
  if (!std::getline(file, text)) return std::nullopt;
  // The second field is a name in brackets, in which anything may stand.
  const std::size_t end = text.rfind(')');
  if (end == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(end + 1));
  Stat stat;
  std::string field;
  for (int number = 3; number <= 24; ++number) {
    if (!(rest >> field)) return std::nullopt;
    const double value = number == 3 ? 0 : std::stod(field);
    if (number == 14 || number == 15) stat.cpu_ticks += value;
    if (number == 20) stat.threads = value;
    if (number == 22) stat.start_ticks = value;
    if (number == 23) stat.virtual_bytes = value;
    if (number == 24) stat.resident_pages = value;
  }
  return stat;
}

// When the machine started, in seconds since 1970. Not from /proc/stat, which is
// hidden from a unit that sees processes alone.
double BootTime() {
  timespec since{};
  clock_gettime(CLOCK_BOOTTIME, &since);
  const auto now = std::chrono::duration<double>(
      std::chrono::system_clock::now().time_since_epoch());
  return now.count() - static_cast<double>(since.tv_sec) -
         static_cast<double>(since.tv_nsec) / 1e9;
}

// What there is to use: of the tightest control group, or else of the machine
// and the process itself.
std::optional<MemoryLimit> ReadMemory() {
  struct sysinfo machine {};
  if (sysinfo(&machine) != 0) return std::nullopt;
  const double all = static_cast<double>(machine.totalram) * machine.mem_unit;
  if (const auto limit = ReadMemoryLimit(all)) return limit;
  const std::optional<Stat> stat = ReadStat();
  if (!stat.has_value()) return std::nullopt;
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  return MemoryLimit{.limit = all, .working_set = stat->resident_pages * page};
}

std::optional<double> CountOpenFiles() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/fd"),
                                                   &closedir);
  if (folder == nullptr) return std::nullopt;
  // Not itself.
  double count = -1;
  while (const dirent* entry = readdir(folder.get())) {
    if (entry->d_name[0] != '.') ++count;
  }
  return count;
}

std::vector<ComputedValue> One(std::optional<double> value) {
  if (!value.has_value()) return {};
  return {{.labels = {}, .value = *value}};
}

// `of`: what is told of it.
template <typename Of>
void AddOfStat(MetricsRegistry& metrics, const std::string& name,
               const std::string& help, Kind kind, Of of) {
  metrics.AddComputed(name, help, kind, [of] {
    const std::optional<Stat> stat = ReadStat();
    return One(stat ? std::optional<double>(of(*stat)) : std::nullopt);
  });
}

}  // namespace

void AddProcessMetrics(MetricsRegistry& metrics) {
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  AddOfStat(metrics, "process_cpu_seconds_total",
            "Seconds of processor time that the process has used.",
            Kind::kCounter,
            [ticks](const Stat& stat) { return stat.cpu_ticks / ticks; });
  AddOfStat(metrics, "process_resident_memory_bytes",
            "Memory that the process has in use.", Kind::kGauge,
            [page](const Stat& stat) { return stat.resident_pages * page; });
  AddOfStat(metrics, "process_virtual_memory_bytes",
            "Memory that the process has addresses for.", Kind::kGauge,
            [](const Stat& stat) { return stat.virtual_bytes; });
  AddOfStat(metrics, "process_threads", "Threads of the process.", Kind::kGauge,
            [](const Stat& stat) { return stat.threads; });
  metrics.AddComputed("process_open_fds", "Open file descriptors.",
                      Kind::kGauge, [] { return One(CountOpenFiles()); });
  metrics.AddComputed("process_max_fds", "File descriptors that may be open.",
                      Kind::kGauge, [] {
                        rlimit limit{};
                        if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
                          return One(std::nullopt);
                        return One(static_cast<double>(limit.rlim_cur));
                      });
  metrics.AddComputed(
      "welfare_memory_limit_bytes",
      "Memory at which the system ends the process: the least limit of its "
      "control groups, or all that the machine has.",
      Kind::kGauge, [] {
        const std::optional<MemoryLimit> memory = ReadMemory();
        return One(memory ? std::optional(memory->limit) : std::nullopt);
      });
  metrics.AddComputed(
      "welfare_memory_working_set_bytes",
      "Memory that counts against the limit and cannot be given back at once.",
      Kind::kGauge, [] {
        const std::optional<MemoryLimit> memory = ReadMemory();
        return One(memory ? std::optional(memory->working_set) : std::nullopt);
      });
  std::optional<double> started;
  if (const auto stat = ReadStat()) {
    started = BootTime() + stat->start_ticks / ticks;
  }
  metrics.AddComputed("process_start_time_seconds",
                      "When the process started, in seconds since 1970.",
                      Kind::kGauge, [started] { return One(started); });
}

void AddReadyMetric(MetricsRegistry& metrics, const Readiness& readiness) {
  metrics.AddComputed("welfare_ready",
                      "1 while the part of the process can do its work.",
                      Kind::kGauge, [&readiness] {
                        std::vector<ComputedValue> values;
                        for (const auto& [part, ready] : readiness.Parts()) {
                          values.push_back({.labels = {{"part", part}},
                                            .value = ready ? 1.0 : 0.0});
                        }
                        return values;
                      });
}

}  // namespace welfare::platform
