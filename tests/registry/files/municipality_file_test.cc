#include "services/registry/files/municipality_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/base/error.h"
#include "tests/registry/files/imports.h"
#include "tests/registry/samples.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(MunicipalityImport, CreatesAndThenLeavesUnchanged) {
  const HistoryPtr history = TwoWards();
  const ImportPlan again =
      ImportMunicipalities(*history, std::string(kChiyodaRow) + kChuoRow);
  EXPECT_EQ(again.counts, (importing::ImportCounts{.rows = 2, .unchanged = 2}));
  EXPECT_TRUE(again.changes.empty());
}

TEST(MunicipalityImport, FormsTheCouncilsNameWhereNoneIsGiven) {
  const HistoryPtr history = TwoWards();
  const MunicipalityFacts& facts =
      history->AtHead().FindMunicipality(Code("131016"))->Last().facts;
  EXPECT_EQ(facts.council_name, "千代田区社会福祉協議会");
  EXPECT_FALSE(facts.council_name_checked);
}

TEST(MunicipalityImport, UpdatesWhatDiffersUnderTheSameIdentity) {
  const HistoryPtr history = TwoWards();
  const ImportPlan plan = ImportMunicipalities(
      *history, "131016,千代田区,チヨダク,Chiyoda,special_ward,区部,\n");
  EXPECT_EQ(plan.counts, (importing::ImportCounts{.rows = 1, .updated = 1}));
  ASSERT_EQ(plan.changes.municipalities.size(), 1U);
  EXPECT_EQ(plan.changes.municipalities.front().id, 1);
  EXPECT_EQ(plan.changes.municipalities.front().says.name_en, "Chiyoda");
}

TEST(MunicipalityImport, KeepsACheckedCouncilNameWhenTheFileDoesNotSay) {
  const std::string header =
      "code,name,kana,name_en,type,area,council_name,council_name_checked\n";
  const HistoryPtr history = Extend(
      History(),
      ImportMunicipalities(History(),
                           "131164,豊島区,トシマク,Toshima-ku,special_ward,"
                           "区部,豊島区民社会福祉協議会,yes\n",
                           header)
          .changes);
  const ImportPlan plan =
      ImportMunicipalities(*history,
                           "131164,豊島区,トシマク,Toshima-ku,special_ward,"
                           "区部,豊島区民社会福祉協議会\n");
  EXPECT_EQ(plan.counts, (importing::ImportCounts{.rows = 1, .unchanged = 1}));
}

TEST(MunicipalityImport, ReadsWordsCodesAndYearsHoweverTheyAreWritten) {
  const std::string header =
      "\uFEFFｃｏｄｅ, name,kana,name_en,type,area,council_name,"
      "council_name_checked,first_fiscal_year,,\n";
  const HistoryPtr history = Extend(
      History(),
      ImportMunicipalities(History(),
                           "131016,千代田区,チヨダク,Chiyoda-ku,special_ward,"
                           "区部,千代田区社会福祉協議会,yes,2000,,\n",
                           header)
          .changes);
  const ImportPlan plan = ImportMunicipalities(
      *history,
      " １３１０１６,千代田区,チヨダク,Chiyoda-ku,ｓｐｅｃｉａｌ＿ｗａｒｄ ,"
      "区部,千代田区社会福祉協議会,はい,平成12年度,,\n"
      ",\u3000,,,,,,,,,\n",
      header);
  EXPECT_THAT(Reasons(plan), IsEmpty());
  EXPECT_EQ(plan.counts, (importing::ImportCounts{.rows = 1, .unchanged = 1}));
}

TEST(MunicipalityImport, StoresAVoicedKanaAsOneCharacter) {
  const HistoryPtr history =
      Extend(History(),
             ImportMunicipalities(History(),
                                  "131016,千代田区,チヨタ\u3099ク,Chiyoda-ku,"
                                  "special_ward,区部,\n")
                 .changes);
  const ImportPlan plan = ImportMunicipalities(
      *history, "131016,千代田区,チヨダク,Chiyoda-ku,special_ward,区部,\n");
  EXPECT_EQ(plan.counts, (importing::ImportCounts{.rows = 1, .unchanged = 1}));
}

TEST(MunicipalityImport, RefusesNamesThatNobodySees) {
  EXPECT_THAT(
      Reasons(ImportMunicipalities(
          History(),
          "131016,千代田\u200B区,チヨダク,Chiyoda-ku,special_ward,区部,\n")),
      ElementsAre("TEXT_INVALID"));
}

TEST(MunicipalityImport, RefusesAnythingButYesAndNo) {
  const ImportPlan plan = ImportMunicipalities(
      History(),
      "131016,千代田区,チヨダク,Chiyoda-ku,special_ward,区部,,maybe\n",
      "code,name,kana,name_en,type,area,council_name,council_name_checked\n");
  EXPECT_THAT(Reasons(plan), ElementsAre("YES_NO_INVALID"));
}

TEST(MunicipalityImport, NamesEveryFaultOfEveryRecord) {
  const ImportPlan plan = ImportMunicipalities(
      History(),
      "131015,千代田区,チヨダク,Chiyoda-ku,special_ward,区部,\n"
      "13101,千代田区,チヨダク,Chiyoda-ku,special_ward,区部,\n"
      "131024,,chuo,Chuo-ku,ward,多摩, 中央区社協\n"
      "131032,港区\n"
      "131041,\"新宿\"区,シンジュクク,Shinjuku-ku,special_ward,区部,\n"
      "131059,文京区,ブンキョウク,Bunkyo-ku,special_ward,区部,\n"
      "131059,文京区,ブンキョウク,Bunkyo-ku,special_ward,区部,\n");
  ExpectAddsUp(plan);
  EXPECT_EQ(plan.counts,
            (importing::ImportCounts{.rows = 7, .created = 1, .rejected = 6}));
  EXPECT_THAT(Reasons(plan),
              ElementsAre("CHECK_DIGIT", "CODE_AMBIGUOUS", "VALUE_MISSING",
                          "KANA_INVALID", "MUNICIPALITY_TYPE", "AREA_UNKNOWN",
                          "TEXT_INVALID", "CELL_COUNT", "CSV_STRAY_QUOTE",
                          "DUPLICATE_RECORD"));
  const std::vector<importing::Reject> rejects = Rejects(plan);
  const importing::Reject& first = rejects.front();
  EXPECT_EQ(first.line, 2U);
  EXPECT_EQ(first.record, 1);
  EXPECT_EQ(first.column, "code");
  EXPECT_EQ(first.value, "131015");
  EXPECT_FALSE(first.message.empty());
  EXPECT_EQ(first.raw_record,
            "131015,千代田区,チヨダク,Chiyoda-ku,special_ward,区部,");
  EXPECT_EQ(rejects.back().line, 8U);
}

TEST(MunicipalityImport, NamesPhysicalLines) {
  SeenRecords seen;
  const auto parsed = ReadMunicipalities(
      std::string(kMunicipalityHeader) +
          "131016,\"千代田区\",チヨダク,Chiyoda-ku,special_ward,区部,"
          "\"千代田区\n社会福祉協議会\"\n\n" +
          "131024,中央区,チュウオウク,Chuo-ku,special_ward,23区,\n",
      seen, 102);
  ASSERT_OK(parsed);
  const std::vector<importing::Reject> rejects = parsed->rejects.Show().rejects;
  ASSERT_EQ(rejects.size(), 2U);
  EXPECT_EQ(rejects[0].line, 102U);
  EXPECT_EQ(rejects[0].reason, "TEXT_INVALID");
  EXPECT_EQ(rejects[1].line, 105U);
  EXPECT_EQ(rejects[1].reason, "AREA_UNKNOWN");
}

TEST(MunicipalityImport, RefusesWhatAnEarlierBatchOfTheFileHeld) {
  SeenRecords seen;
  ASSERT_OK(
      ReadMunicipalities(std::string(kMunicipalityHeader) + kChiyodaRow, seen));
  const auto second = ReadMunicipalities(
      std::string(kMunicipalityHeader) + kChuoRow + kChiyodaRow, seen, 3);
  ASSERT_OK(second);
  EXPECT_EQ(second->good.size(), 1U);
  EXPECT_THAT(
      second->rejects.Show().rejects,
      ElementsAre(AllOf(Field(&importing::Reject::reason, "DUPLICATE_RECORD"),
                        Field(&importing::Reject::line, 4U))));
}

TEST(MunicipalityImport, NeverUsesARetiredCodeAgain) {
  MunicipalityRecord tombstone = MakeMunicipality(1, "131016", "千代田区");
  tombstone.deleted = true;
  const HistoryPtr history =
      Extend(*TwoWards(), {.municipalities = {tombstone}, .statuses = {}});
  const ImportPlan plan = ImportMunicipalities(*history, kChiyodaRow);
  EXPECT_THAT(Reasons(plan), ElementsAre("CODE_RETIRED"));
  EXPECT_TRUE(plan.changes.empty());
}

TEST(MunicipalityImport, RefusesAWrongHeaderWithEveryViolation) {
  SeenRecords seen;
  const auto wrong = ReadMunicipalities(
      "code,name,kana,name_en,kind,area,council_name\n", seen);
  EXPECT_STATUS(wrong, absl::StatusCode::kInvalidArgument, "CSV_INVALID");
  std::vector<std::string> violations;
  const auto details = base::GetErrorDetails(wrong.status());
  ASSERT_TRUE(details.has_value());
  for (const base::Violation& violation : details->violations) {
    violations.push_back(violation.reason);
  }
  EXPECT_THAT(violations,
              UnorderedElementsAre("COLUMN_MISSING", "COLUMN_UNKNOWN"));
  EXPECT_STATUS(ReadMunicipalities("", seen),
                absl::StatusCode::kInvalidArgument, "CSV_INVALID");
}

TEST(MunicipalityImport, TakesOneColumnThatNamesMunicipalities) {
  SeenRecords seen;
  const auto wrong = ReadMunicipalities(
      "code,code5,name,kana,name_en,type,area,council_name\n", seen);
  EXPECT_STATUS(wrong, absl::StatusCode::kInvalidArgument, "CSV_INVALID");
  const auto details = base::GetErrorDetails(wrong.status());
  ASSERT_TRUE(details.has_value());
  ASSERT_EQ(details->violations.size(), 1U);
  EXPECT_EQ(details->violations[0].reason, "SUBJECT_COLUMN");
}

}  // namespace
}  // namespace welfare::registry
