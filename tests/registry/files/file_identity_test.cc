// A file speaks of municipalities by codes of any time and by names; what
// counts is whom it means.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/registry/files/municipality_file.h"
#include "services/registry/files/status_file.h"
#include "tests/registry/files/imports.h"
#include "tests/registry/samples.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kBefore[] =
    "403059,甲川町,コウカワマチ,Kokawa-machi,town,町村部,\n";
constexpr char kAfter[] = "402311,甲川市,コウカワシ,Kokawa-shi,city,市部,\n";
constexpr char kColumns[] = ",name,kana,name_en,type,area,council_name";

ImportPlan Municipalities(const History& history, const std::string& records,
                          const std::string& subject = "code",
                          const std::string& more = "") {
  SeenRecords seen;
  const auto parsed =
      ReadMunicipalities(subject + kColumns + more + "\n" + records, seen);
  EXPECT_OK(parsed);
  return PlanMunicipalities(history, *parsed, {});
}

ParsedBatch<StatusRow> StatusesOf(const std::string& records,
                                  const std::string& subject,
                                  SeenRecords& seen) {
  const auto parsed =
      ReadStatuses("program," + subject +
                       ",fiscal_year,implementing,preparation,note\n" + records,
                   seen);
  EXPECT_OK(parsed);
  return *parsed;
}

// With a reason for corrections, so that nothing but identity refuses.
ImportPlan Statuses(const History& history, const std::string& records,
                    const std::string& subject) {
  SeenRecords seen;
  return PlanStatusRecords(history, StatusesOf(records, subject, seen),
                           {.reason = "訂正"});
}

// A town that became a city with another code in FY2019.
class FileIdentityTest : public ::testing::Test {
 protected:
  FileIdentityTest() {
    history_ = Extend(History(), Municipalities(History(), kBefore).changes);
    MunicipalityRecord city{
        .id = 1, .first_code = Code("403059"), .valid_from = Year(2019)};
    city.says = {.code = Code("402311"),
                 .name = "甲川市",
                 .kana = "コウカワシ",
                 .name_en = "Kokawa-shi",
                 .type = MunicipalityType::kCity,
                 .area = "市部"};
    history_ = Extend(*history_, {.municipalities = {city}, .statuses = {}});
  }

  HistoryPtr history_;
};

TEST_F(FileIdentityTest, OneMunicipalityByTwoCodesIsOneRecord) {
  const ImportPlan plan = Statuses(*history_,
                                   "jusou,403059,2025,yes,unknown,\n"
                                   "jusou,402311,2025,no,unknown,\n"
                                   "jusou,402311,2024,yes,unknown,\n",
                                   "municipality_code");
  EXPECT_THAT(Reasons(plan), ElementsAre("DUPLICATE_RECORD"));
  EXPECT_THAT(Rejects(plan).front().message, HasSubstr("Line 2"));
  EXPECT_EQ(plan.counts,
            (importing::ImportCounts{.rows = 3, .created = 2, .rejected = 1}));
  for (const StatusRecord& record : plan.changes.statuses) {
    EXPECT_EQ(record.facts.implementing, Implementing::kYes);
  }
}

TEST_F(FileIdentityTest, OneMunicipalityByNameAndByCouncilIsOneRecord) {
  const ImportPlan plan =
      Statuses(*history_,
               "jusou,甲川市,2025,yes,unknown,\n"
               "jusou,甲川市社会福祉協議会,2025,no,unknown,\n",
               "municipality_name");
  EXPECT_THAT(Reasons(plan), ElementsAre("DUPLICATE_RECORD"));
}

TEST_F(FileIdentityTest, ANameMeansWhoHasItInTheYear) {
  // It was a town until FY2018, and is not called so in FY2025.
  const ImportPlan plan = Statuses(
      *history_, "jusou,甲川町,2025,yes,unknown,\n", "municipality_name");
  EXPECT_THAT(Reasons(plan), ElementsAre("NAME_UNKNOWN"));
}

TEST_F(FileIdentityTest, BatchesOfOneFileAreOneFile) {
  SeenRecords seen;
  const auto first =
      StatusesOf("jusou,403059,2025,yes,unknown,\n", "municipality_code", seen);
  const ImportPlan one =
      PlanStatusRecords(*history_, first, {.reason = "訂正"});
  const HistoryPtr after = Extend(*history_, one.changes);
  const auto second =
      StatusesOf("jusou,402311,2025,no,unknown,\n", "municipality_code", seen);
  const ImportPlan two = PlanStatusRecords(
      *after, second, {.reason = "訂正", .keys_before = &one.keys});
  EXPECT_THAT(Reasons(two), ElementsAre("DUPLICATE_RECORD"));
}

TEST_F(FileIdentityTest, TwoResourceNamesOfOneMunicipalityAreOneRecord) {
  const ImportPlan plan =
      Municipalities(*history_,
                     "403059,甲川市,コウカワシ,Kokawa-shi,city,市部,\n"
                     "402311,乙川市,オツカワシ,Otsukawa-shi,city,市部,\n",
                     "municipality");
  EXPECT_THAT(Reasons(plan), ElementsAre("DUPLICATE_RECORD"));
}

TEST_F(FileIdentityTest, AnOldFileSentAgainChangesNothing) {
  const ImportPlan plan =
      Municipalities(*history_, std::string(kBefore) + kAfter);
  EXPECT_THAT(Reasons(plan), IsEmpty());
  EXPECT_EQ(plan.counts, (importing::ImportCounts{.rows = 2, .unchanged = 2}));
  EXPECT_TRUE(plan.changes.empty());
}

TEST_F(FileIdentityTest, ARetiredCodeDoesNotRewriteThePresent) {
  const std::string other =
      "403059,丙川町,ヘイカワマチ,Heikawa-machi,town,町村部,";
  const ImportPlan plan = Municipalities(*history_, other + "\n");
  EXPECT_THAT(Reasons(plan), ElementsAre("CODE_RETIRED"));
  EXPECT_EQ(Rejects(plan).front().column, "code");
  EXPECT_THAT(Rejects(plan).front().message, HasSubstr("held until FY2018"));
  EXPECT_TRUE(plan.changes.empty());
  EXPECT_THAT(Reasons(Municipalities(*history_, other + ",2019\n", "code",
                                     ",first_fiscal_year")),
              ElementsAre("CODE_RETIRED"));
  // Of a year in which it was held.
  const ImportPlan past = Municipalities(*history_, other + ",2010\n", "code",
                                         ",first_fiscal_year");
  EXPECT_EQ(past.counts, (importing::ImportCounts{.rows = 1, .updated = 1}));
  const HistoryPtr after = Extend(*history_, past.changes);
  const Municipality* found = after->AtHead().FindMunicipality(Code("402311"));
  EXPECT_EQ(found->InYear(Year(2018))->name, "丙川町");
  EXPECT_EQ(found->InYear(Year(2019))->name, "甲川市");
  EXPECT_EQ(found->InYear(Year(2019))->area, "市部");
}

TEST_F(FileIdentityTest, APrefectureIsNoMunicipality) {
  EXPECT_THAT(
      Reasons(Municipalities(
          *history_, "160008,乙村,オツムラ,Otsu-mura,village,町村部,\n")),
      ElementsAre("CODE_OF_PREFECTURE"));
  EXPECT_THAT(Reasons(Municipalities(
                  *history_, "16000,乙村,オツムラ,Otsu-mura,village,町村部,\n",
                  "code5")),
              ElementsAre("CODE_OF_PREFECTURE"));
  EXPECT_THAT(Reasons(Statuses(*history_, "jusou,160008,2025,yes,unknown,\n",
                               "municipality_code")),
              ElementsAre("CODE_OF_PREFECTURE"));
}

TEST_F(FileIdentityTest, RejectsNameTheCodesThatMayBeMeant) {
  const ImportPlan plan =
      Statuses(*history_,
               "jusou,11002,2025,no,unknown,\n"
               "jusou,131017,2025,no,unknown,\n"
               "jusou,131016\xE2\x80\x8B,2025,no,unknown,\n",
               "municipality_code");
  ASSERT_THAT(Reasons(plan),
              ElementsAre("CODE_AMBIGUOUS", "CHECK_DIGIT", "CODE_FORMAT"));
  EXPECT_THAT(Rejects(plan)[0].message, HasSubstr("110027 or 011002"));
  EXPECT_THAT(Rejects(plan)[1].message, HasSubstr("131016"));
  EXPECT_THAT(Rejects(plan)[2].message, HasSubstr("131016<U+200B>"));
}

}  // namespace
}  // namespace welfare::registry
