#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/time/clock.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/tls/tls_material.h"
#include "services/platform/work/watched_files.h"

namespace welfare::platform {

// Keeps whoever speaks TLS up with its files: they are looked at every second,
// and what has changed is checked and handed over. Files that cannot be
// used change nothing: the ones before serve on, the log says why, once, and
// welfare_tls_files_refused is 1 until they can be used.
class TlsWatch {
 public:
  struct Options {
    TlsFiles files;
    // Who is at the other end, in the metrics: "clients", "processes" or
    // "backends".
    std::string toward;
    // How often the files are looked at; see WatchedFiles.
    std::chrono::milliseconds look_every{1000};
  };
  // Makes use of what was read, from Make and then from the thread. An error
  // means that it cannot be used, and that nothing has changed.
  using Take = std::function<absl::Status(const TlsMaterial& material)>;

  // Takes what the files hold now. `metrics`, `clock` and what `take` uses
  // outlive it.
  //
  // Errors: FAILED_PRECONDITION, those of LoadTls, the first of them; those of
  //   `take`.
  static absl::StatusOr<std::unique_ptr<TlsWatch>> Make(
      Options options, Take take, MetricsRegistry& metrics,
      const base::Clock& clock);
  ~TlsWatch();
  TlsWatch(const TlsWatch&) = delete;
  TlsWatch& operator=(const TlsWatch&) = delete;

 private:
  TlsWatch(Options options, Take take, MetricsRegistry& metrics,
           const base::Clock& clock);
  absl::Status Load();
  void LoadAgain();
  void SayOverdueCrls();

  const Options options_;
  const Take take_;
  const base::Clock& clock_;
  Gauge& refused_;
  Gauge* const expiry_;  // null: no certificate is shown

  // Of the thread of `files_` alone, and of Make before it.
  std::vector<CrlSummary> crls_;  // those not yet said to be over
  WatchedFiles files_;            // last: it uses the others
};

}  // namespace welfare::platform
