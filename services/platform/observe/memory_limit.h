#pragma once

#include <filesystem>
#include <optional>

namespace welfare::platform {

// Bytes, of the control group in which the process runs out first.
struct MemoryLimit {
  double limit = 0;
  // What counts against it and cannot be given back at once: everything but the
  // pages of files that nobody has used lately, as the kubelet counts.
  double working_set = 0;
};

// What the control groups of this process say (version 2 or 1): the least limit
// of its own group and those above it, as far as they can be seen from here, in
// a container its own alone. Nothing where none is below `machine`, the memory
// of the machine. `root`: what stands for / in tests.
std::optional<MemoryLimit> ReadMemoryLimit(
    double machine, const std::filesystem::path& root = "/");

}  // namespace welfare::platform
