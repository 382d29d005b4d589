// The keys that sign tokens: a JSON Web Key Set (RFC 7517).
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/access/tokens/public_key.h"

namespace welfare::access {

inline constexpr std::size_t kMaxJwksBytes = std::size_t{256} << 10;
inline constexpr std::size_t kMaxJwksKeys = 32;

// Keys by their kid. Immutable; any thread.
class KeySet {
 public:
  // Parses a set of RSA keys of 2,048 to 8,192 bits (for RS256) and EC keys on
  // P-256 (for ES256). Members that say nothing here (x5c and the like) are
  // passed over, as RFC 7517 asks, and so are keys for encryption (use enc);
  // any other key that may not be used is not, because somebody meant it to be.
  //
  // Errors: INVALID_ARGUMENT, reason JWKS_INVALID, with every violation at
  // `keys[0].n`: those of error_table.h from JSON_SYNTAX on, for JSON and for
  // keys that sign tokens.
  static absl::StatusOr<KeySet> Parse(std::string_view json);

  // The key of this kid, or null.
  const PublicKey* Find(std::string_view kid) const;
  std::size_t size() const { return keys_.size(); }

 private:
  std::map<std::string, PublicKey, std::less<>> keys_;
};

}  // namespace welfare::access
