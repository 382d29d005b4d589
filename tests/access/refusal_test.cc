#include "services/access/refusal.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace welfare::access {
namespace {

TEST(Refusals, TellWhatTheCallerCanMend) {
  EXPECT_STATUS(StatusOf(Refusal::kSeveral), absl::StatusCode::kUnauthenticated,
                "CREDENTIALS_SEVERAL");
  for (const Refusal refusal : {Refusal::kScheme, Refusal::kNotTaken}) {
    EXPECT_STATUS(StatusOf(refusal), absl::StatusCode::kUnauthenticated,
                  "TOKEN_INVALID");
  }
  EXPECT_STATUS(StatusOf(Refusal::kKeyNotTaken),
                absl::StatusCode::kUnauthenticated, "API_KEY_INVALID");
}

}  // namespace
}  // namespace welfare::access
