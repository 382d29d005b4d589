// The private key that signs what is published, from its file.
#pragma once

#include <string>

#include "absl/status/statusor.h"

#include "services/base/signature/signing_key.h"

namespace welfare::report {

// Reads the file anew each time, so that a key is replaced by replacing its
// file, and is in memory for as long as it signs.
//
// Errors:
//   FAILED_PRECONDITION, reason SIGNING_KEY_UNUSABLE: the file is not there, is
//     no such key, or may be read by others than its owner and group.
absl::StatusOr<base::SigningKey> ReadSigningKey(const std::string& file);

}  // namespace welfare::report
