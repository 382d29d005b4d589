// The shipped template against the shipped questionnaire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "services/report/files/print_font_reader.h"
#include "services/report/files/template_reader.h"
#include "services/report/model/pages/model_builder.h"
#include "services/report/render/csv/csv_renderer.h"
#include "services/report/render/html/html_renderer.h"
#include "services/report/render/json/json_stat_renderer.h"
#include "services/report/render/pdf/pdf_renderer.h"
#include "services/report/render/xlsx/xlsx_renderer.h"
#include "services/report/sheets/book.h"
#include "services/report/template/fit.h"
#include "tests/report/model/pages/built_report.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

ReportTemplate Jusou() {
  const auto templates = LoadTemplates(
      std::string(std::getenv("WELFARE_SOURCE_DIR")) + "/services/report/data");
  EXPECT_OK(templates);
  return templates->at("jusou");
}

// Leaves a file in the build folder. The same test may run twice at once, and
// nobody reads half a file.
void Leave(const std::string& name, const std::string& bytes) {
  const std::filesystem::path folder =
      std::filesystem::path(std::getenv("WELFARE_BINARY_DIR")) / "tests/report";
  std::filesystem::create_directories(folder);
  const std::filesystem::path made =
      folder / (name + "." + std::to_string(getpid()));
  std::ofstream(made, std::ios::binary) << bytes;
  std::filesystem::rename(made, folder / name);
}

// The template of a round whose last page quotes what was written, so many as
// `count` says, and the excerpts.
ReportTemplate Quoting(int count = 6) {
  ReportTemplate quoting = Jusou();
  TemplatePage& last = quoting.pages.back();
  for (TemplateBlock& block : last.blocks) block.place.reset();
  TemplateBlock block;
  block.kind = TemplateBlock::Kind::kExcerpts;
  block.title = "新しい取組みから";
  block.place = SheetPlace::kWhole;
  block.path = last.path + ".blocks[2]";
  for (int i = 1; i <= count; ++i) {
    block.excerpts.push_back("quote-" + std::to_string(i));
  }
  last.blocks.push_back(block);
  return quoting;
}

Snapshot Quoted() {
  Snapshot snapshot = QuestionnaireSnapshot();
  const char* const categories[] = {"出張相談・巡回型相談", "環境整備", "連携強化"};
  for (int i = 1; i <= 6; ++i) {
    snapshot.excerpts.push_back(
        {.id = "quote-" + std::to_string(i),
         .item = "new_initiatives",
         .category = categories[(i - 1) / 2],
         .text = "身近な場所で相談を受ける日を月に" + std::to_string(i) +
                 "回設け、来られない人のところへは地域福祉コーディネーターが出向く。"
                 "受けた相談は関係する機関で共有し、次の支援につなげている。",
         .respondent = i % 2 == 0 ? "区部の自治体" : "市部の社協"});
  }
  return snapshot;
}

TEST(JusouTemplate, HasTwentyPages) { EXPECT_EQ(Jusou().pages.size(), 20U); }

TEST(JusouTemplate, ShowsEveryItemOfTheQuestionnaire) {
  std::set<std::string> shown;
  for (const TemplatePage& page : Jusou().pages) {
    for (const TemplateBlock& block : page.blocks) {
      shown.insert(block.indicators.begin(), block.indicators.end());
    }
  }
  for (const auto& [id, value] : QuestionnaireSnapshot().values) {
    EXPECT_TRUE(shown.contains(id)) << id;
  }
}

// Also leaves the report in the build folder, to be looked at and to be checked
// by html_check.py.
TEST(JusouTemplate, FillsEveryPage) {
  const Snapshot snapshot = Quoted();
  const ReportModel model =
      BuildReport(Quoting(), snapshot, std::string(64, '0'));
  EXPECT_EQ(model.pages.size(), 23U);
  EXPECT_TRUE(FindMisfits(Jusou(), ShapesOf(snapshot.values)).empty());
  for (const Page& page : model.pages) {
    EXPECT_FALSE(page.headline.empty()) << page.label;
    EXPECT_FALSE(page.blocks.empty()) << page.label;
  }
  Leave("jusou.html", *HtmlRenderer().Render(model));
}

TEST(JusouTemplate, ShowsBothYearsOfThePhases) {
  const ReportModel model =
      BuildReport(Jusou(), QuestionnaireSnapshot(), std::string(64, '0'));
  const Figure figure = testing::FigureOf(model, "p14_phases");
  EXPECT_TRUE(figure.has_previous);
  ASSERT_EQ(figure.charts.size(), 1U);
  std::vector<std::string> items;
  for (const Chart::Series& series : figure.charts[0].series) {
    items.push_back(series.item);
  }
  EXPECT_THAT(items,
              ::testing::ElementsAre("個別支援", "個別支援", "地域への働きかけ",
                                     "地域への働きかけ"));
  EXPECT_EQ(figure.table.columns.size(), 12U);
}

// Also leaves the file in the build folder, to be looked at and to be checked
// by pdf_check.py.
TEST(JusouTemplate, IsPrintedOnTwentySheetsAndAnAnnex) {
  ASSERT_OK(LayOutBook(
      BuildReport(Jusou(), QuestionnaireSnapshot(), std::string(64, '0'))));
  const ReportModel model =
      BuildReport(Quoting(), Quoted(), std::string(64, '0'));
  const auto book = LayOutBook(model);
  ASSERT_OK(book);
  ASSERT_GT(book->sheets.size(), 20U);
  EXPECT_EQ(book->sheets[19].label, "20");
  EXPECT_EQ(book->sheets[20].label, "資-1");
  const auto font = LoadPrintFont();
  ASSERT_OK(font);
  const auto pdf = WritePdf(*book, *font);
  ASSERT_OK(pdf);
  Leave("jusou.pdf", *pdf);
}

// As many as a block may name, in every theme of the questionnaire.
TEST(JusouTemplate, PrintsTwelveShortQuotationsOnASheet) {
  Snapshot snapshot = QuestionnaireSnapshot();
  const char* const categories[] = {
      "出張相談・巡回型相談", "総合相談窓口",     "環境整備",           "連携強化",
      "圏域の基盤体制整備",   "地域づくり支援事業", "包括的相談支援事業"};
  for (int i = 1; i <= 12; ++i) {
    snapshot.excerpts.push_back({.id = "quote-" + std::to_string(i),
                                 .item = "new_initiatives",
                                 .category = categories[(i - 1) * 7 / 12],
                                 .text = "身近な場所で相談を受ける日を月に二回設けた",
                                 .respondent = "区部の自治体"});
  }
  const auto lay_out = [&snapshot] {
    return LayOutBook(
        BuildReport(Quoting(12), snapshot, std::string(64, '0')));
  };
  EXPECT_OK(lay_out());
  // Longer ones are refused where they do not fit.
  for (PrintedExcerpt& excerpt : snapshot.excerpts) {
    excerpt.text += "。来られない人のところへは相談員が出向き、受けた相談は関係する"
                    "機関で共有している";
  }
  EXPECT_STATUS(lay_out(), absl::StatusCode::kFailedPrecondition,
                "PAGE_OVERFLOW");
}

// Leaves the files that xlsx_check.py and json_stat_check.py read.
TEST(JusouTemplate, IsAWorkbookAndOpenData) {
  const ReportModel model =
      BuildReport(Jusou(), QuestionnaireSnapshot(), std::string(64, '0'));
  const auto write = [&](const Renderer& renderer, const std::string& name) {
    const auto bytes = renderer.Render(model);
    ASSERT_OK(bytes);
    Leave(name, *bytes);
  };
  write(CsvRenderer(), "jusou-csv.zip");
  write(XlsxRenderer(), "jusou.xlsx");
  write(JsonStatRenderer(), "jusou.json");
}

}  // namespace
}  // namespace welfare::report
