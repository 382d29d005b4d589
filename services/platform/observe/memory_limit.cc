#include "services/platform/observe/memory_limit.h"

#include <fstream>
#include <string>
#include <string_view>

namespace welfare::platform {
namespace {

// Where a version of control groups keeps what is asked here.
struct Layout {
  std::string_view mount;
  std::string_view limit;
  std::string_view usage;
  std::string_view inactive;  // a line of memory.stat
};

constexpr Layout kSecond{"sys/fs/cgroup", "memory.max", "memory.current",
                         "inactive_file"};
constexpr Layout kFirst{"sys/fs/cgroup/memory", "memory.limit_in_bytes",
                        "memory.usage_in_bytes", "total_inactive_file"};

// Nothing, too, where "max" stands.
std::optional<double> ReadNumber(const std::filesystem::path& path) {
  std::ifstream file(path);
  double number = 0;
  if (!(file >> number)) return std::nullopt;
  return number;
}

double ReadLine(const std::filesystem::path& path, std::string_view line) {
  std::ifstream file(path);
  std::string name;
  double number = 0;
  while (file >> name >> number) {
    if (name == line) return number;
  }
  return 0;
}

std::optional<MemoryLimit> ReadGroup(const std::filesystem::path& group,
                                     const Layout& layout) {
  const std::optional<double> limit = ReadNumber(group / layout.limit);
  const std::optional<double> usage = ReadNumber(group / layout.usage);
  if (!limit.has_value() || !usage.has_value()) return std::nullopt;
  const double inactive = ReadLine(group / "memory.stat", layout.inactive);
  return MemoryLimit{.limit = *limit,
                     .working_set = inactive < *usage ? *usage - inactive : 0};
}

bool Holds(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const std::size_t end = list.find(',');
    if (list.substr(0, end) == wanted) return true;
    if (end == std::string_view::npos) return false;
    list.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace

std::optional<MemoryLimit> ReadMemoryLimit(double machine,
                                           const std::filesystem::path& root) {
  std::optional<MemoryLimit> least;
  std::ifstream groups(root / "proc/self/cgroup");
  std::string line;
  // NUMBER:CONTROLLERS:/PATH; of version 2 one, without controllers.
  while (std::getline(groups, line)) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool is_first = Holds(controllers, "memory");
    if (!is_first && !controllers.empty()) continue;
    const Layout& layout = is_first ? kFirst : kSecond;
    // A container may see its own group as the root, and be told another path;
    // what cannot be read on the way up is left out.
    std::filesystem::path within =
        std::filesystem::path(line.substr(second + 1)).lexically_normal();
    while (true) {
      const std::optional<MemoryLimit> found = ReadGroup(
          root / layout.mount / within.relative_path(), layout);
      if (found.has_value() && found->limit < machine &&
          (!least.has_value() || found->limit < least->limit)) {
        least = found;
      }
      if (!within.has_relative_path()) break;
      within = within.parent_path();
    }
  }
  return least;
}

}  // namespace welfare::platform
