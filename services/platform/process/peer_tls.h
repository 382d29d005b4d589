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
// they began with; those made after a change show and believe what is new.
//
// Any thread may call it. Outlives what it has made.
class PeerTls {
 public:
  struct Options {
    TlsFiles files;  // with `client_ca` and `module`
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

 private:
  class MemoryFile;

  PeerTls();

  std::unique_ptr<MemoryFile> identity_;  // key and chain
  std::unique_ptr<MemoryFile> authorities_;
  std::shared_ptr<grpc::experimental::FileWatcherCertificateProvider> provider_;
  std::unique_ptr<TlsWatch> watch_;  // last: it uses the files
};

}  // namespace welfare::platform
