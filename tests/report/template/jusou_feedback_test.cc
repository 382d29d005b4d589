// Feedback sheets over the shipped questionnaire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <variant>

#include "services/report/files/print_font_reader.h"
#include "services/report/files/template_reader.h"
#include "services/report/model/feedback/feedback_builder.h"
#include "services/report/render/html/html_renderer.h"
#include "services/report/render/pdf/glyphs.h"
#include "services/report/render/pdf/pdf_renderer.h"
#include "services/report/sheets/book.h"
#include "tests/report/sample_answers.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

// Leaves a file in the build folder; nobody reads half of one.
void LeaveSheet(const std::string& name, const std::string& bytes) {
  const std::filesystem::path folder =
      std::filesystem::path(std::getenv("WELFARE_BINARY_DIR")) / "tests/report";
  std::filesystem::create_directories(folder);
  const std::filesystem::path made =
      folder / (name + "." + std::to_string(getpid()));
  std::ofstream(made, std::ios::binary) << bytes;
  std::filesystem::rename(made, folder / name);
}

// What the shipped template declares.
Comparabilities Declared() {
  const auto read = ReadTemplate(
      "jusou", ReadSource("services/report/data/jusou/template.yaml"));
  EXPECT_OK(read);
  return read.ok() ? read->comparability : Comparabilities();
}

// All that stands on the sheets, in the order of drawing.
std::string PrintedText(const Book& book) {
  std::string text;
  for (const Sheet& sheet : book.sheets) {
    for (const Shape& shape : sheet.drawing.shapes) {
      const auto* line = std::get_if<TextShape>(&shape);
      if (line != nullptr) text += line->text;
    }
  }
  return text;
}

// Also leaves the files in the build folder, to be looked at and to be checked
// by html_check.py, axe_check.py, html_validate.py and pdf_check.py.
TEST(JusouFeedback, IsPrintedForEveryKindOfRespondent) {
  const auto font = LoadPrintFont();
  ASSERT_OK(font);
  const auto cover = FontGlyphs::Open(*font);
  ASSERT_OK(cover);
  const FeedbackBuilder builder(
      QuestionnaireFeedback(), Declared(),
      [&cover](char32_t c) { return cover->Has(c); });
  const auto leave = [&](const ReportModel& model, const std::string& name) {
    const auto book = LayOutFeedback(model);
    ASSERT_OK(book);
    ASSERT_FALSE(book->sheets.empty());
    EXPECT_EQ(book->sheets.front().label, "1");
    const auto pdf = WritePdf(*book, *font);
    ASSERT_OK(pdf);
    EXPECT_EQ(*WritePdf(*LayOutFeedback(model), *font), *pdf);
    LeaveSheet(name + ".pdf", *pdf);
    LeaveSheet(name + ".html", *HtmlRenderer().Render(model));
  };
  const std::string number(64, '0');
  leave(builder.OwnSheet(0, number), "feedback-municipality");
  leave(builder.OwnSheet(1, number), "feedback-council");
  leave(builder.OwnSheet(2, number), "feedback-not-implementing");
  const auto pairs = builder.Pairs();
  ASSERT_FALSE(pairs.empty());
  leave(builder.PairSheet(pairs.front(), number), "feedback-pair");
}

TEST(JusouFeedback, EverybodysSheetIsPrinted) {
  const auto font = LoadPrintFont();
  ASSERT_OK(font);
  const FeedbackBuilder builder(QuestionnaireFeedback(), Declared(),
                                [](char32_t) { return true; });
  ASSERT_EQ(builder.respondents().size(), 124U);
  for (std::size_t i = 0; i < builder.respondents().size(); ++i) {
    const auto book = LayOutFeedback(builder.OwnSheet(i, "0"));
    ASSERT_OK(book) << builder.respondents()[i].name;
    ASSERT_OK(WritePdf(*book, *font)) << builder.respondents()[i].name;
  }
}

// Both shipped rounds ask the same, so nothing is left to be declared.
TEST(JusouFeedback, ShowsLastYearOfEveryQuestion) {
  const FeedbackBuilder builder(QuestionnaireFeedback(), Declared(),
                                [](char32_t) { return true; });
  for (const std::size_t respondent : {0U, 1U}) {
    for (const Page& page : builder.OwnSheet(respondent, "").pages) {
      for (const Block& block : page.blocks) {
        const auto* figure = std::get_if<Figure>(&block);
        if (figure == nullptr) continue;
        for (const std::string& note : figure->notes) {
          EXPECT_THAT(note, ::testing::Not(::testing::HasSubstr("並べて示さない")))
              << figure->id;
        }
      }
    }
  }
}

// And where nothing is declared every note has room.
TEST(JusouFeedback, HasRoomForEveryReason) {
  const auto font = LoadPrintFont();
  ASSERT_OK(font);
  const FeedbackBuilder builder(QuestionnaireFeedback(), {},
                                [](char32_t) { return true; });
  for (const std::size_t respondent : {0U, 1U, 2U}) {
    const ReportModel model = builder.OwnSheet(respondent, "0");
    const auto book = LayOutFeedback(model);
    ASSERT_OK(book);
    ASSERT_OK(WritePdf(*book, *font));
    EXPECT_THAT(PrintedText(*book),
                ::testing::HasSubstr("比べられると定められていない"));
    EXPECT_THAT(*HtmlRenderer().Render(model),
                ::testing::HasSubstr("比べられると定められていない"));
  }
  const auto pair = LayOutFeedback(builder.PairSheet(builder.Pairs().front(), "0"));
  ASSERT_OK(pair);
  EXPECT_THAT(PrintedText(*pair),
              ::testing::HasSubstr("比べられると定められていない"));
}

TEST(JusouFeedback, HasRoomForTheLongestText) {
  FeedbackContent content = QuestionnaireFeedback();
  std::string text;
  while (text.size() < 30'000) text += "とても長い記述がどこまでも続いている";
  for (GivenAnswer& answer : content.now.respondents[0].answers) {
    if (!answer.text.empty()) answer.text = text.substr(0, 30'000);
  }
  const FeedbackBuilder builder(content, Declared(), [](char32_t) { return true; });
  EXPECT_OK(LayOutFeedback(builder.OwnSheet(0, "")));
}

}  // namespace
}  // namespace welfare::report
