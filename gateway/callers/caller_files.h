// The operator's files that say who may call, kept up with them.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/access/api_keys.h"
#include "services/access/certificate_callers.h"
#include "services/access/tokens/jwks.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/work/watched_files.h"

namespace welfare::gateway {

// Where they are; empty: there is none.
struct CallerFilePaths {
  std::string jwks;                 // --jwks-file
  std::string api_keys;             // --api-keys-file
  std::string certificate_callers;  // --mtls-callers-file
};

// What they say at one moment; null where there is no such file.
struct KnownCallers {
  std::shared_ptr<const access::KeySet> keys;
  // Counts the key sets; see TokenCache.
  std::uint64_t generation = 0;
  std::shared_ptr<const access::ApiKeys> api_keys;
  std::shared_ptr<const access::CertificateCallers> certificates;
};

// Files are read again when they change. One that cannot be used changes
// nothing: what it said before counts on, the log says why, once, and
// welfare_caller_files_refused is 1 until it can be used. Any thread.
class CallerFiles {
 public:
  // Everything that is wrong with them.
  //
  // Problems: FAILED_PRECONDITION, reasons CALLER_FILE_UNREADABLE and
  //   CALLER_FILE_INVALID.
  static std::vector<absl::Status> Check(const CallerFilePaths& paths);

  // Reads them and looks at them every `look_every`. `metrics` outlives it.
  //
  // Errors: the first of Check.
  static absl::StatusOr<std::unique_ptr<CallerFiles>> Open(
      const CallerFilePaths& paths, platform::MetricsRegistry& metrics,
      std::chrono::milliseconds look_every = std::chrono::seconds(1));

  std::shared_ptr<const KnownCallers> current() const;
  // That of current(), without holding it.
  std::uint64_t generation() const { return generation_.load(); }

 private:
  CallerFiles(const CallerFilePaths& paths, platform::MetricsRegistry& metrics);
  void ReadAgain();

  const CallerFilePaths paths_;
  platform::Gauge& jwks_refused_;
  platform::Gauge& api_keys_refused_;
  platform::Gauge& certificates_refused_;

  mutable std::mutex mutex_;
  std::shared_ptr<const KnownCallers> current_;
  std::atomic<std::uint64_t> generation_ = 0;

  platform::WatchedFiles files_;  // last: its thread uses the others
};

}  // namespace welfare::gateway
