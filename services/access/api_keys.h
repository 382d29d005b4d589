// Keys of batch systems: a file of digests, and the keys that match them.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/access/caller.h"
#include "services/access/identity.h"
#include "services/base/time/clock.h"

namespace welfare::access {

inline constexpr std::size_t kMaxApiKeysBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMaxApiKeys = 5'000;

// What is known of one key. Its secret is not.
struct ApiKey {
  std::string id;      // 16 lowercase hexadecimal digits
  std::string digest;  // SHA-256 of the secret, 32 bytes
  Identity identity;
  base::Timestamp created;
  std::optional<base::Timestamp> expires = std::nullopt;  // exclusive
  std::optional<base::Timestamp> revoked = std::nullopt;

  friend bool operator==(const ApiKey&, const ApiKey&) = default;
};

// A key with its text, `wk_<id>_<secret>`, which its owner sees once.
struct NewApiKey {
  ApiKey key;
  std::string text;
};

// Makes a key with a random id and a random secret of 256 bits.
// REQUIRES: `expires` is later than `created`.
NewApiKey MakeApiKey(Identity identity, base::Timestamp created,
                     std::optional<base::Timestamp> expires);

// The keys of one file:
//
//   {"version":1,"keys":[
//   {"id":"0123456789abcdef","secret_sha256":"9f86...","subject":"batch",
//    "grants":["manager@jusou"],"created":"2026-04-01T00:00:00Z"},
//   ...
//   ]}
//
// A key may also have `municipality_code` with `respondent_kind`, `expires` and
// `revoked` (RFC 3339). Written one key a line, in the order of ids.
class ApiKeys {
 public:
  // Errors: INVALID_ARGUMENT, reason API_KEYS_INVALID, with every violation at
  // `keys[0].id`: those of error_table.h for identities, JSON and API keys. A
  // member that is not known may be a bound, so it is refused.
  static absl::StatusOr<ApiKeys> Parse(std::string_view json);
  std::string ToJson() const;

  // The caller whose key `text` is at `now`. A secret is compared in a time
  // that does not depend on it.
  Admission Verify(std::string_view text, base::Timestamp now) const;

  // False when there is a key of this id, or no room for one more.
  bool Add(ApiKey key);
  // False when there is no key of this id. One revoked before stays as it was.
  bool Revoke(std::string_view id, base::Timestamp now);

  // By id.
  const std::map<std::string, ApiKey, std::less<>>& all() const {
    return keys_;
  }

 private:
  std::map<std::string, ApiKey, std::less<>> keys_;
};

}  // namespace welfare::access
