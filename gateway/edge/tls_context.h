#pragma once

#include <openssl/types.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/time/clock.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/tls/tls_material.h"

namespace welfare::gateway {

// What handshakes are made with, kept up with its files: a thread looks at them
// every second, and what has changed serves the handshakes that begin from then
// on. Connections go on with what they began with. Files that cannot be used
// change nothing: the ones before serve on, the log says why, once, and
// welfare_tls_files_refused is 1 until they can be used.
//
// Any thread may call it.
class TlsContext {
 public:
  struct Options {
    platform::TlsFiles files;
    // Of clients, where `files` has authorities: whether one without a
    // certificate is refused.
    bool client_certificate_required = true;
    // How often the files are looked at. What changes is taken when it has
    // stood still for one look, so that a certificate without its key yet is
    // no error.
    std::chrono::milliseconds look_every{1000};
  };

  // `metrics` and `clock` outlive it.
  //
  // Errors: FAILED_PRECONDITION, those of platform::LoadTls; the first of them.
  static absl::StatusOr<std::unique_ptr<TlsContext>> Make(
      Options options, platform::MetricsRegistry& metrics,
      const base::Clock& clock);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // What the next handshake is to be made with.
  std::shared_ptr<SSL_CTX> current() const;

  // How a handshake ended.
  enum class Handshake {
    kDone,
    kLeft,            // the caller went, or was not done in time
    kNoCertificate,   // the caller showed none, and must
    kCertificate,     // the caller's certificate was refused
    kNotTls,          // the bytes were of something else, plain HTTP perhaps
    kNothingInCommon  // version, cipher, ALPN, or the caller refused us
  };
  // Counts it.
  void Count(Handshake ended);

 private:
  // What stat says of the files: different after a change.
  using Looks = std::vector<std::string>;

  TlsContext(Options options, platform::MetricsRegistry& metrics,
             const base::Clock& clock);
  Looks Look() const;
  absl::Status Load();
  void SayOverdueCrls();
  void Watch(const std::stop_token& stop);

  const Options options_;
  const base::Clock& clock_;
  platform::Gauge& refused_;
  platform::Gauge& expiry_;
  std::vector<platform::Counter*> handshakes_;  // by Handshake

  mutable std::mutex mutex_;
  std::shared_ptr<SSL_CTX> current_;

  // Of the thread alone, and of Make before it.
  std::vector<platform::CrlSummary> crls_;  // those not yet said to be over
  Looks loaded_;
  std::condition_variable_any sleep_;
  std::mutex sleep_mutex_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace welfare::gateway
