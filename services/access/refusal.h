// Why a caller was not let in: the cause for us, one sentence for the caller.
#pragma once

#include <string_view>

#include "absl/status/status.h"

#include "services/vocabulary/word.h"

namespace welfare::access {

// The first thing that was wrong, for metrics and logs. Whoever sends forged
// tokens learns nothing of it.
enum class Refusal {
  // --- tokens ---
  kScheme = 1,    // authorization holds no Bearer token
  kNotTaken,      // no tokens are taken here
  kSize,          // longer than a token may be
  kSegments,      // not three parts
  kEncoding,      // a part is no base64url
  kHeader,        // the header is no strict JSON object
  kHeaderMember,  // a member that the header may not have
  kType,          // typ is that of no access token
  kKeyId,         // kid is missing, or names no key
  kAlgorithm,     // alg is not that of the key
  kSignature,     // the signature does not verify
  kPayload,       // the payload is no strict JSON object
  kTimes,         // exp is missing; exp, nbf or iat is no time
  kIssuer,        // iss is not ours
  kAudience,      // aud does not hold us
  kNotYet,        // nbf or iat lies ahead
  kSubject,       // sub is no subject
  kGrants,        // grants are none
  kRespondent,    // municipality_code, respondent_kind
  kExpired,       // all is well but the time
  // --- API keys ---
  kKeyNotTaken,  // no API keys are taken here
  kKeyFormat,    // no text of a key
  kKeyUnknown,   // no key has the id
  kKeySecret,    // the secret is another one
  kKeyRevoked,
  kKeyExpired,
  // --- certificates: whoever shows one is nobody in particular then ---
  kCertificateUnknown,  // none of its names is that of a caller
  kCertificateUnclear,  // its names are those of several callers
  // --- requests ---
  kSeveral,  // more than one token or key
};

// Values of a label; few and fixed.
inline constexpr vocabulary::Word<Refusal> kRefusals[] = {
    {Refusal::kScheme, "scheme"},
    {Refusal::kNotTaken, "not_taken"},
    {Refusal::kSize, "size"},
    {Refusal::kSegments, "segments"},
    {Refusal::kEncoding, "encoding"},
    {Refusal::kHeader, "header"},
    {Refusal::kHeaderMember, "header_member"},
    {Refusal::kType, "type"},
    {Refusal::kKeyId, "key_id"},
    {Refusal::kAlgorithm, "algorithm"},
    {Refusal::kSignature, "signature"},
    {Refusal::kPayload, "payload"},
    {Refusal::kTimes, "times"},
    {Refusal::kIssuer, "issuer"},
    {Refusal::kAudience, "audience"},
    {Refusal::kNotYet, "not_yet"},
    {Refusal::kSubject, "subject"},
    {Refusal::kGrants, "grants"},
    {Refusal::kRespondent, "respondent"},
    {Refusal::kExpired, "expired"},
    {Refusal::kKeyNotTaken, "key_not_taken"},
    {Refusal::kKeyFormat, "key_format"},
    {Refusal::kKeyUnknown, "key_unknown"},
    {Refusal::kKeySecret, "key_secret"},
    {Refusal::kKeyRevoked, "key_revoked"},
    {Refusal::kKeyExpired, "key_expired"},
    {Refusal::kCertificateUnknown, "certificate_unknown"},
    {Refusal::kCertificateUnclear, "certificate_unclear"},
    {Refusal::kSeveral, "several"},
};

constexpr std::string_view ToString(Refusal refusal) {
  return vocabulary::NameIn(kRefusals, refusal);
}

// What the caller hears, UNAUTHENTICATED: TOKEN_INVALID or API_KEY_INVALID
// whatever was wrong, TOKEN_EXPIRED or API_KEY_EXPIRED when the time alone is,
// CREDENTIALS_SEVERAL.
// REQUIRES: not that of a certificate.
absl::Status StatusOf(Refusal refusal);

}  // namespace welfare::access
