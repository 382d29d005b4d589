#include "services/registry/files/status_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/registry/files/imports.h"
#include "tests/registry/samples.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(StatusImport, NamesEveryFaultOfEveryRecord) {
  const ImportPlan plan = ImportStatuses(*TwoWards(),
                                         "重層,131017,令和7年,maybe,perhaps,\n"
                                         "jusou,131032,2025,yes,no,\n"
                                         "jusou,131016,2025,yes,yes,\n"
                                         "jusou,131016,2024,yes,no,\n"
                                         "jusou,131016,2024,yes,no,\n"
                                         "jusou,131016,2025,no,no,\n");
  ExpectAddsUp(plan);
  EXPECT_THAT(
      Reasons(plan),
      ElementsAre("PROGRAM_INVALID", "CHECK_DIGIT", "FISCAL_YEAR_FORMAT",
                  "IMPLEMENTING_INVALID", "PREPARATION_INVALID",
                  "MUNICIPALITY_NOT_FOUND", "PREPARATION_WHILE_IMPLEMENTING",
                  "DUPLICATE_RECORD", "DUPLICATE_RECORD"));
  EXPECT_EQ(plan.counts,
            (importing::ImportCounts{.rows = 6, .created = 1, .rejected = 5}));
}

TEST(StatusImport, ChecksRecordsOfOneFileAgainstEachOther) {
  const ImportPlan plan = ImportStatuses(*TwoWards(),
                                         "jusou,131016,2024,yes,no,\n"
                                         "jusou,131016,2025,no,no,\n"
                                         "jusou,131024,2025,no,no,\n"
                                         "jusou,131024,2024,yes,no,\n");
  EXPECT_THAT(Reasons(plan),
              ElementsAre("TRANSITION_UNLAWFUL", "TRANSITION_UNLAWFUL"));
  EXPECT_EQ(plan.counts,
            (importing::ImportCounts{.rows = 4, .created = 2, .rejected = 2}));
}

TEST(StatusImport, CorrectsOnlyWithAReasonAndMarksOnlyCorrections) {
  HistoryPtr history = TwoWards();
  history = Extend(
      *history, ImportStatuses(*history, "jusou,131016,2024,no,no,\n").changes);
  const std::string file =
      "jusou,131016,2024,yes,no,\njusou,131024,2024,yes,no,\n";
  const ImportPlan refused = ImportStatuses(*history, file);
  EXPECT_THAT(Reasons(refused), ElementsAre("CORRECTION_REASON_REQUIRED"));
  EXPECT_EQ(refused.counts,
            (importing::ImportCounts{.rows = 2, .created = 1, .rejected = 1}));
  const ImportPlan plan = ImportStatuses(*history, file, "区の訂正による");
  EXPECT_EQ(plan.counts,
            (importing::ImportCounts{.rows = 2, .created = 1, .updated = 1}));
  ASSERT_EQ(plan.changes.statuses.size(), 2U);
  EXPECT_TRUE(plan.changes.statuses[0].correction);
  EXPECT_EQ(plan.changes.statuses[0].reason, "区の訂正による");
  EXPECT_FALSE(plan.changes.statuses[1].correction);
  EXPECT_EQ(plan.changes.statuses[1].reason, "");
}

TEST(StatusImport, LeavesTheShippedFileUnchangedTheSecondTime) {
  HistoryPtr history =
      Extend(History(),
             ImportMunicipalities(History(), "", ReadData("municipalities.csv"))
                 .changes);
  const std::string file = ReadData("status-jusou.csv");
  const std::string records = file.substr(file.find('\n') + 1);
  history = Extend(*history, ImportStatuses(*history, records).changes);
  const ImportPlan again = ImportStatuses(*history, records);
  EXPECT_EQ(again.counts,
            (importing::ImportCounts{.rows = 310, .unchanged = 310}));
  EXPECT_EQ(again.rejects.total(), 0);
}

}  // namespace
}  // namespace welfare::registry
