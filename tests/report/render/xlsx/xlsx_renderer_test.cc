// The report as a workbook: equal bytes, text that stays text, legal names. What
// its sheets say is read by xlsx_check.py.
#include "services/report/render/xlsx/xlsx_renderer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "services/base/error.h"
#include "services/report/files/template_reader.h"
#include "services/report/model/pages/model_builder.h"
#include "services/report/render/xlsx/workbook.h"
#include "tests/report/archive_files.h"
#include "tests/report/render/equal_bytes.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

ReportModel SmallModel(const Snapshot& snapshot) {
  const auto read = ReadTemplate("sample", SmallTemplateYaml());
  EXPECT_OK(read);
  return BuildReport(*read, snapshot, "0123456789abcdef");
}

TEST(XlsxRenderer, GivesEqualBytesOnEveryThreadAndInEveryTimeZone) {
  EXPECT_THAT(testing::ExpectEqualBytes(
                  XlsxRenderer(), [] { return SmallModel(SmallSnapshot()); }),
              ::testing::StartsWith("PK"));
}

TEST(XlsxRenderer, GivesBooksOfTwoDatesAtOnceTheirOwn) {
  const XlsxRenderer renderer;
  std::vector<std::string> wrong;
  std::mutex mutex;
  {
    std::vector<std::jthread> threads;
    for (const char* date : {"2024-02-03", "2025-07-11"}) {
      threads.emplace_back([&, date] {
        ReportModel model = SmallModel(SmallSnapshot());
        model.date = date;
        for (int i = 0; i < 20; ++i) {
          auto parts = testing::Unzip(*renderer.Render(model));
          const std::string& core = parts["docProps/core.xml"];
          const std::lock_guard lock(mutex);
          if (core.find(std::string(date) + "T") == core.npos) {
            wrong.push_back(core);
          }
        }
      });
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(XlsxRenderer, SaysWhatItIsOfWithoutAClock) {
  auto parts = testing::Unzip(
      *XlsxRenderer().Render(SmallModel(SmallSnapshot())));
  const std::string& core = parts["docProps/core.xml"];
  EXPECT_THAT(core, HasSubstr("<dc:title>【架空データ】見本の報告書"));
  EXPECT_THAT(core, HasSubstr("2025-07-11T00:00:00Z"));
}

// Whatever a text begins with, no spreadsheet computes it.
TEST(XlsxRenderer, TextsAreNeverFormulas) {
  Snapshot snapshot = SmallSnapshot();
  ValueCell& cell = snapshot.values.at("plan").cells[0];
  for (const char* text :
       {"=HYPERLINK(\"http://x\")", "+1", "-要検討", "@x", "_x000D_", "\"x\"",
        "<a>&amp;", "\xC0\x80"}) {
    cell.label = text;
    const auto book = XlsxRenderer().Render(SmallModel(snapshot));
    ASSERT_OK(book);
    auto parts = testing::Unzip(*book);
    for (const auto& [name, part] : parts) {
      if (name.starts_with("xl/worksheets/sheet")) {
        EXPECT_THAT(part, Not(HasSubstr("<f>"))) << name;
      }
    }
  }
  cell.label = "-要検討";
  auto parts = testing::Unzip(*XlsxRenderer().Render(SmallModel(snapshot)));
  EXPECT_THAT(parts["xl/sharedStrings.xml"], HasSubstr("<t>-要検討</t>"));
}

TEST(XlsxRenderer, WhatACellCannotHoldIsAnError) {
  Snapshot snapshot = SmallSnapshot();
  snapshot.values.at("plan").cells[0].label = std::string(40000, 'x');
  EXPECT_STATUS(XlsxRenderer().Render(SmallModel(snapshot)),
                absl::StatusCode::kInternal, "RENDER_FAILED");
}

TEST(XlsxRenderer, AReportWithoutLastYearHasNoColumnsOfIt) {
  Snapshot snapshot = SmallSnapshot();
  snapshot.previous_round.reset();
  snapshot.previous_values.clear();
  snapshot.previous_progress.clear();
  auto parts = testing::Unzip(*XlsxRenderer().Render(SmallModel(snapshot)));
  EXPECT_THAT(parts["xl/sharedStrings.xml"],
              Not(HasSubstr("<t>previous_count</t>")));
}

TEST(Workbook, ATextIsHeldAsItIs) {
  EXPECT_EQ(CellText("a_x000D_b"), "a_x005F_x000D_b");
  EXPECT_EQ(CellText("_x00_"), "_x00_");
  EXPECT_EQ(CellText("a\xFFz"), "a\xEF\xBF\xBDz");
}

TEST(Workbook, ANameOfASheetIsLegal) {
  EXPECT_EQ(SheetName("4 実施体制"), "4 実施体制");
  EXPECT_EQ(SheetName("a[1]:*?/\\'b"), "a1b");
  EXPECT_EQ(SheetName(""), "-");
  std::string many;
  for (int i = 0; i < 40; ++i) many += "長";
  EXPECT_EQ(SheetName(many).size(), 31U * 3U);
  // Outside the first plane a character counts twice.
  std::string far;
  for (int i = 0; i < 40; ++i) far += "\U00020B9F";
  EXPECT_EQ(SheetName(far).size(), 15U * 4U);
}

TEST(Workbook, NamesOfSheetsDiffer) {
  auto book = Workbook::Open({"t", "s", "a", "2025-07-11"});
  ASSERT_OK(book);
  std::string many;
  for (int i = 0; i < 40; ++i) many += "長";
  for (int i = 0; i < 3; ++i) {
    ASSERT_NE((*book)->AddSheet(many), nullptr);
    ASSERT_NE((*book)->AddSheet("名"), nullptr);
  }
  const auto bytes = (*book)->Finish();
  ASSERT_OK(bytes);
  auto parts = testing::Unzip(*bytes);
  EXPECT_THAT(parts["xl/workbook.xml"], HasSubstr("name=\"名 3\""));
}

TEST(Workbook, ANumberThatIsNoneIsAnError) {
  auto book = Workbook::Open({"t", "s", "a", ""});
  ASSERT_OK(book);
  lxw_worksheet* const sheet = (*book)->AddSheet("x");
  (*book)->Number(sheet, 0, 0, "76.7", CellLook::kDecimal);
  (*book)->Number(sheet, 1, 0, "76.7%", CellLook::kDecimal);
  EXPECT_STATUS((*book)->Finish(), absl::StatusCode::kInternal,
                "RENDER_FAILED");
}

}  // namespace
}  // namespace welfare::report
