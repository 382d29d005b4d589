#include "services/access/api_keys.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"

#include "services/access/error_table.h"
#include "services/access/member_reader.h"
#include "services/access/strict_json.h"
#include "services/base/coding/base64.h"
#include "services/base/coding/json_text.h"
#include "services/base/coding/sha256.h"
#include "services/base/error.h"

namespace welfare::access {
namespace {

constexpr std::string_view kPrefix = "wk_";
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kDigestBytes = 32;

// A plain digest is enough: slow and salted ones protect secrets that can be
// guessed, and of 256 random bits none can. So a call costs one SHA-256, and
// the file alone lets nobody in.
std::string DigestOfSecret(std::string_view secret) {
  return base::Sha256Bytes(secret);
}

std::string RandomBytes(std::size_t size) {
  std::string bytes(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()),
                 static_cast<int>(size)) != 1) {
    throw std::bad_alloc();  // the system gives no randomness: no key
  }
  return bytes;
}

bool IsLowerHex(std::string_view text, std::size_t bytes) {
  return text.size() == 2 * bytes && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

constexpr std::string_view kKeyMembers[] = {
    "id",      "secret_sha256",     "subject",
    "grants",  "municipality_code", "respondent_kind",
    "created", "expires",           "revoked"};

// The key, unless something was wrong with it.
std::optional<ApiKey> ReadKey(MemberReader& reader) {
  if (!reader.IsObjectOf(kKeyMembers)) return std::nullopt;
  const std::string id(reader.RequiredText("id"));
  if (!id.empty() && !IsLowerHex(id, kIdBytes)) {
    reader.Refuse(AccessFault("API_KEY_ID"), "id");
  }
  const std::string_view digest = reader.RequiredText("secret_sha256");
  if (!digest.empty() && !IsLowerHex(digest, kDigestBytes)) {
    reader.Refuse(AccessFault("API_KEY_DIGEST"), "secret_sha256");
  }
  const std::optional<Identity> identity =
      reader.ReadIdentity("subject", Authentication::kApiKey);
  const auto created = reader.RequiredTime("created");
  const auto expires = reader.OptionalTime("expires");
  const auto revoked = reader.OptionalTime("revoked");
  if (created.has_value() && expires.has_value() && *expires <= *created) {
    reader.Refuse(AccessFault("API_KEY_TIMES"), "expires");
  }
  if (!reader.faultless() || !identity.has_value() || !created.has_value()) {
    return std::nullopt;
  }
  return ApiKey{id,        absl::HexStringToBytes(base::ToAbsl(digest)),
                *identity, *created,
                expires,   revoked};
}

absl::Status ApiKeysInvalid(std::vector<base::Violation> violations) {
  return base::MakeError(AccessRow("API_KEYS_INVALID"))
      .WithViolations(std::move(violations));
}

std::string KeyToJson(const ApiKey& key) {
  base::JsonObject object;
  object.Add("id", key.id)
      .Add("secret_sha256", base::HexEncode(key.digest))
      .Add("subject", key.identity.subject());
  // A JsonObject holds no list.
  std::string text = object.Text();
  text.pop_back();
  text += ",\"grants\":[";
  for (const Grant& grant : key.identity.grants()) {
    if (text.back() != '[') text += ',';
    base::AppendJsonString(grant.ToString(), text);
  }
  text += "],";
  base::JsonObject rest;
  if (const auto& respondent = key.identity.respondent()) {
    rest.Add("municipality_code", respondent->municipality.ToString())
        .Add("respondent_kind", base::ToString(respondent->kind));
  }
  rest.Add("created", key.created.ToRfc3339());
  if (key.expires.has_value()) rest.Add("expires", key.expires->ToRfc3339());
  if (key.revoked.has_value()) rest.Add("revoked", key.revoked->ToRfc3339());
  return text + rest.Text().substr(1);
}

}  // namespace

NewApiKey MakeApiKey(Identity identity, base::Timestamp created,
                     std::optional<base::Timestamp> expires) {
  std::string id = base::HexEncode(RandomBytes(kIdBytes));
  const std::string secret = RandomBytes(kSecretBytes);
  std::string text(kPrefix);
  text.append(id).append("_").append(base::EncodeBase64Url(secret));
  return {{std::move(id), DigestOfSecret(secret), std::move(identity), created,
           expires},
          std::move(text)};
}

absl::StatusOr<ApiKeys> ApiKeys::Parse(std::string_view json) {
  if (json.size() > kMaxApiKeysBytes) {
    return ApiKeysInvalid(
        {base::MakeViolation(AccessFault("FILE_SIZE"), "",
                             {{"limit", std::to_string(kMaxApiKeysBytes)}})});
  }
  const auto root = ReadStrictJson(json);
  if (!root.ok()) return ApiKeysInvalid({base::ViolationOf("", root.status())});
  auto list = ListOf(*root, "keys", kMaxApiKeys);
  if (auto* violation = std::get_if<base::Violation>(&list)) {
    return ApiKeysInvalid({std::move(*violation)});
  }
  ApiKeys keys;
  std::vector<base::Violation> violations;
  const auto& elements = *std::get<const std::vector<JsonValue>*>(list);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    MemberReader reader(elements[i], "keys[" + std::to_string(i) + "]",
                        violations);
    auto key = ReadKey(reader);
    if (key.has_value() && !keys.Add(*std::move(key))) {
      reader.Refuse(AccessFault("API_KEY_ID_REPEATED"), "id");
    }
  }
  if (!violations.empty()) return ApiKeysInvalid(std::move(violations));
  return keys;
}

std::string ApiKeys::ToJson() const {
  std::string text = "{\"version\":1,\"keys\":[";
  for (const auto& [id, key] : keys_) {
    text.append(text.back() == '[' ? "\n" : ",\n").append(KeyToJson(key));
  }
  return text + "\n]}\n";
}

Admission ApiKeys::Verify(std::string_view text, base::Timestamp now) const {
  constexpr std::size_t kIdEnd = kPrefix.size() + 2 * kIdBytes;
  if (!text.starts_with(kPrefix) || text.size() <= kIdEnd ||
      text[kIdEnd] != '_') {
    return Refusal::kKeyFormat;
  }
  const std::string_view id = text.substr(kPrefix.size(), 2 * kIdBytes);
  // Long texts are not decoded.
  const std::string_view encoded = text.substr(kIdEnd + 1);
  if (encoded.size() > 2 * kSecretBytes) return Refusal::kKeyFormat;
  const auto secret = base::DecodeBase64Url(encoded);
  if (!IsLowerHex(id, kIdBytes) || !secret.has_value() ||
      secret->size() != kSecretBytes) {
    return Refusal::kKeyFormat;
  }
  const std::string digest = DigestOfSecret(*secret);
  const auto found = keys_.find(id);
  if (found == keys_.end()) return Refusal::kKeyUnknown;
  const ApiKey& key = found->second;
  if (CRYPTO_memcmp(digest.data(), key.digest.data(), kDigestBytes) != 0) {
    return Refusal::kKeySecret;
  }
  if (key.revoked.has_value()) return Refusal::kKeyRevoked;
  if (key.expires.has_value() && now >= *key.expires) {
    return Refusal::kKeyExpired;
  }
  return Caller{key.identity, key.expires.value_or(base::Timestamp::FromMicros(
                                  std::numeric_limits<std::int64_t>::max()))};
}

bool ApiKeys::Add(ApiKey key) {
  if (keys_.size() >= kMaxApiKeys) return false;
  std::string id = key.id;
  return keys_.try_emplace(std::move(id), std::move(key)).second;
}

bool ApiKeys::Revoke(std::string_view id, base::Timestamp now) {
  const auto found = keys_.find(id);
  if (found == keys_.end()) return false;
  if (!found->second.revoked.has_value()) found->second.revoked = now;
  return true;
}

}  // namespace welfare::access
