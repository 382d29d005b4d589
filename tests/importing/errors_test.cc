#include "services/importing/errors.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "services/base/error.h"
#include "services/importing/error_table.h"
#include "tests/support/golden.h"

namespace welfare::importing {
namespace {

// Reasons are part of the API: a changed line here is a changed API.
TEST(ImportErrors, AgreeWithTheGoldenListOfReasons) {
  std::set<std::string> lines;
  for (const base::ErrorRow& row : kErrorTable) {
    lines.insert(support::ReasonLine(row.code, row.reason));
  }
  for (const base::ViolationRow& row : kViolationTable) {
    lines.insert("INVALID_ARGUMENT " + std::string(row.reason));
  }
  support::ExpectGolden("tests/importing/golden/reasons.txt", lines);
}

TEST(ImportErrors, SayWhatToDoInBothLanguages) {
  for (const absl::Status& error :
       {CsvInvalid({}), FileTooLarge(FileMeasure::kRecords, 200'000),
        FileTooLarge(FileMeasure::kBytes, 32 << 20), RejectsTokenInvalid(),
        BaseRounds(2), BaseMoved("registry", {.version = 1}, 2, std::nullopt),
        CountsDoNotAddUp(2, 1)}) {
    const auto details = base::GetErrorDetails(error);
    ASSERT_TRUE(details.has_value());
    EXPECT_TRUE(base::MessageOf(error).ends_with('.')) << error;
    // What a caller never reads has no Japanese.
    EXPECT_EQ(details->message_ja.ends_with("。"),
              error.code() != absl::StatusCode::kInternal);
    EXPECT_EQ(details->message_ja.find('{'), std::string::npos);
  }
  for (const base::ViolationRow& row : kViolationTable) {
    EXPECT_TRUE(row.description.ends_with('.')) << row.reason;
    EXPECT_TRUE(row.description_ja.ends_with("。")) << row.reason;
  }
}

}  // namespace
}  // namespace welfare::importing
