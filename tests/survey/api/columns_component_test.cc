// Rounds read as columns.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "services/platform/engine/open_database.h"
#include "services/survey/api/convert.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/shared_columns.h"
#include "services/survey/store/sql/sql_survey_store.h"
#include "tests/survey/api/jusou_survey.h"

namespace welfare::survey {
namespace {

using ::testing::Each;

using RoundColumnsOfADemo = JusouSurvey;

TEST_F(RoundColumnsOfADemo, ColumnsAgreeWithWhatWasPublished) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  const auto read = ReadColumns();
  ASSERT_OK(read);
  EXPECT_EQ(read->header.columns(), static_cast<int>(read->columns.size()));
  EXPECT_EQ(read->columns.size(), 84U + 2 * 4);  // two tables of four rows
  const auto count = [&](const std::string& item, int option) {
    int found = 0;
    for (const std::uint64_t codes : read->columns.at(item).codes()) {
      found += static_cast<int>((codes >> option) & 1);
    }
    return found;
  };
  EXPECT_EQ(count("plan_formulated", 0), 23);
  EXPECT_EQ(count("window_installed", 0), 18);
  EXPECT_EQ(count("outreach_operation", 0), 5);
  EXPECT_EQ(count("outreach_operation", 1), 28);
  EXPECT_EQ(count("outreach_contractor", 0), 26);
  const v1::Column& preplan = read->columns.at("part_supports_preplan");
  std::int64_t sum = 0;
  for (const std::int64_t value : preplan.integers()) sum += value;
  EXPECT_EQ(sum, 1527);
  // Newcomers and those who do not implement: not applicable; councils: not
  // asked.
  std::map<int, int> absences;
  for (const char absence : preplan.absences()) ++absences[absence];
  EXPECT_EQ(absences[4], 62 - 23);
  EXPECT_EQ(absences[6], 62);
  EXPECT_EQ(read->columns.at("cb_activities").absences().size(), 124U);
}

TEST_F(RoundColumnsOfADemo, ColumnsOfAnEarlierRevisionStayWhatTheyWere) {
  PrepareOpen();
  const auto first = Import(DemoBatch());
  ASSERT_OK(first);
  const auto before = ReadColumns(first->version());
  auto back = Named<v1::ReturnSubmissionRequest>("131024-municipality");
  back.set_reason("why");
  ASSERT_OK(Call(&Stub::ReturnSubmission, back));
  const auto now = ReadColumns();
  ASSERT_OK(now);
  EXPECT_EQ(now->columns.at("plan_formulated").absences()[2], 5);
  EXPECT_EQ(now->header.frame().rows(2).state(),
            v1::Submission::STATE_RETURNED);
  const auto then = ReadColumns(first->version());
  ASSERT_OK(then);
  EXPECT_EQ(then->header.round().revision(), first->version());
  EXPECT_EQ(then->header.SerializeAsString(),
            before->header.SerializeAsString());
  EXPECT_EQ(then->columns.at("plan_formulated").SerializeAsString(),
            before->columns.at("plan_formulated").SerializeAsString());
  // Before anything came in.
  EXPECT_EQ(ReadColumns(2)->columns.at("plan_formulated").absences()[2], 5);
  EXPECT_STATUS(ReadColumns(9999), absl::StatusCode::kOutOfRange,
                "VERSION_NOT_REACHED");
}

TEST_F(RoundColumnsOfADemo, ReadersOfOneRevisionShareItsColumns) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  auto database =
      platform::OpenDatabase("sqlite:" + runner_->folder().File("module.db"));
  ASSERT_OK(database);
  SqlSurveyStore store({.database = **database, .clock = runner_->clock()},
                       "incarnation");
  PinnedContent content;
  SharedColumns shared(store, content);
  const auto name = base::RoundName::Parse(kRound);
  ASSERT_OK(name);
  std::vector<RoundColumnsPtr> read(8);
  {
    std::vector<std::jthread> readers;
    for (RoundColumnsPtr& one : read) {
      readers.emplace_back([&] {
        auto columns = shared.Load({}, *name, 0);
        if (columns.ok()) one = *std::move(columns);
      });
    }
  }
  ASSERT_NE(read[0], nullptr);
  EXPECT_THAT(read, Each(read[0]));
  EXPECT_EQ(*shared.Load({}, *name, 126), read[0]);
  EXPECT_NE(*shared.Load({}, *name, 125), read[0]);
  EXPECT_STATUS(shared.Load({}, *name, 127), absl::StatusCode::kOutOfRange,
                "VERSION_NOT_REACHED");
  // Nothing is kept for nobody, and who asks then gets the same.
  const std::weak_ptr<const RoundColumns> gone = read[0];
  const std::string header = ToProto(*read[0]).SerializeAsString();
  read.clear();
  EXPECT_TRUE(gone.expired());
  const auto again = shared.Load({}, *name, 0);
  ASSERT_OK(again);
  EXPECT_EQ(ToProto(**again).SerializeAsString(), header);
}

}  // namespace
}  // namespace welfare::survey
