// The report as PDF: equal bytes, whole text, no glyph missing.
#include "services/report/render/pdf/pdf_renderer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/report/files/print_font_reader.h"
#include "services/report/files/template_reader.h"
#include "services/report/model/pages/model_builder.h"
#include "services/report/render/pdf/glyphs.h"
#include "services/report/render/pdf/pdf_update.h"
#include "services/report/sheets/book.h"
#include "services/text/characters.h"
#include "tests/report/render/equal_bytes.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

ReportModel Model(const Snapshot& snapshot) {
  const auto read = ReadTemplate("sample", SmallTemplateYaml());
  EXPECT_OK(read);
  return BuildReport(*read, snapshot, "0123456789abcdef");
}

PdfRenderer Renderer() {
  const auto font = LoadPrintFont();
  EXPECT_OK(font);
  return PdfRenderer(*font);
}

TEST(PdfRenderer, GivesEqualBytesOnEveryThreadAndInEveryTimeZone) {
  EXPECT_THAT(testing::ExpectEqualBytes(
                  Renderer(), [] { return Model(SmallSnapshot()); }),
              StartsWith("%PDF-1."));
}

TEST(PdfRenderer, HoldsTheDayOfTheSurveyAndNoClock) {
  const auto pdf = Renderer().Render(Model(SmallSnapshot()));
  ASSERT_OK(pdf);
  EXPECT_THAT(*pdf, HasSubstr("/CreationDate (20250711000000+09'00)"));
  EXPECT_THAT(*pdf, Not(HasSubstr("/ModDate")));
}

int Count(std::string_view text, std::string_view word) {
  int count = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

bool Has(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

// A sheet of two figures and a link to itself.
Book SmallBook() {
  Sheet sheet;
  sheet.label = "1";
  sheet.drawing.width = Millimetres(297);
  sheet.drawing.height = Millimetres(210);
  sheet.targets = {{0, 0, "top"}};
  const auto add = [&sheet](Structure structure, std::string words, int y) {
    sheet.drawing.shapes.emplace_back(
        StructureMark{structure, std::move(words)});
    sheet.drawing.shapes.emplace_back(
        TextShape{Millimetres(20), Millimetres(y), Points(10), "図"});
    sheet.drawing.shapes.emplace_back(StructureMark{});
  };
  add(Structure::kHeading, "", 20);
  add(Structure::kFigure, "策定済み 23件", 40);
  add(Structure::kLink, "top", 60);
  add(Structure::kFigure, "😀 a", 80);
  Book book;
  book.title = "題";
  book.date = "2025-07-11";
  book.sheets = {std::move(sheet)};
  return book;
}

std::string SmallPdf() {
  const auto font = LoadPrintFont();
  EXPECT_OK(font);
  const auto pdf = WritePdf(SmallBook(), *font);
  EXPECT_OK(pdf);
  return *pdf;
}

TEST(PdfRenderer, SaysToTheEarWhatItShowsTheEye) {
  const std::string pdf = SmallPdf();
  EXPECT_TRUE(Has(pdf, "/Lang (ja-JP)"));
  EXPECT_TRUE(Has(pdf, "/DisplayDocTitle true"));
  EXPECT_EQ(Count(pdf, "/S /H1"), 1);
  EXPECT_EQ(Count(pdf, "/Subtype /Link"), 1);
  EXPECT_EQ(Count(pdf, "/S /Figure\n   /Alt <FEFF"), 2);
  const std::size_t first = pdf.find("/Alt <FEFF7B565B9A6E08307F");
  const std::size_t second = pdf.find("/Alt <FEFFD83DDE0000200061>");
  EXPECT_NE(second, std::string::npos);
  EXPECT_LT(first, second);
}

// Cairo has room for some glyphs of all documents of a process; who makes room
// takes them from others, who are drawing.
TEST(PdfRenderer, DocumentsOfManyGlyphsAtOnceDoNotWaitForEachOther) {
  const auto font = LoadPrintFont();
  ASSERT_OK(font);
  const auto glyphs = FontGlyphs::Open(*font);
  ASSERT_OK(glyphs);
  constexpr int kGlyphs = 700;
  std::string text;
  int count = 0;
  for (char32_t c = 0x4E00; count < kGlyphs; ++c) {
    if (!glyphs->Has(c)) continue;
    ++count;
    text::AppendCharacter(c, text);
  }
  Book book = SmallBook();
  for (const int size : {8, 9, 10, 11}) {
    book.sheets.front().drawing.shapes.emplace_back(
        TextShape{Millimetres(20), Millimetres(100), Points(size), text});
  }
  const auto first = WritePdf(book, *font);
  ASSERT_OK(first);
  constexpr int kWriters = 16;
  constexpr int kTimes = 10;
  std::vector<std::string> written(kWriters);
  {
    std::vector<std::jthread> writers;
    for (std::string& one : written) {
      writers.emplace_back([&] {
        for (int i = 0; i < kTimes; ++i) one = *WritePdf(book, *font);
      });
    }
  }
  for (const std::string& one : written) EXPECT_TRUE(one == *first);
}

TEST(AddAlternatives, IsOfFilesThatCairoHasJustWritten) {
  EXPECT_FALSE(AddAlternatives("", {}).has_value());
  EXPECT_FALSE(
      AddAlternatives("%PDF-1.5\nstartxref\n9\n%%EOF\n", {}).has_value());
  const std::string pdf = SmallPdf();
  // It is updated already.
  EXPECT_FALSE(AddAlternatives(pdf, {"one", "two"}).has_value());
  // As it was before.
  const std::string before = pdf.substr(0, pdf.find("%%EOF\n") + 6);
  EXPECT_FALSE(AddAlternatives(before, {"one"}).has_value());
  EXPECT_FALSE(AddAlternatives(before, {"one", "two", "three"}).has_value());
  const auto again = AddAlternatives(before, {"策定済み 23件", "😀 a"});
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(*again == pdf);
}

TEST(PdfRenderer, RefusesWhatTheFontCannotWrite) {
  Snapshot snapshot = SmallSnapshot();
  snapshot.values.at("plan").cells[0].label = "策定済み😀";
  const auto pdf = Renderer().Render(Model(snapshot));
  ASSERT_FALSE(pdf.ok());
  EXPECT_EQ(base::ReasonOf(pdf.status()), "GLYPH_MISSING");
  EXPECT_THAT(std::string(base::MessageOf(pdf.status())),
              HasSubstr("U+01F600"));
  snapshot.values.at("plan").cells[0].label = "策定済み\x01";
  EXPECT_EQ(base::ReasonOf(Renderer().Render(Model(snapshot)).status()),
            "GLYPH_MISSING");
}

TEST(PdfRenderer, NamesTheFontThatIsMissing) {
  EXPECT_EQ(base::ReasonOf(ReadPrintFont("/nowhere/ipaexg.ttf").status()),
            "FONT_MISSING");
}

TEST(PdfRenderer, ItsFingerprintNamesLibrariesAndFont) {
  EXPECT_THAT(Renderer().fingerprint(), HasSubstr("cairo 1."));
  EXPECT_NE(Renderer().fingerprint(),
            PdfRenderer(PrintFont{nullptr, "other"}).fingerprint());
}

}  // namespace
}  // namespace welfare::report
