#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/platform/process/config.h"
#include "services/platform/process/module.h"
#include "services/platform/tls/tls_material.h"

namespace welfare::platform {

using Modules = std::vector<std::unique_ptr<Module>>;

// The settings of a process that runs `modules`: those every process has and
// the modules' own.
std::vector<Setting> CommonSettings(const Modules& modules);

// Everything for which a process of `modules` could not live with these
// settings, as far as can be seen without starting it: what --verify-config
// answers. What this build does not do is refused, not ignored.
//
// Problems: INVALID_ARGUMENT, reasons SETTING_INVALID and PEERS_WITHOUT_TLS;
//   FAILED_PRECONDITION, reasons DATA_FOLDER_UNUSABLE and TLS_...; those of
//   Module::CheckSettings.
std::vector<absl::Status> CheckSettings(const Config& config,
                                        const Modules& modules);

// The files of --tls-...: what the gateway shows to its clients.
TlsFiles TlsFilesOf(const Config& config);

// The files of --peer-...: what the process of `module` shows to the others,
// and whom of them it believes. Without `client_ca` it talks to them plain.
TlsFiles PeerTlsFilesOf(const Config& config, std::string_view module);

// Where `module` keeps its data.
std::string DatabaseUrl(const Config& config, std::string_view module);

// Where a service of this machine is found without a setting.
std::string AbstractSocket(std::string_view module);

}  // namespace welfare::platform
