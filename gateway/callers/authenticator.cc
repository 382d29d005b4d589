#include "gateway/callers/authenticator.h"

#include <utility>

#include "gateway/callers/credentials.h"
#include "services/access/metadata/identity_metadata.h"
#include "services/platform/observe/log.h"

namespace welfare::gateway {
namespace {

using access::Authentication;
using access::Refusal;

// By what a caller who was refused had tried to prove who he is.
std::string_view MethodOf(Refusal refusal) {
  if (refusal == Refusal::kSeveral) return "several";
  if (refusal >= Refusal::kCertificateUnknown) {
    return ToString(Authentication::kCertificate);
  }
  return ToString(refusal >= Refusal::kKeyNotTaken ? Authentication::kApiKey
                                                   : Authentication::kToken);
}

platform::Counter& CounterOf(platform::MetricsRegistry& metrics,
                             std::string_view method, std::string_view result) {
  return metrics.AddCounter(
      "welfare_authentications_total",
      "Callers judged, by what they showed and how it ended.",
      {{"method", std::string(method)}, {"result", std::string(result)}});
}

template <typename Enum>
std::size_t IndexOf(Enum value) {
  return static_cast<std::size_t>(value);
}

}  // namespace

Authenticator::Authenticator(Options options, const CallerFiles& files,
                             platform::MetricsRegistry& metrics,
                             const base::Clock& clock)
    : options_(std::move(options)),
      files_(files),
      clock_(clock),
      cache_(options_.cache_bytes),
      admitted_(IndexOf(Authentication::kAnonymous) + 1),
      refused_(std::size(access::kRefusals) + 1) {
  for (const Authentication method :
       {Authentication::kToken, Authentication::kCertificate,
        Authentication::kApiKey, Authentication::kAnonymous}) {
    admitted_[IndexOf(method)] =
        &CounterOf(metrics, ToString(method), "admitted");
  }
  for (const auto& word : access::kRefusals) {
    refused_[IndexOf(word.value)] =
        &CounterOf(metrics, MethodOf(word.value), word.name);
  }
}

Authenticator::~Authenticator() = default;

absl::StatusOr<std::string> Authenticator::Judge(
    const std::vector<Header>& headers, const PeerCertificate* certificate,
    std::string_view request_id) {
  Verdict verdict = JudgeShown(headers, certificate);
  if (const auto* refusal = std::get_if<Refusal>(&verdict)) {
    refused_[IndexOf(*refusal)]->Increment();
    platform::LogBatched(
        platform::LogLevel::kInfo, "a caller was refused",
        {{"request_id", request_id}, {"why", ToString(*refusal)}});
    return access::StatusOf(*refusal);
  }
  auto& admitted = std::get<Admitted>(verdict);
  admitted_[IndexOf(admitted.authentication)]->Increment();
  return std::move(admitted.metadata);
}

Authenticator::Verdict Authenticator::AdmittedOr(
    const access::Admission& admission) {
  if (const auto* refusal = std::get_if<Refusal>(&admission)) return *refusal;
  const access::Identity& identity =
      std::get<access::Caller>(admission).identity;
  return Admitted{identity.authentication(), access::ToMetadata(identity)};
}

Authenticator::Verdict Authenticator::JudgeShown(
    const std::vector<Header>& headers, const PeerCertificate* certificate) {
  const auto shown = ReadCredentials(headers);
  if (const auto* refusal = std::get_if<Refusal>(&shown)) return *refusal;
  const Credentials& credentials = std::get<Credentials>(shown);
  if (!credentials.token.empty()) return JudgeToken(credentials.token);
  if (!credentials.api_key.empty()) return JudgeApiKey(credentials.api_key);
  if (certificate != nullptr &&
      options_.methods.Has(Authentication::kCertificate)) {
    return JudgeCertificate(*certificate);
  }
  return Admitted{Authentication::kAnonymous, ""};
}

Authenticator::Verdict Authenticator::JudgeToken(std::string_view token) {
  if (!options_.tokens.has_value()) return Refusal::kNotTaken;
  const base::Timestamp now = clock_.Now();
  const access::TokenDigest digest = access::DigestOf(token);
  if (auto kept = cache_.Find(digest, files_.generation(), now)) {
    return Admitted{Authentication::kToken, *std::move(kept)};
  }
  const auto known = files_.current();
  const access::Admission admission =
      options_.tokens->Verify(token, *known->keys, now);
  Verdict verdict = AdmittedOr(admission);
  if (const auto* admitted = std::get_if<Admitted>(&verdict)) {
    cache_.Keep(digest, known->generation,
                std::get<access::Caller>(admission).expires,
                admitted->metadata);
  }
  return verdict;
}

Authenticator::Verdict Authenticator::JudgeApiKey(std::string_view key) {
  if (!options_.methods.Has(Authentication::kApiKey)) {
    return Refusal::kKeyNotTaken;
  }
  return AdmittedOr(files_.current()->api_keys->Verify(key, clock_.Now()));
}

Authenticator::Verdict Authenticator::JudgeCertificate(
    const PeerCertificate& certificate) {
  const access::Admission admission = files_.current()->certificates->Find(
      {.common_name = certificate.common_name,
       .dns_names = certificate.dns_names,
       .uris = certificate.uris});
  if (const auto* refusal = std::get_if<Refusal>(&admission)) {
    // Whoever shows the certificate of nobody known has shown nothing.
    refused_[IndexOf(*refusal)]->Increment();
    return Admitted{Authentication::kAnonymous, ""};
  }
  return AdmittedOr(admission);
}

}  // namespace welfare::gateway
