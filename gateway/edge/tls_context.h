#pragma once

#include <openssl/types.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/time/clock.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/tls/tls_watch.h"

namespace welfare::gateway {

// What handshakes are made with, kept up with its files: what has changed
// serves the handshakes that begin from then on. Connections go on with what
// they began with. Any thread may call it.
class TlsContext {
 public:
  struct Options {
    platform::TlsFiles files;
    // Of clients, where `files` has authorities: whether one without a
    // certificate is refused.
    bool client_certificate_required = true;
    std::chrono::milliseconds look_every{1000};
  };

  // `metrics` and `clock` outlive it.
  //
  // Errors: FAILED_PRECONDITION, those of platform::TlsWatch::Make.
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
  explicit TlsContext(platform::MetricsRegistry& metrics);

  std::vector<platform::Counter*> handshakes_;  // by Handshake
  mutable std::mutex mutex_;
  std::shared_ptr<SSL_CTX> current_;
  std::unique_ptr<platform::TlsWatch> watch_;  // last: it uses the others
};

}  // namespace welfare::gateway
