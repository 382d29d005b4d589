// The gateway's file of API keys, changed while the gateway reads it.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/access/api_keys.h"

namespace welfare::ctl {

// What stands in the file.
//
// Errors: NOT_FOUND, FILE_UNREADABLE; INVALID_ARGUMENT, API_KEYS_INVALID.
absl::StatusOr<access::ApiKeys> ReadApiKeysFile(const std::string& path);

// Changes the keys of the file by `change` and writes them in one step: who
// reads it finds it as it was or as it is to be, also after a crash. A file
// that is not there is made, for its owner alone (0600). Two at a time wait for
// each other.
//
// Errors: those of `change` and ReadApiKeysFile; UNAVAILABLE, FILE_UNWRITABLE.
absl::Status ChangeApiKeysFile(
    const std::string& path,
    const std::function<absl::Status(access::ApiKeys&)>& change);

}  // namespace welfare::ctl
