#include "tools/welfarectl/output/printer.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "welfare/indicator/v1/indicator.pb.h"

namespace welfare::ctl {
namespace {

using Fit = Table::Fit;

std::string Printed(const Table& table, std::size_t width = 0) {
  std::ostringstream out;
  table.PrintTable(out, {.width = width});
  return out.str();
}

std::string Csv(const Table& table) {
  std::ostringstream out;
  table.PrintCsv(out);
  return out.str();
}

TEST(Table, AlignsJapaneseTextByItsWidth) {
  Table table({{.title = "name"}, {.title = "n", .number = true}});
  table.Add({"千代田区", "30"});
  table.Add({"Minato", "7"});
  EXPECT_EQ(Printed(table),
            "name       n\n"
            "--------  --\n"
            "千代田区  30\n"
            "Minato     7\n");
}

TEST(Table, LeavesNoSpaceAtTheEndOfALine) {
  Table table({{.title = "a"}, {.title = "long title"}});
  table.Add({"x", ""});
  EXPECT_EQ(Printed(table),
            "a  long title\n"
            "-  ----------\n"
            "x\n");
}

TEST(Table, ShortensInTheTableAndNeverInCsv) {
  Table table({{.title = "t", .limit = 6}});
  table.Add({"重層的支援"});
  table.Add({"abcdef"});
  table.Add({"abcdefg"});
  EXPECT_EQ(Printed(table),
            "t\n"
            "------\n"
            "重層…\n"
            "abcdef\n"
            "abcd…\n");
  std::ostringstream csv;
  table.PrintCsv(csv);
  EXPECT_EQ(csv.str(), "t\n重層的支援\nabcdef\nabcdefg\n");
}

TEST(Table, KeepsACellOnItsLine) {
  Table table({{.title = "t"}});
  table.Add({"two\nlines\x1b[31m"});
  EXPECT_EQ(Printed(table),
            "t\n"
            "--------------\n"
            "two lines [31m\n");
}

TEST(Table, QuotesCsvAsRfc4180) {
  Table table({{.title = "a,b"}, {.title = "c"}});
  table.Add({"say \"x\"", "two\nlines"});
  std::ostringstream csv;
  table.PrintCsv(csv);
  EXPECT_EQ(csv.str(), "\"a,b\",c\n\"say \"\"x\"\"\",\"two\nlines\"\n");
}

TEST(Table, KeepsWhatFitsThePage) {
  Table table({{.title = "name"},
               {.title = "note", .fit = Fit::kFold},
               {.title = "spare", .spare = 1}});
  table.Add({"千代田区", "区の公表資料", "x"});
  const std::string whole = Printed(table);
  EXPECT_EQ(Printed(table, 29), whole);
  EXPECT_EQ(whole,
            "name      note          spare\n"
            "--------  ------------  -----\n"
            "千代田区  区の公表資料  x\n");
}

TEST(Table, FoldsWideAndNarrowTextToThePage) {
  Table table(
      {{.title = "n", .number = true}, {.title = "note", .fit = Fit::kFold}});
  table.Add({"1", "移行準備事業を実施 (区の公表資料)"});
  table.Add({"10", "two words and another"});
  EXPECT_EQ(Printed(table, 16),
            " n  note\n"
            "--  ------------\n"
            " 1  移行準備事業\n"
            "    を実施 (区の\n"
            "    公表資料)\n"
            "10  two words\n"
            "    and another\n");
  EXPECT_EQ(Csv(table),
            "n,note\n1,移行準備事業を実施 (区の公表資料)\n"
            "10,two words and another\n");
}

TEST(Table, LeavesSpareColumnsOutHighestFirstAndSaysWhich) {
  Table table({{.title = "code"},
               {.title = "kana", .spare = 1},
               {.title = "display_name_en", .spare = 2, .heading = "english"}});
  table.Add({"131016", "チヨダク", "Chiyoda-ku"});
  std::ostringstream out;
  EXPECT_EQ(table.PrintTable(out, {.width = 20}),
            std::vector<std::string>{"english"});
  EXPECT_EQ(out.str(),
            "code    kana\n"
            "------  --------\n"
            "131016  チヨダク\n");
  EXPECT_EQ(Csv(table),
            "code,kana,display_name_en\n131016,チヨダク,Chiyoda-ku\n");
}

TEST(Table, LeavesOutASpareColumnWithoutAnyValue) {
  Table table({{.title = "code"}, {.title = "band", .spare = 1}});
  table.Add({"131016", ""});
  EXPECT_EQ(Printed(table), "code\n------\n131016\n");
  EXPECT_EQ(Csv(table), "code,band\n131016,\n");
}

TEST(Table, ShortensToThePageWhereTextMayBeShortened) {
  Table table({{.title = "code"}, {.title = "council", .fit = Fit::kEllipsis}});
  table.Add({"131164", "豊島区民社会福祉協議会"});
  EXPECT_EQ(Printed(table, 24),
            "code    council\n"
            "------  ----------------\n"
            "131164  豊島区民社会福…\n");
}

TEST(Table, PrintsSomeColumnsOnlyInCsvOrOnlyInTheTable) {
  Table table({{.title = "name", .csv_only = true},
               {.title = "id", .table_only = true}});
  table.Add({"municipalities/131016", "131016"});
  EXPECT_EQ(Printed(table), "id\n------\n131016\n");
  EXPECT_EQ(Csv(table), "name\nmunicipalities/131016\n");
}

TEST(Table, ColoursNothingUnlessThePageHasColours) {
  Table table({{.title = "a"}});
  table.Add({"x"});
  std::ostringstream out;
  table.PrintTable(out, {.color = true});
  EXPECT_EQ(out.str(), "\x1b[1ma\x1b[0m\n-\nx\n");
  EXPECT_EQ(Printed(table).find('\x1b'), std::string::npos);
}

TEST(Fold, BreaksAtSpacesAndBetweenWideCharacters) {
  const std::vector<std::string> none = {""};
  EXPECT_EQ(Fold("", 10), none);
  EXPECT_EQ(Fold("abc", 3), std::vector<std::string>{"abc"});
  EXPECT_EQ(Fold("ab cd ef", 5), (std::vector<std::string>{"ab cd", "ef"}));
  EXPECT_EQ(Fold("千代田区", 5), (std::vector<std::string>{"千代", "田区"}));
  EXPECT_EQ(Fold("千代田FY2025", 9),
            (std::vector<std::string>{"千代田", "FY2025"}));
}

TEST(Fold, BreaksALongWordAnywhere) {
  EXPECT_EQ(Fold("abcdefgh", 3),
            (std::vector<std::string>{"abc", "def", "gh"}));
}

TEST(Fold, BeginsNoLineWithAMarkThatBelongsToTheOneBefore) {
  EXPECT_EQ(Fold("港区、千代田区", 5),
            (std::vector<std::string>{"港", "区、", "千代", "田区"}));
}

TEST(PrintFields, AlignsNamesAndFoldsValues) {
  std::ostringstream out;
  PrintFields(out, {.width = 18},
              {{"name", "千代田区"}, {"none", ""}, {"ja", "社会福祉協議会"}});
  EXPECT_EQ(out.str(),
            "name  千代田区\n"
            "ja    社会福祉協議\n"
            "      会\n");
}

TEST(ToJson, UsesLowerCamelCaseAndPrintsZeros) {
  indicator::v1::AbsenceCount absence;
  absence.set_kind(type::v1::Absence::NO_ANSWER);
  EXPECT_EQ(ToJson(absence), "{\n \"kind\": \"NO_ANSWER\",\n \"count\": 0\n}");
}

TEST(ShortName, DropsThePrefixOfAnEnum) {
  EXPECT_EQ(ShortName("TYPE_SPECIAL_WARD", "TYPE_"), "special_ward");
  EXPECT_EQ(ShortName("TYPE_UNSPECIFIED", "TYPE_"), "");
  EXPECT_EQ(ShortName("DISTRIBUTION", ""), "distribution");
}

}  // namespace
}  // namespace welfare::ctl
