#include <gtest/gtest.h>

#include <set>
#include <string>

#include "services/access/error_table.h"
#include "services/access/refusal.h"
#include "tests/support/golden.h"

namespace welfare::access {
namespace {

// Reasons are part of the API: a changed line here is a changed API.
TEST(AccessErrors, AgreeWithTheGoldenListOfReasons) {
  std::set<std::string> lines;
  for (const base::ErrorRow& row : kErrorTable) {
    lines.insert(support::ReasonLine(row.code, row.reason));
  }
  for (const base::ViolationRow& row : kViolationTable) {
    lines.insert("INVALID_ARGUMENT " + std::string(row.reason));
  }
  support::ExpectGolden("tests/access/golden/reasons.txt", lines);
}

TEST(AccessErrors, SayWhatToDoInBothLanguages) {
  for (const base::ErrorRow& row : kErrorTable) {
    EXPECT_TRUE(row.message.ends_with('.')) << row.reason;
    // What a caller never reads has no Japanese.
    EXPECT_EQ(row.message_ja.ends_with("。"),
              row.code != absl::StatusCode::kInternal)
        << row.reason;
  }
  for (const base::ViolationRow& row : kViolationTable) {
    EXPECT_TRUE(row.description.ends_with('.')) << row.reason;
    EXPECT_TRUE(row.description_ja.ends_with("。")) << row.reason;
  }
}

TEST(AccessErrors, TellEachRefusalAsOneOfFiveSentences) {
  for (const auto& word : kRefusals) {
    // Not told: whoever shows such a certificate has shown none.
    if (word.name.starts_with("certificate_")) continue;
    const absl::Status status = StatusOf(word.value);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << word.name;
    const bool key = word.name.starts_with("key_") && word.name != "key_id";
    const bool expired = word.name.ends_with("expired");
    EXPECT_EQ(base::ReasonOf(status),
              word.value == Refusal::kSeveral
                  ? "CREDENTIALS_SEVERAL"
                  : std::string(key ? "API_KEY_" : "TOKEN_") +
                        (expired ? "EXPIRED" : "INVALID"))
        << word.name;
  }
}

}  // namespace
}  // namespace welfare::access
