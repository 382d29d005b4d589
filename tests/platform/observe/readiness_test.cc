#include "services/platform/observe/readiness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace welfare::platform {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

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

TEST(Readiness, TellsOfEachPart) {
  Readiness::Time now;
  Readiness readiness([&now] { return now; });
  readiness.Expect("survey");
  readiness.Report("gateway", absl::OkStatus());
  readiness.Report("registry", absl::OkStatus(), std::chrono::seconds(10));
  EXPECT_THAT(readiness.Parts(),
              ElementsAre(Pair("gateway", true), Pair("registry", true),
                          Pair("survey", false)));
  now += std::chrono::seconds(11);
  EXPECT_FALSE(readiness.Parts()["registry"]);
  readiness.Drain();
  EXPECT_FALSE(readiness.Parts()["gateway"]);
}

TEST(SteadyAnswer, BelievesNoBlip) {
  SteadyAnswer answer;
  const absl::Status away = absl::UnavailableError("away");
  EXPECT_TRUE(answer.Judge(absl::OkStatus()).ok());
  EXPECT_TRUE(answer.Judge(away).ok());
  EXPECT_TRUE(answer.Judge(away).ok());
  EXPECT_TRUE(answer.Judge(absl::OkStatus()).ok());
  EXPECT_TRUE(answer.Judge(away).ok());
  EXPECT_TRUE(answer.Judge(away).ok());
  EXPECT_EQ(answer.Judge(away), away);
  // Back once it has answered twice, and not in between.
  EXPECT_EQ(answer.Judge(absl::OkStatus()), away);
  EXPECT_EQ(answer.Judge(away), away);
  EXPECT_EQ(answer.Judge(absl::OkStatus()), away);
  EXPECT_TRUE(answer.Judge(absl::OkStatus()).ok());
}

TEST(SteadyAnswer, BelievesTheFirstAsItIs) {
  const absl::Status away = absl::UnavailableError("away");
  EXPECT_EQ(SteadyAnswer().Judge(away), away);
  EXPECT_TRUE(SteadyAnswer().Judge(absl::OkStatus()).ok());
  SteadyAnswer answer;
  EXPECT_EQ(answer.Judge(away), away);
  // What is missing may change meanwhile.
  const absl::Status full = absl::ResourceExhaustedError("full");
  EXPECT_EQ(answer.Judge(full), full);
}

}  // namespace
}  // namespace welfare::platform
