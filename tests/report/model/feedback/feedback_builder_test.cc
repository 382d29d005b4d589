#include "services/report/model/feedback/feedback_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "services/report/model/layout.h"
#include "services/report/model/printed_texts.h"
#include "tests/report/sample_answers.h"

namespace welfare::report {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

bool InFont(char32_t c) { return c < 0x10000; }

FeedbackBuilder Small() {
  return {SmallFeedback(), SmallComparability(), InFont};
}

// The sheet of the first respondent where `change` was declared beside.
ReportModel SheetWith(
    const std::function<void(Comparabilities& declared)>& change,
    const FeedbackContent& content = SmallFeedback()) {
  Comparabilities declared = SmallComparability();
  change(declared);
  return FeedbackBuilder(content, declared, InFont).OwnSheet(0, "");
}

// The figure of a sheet with this id, or null.
const Figure* FindFigure(const ReportModel& model, std::string_view id) {
  for (const Page& page : model.pages) {
    for (const Block& block : page.blocks) {
      const auto* figure = std::get_if<Figure>(&block);
      if (figure != nullptr && figure->id == id) return figure;
    }
  }
  return nullptr;
}

// `columns` of a row, in their order.
std::vector<std::string> CellsIn(const Figure& figure, std::string_view key) {
  for (const TableRow& row : figure.table.rows) {
    if (row.key != key) continue;
    std::vector<std::string> cells;
    for (const TableCell& cell : row.cells) cells.push_back(cell.text);
    return cells;
  }
  return {"no such row"};
}

std::vector<std::string> ColumnKeys(const Figure& figure) {
  std::vector<std::string> keys;
  for (const Column& column : figure.table.columns) keys.push_back(column.key);
  return keys;
}

std::string AllWords(ReportModel model) {
  std::string words;
  for (Page& page : model.pages) {
    ForEachText(page, [&](std::string& text) { words += text + "\n"; });
  }
  return words;
}

TEST(FeedbackBuilder, MarksTheAnswerBesideTheFiguresOfBothYears) {
  const ReportModel model = Small().OwnSheet(0, "12ab");
  const Figure* plan = FindFigure(model, "plan");
  ASSERT_NE(plan, nullptr);
  EXPECT_THAT(ColumnKeys(*plan),
              ElementsAre("own", "count", "percent", "previous_own",
                          "previous_count", "previous_percent"));
  // n is 4 and 3: counts alone.
  EXPECT_THAT(CellsIn(*plan, "formulated"),
              ElementsAre("●", "2", "-", "", "1", "-"));
  EXPECT_THAT(CellsIn(*plan, "in_progress"),
              ElementsAre("", "1", "-", "●", "1", "-"));
  EXPECT_THAT(plan->base, HasSubstr("集計値のみ公表"));
  EXPECT_THAT(plan->notes, Contains(HasSubstr("母数が10に満たない")));
}

TEST(FeedbackBuilder, SaysWhatIsMissingInWords) {
  const ReportModel uncounted = Small().OwnSheet(4, "");
  const Figure* supports = FindFigure(uncounted, "supports");
  ASSERT_NE(supports, nullptr);
  EXPECT_EQ(CellsIn(*supports, "NOT_COUNTED").front(), "●");
  const ReportModel counted = Small().OwnSheet(0, "");
  EXPECT_EQ(CellsIn(*FindFigure(counted, "supports"), "own").front(), "9件");
}

TEST(FeedbackBuilder, ListsWhatWasNotAsked) {
  const ReportModel model = Small().OwnSheet(2, "");
  EXPECT_EQ(FindFigure(model, "supports"), nullptr);
  EXPECT_EQ(model.pages.back().id, "not-asked");
  EXPECT_THAT(AllWords(model), HasSubstr("支援の件数"));
}

TEST(FeedbackBuilder, ShowsNoFiguresOfAnInternalQuestion) {
  const ReportModel model = Small().OwnSheet(0, "");
  const Figure* inner = FindFigure(model, "inner");
  ASSERT_NE(inner, nullptr);
  EXPECT_THAT(ColumnKeys(*inner), ElementsAre("own", "previous_own"));
  EXPECT_THAT(CellsIn(*inner, "no"), ElementsAre("●", "●"));
}

TEST(FeedbackBuilder, ShowsNobodyWhatTheOnlyOtherAnswered) {
  FeedbackContent content = SmallFeedback();
  IndicatorValue& value = content.figures.values.at("plan");
  value.base = 2;
  for (ValueCell& cell : value.cells) cell.base = 2;
  const ReportModel model =
      FeedbackBuilder(content, SmallComparability(), InFont).OwnSheet(0, "");
  const Figure* plan = FindFigure(model, "plan");
  EXPECT_THAT(CellsIn(*plan, "formulated"),
              ElementsAre("●", "X", "X", "", "1", "-"));
  EXPECT_EQ(CellsIn(*plan, "n")[1], "2");
  EXPECT_THAT(plan->notes, Contains(HasSubstr("2団体以下")));
}

TEST(FeedbackBuilder, SetsApartWhatAnotherRoundAskedOtherwise) {
  FeedbackContent content = SmallFeedback();
  content.before->items[0].concept_id = "another";
  const ReportModel model =
      FeedbackBuilder(content, SmallComparability(), InFont).OwnSheet(0, "");
  EXPECT_THAT(ColumnKeys(*FindFigure(model, "plan")),
              ElementsAre("own", "count", "percent"));
}

TEST(FeedbackBuilder, ShowsNoLastYearOfWhatIsNotDeclaredAndSaysSo) {
  const ReportModel model =
      SheetWith([](Comparabilities& declared) { declared.erase("plan"); });
  const Figure* plan = FindFigure(model, "plan");
  ASSERT_NE(plan, nullptr);
  EXPECT_THAT(ColumnKeys(*plan), ElementsAre("own", "count", "percent"));
  EXPECT_FALSE(plan->has_previous);
  EXPECT_THAT(plan->base, Not(HasSubstr("令和6年度")));
  EXPECT_THAT(plan->notes,
              Contains("令和6年度の調査の回答と集計は並べて示さない（比べられる"
                       "と定められていない）。"));
  // The others stand as they did, each with the n of its year.
  const Figure* partners = FindFigure(model, "partners");
  EXPECT_THAT(ColumnKeys(*partners), Contains("previous_own"));
  EXPECT_THAT(CellsIn(*partners, "n"),
              ElementsAre("", "4", "-", "", "3", "-"));
  // What changed in an answer that stands apart is no change.
  EXPECT_EQ(FindFigure(model, "changes"), nullptr);
  EXPECT_THAT(AllWords(model),
              HasSubstr("ほかに1問（自由記述を除く）は令和6年度の調査と並べて"
                        "示さない"));
}

TEST(FeedbackBuilder, SaysWhatBrokeInTheWordsOfTheDeclaration) {
  FeedbackContent content = SmallFeedback();
  // Another question then, which somebody declared.
  content.before->items[0].concept_id = "another";
  const ReportModel model = SheetWith(
      [](Comparabilities& declared) {
        for (const char* id : {"plan", "ideas", "inner", "supports"}) {
          declared[id].broken = Comparability::Break::kWording;
          declared[id].note = "聞き方を改めた";
        }
      },
      content);
  const std::string why =
      "令和6年度の調査とは設問の文言が変わったため、並べて示さない（聞き方を改め"
      "た）。";
  for (const char* id : {"plan", "ideas", "inner", "supports"}) {
    const Figure* figure = FindFigure(model, id);
    ASSERT_NE(figure, nullptr) << id;
    EXPECT_FALSE(figure->has_previous) << id;
    EXPECT_THAT(figure->notes, Contains(why)) << id;
    EXPECT_THAT(ColumnKeys(*figure), Not(Contains("previous_own"))) << id;
  }
  // Nor what was written then.
  EXPECT_EQ(CellsIn(*FindFigure(model, "ideas"), "previous").front(),
            "no such row");
}

TEST(FeedbackBuilder, ShowsLastYearSinceTheYearThatIsDeclared) {
  const ReportModel model = SheetWith(
      [](Comparabilities& declared) { declared["plan"].since = 2025; });
  const Figure* plan = FindFigure(model, "plan");
  EXPECT_FALSE(plan->has_previous);
  EXPECT_THAT(plan->notes, Contains(HasSubstr("令和7年度の調査から比べられる")));
}

TEST(FeedbackBuilder, ShowsNoLastYearOfOtherFigures) {
  FeedbackContent content = SmallFeedback();
  content.figures.previous_values.at("plan").population_id = "others";
  content.figures.previous_values.at("supports").measure = Measure::kCount;
  content.figures.previous_values.erase("partners");
  const ReportModel model = SheetWith([](Comparabilities&) {}, content);
  EXPECT_THAT(FindFigure(model, "plan")->notes,
              Contains(HasSubstr("対象の定義が異なる")));
  const Figure* supports = FindFigure(model, "supports");
  EXPECT_THAT(supports->notes, Contains(HasSubstr("集計の方法が異なる")));
  EXPECT_EQ(std::ranges::count_if(
                supports->notes,
                [](const std::string& note) {
                  return note.find("集計の方法") != std::string::npos;
                }),
            1);
  EXPECT_THAT(FindFigure(model, "partners")->notes,
              Contains(HasSubstr("集計がない")));
}

TEST(FeedbackBuilder, SaysWhereTooMuchIsUnknownForAChange) {
  FeedbackContent content = SmallFeedback();
  const auto set = [](IndicatorValue& value, int unknown) {
    value.base = 20;
    value.absences = {{base::Absence::kNoAnswer, unknown, std::nullopt}};
    for (ValueCell& cell : value.cells) cell.base = 20;
  };
  IndicatorValue& before = content.figures.previous_values.at("plan");
  const auto notes = [&](int unknown) {
    set(content.figures.values.at("plan"), 0);
    set(before, unknown);
    const ReportModel model = SheetWith([](Comparabilities&) {}, content);
    return FindFigure(model, "plan")->notes;
  };
  EXPECT_THAT(notes(3), Not(Contains(HasSubstr("増減"))));
  EXPECT_THAT(notes(4),
              Contains("令和6年度の調査からの増減は示さない（令和6年度は20のう"
                       "ち4が無回答）。"));
  // Of few the sheet has counts alone, and says nothing of their absences.
  for (ValueCell& cell : before.cells) cell.base = 9;
  before.base = 9;
  EXPECT_THAT(FindFigure(SheetWith([](Comparabilities&) {}, content), "plan")
                  ->notes,
              Not(Contains(HasSubstr("増減"))));
}

TEST(FeedbackBuilder, SaysNothingOfARoundThatWasNot) {
  FeedbackContent content = SmallFeedback();
  content.before.reset();
  content.figures.previous_round.reset();
  content.figures.previous_values.clear();
  EXPECT_THAT(AllWords(FeedbackBuilder(content, {}, InFont).OwnSheet(0, "")),
              Not(HasSubstr("並べて示さない")));
}

TEST(FeedbackBuilder, APairShowsLastYearWhereItIsDeclared) {
  Comparabilities declared = SmallComparability();
  declared.erase("council_plan");
  const FeedbackBuilder one(SmallFeedback(), declared, InFont);
  const ReportModel half = one.PairSheet(one.Pairs().front(), "");
  const Figure* fact = FindFigure(half, "pair-has_plan");
  EXPECT_THAT(CellsIn(*fact, "plan"), ElementsAre("策定済み", "策定中"));
  EXPECT_THAT(CellsIn(*fact, "council_plan"),
              ElementsAre("加わっていない", "-"));
  EXPECT_THAT(fact->notes,
              ElementsAre("社協「計画に加わったか」：令和6年度の調査の回答と集計"
                          "は並べて示さない（比べられると定められていない）。"));
  const FeedbackBuilder none(SmallFeedback(), {}, InFont);
  const ReportModel whole = none.PairSheet(none.Pairs().front(), "");
  fact = FindFigure(whole, "pair-has_plan");
  EXPECT_THAT(ColumnKeys(*fact), ElementsAre("answer"));
  EXPECT_THAT(fact->notes, SizeIs(2));
}

TEST(FeedbackBuilder, ListsWhatChanged) {
  const ReportModel model = Small().OwnSheet(0, "");
  const Figure* changes = FindFigure(model, "changes");
  ASSERT_NE(changes, nullptr);
  ASSERT_THAT(changes->table.rows, SizeIs(1));
  EXPECT_THAT(CellsIn(*changes, "plan"), ElementsAre("策定中", "策定済み"));
  // Who has no answers of last year is told so.
  FeedbackContent content = SmallFeedback();
  content.before.reset();
  content.figures.previous_round.reset();
  content.figures.previous_values.clear();
  EXPECT_THAT(AllWords(FeedbackBuilder(content, SmallComparability(), InFont).OwnSheet(0, "")),
              HasSubstr("令和6年度の回答がないため"));
}

TEST(FeedbackBuilder, PrintsWhatWasWrittenAndNamesWhatCannotBePrinted) {
  const ReportModel model = Small().OwnSheet(0, "");
  const Figure* ideas = FindFigure(model, "ideas");
  ASSERT_NE(ideas, nullptr);
  EXPECT_EQ(CellsIn(*ideas, "now").front(),
            "子ども食堂と　連携した〔U+1F600〕。");
  EXPECT_THAT(AllWords(model), HasSubstr("〔U+…〕のように番号で示します"));
}

TEST(FeedbackBuilder, SaysWhatIsPublishedAndAsksToConfirm) {
  const std::string words = AllWords(Small().OwnSheet(0, "5f70bf18"));
  EXPECT_THAT(words, HasSubstr("見本区　御中"));
  EXPECT_THAT(words, HasSubstr("5f70bf18"));
  EXPECT_THAT(words, HasSubstr("集計値としてだけ公表する設問：3問"));
  EXPECT_THAT(words, HasSubstr("公表しない設問：1問"));
  EXPECT_THAT(words, HasSubstr("「新しい取組み」"));
  EXPECT_THAT(words, HasSubstr("令和7年度：実施"));
}

TEST(FeedbackBuilder, HoldsNothingOfOthers) {
  FeedbackContent content = SmallFeedback();
  for (std::size_t i = 1; i < content.now.respondents.size(); ++i) {
    content.now.respondents[i].name = "よその団体";
    content.now.respondents[i].answers[3].text = "よその記述";
    content.now.respondents[i].answers[2].number = 777'777;
  }
  const std::string words =
      AllWords(FeedbackBuilder(content, SmallComparability(), InFont).OwnSheet(0, ""));
  EXPECT_THAT(words, Not(HasSubstr("よその")));
  EXPECT_THAT(words, Not(HasSubstr("777")));
}

TEST(FeedbackBuilder, TellsWhoHasNotAnsweredSoAndNothingMore) {
  const ReportModel model = Small().OwnSheet(8, "");
  EXPECT_THAT(AllWords(model), HasSubstr("集計に含まれていません"));
  EXPECT_THAT(model.pages, SizeIs(3));
}

TEST(FeedbackBuilder, MarksEverySheetAndFigure) {
  const FeedbackBuilder builder = Small();
  const ReportModel model = builder.OwnSheet(0, "");
  EXPECT_EQ(ReportMark(model), "架空データ・確認用・当該団体限り");
  EXPECT_THAT(CaptionOf(*FindFigure(model, "plan")),
              HasSubstr("架空データ・確認用・当該団体限り"));
}

TEST(FeedbackBuilder, LaysAPairSideBySide) {
  const FeedbackBuilder builder = Small();
  const std::vector<FeedbackBuilder::Pair> pairs = builder.Pairs();
  ASSERT_THAT(pairs, SizeIs(5));
  const ReportModel differs = builder.PairSheet(pairs[0], "");
  const Figure* fact = FindFigure(differs, "pair-has_plan");
  ASSERT_NE(fact, nullptr);
  EXPECT_THAT(CellsIn(*fact, "plan"), ElementsAre("策定済み", "策定中"));
  EXPECT_EQ(CellsIn(*fact, "council_plan").front(), "加わっていない");
  EXPECT_THAT(fact->base, HasSubstr("不一致"));
  EXPECT_THAT(FindFigure(builder.PairSheet(pairs[1], ""), "pair-has_plan")->base,
              HasSubstr("一致（両者とも当てはまる）"));
  EXPECT_THAT(AllWords(builder.PairSheet(pairs[4], "")),
              HasSubstr("対照できません"));
}

TEST(FeedbackBuilder, ShowsAPairToRespondentsWhereEveryLevelDoes) {
  FeedbackContent content = SmallFeedback();
  EXPECT_FALSE(FeedbackBuilder(content, SmallComparability(), InFont).PairsShownToRespondents());
  EXPECT_THAT(ReportMark(FeedbackBuilder(content, SmallComparability(), InFont).PairSheet({0, 1}, "")),
              HasSubstr("事務局限り"));
  content.now.items[0].level = PublishLevel::kStakeholders;
  EXPECT_FALSE(FeedbackBuilder(content, SmallComparability(), InFont).PairsShownToRespondents());
  content.now.items[5].level = PublishLevel::kPublic;
  EXPECT_TRUE(FeedbackBuilder(content, SmallComparability(), InFont).PairsShownToRespondents());
  EXPECT_THAT(ReportMark(FeedbackBuilder(content, SmallComparability(), InFont).PairSheet({0, 1}, "")),
              HasSubstr("両団体限り"));
}

TEST(FeedbackBuilder, FindsARespondentUnderItsEarlierCode) {
  FeedbackContent content = SmallFeedback();
  content.now.respondents[0].respondent.municipality =
      *base::MunicipalityCode::Parse("131067");
  content.now.respondents[0].other_codes = {"131016"};
  EXPECT_NE(FindFigure(FeedbackBuilder(content, SmallComparability(), InFont).OwnSheet(0, ""),
                       "changes"),
            nullptr);
}

TEST(FeedbackBuilder, ShowsEveryQuestionOfTheQuestionnaire) {
  const FeedbackBuilder builder(QuestionnaireFeedback(), {}, InFont);
  ASSERT_THAT(builder.respondents(), SizeIs(124));
  const ReportModel model = builder.OwnSheet(0, "");
  std::set<std::string> missing;
  const FeedbackContent content = QuestionnaireFeedback();
  for (std::size_t i = 0; i < content.now.items.size(); ++i) {
    if (content.now.respondents[0].answers[i].absence ==
        base::Absence::kNotAsked) {
      continue;
    }
    const std::string& id = content.now.items[i].id;
    if (FindFigure(model, id) == nullptr) missing.insert(id);
  }
  EXPECT_THAT(missing, IsEmpty());
}

TEST(StatedFacts, AreReadAsTheyAreWritten) {
  const auto facts = ReadStatedFacts("a(x|y); b(z)");
  ASSERT_THAT(facts, SizeIs(2));
  EXPECT_EQ(facts[0].fact, "a");
  EXPECT_THAT(facts[0].codes, ElementsAre("x", "y"));
  EXPECT_EQ(facts[1].fact, "b");
  EXPECT_THAT(ReadStatedFacts(""), IsEmpty());
  EXPECT_THAT(ReadStatedFacts("a; (x); b(x"), IsEmpty());
}

TEST(AnswerWords, BreaksLongTextsWhereSentencesEnd) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "この文は二十文字ほどの長さの文である。";
  const std::vector<std::string> pieces = InPieces(text);
  EXPECT_GT(pieces.size(), 2U);
  std::string whole;
  for (const std::string& piece : pieces) {
    EXPECT_TRUE(piece.ends_with("。"));
    whole += piece;
  }
  EXPECT_EQ(whole, text);
  EXPECT_THAT(InPieces(""), ElementsAre(""));
}

}  // namespace
}  // namespace welfare::report
