#pragma once

#include <string>
#include <vector>

#include "services/registry/files/csv_import.h"

namespace welfare::registry {

// The reasons of the records that a plan leaves out, in order of the file.
inline std::vector<std::string> Reasons(const ImportPlan& plan) {
  std::vector<std::string> reasons;
  for (const Reject& reject : plan.rejects) reasons.push_back(reject.reason);
  return reasons;
}

}  // namespace welfare::registry
