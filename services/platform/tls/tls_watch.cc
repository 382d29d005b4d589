#include "services/platform/tls/tls_watch.h"

#include <utility>

#include "services/base/error.h"
#include "services/platform/observe/log.h"

namespace welfare::platform {

TlsWatch::TlsWatch(Options options, Take take, MetricsRegistry& metrics,
                   const base::Clock& clock)
    : options_(std::move(options)),
      take_(std::move(take)),
      clock_(clock),
      refused_(metrics.AddGauge(
          "welfare_tls_files_refused",
          "1 while the TLS files cannot be used and earlier ones serve on.",
          {{"toward", options_.toward}})),
      expiry_(options_.files.certificate.empty()
                  ? nullptr
                  : &metrics.AddGauge(
                        "welfare_tls_certificate_expiry_timestamp_seconds",
                        "When the certificate in use expires, in seconds since "
                        "1970.",
                        {{"toward", options_.toward}})),
      files_({options_.files.certificate, options_.files.key,
              options_.files.client_ca, options_.files.crl}) {}

TlsWatch::~TlsWatch() = default;

absl::StatusOr<std::unique_ptr<TlsWatch>> TlsWatch::Make(
    Options options, Take take, MetricsRegistry& metrics,
    const base::Clock& clock) {
  std::unique_ptr<TlsWatch> made(
      new TlsWatch(std::move(options), std::move(take), metrics, clock));
  WELFARE_RETURN_IF_ERROR(made->Load());
  made->files_.Start(
      made->options_.look_every,
      {.looked = [watch = made.get()] { watch->SayOverdueCrls(); },
       .changed = [watch = made.get()] { watch->LoadAgain(); }});
  return made;
}

absl::Status TlsWatch::Load() {
  LoadedTls loaded = LoadTls(options_.files, clock_.Now());
  if (!loaded.material.has_value()) return loaded.problems.front();
  WELFARE_RETURN_IF_ERROR(take_(*loaded.material));
  crls_ = std::move(loaded.material->crls);
  if (expiry_ != nullptr) {
    expiry_->Set(static_cast<double>(loaded.material->not_after.micros()) /
                 1e6);
  }
  SayOverdueCrls();
  return absl::OkStatus();
}

// OpenSSL refuses every certificate of an issuer whose list is over; without
// this line nobody would know why.
void TlsWatch::SayOverdueCrls() {
  const base::Timestamp now = clock_.Now();
  std::erase_if(crls_, [now](const CrlSummary& crl) {
    if (now < crl.next_update) return false;
    LogError(
        "a revocation list is over: every client certificate of its issuer is "
        "refused until the list is renewed",
        {{"issuer", crl.issuer},
         {"next_update_seconds", crl.next_update.micros() / 1'000'000}});
    return true;
  });
}

void TlsWatch::LoadAgain() {
  const absl::Status status = Load();
  refused_.Set(status.ok() ? 0 : 1);
  if (status.ok()) {
    LogInfo("TLS files were read again", {{"toward", options_.toward}});
  } else {
    LogStatus(LogLevel::kError,
              "TLS files cannot be used; earlier ones serve on", status);
  }
}

}  // namespace welfare::platform
