#pragma once

#include <memory>
#include <string>
#include <vector>

#include "services/platform/process/config.h"
#include "services/platform/process/module.h"
#include "services/platform/process/settings.h"

namespace welfare::platform {

// Runs modules as one process until SIGTERM or SIGINT and returns its exit
// code: 0 after a clean stop, 1 when something failed (said in a sentence on
// stderr), 2 when the settings are wrong. The whole of a program is
//
//   int main(int argc, char** argv) {
//     std::vector<std::unique_ptr<platform::Module>> modules;
//     modules.push_back(std::make_unique<registry::RegistryModule>());
//     return platform::RunProcess(argc, argv, "welfare-registry",
//                                 std::move(modules));
//   }
//
// With --backup-to it copies the databases instead, and ends.
//
// Modules start in the order of ModuleSpecs and stop in reverse; one that fails
// to start stops the rest. The end: every module drains (health NOT_SERVING), a
// short wait for callers to notice, then each is stopped with the deadline of
// --drain-timeout-ms.
//
// With one module, it listens on --listen; with several each service has a unix
// socket in a private (0700) folder. A peer is an address either way.
int RunProcess(int argc, const char* const* argv, const std::string& program,
               std::vector<std::unique_ptr<Module>> modules);

}  // namespace welfare::platform
