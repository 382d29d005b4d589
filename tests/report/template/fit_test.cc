#include "services/report/template/fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace welfare::report {
namespace {

IndicatorShapes Shapes() {
  IndicatorShapes shapes;
  shapes["plan"] = {Measure::kDistribution, false, {"formulated", "none"}};
  shapes["supports"] = {Measure::kSum, false, {"total", "max"}};
  shapes["contacts"] = {Measure::kRank, true, {}};
  return shapes;
}

// Why the only placeholder of `text` does not fit; empty where it does.
std::string ReasonOf(const std::string& text) {
  const auto misfit = FindMisfit(ParseText(text).parts.front(), Shapes());
  return misfit.has_value() ? std::string(ReasonName(misfit->reason)) : "";
}

TEST(Fit, AFigureNeedsItsIndicatorItsCellAndItsForm) {
  EXPECT_EQ(ReasonOf("{plan.formulated}"), "");
  EXPECT_EQ(ReasonOf("{supports.total.value}"), "");
  EXPECT_EQ(ReasonOf("{contacts.rank_1}"), "");  // answers make its cells
  EXPECT_EQ(ReasonOf("{gone.n}"), "INDICATOR_NOT_IN_CODEBOOK");
  EXPECT_EQ(ReasonOf("{plan.finished}"), "CELL_NOT_IN_CODEBOOK");
  EXPECT_EQ(ReasonOf("{plan.formulated.value}"), "FORM_NOT_OF_MEASURE");
  EXPECT_EQ(ReasonOf("{supports.total.percent}"), "FORM_NOT_OF_MEASURE");
  EXPECT_EQ(ReasonOf("{supports.top}"), "FORM_NOT_OF_MEASURE");
  EXPECT_EQ(ReasonOf("{supports.total~8割以上}"), "FORM_NOT_OF_MEASURE");
  EXPECT_EQ(ReasonOf("{round.name}"), "");
}

TEST(Fit, EveryPlaceOfATemplateIsLookedAt) {
  TemplatePage page;
  page.path = "pages[0]";
  page.headline = "{gone.n}";
  TemplateBlock block;
  block.path = "pages[0].blocks[0]";
  block.text = "{plan.finished}";
  block.items = {"{prev.gone.n}", "{plan.n}"};  // last year may not have asked
  block.indicators = {"plan", "lost"};
  block.notes = {"{supports.top}"};
  page.blocks = {block};
  ReportTemplate report_template;
  report_template.pages = {page};
  std::vector<std::string> found;
  for (const Misfit& misfit : FindMisfits(report_template, Shapes())) {
    found.push_back(misfit.place + " " + misfit.subject);
  }
  EXPECT_THAT(found, ::testing::ElementsAre("pages[0].headline gone",
                                            "pages[0].blocks[0] plan.finished",
                                            "pages[0].blocks[0].indicators[1] lost",
                                            "pages[0].blocks[0].notes[0] supports.top"));
}

TEST(Fit, TheCauseIsSaidInBothLanguages) {
  const Misfit misfit{Misfit::Reason::kCellMissing, "", "plan.finished"};
  EXPECT_EQ(DescribeMisfit(misfit),
            "The codebook has no option or row 'plan.finished'.");
  EXPECT_EQ(CauseInJapanese(misfit),
            "この調査票に選択肢「plan.finished」がないため、");
}

TEST(Fit, TheCellsOfRanksAndHistogramsComeFromAnswers) {
  IndicatorValues values;
  values["a"].measure = Measure::kHistogram;
  values["b"].measure = Measure::kCount;
  const IndicatorShapes shapes = ShapesOf(values);
  EXPECT_TRUE(shapes.at("a").any_cell);
  EXPECT_FALSE(shapes.at("b").any_cell);
}

}  // namespace
}  // namespace welfare::report
