// None of the bad tokens gets in, and their bearers hear one sentence.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "services/access/tokens/jwt.h"
#include "services/base/error.h"
#include "tests/access/tokens/bad_tokens.h"
#include "tests/access/tokens/token_fixture.h"

namespace welfare::access {
namespace {

TEST(BadTokens, AreRefusedEachForItsCause) {
  for (const BadToken& bad : BadTokens()) {
    EXPECT_EQ(CauseOf(Judge(bad.make())), ToString(bad.cause)) << bad.what;
  }
}

TEST(BadTokens, AreOfEveryCause) {
  std::set<Refusal> causes;
  std::set<std::string_view> names;
  for (const BadToken& bad : BadTokens()) {
    causes.insert(bad.cause);
    EXPECT_TRUE(names.insert(bad.what).second) << bad.what;
  }
  for (const auto& word : kRefusals) {
    if (word.value >= Refusal::kSize && word.value < Refusal::kKeyNotTaken) {
      EXPECT_TRUE(causes.contains(word.value)) << word.name;
    }
  }
  EXPECT_GE(BadTokens().size(), 100U);
}

// Nobody learns from the answer how far his forgery came.
TEST(BadTokens, AllSoundAlike) {
  std::set<std::string> answers;
  for (const BadToken& bad : BadTokens()) {
    const absl::Status status = StatusOf(bad.cause);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
    EXPECT_EQ(base::ReasonOf(status), bad.cause == Refusal::kExpired
                                          ? "TOKEN_EXPIRED"
                                          : "TOKEN_INVALID");
    answers.insert(status.ToString());
  }
  EXPECT_EQ(answers.size(), 2U);
}

}  // namespace
}  // namespace welfare::access
