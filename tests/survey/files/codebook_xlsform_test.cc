#include "services/survey/files/codebook_xlsform.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/survey/jusou_sheets.h"

namespace welfare::survey {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::IsEmpty;

std::string Print(const std::vector<CodebookProblem>& problems) {
  std::string text;
  for (const CodebookProblem& problem : problems) {
    text += problem.sheet + ":" + std::to_string(problem.line) + ":" +
            problem.column + ": " + problem.reason + ": " + problem.message +
            "\n";
  }
  return text;
}

TEST(JusouCodebook, HasNoProblem) {
  const XlsFormReading reading = ReadXlsForm(JusouSheets(), "jusou", "2025-1");
  EXPECT_THAT(reading.check.problems, IsEmpty())
      << Print(reading.check.problems);
  ASSERT_NE(reading.check.codebook, nullptr);
  EXPECT_EQ(reading.check.codebook->size(), 86U);
  EXPECT_EQ(reading.check.codebook->pairs(), 88U);
}

TEST(JusouCodebook, OtherTakesATextAndNoneExcludes) {
  const XlsFormReading reading = ReadXlsForm(JusouSheets(), "jusou", "2025-1");
  ASSERT_NE(reading.check.codebook, nullptr);
  const Codebook& codebook = *reading.check.codebook;
  const Item& issues = codebook.item(codebook.Find("issues").value());
  EXPECT_TRUE(issues.options[issues.FindOption("other").value()].takes_text);
  EXPECT_TRUE(issues.options[issues.FindOption("none").value()].exclusive);
  // Its other text is an item of its own.
  const Item& strengthening =
      codebook.item(codebook.Find("consult_strengthening").value());
  EXPECT_FALSE(strengthening.options[strengthening.FindOption("other").value()]
                   .takes_text);
  EXPECT_THAT(
      codebook.item(codebook.Find("consult_strengthening_other").value())
          .absences,
      IsEmpty());
}

TEST(XlsForm, DigestIgnoresQuotingLineEndsAndTheOrderOfColumns) {
  const CodebookSheets sheets{
      .survey = "type,name,label,respondent\ntext,a,A,council\n",
      .choices = "list_name,name,label\n",
      .settings = "form_title,form_id,version\nT,s,1\n"};
  const CodebookSheets same{
      .survey = "name,type,\"label\",respondent,unit\r\na,text,A,council,\r\n",
      .choices = "list_name,label,name\r\n",
      .settings = "version,form_id,form_title\r\n1,s,T\r\n"};
  CodebookSheets other = sheets;
  other.survey = "type,name,label,respondent\ntext,a,B,council\n";
  const std::string digest = ReadXlsForm(sheets, "s", "1").digest;
  EXPECT_THAT(ReadXlsForm(sheets, "s", "1").check.problems, IsEmpty());
  EXPECT_EQ(digest, ReadXlsForm(same, "s", "1").digest);
  EXPECT_NE(digest, ReadXlsForm(other, "s", "1").digest);
}

struct Fault {
  std::string what;
  std::string survey;   // records below a header of all columns used here
  std::string choices;  // records below the header
  std::string problem;  // `sheet:line:column: REASON`
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.what; }

class XlsFormFaults : public ::testing::TestWithParam<Fault> {};

TEST_P(XlsFormFaults, AreNamedWithSheetAndLine) {
  const CodebookSheets sheets{
      .survey =
          "type,name,label,respondent,relevant,required,or_other,"
          "absences,publish_level,reference_year_offset,coding_list\n" +
          GetParam().survey,
      .choices = "list_name,name,label,exclusive\n" + GetParam().choices,
      .settings = "form_title,form_id,version\nT,s,1\n"};
  const XlsFormReading reading = ReadXlsForm(sheets, "s", "1");
  EXPECT_EQ(reading.check.codebook, nullptr);
  std::vector<std::string> found;
  for (const CodebookProblem& problem : reading.check.problems) {
    found.push_back(problem.sheet + ":" + std::to_string(problem.line) + ":" +
                    problem.column + ": " + problem.reason);
  }
  EXPECT_THAT(found, Contains(GetParam().problem))
      << Print(reading.check.problems);
}

INSTANTIATE_TEST_SUITE_P(
    Table, XlsFormFaults,
    ::testing::ValuesIn(std::vector<Fault>{
        {"an unknown type", "date,a,A,council,,,,NO_ANSWER,,,\n", "",
         "survey:2:type: TYPE_UNKNOWN"},
        {"an unknown list", "select_one x,a,A,council,,,,NO_ANSWER,,,\n", "",
         "survey:2:type: LIST_UNKNOWN"},
        {"an unknown coding list", "text,a,A,council,,,,NO_ANSWER,,,x\n", "",
         "survey:2:coding_list: LIST_UNKNOWN"},
        {"a name twice",
         "text,a,A,council,,,,NO_ANSWER,,,\n"
         "text,a,A,council,,,,NO_ANSWER,,,\n",
         "", "survey:3:name: NAME_DUPLICATE"},
        {"an unknown respondent", "text,a,A,citizen,,,,NO_ANSWER,,,\n", "",
         "survey:2:respondent: WORD_UNKNOWN"},
        {"an unknown level", "text,a,A,council,,,,NO_ANSWER,secret,,\n", "",
         "survey:2:publish_level: WORD_UNKNOWN"},
        {"an offset of one", "text,a,A,council,,,,NO_ANSWER,,1,\n", "",
         "survey:2:reference_year_offset: WORD_UNKNOWN"},
        {"an unknown absence", "text,a,A,council,,,,NONE,,,\n", "",
         "survey:2:absences: WORD_UNKNOWN"},
        {"neither required nor an absence", "text,a,A,council,,,,,,,\n", "",
         "survey:2:absences: REQUIRED_CONTRADICTS"},
        {"required and an absence", "text,a,A,council,,yes,,NO_ANSWER,,,\n", "",
         "survey:2:absences: REQUIRED_CONTRADICTS"},
        {"required perhaps", "text,a,A,council,,maybe,,NO_ANSWER,,,\n", "",
         "survey:2:required: WORD_UNKNOWN"},
        {"or_other without other",
         "select_one x,a,A,council,,,yes,NO_ANSWER,,,\n", "x,b,B,\n",
         "survey:2:or_other: OTHER_MISSING"},
        {"a section without end",
         "begin_group,g,G,,,,,,,,\ntext,a,A,council,,,,NO_ANSWER,,,\n", "",
         "survey:2:type: GROUP_UNBALANCED"},
        {"an end without section",
         "text,a,A,council,,,,NO_ANSWER,,,\nend_group,,,,,,,,,,\n", "",
         "survey:3:type: GROUP_UNBALANCED"},
        {"too few cells", "text,a,A\n", "", "survey:2:: CSV_CELLS"},
        {"a stray quote", "text,a,A\"b,council,,,,NO_ANSWER,,,\n", "",
         "survey:2:: CSV_STRAY_QUOTE"},
        {"a condition on a later question, after a text of two lines",
         "text,a,\"A\nB\",council,,,,NO_ANSWER,,,\n"
         "text,b,B,council,${c} = '',,,NO_ANSWER,,,\n"
         "text,c,C,council,,,,NO_ANSWER,,,\n",
         "", "survey:4:relevant: CONDITION_LATER"},
        {"a choice twice", "select_one x,a,A,council,,,,NO_ANSWER,,,\n",
         "x,b,B,\nx,b,B,\n", "choices:3:name: OPTION_DUPLICATE"},
        {"a choice without label", "select_one x,a,A,council,,,,NO_ANSWER,,,\n",
         "x,b,,\n", "choices:2:label: LABEL_MISSING"},
        {"exclusive perhaps", "select_one x,a,A,council,,,,NO_ANSWER,,,\n",
         "x,b,B,maybe\n", "choices:2:exclusive: WORD_UNKNOWN"},
    }));

TEST(XlsForm, SaysOnceThatAColumnIsMisspelt) {
  const CodebookSheets sheets{
      .survey =
          "Type,name ,label,respondent\n"
          "integer,a,数,municipality\ninteger,b,数,municipality\n",
      .choices = "list_name,name,label\nyn,yes,はい\nyn,no,いいえ\n",
      .settings = "form_title,form_id,version\n試し,jusou,2025-9\n"};
  const auto problems = ReadXlsForm(sheets, "jusou", "2025-9").check.problems;
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].reason, "COLUMN_UNKNOWN");
  EXPECT_EQ(problems[0].column, "Type");
  EXPECT_EQ(problems[0].message,
            "The sheet has no column 'Type'; write it 'type'.");
}

TEST(XlsForm, RefusesColumnsNobodyReadsAndMissingOnes) {
  const CodebookSheets sheets{
      .survey = "type,name,label,relevent\ntext,a,A,\n",
      .choices = "list_name,name,label\n",
      .settings = "form_title,form_id,version\nT,another,2\n"};
  const auto problems = ReadXlsForm(sheets, "s", "1").check.problems;
  EXPECT_THAT(problems,
              Contains(Field(&CodebookProblem::reason, "COLUMN_UNKNOWN")));
  EXPECT_THAT(problems,
              Contains(Field(&CodebookProblem::reason, "COLUMN_MISSING")));
  EXPECT_THAT(problems,
              Contains(Field(&CodebookProblem::reason, "SETTINGS_MISMATCH")));
}

}  // namespace
}  // namespace welfare::survey
