// The shipped template against the shipped questionnaire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "services/report/files/print_font_reader.h"
#include "services/report/files/template_reader.h"
#include "services/report/model/pages/model_builder.h"
#include "services/report/render/html/html_renderer.h"
#include "services/report/render/pdf/pdf_renderer.h"
#include "services/report/sheets/book.h"
#include "services/report/template/fit.h"
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
  const Snapshot snapshot = QuestionnaireSnapshot();
  const ReportModel model =
      BuildReport(Jusou(), snapshot, std::string(64, '0'));
  EXPECT_EQ(model.pages.size(), 22U);
  EXPECT_TRUE(FindMisfits(Jusou(), ShapesOf(snapshot.values)).empty());
  for (const Page& page : model.pages) {
    EXPECT_FALSE(page.headline.empty()) << page.label;
    EXPECT_FALSE(page.blocks.empty()) << page.label;
  }
  const std::string folder =
      std::string(std::getenv("WELFARE_BINARY_DIR")) + "/tests/report";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/jusou.html", std::ios::binary)
      << *HtmlRenderer().Render(model);
}

// Also leaves the file in the build folder, to be looked at and to be checked
// by pdf_check.py.
TEST(JusouTemplate, IsPrintedOnTwentySheetsAndAnAnnex) {
  const ReportModel model =
      BuildReport(Jusou(), QuestionnaireSnapshot(), std::string(64, '0'));
  const auto book = LayOutBook(model);
  ASSERT_OK(book);
  ASSERT_GT(book->sheets.size(), 20U);
  EXPECT_EQ(book->sheets[19].label, "20");
  EXPECT_EQ(book->sheets[20].label, "資-1");
  const auto font = LoadPrintFont();
  ASSERT_OK(font);
  const auto pdf = WritePdf(*book, *font);
  ASSERT_OK(pdf);
  const std::string folder =
      std::string(std::getenv("WELFARE_BINARY_DIR")) + "/tests/report";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/jusou.pdf", std::ios::binary) << *pdf;
}

}  // namespace
}  // namespace welfare::report
