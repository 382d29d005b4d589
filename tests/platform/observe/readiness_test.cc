#include "services/platform/observe/readiness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace welfare::platform {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Readiness, NamesWhatIsNotReady) {
  Readiness readiness;
  EXPECT_TRUE(readiness.Look().ready);
  readiness.Expect("registry");
  readiness.Expect("survey");
  EXPECT_FALSE(readiness.Look().ready);
  readiness.Report("registry", absl::OkStatus());
  readiness.Report("survey", absl::UnavailableError("the disk is gone"));
  EXPECT_FALSE(readiness.Look().ready);
  EXPECT_THAT(
      readiness.Look().text,
      AllOf(HasSubstr("survey: the disk is gone"), Not(HasSubstr("registry"))));
  readiness.Report("survey", absl::OkStatus());
  EXPECT_TRUE(readiness.Look().ready);
  EXPECT_EQ(readiness.Look().text, "ready\n");
  readiness.Drain();
  EXPECT_FALSE(readiness.Look().ready);
}

TEST(Readiness, BelievesNobodyWhoIsSilentForTooLong) {
  Readiness::Time now;
  Readiness readiness([&now] { return now; });
  readiness.Report("registry", absl::OkStatus(), std::chrono::seconds(10));
  readiness.Report("gateway", absl::OkStatus());
  now += std::chrono::seconds(9);
  EXPECT_TRUE(readiness.Look().ready);
  now += std::chrono::seconds(2);
  EXPECT_FALSE(readiness.Look().ready);
  EXPECT_THAT(readiness.Look().text, AllOf(HasSubstr("registry: did not say"),
                                           Not(HasSubstr("gateway"))));
  readiness.Report("registry", absl::OkStatus(), std::chrono::seconds(10));
  EXPECT_TRUE(readiness.Look().ready);
}

}  // namespace
}  // namespace welfare::platform
