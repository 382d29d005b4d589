// What the tests of tokens share: an issuer's keys and rules, and a token that
// is right in everything.
#pragma once

#include <cstdint>
#include <string>

#include "services/access/tokens/jwks.h"
#include "services/access/tokens/jwt.h"
#include "tests/access/tokens/issuer.h"

namespace welfare::access {

inline constexpr std::int64_t kNowSeconds = 1'780'000'000;

inline base::Timestamp Seconds(std::int64_t seconds) {
  return base::Timestamp::FromMicros(seconds * 1'000'000);
}

inline const KeySet& Keys() {
  static const KeySet keys = *KeySet::Parse(TwoKeys());
  return keys;
}

inline const TokenVerifier& Verifier() {
  static const TokenVerifier verifier =
      *TokenVerifier::Make({.issuer = "https://id.example.jp/realms/welfare",
                            .audience = "welfare",
                            .leeway = std::chrono::seconds(30)});
  return verifier;
}

inline Members EcHeader() {
  return {{"alg", "\"ES256\""}, {"kid", "\"ec-1\""}, {"typ", "\"at+jwt\""}};
}
inline Members RsaHeader() {
  return {{"alg", "\"RS256\""}, {"kid", "\"rsa-1\""}, {"typ", "\"JWT\""}};
}

inline Members Claims() {
  return {{"iss", "\"https://id.example.jp/realms/welfare\""},
          {"aud", "\"welfare\""},
          {"sub", "\"office\""},
          {"iat", "1779999900"},
          {"nbf", "1779999900"},
          {"exp", "1780000300"},
          {"grants", "[\"respondent@jusou\",\"reviewer@*\"]"},
          {"municipality_code", "\"131016\""},
          {"respondent_kind", "\"council\""}};
}

inline std::string EcToken(const Members& header, const Members& claims) {
  return Issuer::Es256().Token(ToJson(header), ToJson(claims));
}

inline Admission Judge(const std::string& token) {
  return Verifier().Verify(token, Keys(), Seconds(kNowSeconds));
}

// The name of what is wrong; `admitted` for nothing.
inline std::string CauseOf(const Admission& admission) {
  const auto* refusal = std::get_if<Refusal>(&admission);
  return refusal == nullptr ? "admitted" : std::string(ToString(*refusal));
}

}  // namespace welfare::access
