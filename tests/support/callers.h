// Who calls, for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/access/identity.h"

namespace welfare::support {

// Somebody known who was granted this: {"manager@jusou"}.
// REQUIRES: the grants can be read, and are not those of a respondent.
inline access::Identity Granted(const std::vector<std::string>& grants) {
  return *access::Identity::Make({.subject = "somebody", .grants = grants});
}

// A respondent of `survey`.
inline access::Identity RespondentOf(
    std::string_view survey, std::string_view municipality_code,
    std::string_view respondent_kind = "municipality") {
  const std::vector<std::string> grants = {"respondent@" + std::string(survey)};
  return *access::Identity::Make({.subject = "somebody",
                                  .grants = grants,
                                  .municipality_code = municipality_code,
                                  .respondent_kind = respondent_kind});
}

}  // namespace welfare::support
