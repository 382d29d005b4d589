#include "services/access/refusal.h"

#include "services/access/error_table.h"
#include "services/base/error.h"

namespace welfare::access {

absl::Status StatusOf(Refusal refusal) {
  if (refusal == Refusal::kExpired) {
    return base::MakeError(AccessRow("TOKEN_EXPIRED"));
  }
  if (refusal == Refusal::kKeyExpired) {
    return base::MakeError(AccessRow("API_KEY_EXPIRED"));
  }
  if (refusal == Refusal::kSeveral) {
    return base::MakeError(AccessRow("CREDENTIALS_SEVERAL"));
  }
  return base::MakeError(refusal < Refusal::kKeyNotTaken
                             ? AccessRow("TOKEN_INVALID")
                             : AccessRow("API_KEY_INVALID"));
}

}  // namespace welfare::access
