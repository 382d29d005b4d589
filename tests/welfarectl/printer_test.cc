#include "tools/welfarectl/printer.h"

#include <gtest/gtest.h>

#include <sstream>

#include "welfare/indicator/v1/indicator.pb.h"

namespace welfare::ctl {
namespace {

std::string Printed(const Table& table) {
  std::ostringstream out;
  table.PrintTable(out);
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
