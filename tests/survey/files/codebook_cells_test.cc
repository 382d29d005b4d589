// Nothing vanishes from a codebook: each cell is used or named where it stands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/survey/files/codebook_xlsform.h"

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kChoices[] =
    "list_name,name,label\n"
    "yn,yes,Y\n"
    "yn,no,N\n";
constexpr char kNoChoices[] = "list_name,name,label\n";

XlsFormReading Read(
    const std::string& survey, const std::string& choices = kChoices,
    const std::string& settings = "form_title,form_id,version\nT,s,1\n",
    SheetRules rules = kCurrentRules) {
  return ReadXlsForm(
      {.survey = survey, .choices = choices, .settings = settings}, "s", "1",
      rules);
}

// `sheet:line:column: REASON` of each problem.
std::vector<std::string> Problems(const XlsFormReading& reading) {
  std::vector<std::string> lines;
  for (const CodebookProblem& problem : reading.check.problems) {
    lines.push_back(problem.sheet + ':' + std::to_string(problem.line) + ':' +
                    problem.column + ": " + problem.reason);
  }
  return lines;
}

TEST(CodebookCells, AQuoteThatTakesOtherQuestionsIsNamed) {
  const std::string sheet =
      "type,name,label,respondent\n"
      "integer,a,\"A,municipality\n"
      "integer,b,B,municipality\n"
      "integer,c,C\",municipality\n"
      "integer,d,\"two\nlines, of text\",municipality\n";
  EXPECT_THAT(Problems(Read(sheet)),
              testing::Contains("survey:2:label: QUOTE_OVER_RECORDS"));
  // What is stored was taken as it stands.
  EXPECT_THAT(
      Problems(Read(sheet, kChoices, "form_title,form_id,version\nT,s,1\n",
                    SheetRules::kFirst)),
      IsEmpty());
}

TEST(CodebookCells, WordsAndColumnsAreKnownHoweverTheyAreWritten) {
  const XlsFormReading reading = Read(
      "\uFEFFｔｙｐｅ, name,label,respondent,,\n"
      "ｉｎｔｅｇｅｒ,a,A, municipality\u3000,,\n"
      ",\u3000,,,,\n"
      "text,b,B,municipality\n",
      kNoChoices);
  EXPECT_THAT(Problems(reading), IsEmpty());
  ASSERT_NE(reading.check.codebook, nullptr);
  EXPECT_EQ(reading.check.codebook->items().size(), 2u);
}

TEST(CodebookCells, WhatASheetLacksIsItsOnlyProblem) {
  EXPECT_THAT(Problems(Read("type,name,respondent\n"
                            "nonsense,a b,nobody\n",
                            kNoChoices)),
              ElementsAre("survey:1:label: COLUMN_MISSING"));
  EXPECT_THAT(Problems(Read("type\tname\tlabel\trespondent\n"
                            "integer\ta\tA\tmunicipality\n",
                            kNoChoices)),
              ElementsAre("survey:1:: CSV_SEPARATOR"));
}

TEST(CodebookCells, AColumnStandsOnce) {
  EXPECT_THAT(Problems(Read("type,name,label,label::en (en),respondent\n"
                            "integer,a,A,B,municipality\n",
                            kNoChoices)),
              testing::Contains("survey:1:label::en (en): COLUMN_REPEATED"));
}

TEST(CodebookCells, WhatIsWrongIsSaidInBothLanguages) {
  const XlsFormReading reading = Read(
      "type,name,label,relevant,respondent\n"
      "select_one x,a,A{b},${c} = ,somebody\n"
      "begin_group,1,,,\n"
      "integer,d,D,${e} > 1,municipality\n",
      "list_name,name,label\nl,1 a,\n", "form_title,form_id,version\n,t,2\n");
  EXPECT_GT(reading.check.problems.size(), 10u);
  for (const CodebookProblem& problem : reading.check.problems) {
    EXPECT_NE(problem.message, "") << problem.reason;
    EXPECT_NE(problem.message_ja, "") << problem.reason;
    EXPECT_NE(problem.message_ja, problem.message) << problem.reason;
    // Placeholders of sentences are filled in; {ref_fy_ja} is none of them.
    for (const char* word : {"{found}", "{name}", "{code}", "{list}", "{at}"}) {
      EXPECT_EQ(problem.message.find(word), std::string::npos)
          << problem.message;
      EXPECT_EQ(problem.message_ja.find(word), std::string::npos)
          << problem.message_ja;
    }
  }
}

TEST(CodebookCells, CellsUnderNoNameAreNamedOnce) {
  EXPECT_THAT(Problems(Read("type,name,,label,respondent\n"
                            "integer,a,x,A,municipality\n"
                            "integer,b,y,B,municipality\n",
                            kNoChoices)),
              ElementsAre("survey:2:: COLUMN_UNNAMED"));
}

TEST(CodebookCells, ALabelHoldsWhatItsReaderSees) {
  const XlsFormReading reading = Read(
      "type,name,label,respondent\n"
      "integer,a,A\u202EB,municipality\n"
      "integer,b,B,municipality\u200B\n",
      kNoChoices);
  ASSERT_THAT(Problems(reading),
              ElementsAre("survey:2:label: TEXT_INVALID",
                          "survey:3:respondent: WORD_UNKNOWN",
                          "survey:3:respondent: RESPONDENT_MISSING"));
  EXPECT_THAT(reading.check.problems[1].message,
              testing::HasSubstr("municipality<U+200B>"));
}

TEST(CodebookCells, ConditionsOverNumbersAndRulesAreTriedOut) {
  const std::string sheet =
      "type,name,label,relevant,constraint,respondent\n"
      "integer,a,A,,,municipality\n"
      "integer,b,B,${a} > 3 and ${a} < 2,,municipality\n"
      "integer,c,C,,. > 3 and . < 2,municipality\n"
      "integer,d,D,${a} > 3,. > 3,municipality\n";
  EXPECT_THAT(Problems(Read(sheet, kNoChoices)),
              ElementsAre("survey:3:relevant: UNREACHABLE",
                          "survey:4:constraint: UNANSWERABLE"));
  // What is stored was taken as it stands.
  EXPECT_THAT(
      Problems(Read(sheet, kNoChoices, "form_title,form_id,version\nT,s,1\n",
                    SheetRules::kFirst)),
      IsEmpty());
}

TEST(CodebookCells, AConditionOfAGroupHoldsForItsQuestions) {
  const XlsFormReading reading = Read(
      "type,name,label,relevant,respondent\n"
      "select_one yn,a,A,,municipality\n"
      "begin_group,g,G,${a} = 'yes',\n"
      "integer,b,B,,municipality\n"
      "begin group,h,H,${b} > 1,\n"
      "integer,c,C,${b} < 9,municipality\n"
      "end group,h,,,\n"
      "end_group,,,,\n"
      "integer,d,D,,municipality\n");
  EXPECT_THAT(Problems(reading), IsEmpty());
  ASSERT_NE(reading.check.codebook, nullptr);
  const Codebook& codebook = *reading.check.codebook;
  EXPECT_EQ(codebook.item(1).relevant, "${a} = 'yes'");
  EXPECT_EQ(codebook.item(2).relevant,
            "((${a} = 'yes') and (${b} > 1)) and (${b} < 9)");
  EXPECT_EQ(codebook.item(2).section, "G / H");
  EXPECT_EQ(codebook.item(3).relevant, "");
}

TEST(CodebookCells, OtherCellsOfAGroupAreNamed) {
  EXPECT_THAT(Problems(Read("type,name,label,relevant,respondent,required,"
                            "absences\n"
                            "begin_group,g,G,,municipality,yes,NO_ANSWER\n"
                            "integer,b,B,,municipality,,NO_ANSWER\n"
                            "end_group,g,,true(),,,\n",
                            "list_name,name,label\n")),
              ElementsAre("survey:2:absences: CELL_UNUSED",
                          "survey:2:required: CELL_UNUSED",
                          "survey:2:respondent: CELL_UNUSED",
                          "survey:4:relevant: CELL_UNUSED"));
}

TEST(CodebookCells, AGroupsRowSaysWhatItIs) {
  EXPECT_THAT(
      Problems(Read("type,name,label,respondent\n"
                    "begin_group x,g,G,\n"
                    "integer,b,B,municipality\n"
                    "end_group,h,,\n"
                    "begin_group,Plan A,,\n"
                    "integer,c,C,municipality\n"
                    "end_group,,,\n"
                    "begin_group,,I,\n"
                    "integer,d,D,municipality\n"
                    "end_group,,,\n"
                    "begin_group,,J,\n"
                    "end_group,,,\n",
                    "list_name,name,label\n")),
      ElementsAre(
          "survey:2:type: TYPE_UNKNOWN", "survey:4:name: GROUP_UNBALANCED",
          "survey:5:name: NAME_INVALID", "survey:5:label: LABEL_MISSING",
          "survey:8:name: NAME_INVALID", "survey:11:name: NAME_INVALID",
          "survey:11:type: GROUP_EMPTY"));
}

TEST(CodebookCells, AGroupWithoutEndIsNamedWhereItBegins) {
  EXPECT_THAT(Problems(Read("type,name,label,respondent\n"
                            "begin_group,g,G,\n"
                            "integer,a,A,municipality\n"
                            "begin_group,h,H,\n"
                            "integer,b,B,municipality\n"
                            "end_group,,,\n",
                            "list_name,name,label\n")),
              ElementsAre("survey:2:type: GROUP_UNBALANCED"));
}

TEST(CodebookCells, EveryChoiceStandsInAListThatAQuestionUses) {
  EXPECT_THAT(Problems(Read("type,name,label,respondent\n"
                            "select_one yn,a,A,municipality\n",
                            "list_name,name,label\n"
                            "yn,yes,Y\n"
                            ",maybe,M\n"
                            "yn ,no,N\n"
                            "ny,B C,X\n"
                            "ny,d,D\n")),
              ElementsAre("choices:3:list_name: LIST_MISSING",
                          "choices:4:list_name: LIST_UNUSED",
                          "choices:5:name: OPTION_INVALID",
                          "choices:5:list_name: LIST_UNUSED"));
}

TEST(CodebookCells, AListThatLooksTheSameIsTheOneMeant) {
  const auto reading = Read(
      "type,name,label,respondent\n"
      "select_one yn\u200B,c ,A,municipality\n",
      "list_name,name,label\n"
      "yn,yes,Y\n");
  EXPECT_THAT(Problems(reading), ElementsAre("survey:2:type: LIST_MISSPELT",
                                             "survey:2:name: NAME_INVALID"));
  EXPECT_EQ(reading.check.problems[0].message,
            "Write the list 'yn<U+200B>' as 'yn'.");
  EXPECT_THAT(reading.check.problems[1].message,
              ::testing::StartsWith("c<U+0020>: "));
}

TEST(CodebookCells, ABadCodeIsNamedOnceAtItsLine) {
  EXPECT_THAT(Problems(Read("type,name,label,respondent\n"
                            "select_one l,a,A,municipality\n"
                            "select_one l,b,B,municipality\n",
                            "list_name,name,label\nl,1,One\nl,b c,Two\n")),
              ElementsAre("choices:2:name: OPTION_INVALID",
                          "choices:3:name: OPTION_INVALID"));
}

TEST(CodebookCells, AListThatIsTooLongIsNamedOnce) {
  std::string choices = "list_name,name,label\n";
  for (int i = 0; i < 5000; ++i) {
    choices += "l,c" + std::to_string(i) + ",C\n";
  }
  std::string survey = "type,name,label,respondent\n";
  for (int i = 0; i < 500; ++i) {
    survey += "select_one l,a" + std::to_string(i) + ",A,municipality\n";
  }
  EXPECT_THAT(Problems(Read(survey, choices)),
              ElementsAre("choices:66:list_name: TOO_MANY_OPTIONS"));
}

TEST(CodebookCells, PlaceholdersAreThoseThatAreFilledIn) {
  EXPECT_THAT(Problems(Read("type,name,label,constraint,constraint_message,"
                            "respondent\n"
                            "begin_group,g,{ref_fy}G,,,\n"
                            "select_one yn,a,${ref_fy_ja},,,municipality\n"
                            "integer,b,{ref_fy_ja}B,. > 1,{ref_fy_ja},"
                            "municipality\n"
                            "end_group,,,,,\n",
                            "list_name,name,label\n"
                            "yn,yes,{ref_fy_ja}Y\n"
                            "yn,no,${x}\n"
                            "yn,what,{open\n")),
              ElementsAre("survey:2:label: LABEL_PLACEHOLDER",
                          "survey:3:label: LABEL_PLACEHOLDER",
                          "survey:4:constraint_message: LABEL_PLACEHOLDER",
                          "choices:3:label: LABEL_PLACEHOLDER",
                          "choices:4:label: LABEL_PLACEHOLDER"));
}

TEST(CodebookCells, ATitleThatNamesTheYearHasOneYear) {
  const std::string survey =
      "type,name,label,respondent,reference_year_offset\n"
      "begin_group,g,{ref_fy_ja}G,,\n"
      "integer,a,A,municipality,0\n"
      "integer,b,B,municipality,OFFSET\n"
      "end_group,,,,\n";
  const auto with = [&](const std::string& offset) {
    std::string text = survey;
    text.replace(text.find("OFFSET"), 6, offset);
    return Problems(Read(text, "list_name,name,label\n"));
  };
  EXPECT_THAT(with("0"), IsEmpty());
  EXPECT_THAT(with("-1"), ElementsAre("survey:2:label: LABEL_PLACEHOLDER"));
}

TEST(CodebookCells, AllTextsStandInOneLanguage) {
  EXPECT_THAT(
      Problems(Read("type,name,label::ja,respondent\n"
                    "select_one yn,a,A,municipality\n",
                    "list_name,name,label::en\nyn,yes,Y\n",
                    "form_title,form_id,version,default_language\nT,s,1,ja\n")),
      ElementsAre("choices:1:label::en: LANGUAGE_DIFFERS"));
}

// What an older build took stays what it was, and what it asked.
TEST(CodebookCells, TheFirstRulesPassOverWhatTheyDidNotUse) {
  const XlsFormReading reading = Read(
      "type,name,label,relevant,respondent\n"
      "select_one yn,a,${ref_fy_ja},,municipality\n"
      "begin_group x,G 1,{x},${a} = 'yes',municipality\n"
      "integer,b,B,,municipality\n"
      "end_group,other,,true(),\n",
      "list_name,name,label\n"
      "yn,yes,${x}\nyn,no,N\n,maybe,M\nny,B C,X\n",
      "form_title,form_id,version\nT,s,1\n", SheetRules::kFirst);
  EXPECT_THAT(Problems(reading), IsEmpty());
  ASSERT_NE(reading.check.codebook, nullptr);
  EXPECT_EQ(reading.check.codebook->item(1).relevant, "");
  EXPECT_EQ(reading.check.codebook->item(1).section, "{x}");
}

// It was taken, published and answered: what came later must not refuse it, nor
// read other words in it.
TEST(CodebookCells, ACodebookKeepsTheRulesItWasImportedUnder) {
  const std::string sheet =
      "type,name,label,respondent,constraint\n"
      "integer,a,\"A\nor B\",municipality,${a} > 5 and ${a} < 3\n"
      "text,b,\u3000,municipality,\n";
  const std::string settings = "form_title,form_id,version\nT,s,1\n";
  const XlsFormReading old =
      Read(sheet, kNoChoices, settings, SheetRules::kEveryCell);
  EXPECT_THAT(Problems(old), IsEmpty());
  ASSERT_NE(old.check.codebook, nullptr);
  EXPECT_EQ(old.check.codebook->items()[1].label, "\u3000");
  EXPECT_THAT(Problems(Read(sheet, kNoChoices, settings, SheetRules::kOneText)),
              testing::IsSupersetOf({"survey:2:label: TEXT_INVALID",
                                     "survey:2:constraint: UNANSWERABLE"}));
}

TEST(CodebookCells, TheCheckEndsWhenNobodyWantsItAnyMore) {
  std::string survey = "type,name,label,respondent\n";
  for (int i = 0; i < 1000; ++i) {
    survey += "integer,a" + std::to_string(i) + ",A,municipality\n";
  }
  int asked = 0;
  const XlsFormReading reading = ReadXlsForm(
      {.survey = survey,
       .choices = "list_name,name,label\n",
       .settings = "form_title,form_id,version\nT,s,1\n"},
      "s", "1", SheetRules::kEveryCell, [&]() -> absl::Status {
        return ++asked < 10 ? absl::OkStatus() : absl::CancelledError("gone");
      });
  EXPECT_TRUE(absl::IsCancelled(reading.check.called_off));
  EXPECT_EQ(reading.check.codebook, nullptr);
  EXPECT_EQ(asked, 10);
}

// What a hostile sheet would cost beyond its own size.
TEST(CodebookCells, ProblemsAreCountedAndTheFirstThousandTold) {
  std::string sheet = "type,name,label,respondent\n";
  for (int i = 0; i < 3'000; ++i) sheet += "nothing,9,,nobody\n";
  const XlsFormReading reading = Read(sheet);
  EXPECT_EQ(reading.check.codebook, nullptr);
  EXPECT_EQ(reading.check.problems.size(), ProblemList::kProblemsKept);
  EXPECT_GT(reading.check.problems_total, 9'000u);
  // The first ones, whatever was found first.
  EXPECT_EQ(reading.check.problems.front().line, 2);
  EXPECT_LT(reading.check.problems.back().line, 1'000);
}

TEST(CodebookCells, AProblemRepeatsNoLongCell) {
  const std::string word(4'900, 'a');
  const XlsFormReading reading = Read(
      "type,name,label,respondent\n"
      "integer," +
      word + ",L," + word + " " + word + "\n");
  ASSERT_THAT(Problems(reading), testing::SizeIs(4));
  for (const CodebookProblem& problem : reading.check.problems) {
    EXPECT_LT(problem.message.size(), 600u);
  }
}

TEST(CodebookCells, ASheetHasAsManyRowsAndColumnsAsAQuestionnaireMay) {
  std::string rows = "list_name,name,label\nyn,yes,Y\nyn,no,N\n";
  for (int i = 0; i < 30'000; ++i) rows += ",,x\n";
  const XlsFormReading tall = Read(
      "type,name,label,respondent\nselect_one yn,a,A,municipality\n", rows);
  EXPECT_EQ(tall.check.codebook, nullptr);
  // One for every choice in no list, and one for all beyond.
  EXPECT_EQ(tall.check.problems_total, 20'000u - 2 + 1);
  const XlsFormReading long_one = Read(
      "type,name,label,respondent\n" +
          [] {
            std::string many;
            for (int i = 0; i < 20'001; ++i) {
              many += "integer,a" + std::to_string(i) + ",A,municipality\n";
            }
            return many;
          }(),
      kNoChoices);
  EXPECT_THAT(Problems(long_one), ElementsAre("survey:20002:: SHEET_TOO_LONG"));

  std::string header = "type,name,label,respondent";
  for (int i = 0; i < 97; ++i) header += ",c";
  EXPECT_THAT(Problems(Read(header + "\n")),
              testing::Contains("survey:1:: CSV_HEADER"));
  EXPECT_THAT(Problems(Read("type,name,label,respondent\ntext,a," +
                                std::string(10'001, 'l') + ",municipality\n",
                            "list_name,name,label\n")),
              ElementsAre("survey:2:label: TEXT_TOO_LONG"));
}

TEST(CodebookCells, WhatIsRepeatedAtEveryQuestionCounts) {
  // A list of 640 kB at ten thousand questions would be 6 GB.
  std::string choices = "list_name,name,label\n";
  for (int i = 0; i < 64; ++i) {
    choices += "l,c" + std::to_string(i) + "," + std::string(9'999, 'x') + "\n";
  }
  std::string sheet = "type,name,label,respondent\n";
  for (int i = 0; i < 10'000; ++i) {
    sheet += "select_one l,q" + std::to_string(i) + ",Q,municipality\n";
  }
  EXPECT_THAT(Problems(Read(sheet, choices)),
              ElementsAre("survey:5:: CODEBOOK_TOO_LARGE"));

  // So would sections inside of sections, whose titles and conditions add up.
  std::string nested = "type,name,label,relevant,respondent\n";
  for (int i = 0; i < 10'000; ++i) {
    nested += "begin_group,g" + std::to_string(i) + ",Title,1 = 1,\n";
  }
  const XlsFormReading deep = Read(nested);
  EXPECT_EQ(deep.check.codebook, nullptr);
  EXPECT_THAT(Problems(deep), testing::SizeIs(1));
  EXPECT_EQ(deep.check.problems.front().reason, "CODEBOOK_TOO_LARGE");
  // What was stored before the rule is read as it stands.
  EXPECT_THAT(
      Problems(Read("type,name,label,respondent\ntext,a," +
                        std::string(10'001, 'l') + ",municipality\n",
                    "list_name,name,label\n",
                    "form_title,form_id,version\nT,s,1\n", SheetRules::kFirst)),
      IsEmpty());
}

}  // namespace
}  // namespace welfare::survey
