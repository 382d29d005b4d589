// The report as PDF: equal bytes, whole text, no glyph missing.
#include "services/report/render/pdf/pdf_renderer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <time.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "services/base/error.h"
#include "services/report/files/print_font_reader.h"
#include "services/report/files/template_reader.h"
#include "services/report/model/pages/model_builder.h"
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
  const PdfRenderer renderer = Renderer();
  const auto pdf = renderer.Render(Model(SmallSnapshot()));
  ASSERT_OK(pdf);
  EXPECT_THAT(*pdf, StartsWith("%PDF-1."));
  for (const char* zone : {"UTC", "Asia/Tokyo", "America/St_Johns"}) {
    setenv("TZ", zone, 1);
    tzset();
    EXPECT_TRUE(*renderer.Render(Model(SmallSnapshot())) == *pdf) << zone;
  }
  unsetenv("TZ");
  tzset();
  std::vector<std::string> results(8);
  {
    std::vector<std::jthread> threads;
    for (std::string& result : results) {
      threads.emplace_back([&result, &renderer] {
        result = *renderer.Render(Model(SmallSnapshot()));
      });
    }
  }
  for (const std::string& result : results) EXPECT_TRUE(result == *pdf);
}

TEST(PdfRenderer, HoldsTheDayOfTheSurveyAndNoClock) {
  const auto pdf = Renderer().Render(Model(SmallSnapshot()));
  ASSERT_OK(pdf);
  EXPECT_THAT(*pdf, HasSubstr("/CreationDate (20250711000000+09'00)"));
  EXPECT_THAT(*pdf, Not(HasSubstr("/ModDate")));
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
