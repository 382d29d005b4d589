#include "services/platform/process/memory.h"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <fstream>
#include <mutex>

namespace welfare::platform {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
// Often enough that a burst is forgotten within a minute, seldom enough that
// walking the heaps costs nothing that can be measured.
constexpr std::chrono::seconds kInterval{5};
constexpr std::size_t kGrowth = 32 * kMiB;

// Memory of the process that is really there.
std::size_t ResidentBytes() {
  std::ifstream in("/proc/self/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  in >> size >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

void ConfigureAllocator() {
  const int heaps =
      std::max(4, 2 * static_cast<int>(std::thread::hardware_concurrency()));
  mallopt(M_ARENA_MAX, heaps);
  // Fixed: by default every large block that is freed raises the threshold, up
  // to 32 MiB, and the next one comes to lie in a heap.
  mallopt(M_MMAP_THRESHOLD, static_cast<int>(kMiB));
  mallopt(M_TRIM_THRESHOLD, static_cast<int>(4 * kMiB));
}

MemoryReturn::MemoryReturn()
    : thread_([](const std::stop_token& stop) { Run(stop); }) {}
MemoryReturn::~MemoryReturn() = default;

void MemoryReturn::Run(const std::stop_token& stop) {
  std::size_t settled = ResidentBytes();
  std::mutex mutex;
  std::condition_variable_any sleep;
  std::unique_lock lock(mutex);
  while (!sleep.wait_for(lock, stop, kInterval, [] { return false; })) {
    if (stop.stop_requested()) return;
    const std::size_t now = ResidentBytes();
    if (now > settled + kGrowth) malloc_trim(0);
    settled = std::min(settled + kGrowth / 2, ResidentBytes());
  }
}

}  // namespace welfare::platform
