#include "services/platform/process/module.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <system_error>

#include "services/base/error.h"
#include "services/platform/engine/open_database.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/process/assets.h"
#include "services/platform/storage/data_folder.h"
#include "services/platform/storage/metered_database.h"

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

constexpr std::string_view kDatabaseUnavailable = "DATABASE_UNAVAILABLE";
constexpr std::string_view kDatabaseBusy = "DATABASE_BUSY";
constexpr std::string_view kDatabaseInUse = "DATABASE_IN_USE";

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

std::vector<std::string> CallersOf(std::string_view module) {
  std::vector<std::string> callers;
  for (const ModuleSpec& spec : kModules) {
    if (std::find(spec.peers.begin(), spec.peers.end(), module) !=
        spec.peers.end()) {
      callers.emplace_back(spec.name);
    }
  }
  return callers;
}

ModuleContext::ModuleContext(Parts parts) : parts_(std::move(parts)) {}

ModuleContext::~ModuleContext() {
  if (lock_ >= 0) close(lock_);
}

const PeerEndpoint& ModuleContext::Peer(std::string_view module) const {
  const auto found = parts_.peers.find(std::string(module));
  if (found == parts_.peers.end()) Mistake("not a peer", module);
  return found->second;
}

absl::StatusOr<std::unique_ptr<Database>> ModuleContext::OpenDatabase() {
  const std::optional<std::string> file = DatabaseFile(parts_.database_url);
  if (file.has_value()) {
    const std::filesystem::path folder =
        std::filesystem::path(*file).parent_path();
    // A folder that --database-url names may hold other things too.
    const bool ours = parts_.config.Get("database-url").empty();
    WELFARE_RETURN_IF_ERROR(MakeDataFolder(folder, ours));
    WELFARE_RETURN_IF_ERROR(LockFile(*file));
  }
  WELFARE_ASSIGN_OR_RETURN(
      std::unique_ptr<Database> database,
      platform::OpenDatabase(
          parts_.database_url,
          {.schema = parts_.name,
           .connections = parts_.config.GetInt("database-connections")}));
  return std::make_unique<MeteredDatabase>(std::move(database), parts_.name,
                                           parts_.metrics);
}

absl::Status ModuleContext::LockFile(const std::string& path) {
  if (lock_ >= 0) return absl::OkStatus();  // of a start that failed later
  const std::string lock_file = path + ".lock";
  const int lock = open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) {
    return DataFolderUnusable(
        std::filesystem::path(path).parent_path().string(),
        std::generic_category().message(errno));
  }
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    close(lock);
    return DatabaseInUse(path);
  }
  lock_ = lock;
  return absl::OkStatus();
}

bool ModuleContext::WaitToStartAgain(const absl::Status& why) {
  const std::string reason = base::ReasonOf(why);
  const std::optional<std::string> file = DatabaseFile(parts_.database_url);
  // A server comes back, and so does a file that another process holds; one
  // that is damaged, or whose folder may not be written, does not.
  const bool away = reason == kDatabaseUnavailable && !file.has_value();
  const bool taken = reason == kDatabaseBusy || reason == kDatabaseInUse;
  if ((!away && !taken) || !parts_.pause) return false;
  const absl::Status remark =
      taken && file.has_value() ? DatabaseInUse(*file) : why;
  ReportReadiness(remark);
  constexpr int kTriesBetweenRemarks = 30;
  if (tries_++ % kTriesBetweenRemarks == 0) {
    const std::string cause = CauseOf(remark);
    LogWarning("waiting for the database; the module serves once it answers",
               {{"module", parts_.name},
                {"reason", base::ReasonOf(remark)},
                {"cause", cause.empty()
                              ? std::string(base::MessageOf(remark))
                              : cause}});
  }
  return !parts_.pause(std::chrono::seconds(1));
}

void ModuleContext::ReportReadiness(const absl::Status& status) {
  // Modules say it every second, after questions that take five at most.
  if (parts_.readiness != nullptr) {
    parts_.readiness->Report(parts_.name, status, std::chrono::seconds(10));
  }
}

void ModuleContext::ReportServing() {
  if (parts_.readiness != nullptr) {
    parts_.readiness->Report(parts_.name, absl::OkStatus());
  }
}

std::filesystem::path ModuleContext::AssetPath(std::string_view file) const {
  return platform::AssetPath(parts_.assets_dir, parts_.name, file);
}

}  // namespace welfare::platform
