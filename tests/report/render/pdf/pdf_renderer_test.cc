// The report as PDF: equal bytes, whole text, no glyph missing.
#include "services/report/render/pdf/pdf_renderer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/base/error.h"
#include "services/report/files/print_font_reader.h"
#include "services/report/files/template_reader.h"
#include "services/report/model/pages/model_builder.h"
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
