#include "services/platform/process/peer_tls.h"

#include <fcntl.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <utility>

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/tls/process_name.h"
#include "services/platform/tls/tls_watch.h"

namespace welfare::platform {
namespace {

namespace tls = grpc::experimental;

// gRPC looks at its files so often; it takes no less.
constexpr unsigned kGrpcLooksEverySeconds = 1;

std::string_view View(const grpc::string_ref& text) {
  return {text.data(), text.size()};
}

// Judges the name in the certificate of the other side, once OpenSSL has found
// it to be signed, in its time and for its side of a connection.
class NameVerifier final : public tls::ExternalCertificateVerifier {
 public:
  explicit NameVerifier(std::vector<std::string> modules)
      : modules_(std::move(modules)) {}

  bool Verify(tls::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> /*done_later*/,
              grpc::Status* verdict) override {
    std::vector<std::string_view> names;
    for (const grpc::string_ref& name : request->dns_names()) {
      names.push_back(View(name));
    }
    const std::string_view module = ModuleNamedIn(names);
    if (std::find(modules_.begin(), modules_.end(), module) != modules_.end()) {
      return true;
    }
    std::string shown;
    for (const std::string_view name : names) {
      shown.append(shown.empty() ? "" : " ").append(name);
    }
    LogBatched(LogLevel::kWarning, "another process was refused",
               {{"names", shown}, {"subject", View(request->common_name())}});
    *verdict = grpc::Status(grpc::StatusCode::UNAUTHENTICATED,
                            "its certificate is of another process");
    return true;
  }

  void Cancel(tls::TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  const std::vector<std::string> modules_;
};

template <typename Options>
void Prepare(Options& options, std::vector<std::string> modules) {
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_certificate_verifier(
      tls::ExternalCertificateVerifier::Create<NameVerifier>(
          std::move(modules)));
  // The certificate has the name of a process, not of the machine it runs on.
  options.set_check_call_host(false);
}

}  // namespace

// A file that is nowhere but in memory, and that is replaced in one step:
// whoever opens its path reads all of the old text or all of the new.
class PeerTls::MemoryFile {
 public:
  MemoryFile() : place_(memfd_create("tls", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (place_ >= 0) close(place_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(place_); }

  // False, and nothing has changed, where the system has no memory.
  bool Replace(std::string_view text) {
    const int next = memfd_create("tls", MFD_CLOEXEC);
    if (next < 0 || place_ < 0) return false;
    bool whole = true;
    while (whole && !text.empty()) {
      const ssize_t written = write(next, text.data(), text.size());
      whole = written > 0;
      if (whole) text.remove_prefix(static_cast<std::size_t>(written));
    }
    // gRPC takes two readings between which this has not changed for readings
    // of the same file; it counts in seconds.
    const timespec changed{.tv_sec = ++generation_, .tv_nsec = 0};
    const std::array<timespec, 2> times = {changed, changed};
    whole = whole && futimens(next, times.data()) == 0 &&
            dup3(next, place_, O_CLOEXEC) >= 0;
    close(next);
    return whole;
  }

 private:
  const int place_;
  std::time_t generation_ = 0;
};

PeerTls::PeerTls()
    : identity_(std::make_unique<MemoryFile>()),
      authorities_(std::make_unique<MemoryFile>()) {}

PeerTls::~PeerTls() = default;

absl::StatusOr<std::unique_ptr<PeerTls>> PeerTls::Make(
    Options options, MetricsRegistry& metrics, const base::Clock& clock) {
  std::unique_ptr<PeerTls> made(new PeerTls());
  const auto take = [peers = made.get(), path = options.files.certificate,
                     setting = options.files.settings.certificate](
                        const TlsMaterial& material) -> absl::Status {
    // Authorities first: they are to know the new certificates before any is
    // shown.
    if (peers->authorities_->Replace(material.client_ca_pem) &&
        peers->identity_->Replace(material.key_pem + "\n" +
                                  material.certificate_pem)) {
      return absl::OkStatus();
    }
    return TlsFileUnreadable(setting, path, std::strerror(errno));
  };
  made->shows_itself_ = !options.files.certificate.empty();
  WELFARE_ASSIGN_OR_RETURN(made->watch_,
                           TlsWatch::Make({.files = std::move(options.files),
                                           .toward = std::move(options.toward),
                                           .look_every = options.look_every},
                                          take, metrics, clock));
  const std::string identity = made->identity_->path();
  const std::string authorities = made->authorities_->path();
  made->provider_ =
      made->shows_itself_
          ? std::make_shared<tls::FileWatcherCertificateProvider>(
                identity, identity, authorities, kGrpcLooksEverySeconds)
          : std::make_shared<tls::FileWatcherCertificateProvider>(
                authorities, kGrpcLooksEverySeconds);
  return made;
}

std::shared_ptr<grpc::ServerCredentials> PeerTls::ForListener(
    const std::vector<std::string>& callers) const {
  tls::TlsServerCredentialsOptions options(provider_);
  options.set_cert_request_type(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  Prepare(options, callers);
  return tls::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> PeerTls::ForChannelTo(
    std::string_view module) const {
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(provider_);
  Prepare(options, {std::string(module)});
  return tls::TlsCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> PeerTls::ForService() const {
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(provider_);
  options.watch_root_certs();
  if (shows_itself_) options.watch_identity_key_cert_pairs();
  options.set_certificate_verifier(
      std::make_shared<tls::HostNameCertificateVerifier>());
  return tls::TlsCredentials(options);
}

}  // namespace welfare::platform
