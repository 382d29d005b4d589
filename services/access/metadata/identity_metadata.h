// An identity on its way from the gateway to a service.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/access/identity.h"
#include "services/access/principal.h"

namespace welfare::access {

// The name of the metadata; gRPC encodes what ends in -bin.
inline constexpr std::string_view kIdentityMetadata = "x-welfare-identity-bin";

// No identity takes more; in base64 it still fits into the 8 KiB of headers
// that gRPC takes.
inline constexpr std::size_t kMaxIdentityBytes = 5'376;

// The bytes of welfare.internal.v1.Identity. Equal identities are equal bytes.
// REQUIRES: made by Identity::Make; of the others nothing is sent.
std::string ToMetadata(const Identity& identity);

// The subject in what ToMetadata has written: a part of `bytes`, found without
// reading the rest. Empty for bytes of another origin.
std::string_view SubjectIn(std::string_view bytes);

// Who that is, for a log; found as SubjectIn does.
Principal PrincipalIn(std::string_view bytes);

// Reads what ToMetadata writes and nothing else: there is one text for one
// identity, so fields unknown, repeated or out of order are refused with the
// rest. Who sent the bytes is for the caller to have checked.
//
// Errors: INTERNAL, reason IDENTITY_UNREADABLE.
absl::StatusOr<Identity> FromMetadata(std::string_view bytes);

}  // namespace welfare::access
