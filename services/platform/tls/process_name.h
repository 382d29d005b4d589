#pragma once

#include <span>
#include <string>
#include <string_view>

namespace welfare::platform {

// What a process of the platform is called in its certificate: `registry` is
// "registry.welfare.internal", a DNS name among the subject's alternative ones.
std::string ProcessName(std::string_view module);

// The module that a certificate with these DNS names is of; empty unless
// exactly one of them is the name of a process. Whether there is such a module
// is not asked. A certificate may carry names of other kinds beside it.
std::string_view ModuleNamedIn(std::span<const std::string_view> dns_names);

}  // namespace welfare::platform
