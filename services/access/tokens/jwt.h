// Signed tokens: a JWT (RFC 7519) in the compact form of a JWS (RFC 7515),
// judged by the rules of RFC 8725.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

#include "services/access/caller.h"
#include "services/access/tokens/jwks.h"
#include "services/base/time/clock.h"

namespace welfare::access {

// 64 grants of the longest survey fit in; a header of HTTP holds it.
inline constexpr std::size_t kMaxTokenBytes = 8192;

struct TokenRules {
  std::string issuer;    // iss, byte by byte
  std::string audience;  // one of aud
  // By how much other clocks may differ from ours, 0 to 60 s.
  std::chrono::seconds leeway{30};
};

// Judges tokens. Immutable; any thread.
class TokenVerifier {
 public:
  // Errors: INVALID_ARGUMENT, reason TOKEN_RULES_INVALID: no issuer, no
  // audience, or another leeway.
  static absl::StatusOr<TokenVerifier> Make(TokenRules rules);

  // The caller that `token` speaks of at `now`, or the first thing that is
  // wrong. Nothing but the header is read before the signature has verified by
  // the key, and the algorithm, that its kid names; that a token has expired is
  // said of one that is right otherwise.
  //
  // Of the claims, exp, iss, aud and sub are needed; nbf, iat, grants and the
  // pair municipality_code and respondent_kind may be absent. Times are whole
  // seconds. Header members that bring a key along or change how the rest is
  // read are refused, others passed over.
  Admission Verify(std::string_view token, const KeySet& keys,
                   base::Timestamp now) const;

 private:
  explicit TokenVerifier(TokenRules rules) : rules_(std::move(rules)) {}

  Admission Judge(std::string_view payload, base::Timestamp now) const;

  TokenRules rules_;
};

}  // namespace welfare::access
