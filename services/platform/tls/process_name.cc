#include "services/platform/tls/process_name.h"

namespace welfare::platform {
namespace {

constexpr std::string_view kDomain = ".welfare.internal";

}  // namespace

std::string ProcessName(std::string_view module) {
  return std::string(module) + std::string(kDomain);
}

std::string_view ModuleNamedIn(std::span<const std::string_view> dns_names) {
  std::string_view module;
  for (std::string_view name : dns_names) {
    if (!name.ends_with(kDomain)) continue;
    // One that could stand for several processes stands for none.
    if (!module.empty()) return "";
    module = name.substr(0, name.size() - kDomain.size());
  }
  return module;
}

}  // namespace welfare::platform
