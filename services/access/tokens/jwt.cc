#include "services/access/tokens/jwt.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/match.h"

#include "services/access/error_table.h"
#include "services/access/identity.h"
#include "services/access/strict_json.h"
#include "services/base/coding/base64.h"
#include "services/base/error.h"

namespace welfare::access {
namespace {

constexpr std::chrono::seconds kMostLeeway{60};
constexpr std::int64_t kMicros = 1'000'000;
constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999

// What these ask for we do not do: keys out of the token (RFC 8725, section
// 3.5), extensions, unencoded, packed, sealed or nested payloads.
constexpr std::string_view kRefusedHeaders[] = {
    "crit", "jwk", "jku", "x5u", "x5c", "b64", "zip", "enc", "cty"};
// Media types, which know no case (RFC 7515, section 4.1.9; RFC 9068).
constexpr std::string_view kTypes[] = {"JWT", "at+jwt", "application/at+jwt"};

// Header, payload and signature of a token, undecoded.
struct TokenParts {
  std::string_view header, payload, signature;
  std::string_view signed_text;  // header and payload with their dot
};

std::optional<TokenParts> Split(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == token.npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) {
    return std::nullopt;
  }
  TokenParts parts{.header = token.substr(0, first),
                   .payload = token.substr(first + 1, second - first - 1),
                   .signature = token.substr(second + 1),
                   .signed_text = token.substr(0, second)};
  if (parts.header.empty() || parts.payload.empty() ||
      parts.signature.empty()) {
    return std::nullopt;
  }
  return parts;
}

// An object, or nothing.
std::optional<JsonValue> ReadObject(std::string_view json) {
  auto value = ReadStrictJson(json);
  if (!value.ok() || value->kind != JsonValue::Kind::kObject) {
    return std::nullopt;
  }
  return *std::move(value);
}

// The key by which a token with this header must be signed, or what is wrong
// with the header.
std::variant<const PublicKey*, Refusal> KeyOf(std::string_view header_json,
                                              const KeySet& keys) {
  const auto header = ReadObject(header_json);
  if (!header.has_value()) return Refusal::kHeader;
  for (const std::string_view member : kRefusedHeaders) {
    if (header->Find(member) != nullptr) return Refusal::kHeaderMember;
  }
  const JsonValue* kid = header->Find("kid");
  const PublicKey* key = kid == nullptr || kid->Text() == nullptr
                             ? nullptr
                             : keys.Find(*kid->Text());
  if (key == nullptr) return Refusal::kKeyId;
  const JsonValue* alg = header->Find("alg");
  if (alg == nullptr || alg->Text() == nullptr ||
      *alg->Text() != ToString(key->algorithm())) {
    return Refusal::kAlgorithm;
  }
  if (const JsonValue* typ = header->Find("typ"); typ != nullptr) {
    if (typ->Text() == nullptr ||
        !std::ranges::any_of(kTypes, [&](std::string_view type) {
          return absl::EqualsIgnoreCase(base::ToAbsl(type),
                                        base::ToAbsl(*typ->Text()));
        })) {
      return Refusal::kType;
    }
  }
  return key;
}

// The claim as seconds since 1970; nothing when it is absent, and
// Refusal::kTimes when it is no such number.
std::variant<std::optional<std::int64_t>, Refusal> TimeOf(
    const JsonValue& claims, std::string_view name) {
  const JsonValue* claim = claims.Find(name);
  if (claim == nullptr) return std::optional<std::int64_t>();
  if (claim->kind != JsonValue::Kind::kInteger || claim->integer < 0 ||
      claim->integer > kLastSecond) {
    return Refusal::kTimes;
  }
  return std::optional(claim->integer);
}

bool IsText(const JsonValue* claim, std::string_view text) {
  return claim != nullptr && claim->Text() != nullptr && *claim->Text() == text;
}

// Whether aud is `audience`, or a list of texts with it.
bool IsFor(const JsonValue* aud, std::string_view audience) {
  if (aud == nullptr || aud->kind != JsonValue::Kind::kList) {
    return IsText(aud, audience);
  }
  return std::ranges::all_of(
             aud->elements,
             [](const JsonValue& one) { return one.Text() != nullptr; }) &&
         std::ranges::any_of(aud->elements, [&](const JsonValue& one) {
           return IsText(&one, audience);
         });
}

// The text of an optional claim; nothing when it is no text or an empty one.
std::optional<std::string_view> OptionalText(const JsonValue& claims,
                                             std::string_view name) {
  const JsonValue* claim = claims.Find(name);
  if (claim == nullptr) return "";
  if (claim->Text() == nullptr || claim->Text()->empty()) return std::nullopt;
  return *claim->Text();
}

std::variant<Identity, Refusal> IdentityOf(const JsonValue& claims) {
  const JsonValue* sub = claims.Find("sub");
  if (sub == nullptr || sub->Text() == nullptr) return Refusal::kSubject;
  std::vector<std::string> grants;
  if (const JsonValue* list = claims.Find("grants"); list != nullptr) {
    if (list->kind != JsonValue::Kind::kList) return Refusal::kGrants;
    for (const JsonValue& grant : list->elements) {
      if (grant.Text() == nullptr) return Refusal::kGrants;
      grants.push_back(*grant.Text());
    }
  }
  const auto code = OptionalText(claims, "municipality_code");
  const auto kind = OptionalText(claims, "respondent_kind");
  if (!code.has_value() || !kind.has_value()) return Refusal::kRespondent;
  auto identity = Identity::Make({.subject = *sub->Text(),
                                  .grants = grants,
                                  .municipality_code = *code,
                                  .respondent_kind = *kind,
                                  .authentication = Authentication::kToken});
  if (identity.ok()) return *std::move(identity);
  const auto details = base::GetErrorDetails(identity.status());
  const std::string& field = details->violations.front().field;
  if (field == "subject") return Refusal::kSubject;
  return field.starts_with("grants") ? Refusal::kGrants : Refusal::kRespondent;
}

}  // namespace

absl::StatusOr<TokenVerifier> TokenVerifier::Make(TokenRules rules) {
  if (rules.issuer.empty() || rules.audience.empty() ||
      rules.leeway < std::chrono::seconds(0) || rules.leeway > kMostLeeway) {
    return base::MakeError(AccessRow("TOKEN_RULES_INVALID"));
  }
  return TokenVerifier(std::move(rules));
}

Admission TokenVerifier::Verify(std::string_view token, const KeySet& keys,
                                base::Timestamp now) const {
  if (token.size() > kMaxTokenBytes) return Refusal::kSize;
  const auto parts = Split(token);
  if (!parts.has_value()) return Refusal::kSegments;
  const auto header = base::DecodeBase64Url(parts->header);
  if (!header.has_value()) return Refusal::kEncoding;
  const auto key = KeyOf(*header, keys);
  if (const auto* refusal = std::get_if<Refusal>(&key)) return *refusal;
  const auto signature = base::DecodeBase64Url(parts->signature);
  if (!signature.has_value()) return Refusal::kEncoding;
  if (!std::get<const PublicKey*>(key)->Verifies(parts->signed_text,
                                                 *signature)) {
    return Refusal::kSignature;
  }
  const auto payload = base::DecodeBase64Url(parts->payload);
  if (!payload.has_value()) return Refusal::kEncoding;
  return Judge(*payload, now);
}

Admission TokenVerifier::Judge(std::string_view payload,
                               base::Timestamp now) const {
  const auto claims = ReadObject(payload);
  if (!claims.has_value()) return Refusal::kPayload;
  if (!IsText(claims->Find("iss"), rules_.issuer)) return Refusal::kIssuer;
  if (!IsFor(claims->Find("aud"), rules_.audience)) return Refusal::kAudience;

  for (const std::string_view name : {"nbf", "iat"}) {
    const auto time = TimeOf(*claims, name);
    if (const auto* refusal = std::get_if<Refusal>(&time)) return *refusal;
    const auto seconds = std::get<std::optional<std::int64_t>>(time);
    if (seconds.has_value() &&
        now + rules_.leeway < base::Timestamp::FromMicros(*seconds * kMicros)) {
      return Refusal::kNotYet;
    }
  }
  const auto exp = TimeOf(*claims, "exp");
  if (const auto* refusal = std::get_if<Refusal>(&exp)) return *refusal;
  const auto last = std::get<std::optional<std::int64_t>>(exp);
  if (!last.has_value()) return Refusal::kTimes;

  auto identity = IdentityOf(*claims);
  if (const auto* refusal = std::get_if<Refusal>(&identity)) return *refusal;
  const base::Timestamp expires =
      base::Timestamp::FromMicros(*last * kMicros) + rules_.leeway;
  if (now >= expires) return Refusal::kExpired;
  return Caller{std::get<Identity>(std::move(identity)), expires};
}

}  // namespace welfare::access
