#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/time/clock.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/tls/tls_material.h"

namespace grpc {
class ChannelCredentials;
class ServerCredentials;
namespace experimental {
class FileWatcherCertificateProvider;
}
}  // namespace grpc

namespace welfare::platform {

class TlsWatch;  // tls/tls_watch.h

// What this process shows to the platform's other processes, and whom of them
// it believes: mutual TLS, kept up with its files. Connections go on with what
// they began with; those made after a change show and believe what is new. With
// `client` the other end are services of others, and a certificate is shown
// where there is one.
//
// Any thread may call it. Outlives what it has made.
class PeerTls {
 public:
  struct Options {
    // With `client_ca`, and `module` or `client`.
    TlsFiles files;
    std::string toward = "processes";  // who is at the other end, in metrics
    std::chrono::milliseconds look_every{1000};
  };

  // `metrics` and `clock` outlive it.
  //
  // Errors: FAILED_PRECONDITION, those of TlsWatch::Make.
  static absl::StatusOr<std::unique_ptr<PeerTls>> Make(
      Options options, MetricsRegistry& metrics, const base::Clock& clock);
  ~PeerTls();
  PeerTls(const PeerTls&) = delete;
  PeerTls& operator=(const PeerTls&) = delete;

  // Of a listener for processes of `callers` (modules), and for nobody else:
  // whoever shows no certificate, or one of another name, is not spoken to.
  std::shared_ptr<grpc::ServerCredentials> ForListener(
      const std::vector<std::string>& callers) const;
  // Of a channel to `module`: whoever else answers there hears nothing.
  std::shared_ptr<grpc::ChannelCredentials> ForChannelTo(
      std::string_view module) const;
  // Of a channel to a service that is not of the platform: one whose
  // certificate is of the host that is called, by name or address.
  std::shared_ptr<grpc::ChannelCredentials> ForService() const;

 private:
  class MemoryFile;

  PeerTls();

  std::unique_ptr<MemoryFile> identity_;  // key and chain
  std::unique_ptr<MemoryFile> authorities_;
  std::shared_ptr<grpc::experimental::FileWatcherCertificateProvider> provider_;
  bool shows_itself_ = true;
  std::unique_ptr<TlsWatch> watch_;  // last: it uses the files
};

}  // namespace welfare::platform
