// What an error says is wrong where, for tests of files.
#pragma once

#include <set>
#include <string>

#include "absl/status/status.h"

#include "services/base/error.h"

namespace welfare::access {

// `keys[0].n RSA_SIZE` for each violation of `status`.
inline std::set<std::string> ViolationsOf(const absl::Status& status) {
  std::set<std::string> lines;
  const auto details = base::GetErrorDetails(status);
  if (!details.has_value()) return lines;
  for (const base::Violation& violation : details->violations) {
    lines.insert(violation.field + " " + violation.reason);
  }
  return lines;
}

}  // namespace welfare::access
