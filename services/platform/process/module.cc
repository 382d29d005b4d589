#include "services/platform/process/module.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iostream>
#include <system_error>

#include "services/platform/errors.h"
#include "services/platform/process/assets.h"
#include "services/platform/storage/metered_database.h"
#include "services/platform/storage/open_database.h"

namespace welfare::platform {
namespace {

constexpr std::array<std::string_view, 1> kSurveyPeers = {"registry"};
constexpr std::array<std::string_view, 2> kIndicatorPeers = {"registry",
                                                             "survey"};
constexpr std::array<std::string_view, 3> kReportPeers = {"registry", "survey",
                                                          "indicator"};
constexpr std::array<std::string_view, 4> kGatewayPeers = {
    "registry", "survey", "indicator", "report"};

constexpr std::array<ModuleSpec, 5> kModules = {{
    {"registry", 7101, 7191, {}},
    {"survey", 7102, 7192, kSurveyPeers},
    {"indicator", 7103, 7193, kIndicatorPeers},
    {"report", 7104, 7194, kReportPeers},
    {"gateway", 7100, 7190, kGatewayPeers},
}};

[[noreturn]] void Mistake(std::string_view what, std::string_view name) {
  std::cerr << what << ": " << name << "\n";
  std::abort();
}

}  // namespace

std::span<const ModuleSpec> ModuleSpecs() { return kModules; }

const ModuleSpec& FindModuleSpec(std::string_view name) {
  for (const ModuleSpec& spec : kModules) {
    if (spec.name == name) return spec;
  }
  Mistake("no such module", name);
}

ModuleContext::ModuleContext(Parts parts) : parts_(std::move(parts)) {}

ModuleContext::~ModuleContext() {
  if (lock_ >= 0) close(lock_);
}

const std::string& ModuleContext::PeerAddress(std::string_view module) const {
  const auto found = parts_.peers.find(std::string(module));
  if (found == parts_.peers.end()) Mistake("not a peer", module);
  return found->second;
}

absl::StatusOr<std::unique_ptr<Database>> ModuleContext::OpenDatabase() {
  // Opening makes the folder, so the lock comes second; nothing is read before.
  absl::StatusOr<std::unique_ptr<Database>> database = platform::OpenDatabase(
      parts_.database_url,
      {.schema = parts_.name,
       .connections = parts_.config.GetInt("database-connections")});
  if (!database.ok()) return database;
  std::unique_ptr<Database> metered = std::make_unique<MeteredDatabase>(
      *std::move(database), parts_.name, parts_.metrics);
  constexpr std::string_view kScheme = "sqlite:";
  std::string_view path = parts_.database_url;
  if (!path.starts_with(kScheme) || path.ends_with(":memory:")) {
    return metered;
  }
  path.remove_prefix(kScheme.size());
  if (path.starts_with("//")) path.remove_prefix(2);
  const std::string lock_file = std::string(path) + ".lock";
  lock_ = open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0 || flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    return DatabaseInUse(path);
  }
  return metered;
}

std::filesystem::path ModuleContext::AssetPath(std::string_view file) const {
  return platform::AssetPath(parts_.assets_dir, parts_.name, file);
}

}  // namespace welfare::platform
