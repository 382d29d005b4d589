#include "services/report/snapshot/named_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/report/snapshot/canonical.h"
#include "tests/report/sample_answers.h"
#include "tests/report/sample_snapshot.h"

namespace welfare::report {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(NamedAnswers, AreThoseWhoseLevelShowsThemToOthers) {
  RoundAnswers round = SmallFeedback().now;
  const std::vector<NamedQuestion> named = NamedAnswersOf(round);
  ASSERT_THAT(named, SizeIs(1));
  EXPECT_EQ(named[0].id, "ideas");
  EXPECT_EQ(named[0].base, 4);
  ASSERT_THAT(named[0].written, SizeIs(4));
  EXPECT_EQ(named[0].written[0].name, "見本区");
  EXPECT_EQ(named[0].written[0].text, "子ども食堂と\n連携した😀。");
  for (AskedItem& item : round.items) item.level = PublishLevel::kAggregate;
  EXPECT_THAT(NamedAnswersOf(round), IsEmpty());
  for (AskedItem& item : round.items) item.level = PublishLevel::kInternal;
  EXPECT_THAT(NamedAnswersOf(round), IsEmpty());
}

TEST(NamedAnswers, SayWhoChoseEachOption) {
  RoundAnswers round = SmallFeedback().now;
  round.items[0].level = PublishLevel::kPublic;
  round.respondents[2].answers[0].codes = 4;
  round.respondents[4].answers[0] = {};
  round.respondents[4].answers[0].absence = base::Absence::kNoAnswer;
  const NamedQuestion plan = NamedAnswersOf(round)[0];
  ASSERT_THAT(plan.choices, SizeIs(4));
  EXPECT_EQ(plan.choices[0].label, "策定済み");
  EXPECT_THAT(plan.choices[0].names, ElementsAre("見本区", "仮想町"));
  EXPECT_THAT(plan.choices[1].names, IsEmpty());
  EXPECT_THAT(plan.choices[2].names, ElementsAre("例示区"));
  EXPECT_TRUE(plan.choices[3].absence);
  EXPECT_THAT(plan.choices[3].names, ElementsAre("試験市"));
  // Who does not count is not named.
  EXPECT_EQ(plan.base, 4);
}

TEST(NamedAnswers, OfTheQuestionnaireAreItsTextsAndPhases) {
  for (const NamedQuestion& question :
       NamedAnswersOf(QuestionnaireFeedback().now)) {
    EXPECT_FALSE(question.written.empty()) << question.id;
  }
}

TEST(NamedAnswers, AreContentOfAReportForStakeholdersAlone) {
  Snapshot snapshot = SmallSnapshot();
  const std::string before = SnapshotId(snapshot, "f");
  snapshot.named = NamedAnswersOf(SmallFeedback().now);
  EXPECT_EQ(SnapshotId(snapshot, "f"), before);
  snapshot.audience = Audience::kStakeholders;
  const std::string named = SnapshotId(snapshot, "f");
  EXPECT_NE(named, before);
  snapshot.named[0].written[0].text += "x";
  EXPECT_NE(SnapshotId(snapshot, "f"), named);
}

TEST(NamedAnswers, AreReadAgainAsTheyWereWritten) {
  Snapshot snapshot = SmallSnapshot();
  RoundAnswers round = SmallFeedback().now;
  round.items[0].level = PublishLevel::kPublic;
  snapshot.audience = Audience::kStakeholders;
  snapshot.named = NamedAnswersOf(round);
  const std::string bytes = CanonicalBytes(snapshot, "f");
  const auto read = ReadCanonical(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->snapshot.audience, Audience::kStakeholders);
  EXPECT_THAT(read->snapshot.named, SizeIs(2));
  EXPECT_EQ(CanonicalBytes(read->snapshot, "f"), bytes);
  // One for everybody has one form alone.
  snapshot.audience = Audience::kEverybody;
  EXPECT_FALSE(
      ReadCanonical(CanonicalBytes(snapshot, "f") + "1:1,5:named,1:0,")
          .has_value());
  EXPECT_FALSE(ReadCanonical(bytes.substr(0, bytes.size() - 1)).has_value());
}

}  // namespace
}  // namespace welfare::report
