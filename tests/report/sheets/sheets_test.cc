// A report laid out on paper: what stands on every sheet, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"
#include "services/report/drawing/text_measure.h"
#include "services/report/files/template_reader.h"
#include "services/report/model/pages/model_builder.h"
#include "services/report/sheets/annex_sheets.h"
#include "services/report/sheets/book.h"
#include "services/report/sheets/sheet_frame.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

ReportModel Model(const std::string& yaml) {
  const auto read = ReadTemplate("sample", yaml);
  EXPECT_OK(read);
  Snapshot snapshot = SmallSnapshot();
  // Enough respondents for a chart on paper.
  for (IndicatorValues* values :
       {&snapshot.values, &snapshot.previous_values}) {
    for (auto& [id, value] : *values) {
      value.base *= 10;
      value.answered *= 10;
      for (ValueCell& cell : value.cells) {
        cell.base *= 10;
        cell.count *= 10;
      }
    }
  }
  return BuildReport(*read, snapshot, "0123456789abcdef");
}

// The third page of the small template with places.
std::string Yaml(std::string_view headline, std::string_view blocks) {
  std::string yaml = SmallTemplateYaml();
  yaml.erase(yaml.find("  - page: 3"));
  return yaml + "  - page: 3\n    topic: 集計\n    headline: \"" +
         std::string(headline) + "\"\n    blocks:\n" + std::string(blocks);
}

std::string TextOf(const Sheet& sheet) {
  std::string all;
  for (const Shape& shape : sheet.drawing.shapes) {
    if (const auto* text = std::get_if<TextShape>(&shape)) {
      all += text->text + "\n";
    }
  }
  return all;
}

TEST(Book, APageIsASheetAndEveryTableStandsInTheAnnex) {
  const auto book =
      LayOutBook(Model(Yaml("策定済みは{plan.formulated}",
                            "      - list: [\"最も多いのは{partners.top}。\"]\n"
                            "      - figure: plan\n        place: left-top\n"
                            "      - figure: partners\n        place: right\n"
                            "      - figure: [supports, contacts]\n")));
  ASSERT_OK(book);
  ASSERT_GT(book->sheets.size(), 4U);
  EXPECT_EQ(book->sheets[2].label, "3");
  EXPECT_EQ(book->sheets[3].label, "資-1");
  const std::string page = TextOf(book->sheets[2]);
  EXPECT_THAT(page, HasSubstr("図3-1\n計画の策定状況"));
  EXPECT_THAT(page, HasSubstr("図3-2\n連携先（複数回答）"));
  std::string joined = page;
  std::erase(joined, '\n');
  EXPECT_THAT(joined, HasSubstr("資料編の表3-1から表3-4に示す"));
  std::string annex;
  for (std::size_t i = 3; i < book->sheets.size(); ++i) {
    annex += TextOf(book->sheets[i]);
  }
  for (const char* table : {"表3-1　計画", "表3-2　連携先", "表3-3　支援の件数",
                            "表3-4　最多の回数"}) {
    EXPECT_THAT(annex, HasSubstr(table));
  }
}

TEST(Book, EverySheetCarriesMarkTitleAndNumber) {
  const auto book = LayOutBook(Model(SmallTemplateYaml()));
  ASSERT_OK(book);
  std::set<std::string> labels;
  for (const Sheet& sheet : book->sheets) {
    const std::string text = TextOf(sheet);
    EXPECT_THAT(text, HasSubstr("架空データ\n")) << sheet.label;
    EXPECT_THAT(text, HasSubstr("見本の報告書　令和7年度(2025年度)"));
    EXPECT_THAT(text, HasSubstr("\n" + sheet.label + "\n"));
    EXPECT_TRUE(labels.insert(sheet.label).second) << sheet.label;
  }
}

TEST(Book, TheContentsLeadToEveryPage) {
  const auto book = LayOutBook(Model(SmallTemplateYaml()));
  ASSERT_OK(book);
  std::set<std::string> targets;
  for (const Sheet& sheet : book->sheets) {
    for (const SheetTarget& target : sheet.targets) {
      EXPECT_TRUE(targets.insert(target.name).second) << target.name;
    }
  }
  // Two pages and three parts of the annex.
  std::size_t links = 0;
  for (const Shape& shape : book->sheets[0].drawing.shapes) {
    const auto* mark = std::get_if<StructureMark>(&shape);
    if (mark == nullptr || mark->begins != Structure::kLink) continue;
    ++links;
    EXPECT_TRUE(targets.contains(mark->words)) << mark->words;
  }
  EXPECT_EQ(links, 5U);
  for (const BookMark& mark : book->bookmarks) {
    EXPECT_TRUE(targets.contains(mark.target)) << mark.title;
  }
}

// Who hears a sheet is told of every text what it is, once.
void ExpectAllInTheStructure(const Book& book) {
  for (const Sheet& sheet : book.sheets) {
    std::vector<Structure> open;
    int outside = 0;
    int headings = 0;
    for (const Shape& shape : sheet.drawing.shapes) {
      if (const auto* mark = std::get_if<StructureMark>(&shape)) {
        if (!mark->begins.has_value()) {
          ASSERT_FALSE(open.empty()) << sheet.label;
          open.pop_back();
          continue;
        }
        const Structure begins = *mark->begins;
        const bool in_row = !open.empty() && open.back() == Structure::kRow;
        EXPECT_EQ(in_row, begins == Structure::kCell ||
                              begins == Structure::kHeaderCell)
            << sheet.label;
        EXPECT_EQ(begins == Structure::kRow,
                  !open.empty() && open.back() == Structure::kTable)
            << sheet.label;
        EXPECT_EQ(mark->words.empty(),
                  begins != Structure::kFigure && begins != Structure::kLink);
        if (begins == Structure::kHeading) ++headings;
        open.push_back(begins);
      } else if (std::holds_alternative<TextShape>(shape) && open.empty()) {
        ++outside;
      }
    }
    EXPECT_TRUE(open.empty()) << sheet.label;
    // The footer: title, number and mark.
    EXPECT_EQ(outside, 3) << sheet.label;
    EXPECT_LE(headings, 1) << sheet.label;
  }
}

TEST(Book, EveryTextStandsInTheStructure) {
  const auto book = LayOutBook(Model(SmallTemplateYaml()));
  ASSERT_OK(book);
  ExpectAllInTheStructure(*book);
}

// However high its rows are, up to a whole sheet.
TEST(Book, ATableThatGoesOnOverSheetsIsWholeOnEach) {
  const ReportModel model = Model(SmallTemplateYaml());
  const auto annex = std::ranges::find_if(model.pages, IsAnnex);
  ASSERT_NE(annex, model.pages.end());
  const Figure* some = nullptr;
  for (const Page& page : model.pages) {
    for (const Block& block : page.blocks) {
      if (some == nullptr) some = std::get_if<Figure>(&block);
    }
  }
  ASSERT_NE(some, nullptr);
  std::string label;
  int laid_out = 0;
  for (int parts = 1; parts < 400; ++parts) {
    // Less than a line more each time.
    for (int i = 0; i < 8; ++i) label += "あ";
    ReportModel tall = model;
    Figure figure = *some;
    while (figure.table.rows.size() < 14) {
      figure.table.rows.push_back(figure.table.rows.front());
    }
    for (std::size_t i = 3; i < 6; ++i) figure.table.rows[i].label = label;
    tall.pages[static_cast<std::size_t>(annex - model.pages.begin())]
        .blocks.emplace_back(figure);
    const auto book = LayOutBook(tall);
    if (!book.ok()) {
      EXPECT_EQ(base::ReasonOf(book.status()), "PAGE_OVERFLOW");
      break;
    }
    ++laid_out;
    ExpectAllInTheStructure(*book);
  }
  EXPECT_GT(laid_out, 10);
}

TEST(Book, NothingIsSmallerThanEightPointsOrOutsideItsMargins) {
  const auto book = LayOutBook(Model(SmallTemplateYaml()));
  ASSERT_OK(book);
  constexpr int kHair = 300;
  for (const Sheet& sheet : book->sheets) {
    for (const Shape& shape : sheet.drawing.shapes) {
      const auto* text = std::get_if<TextShape>(&shape);
      if (text == nullptr) continue;
      EXPECT_GE(text->size, kNoteSize) << text->text;
      const int width = TextWidth(text->text, text->size);
      const int left = text->align == Align::kStart ? text->x
                       : text->align == Align::kEnd ? text->x - width
                                                    : text->x - width / 2;
      EXPECT_GE(left, kSheetLeft - kHair) << text->text;
      EXPECT_LE(left + width, kSheetRight + kHair) << text->text;
      EXPECT_LE(text->y, Millimetres(203)) << text->text;
    }
  }
}

// Refuses a page and names it.
void ExpectOverflow(const std::string& yaml, std::string_view where) {
  const auto book = LayOutBook(Model(yaml));
  ASSERT_FALSE(book.ok());
  EXPECT_EQ(base::ReasonOf(book.status()), "PAGE_OVERFLOW");
  EXPECT_THAT(std::string(base::MessageOf(book.status())),
              HasSubstr(std::string(where)));
}

TEST(Book, AnOverflowIsRefusedWithPageAndBlock) {
  std::string longest;
  for (int i = 0; i < 14; ++i) longest += "とても長い見出し";
  ExpectOverflow(Yaml(longest, "      - figure: plan\n"), "3頁 見出し：");
  ExpectOverflow(Yaml("短い", "      - list: [" + longest + longest + longest +
                                  "]\n      - figure: plan\n"),
                 "3頁 要点：");
  ExpectOverflow(Yaml("短い",
                      "      - figure: plan\n        place: left-top\n        "
                      "short: " +
                          longest + "\n"),
                 "3頁 図3-1");
}

// A page that quotes `count` answers of three lines each, in `place`.
ReportModel QuotingModel(std::size_t count, const std::string& place,
                         std::size_t categories = 2) {
  std::string ids;
  Snapshot snapshot = SmallSnapshot();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i + 1);
    std::string text = "記述" + number;
    while (TextWidth(text, Points(9.5)) < Millimetres(260)) text += "地域の声";
    snapshot.excerpts.push_back({.id = "quote-" + number,
                                 .item = "ideas",
                                 .category = i % categories == 0 ? "居場所" : "相談",
                                 .text = text,
                                 .respondent = "区部の自治体"});
    ids += (i == 0 ? "quote-" : ", quote-") + number;
  }
  const auto read = ReadTemplate(
      "sample", Yaml("短い", "      - texts: [ideas]\n      - excerpts: [" + ids +
                                 "]\n" +
                                 (place.empty() ? std::string()
                                                : "        place: " + place +
                                                      "\n")));
  EXPECT_OK(read);
  return BuildReport(*read, snapshot, "0");
}

TEST(Book, QuotationsStandInTwoColumnsWithTheirRespondents) {
  const auto book = LayOutBook(QuotingModel(6, "whole"));
  ASSERT_OK(book);
  ExpectAllInTheStructure(*book);
  const Sheet& sheet = book->sheets[2];
  std::set<int> columns;
  int quotes = 0;
  int respondents = 0;
  int categories = 0;
  for (const Shape& shape : sheet.drawing.shapes) {
    if (const auto* mark = std::get_if<StructureMark>(&shape)) {
      quotes += mark->begins == Structure::kQuote ? 1 : 0;
      categories += mark->begins == Structure::kMinorHeading ? 1 : 0;
    } else if (const auto* text = std::get_if<TextShape>(&shape)) {
      if (text->text != "区部の自治体") continue;
      ++respondents;
      columns.insert(text->x);
    }
  }
  EXPECT_EQ(quotes, 6);
  EXPECT_EQ(respondents, 6);
  // The first of each, which stand in one column each.
  EXPECT_EQ(categories, 2);
  EXPECT_EQ(columns.size(), 2U);
  EXPECT_THAT(TextOf(LayOutBook(QuotingModel(2, "whole"))->sheets[2]),
              Not(HasSubstr("（続き）")));
  EXPECT_THAT(TextOf(LayOutBook(QuotingModel(4, "whole", 1))->sheets[2]),
              HasSubstr("居場所（続き）"));
  std::string joined = TextOf(sheet);
  EXPECT_THAT(joined, HasSubstr("記述3-1\n自由記述から"));
  std::erase(joined, '\n');
  EXPECT_THAT(joined, HasSubstr("件のうち6件を掲載。"));
  EXPECT_THAT(joined, HasSubstr("回答者の同意を得て"));
  // They are on their page, and not once more in the annex.
  for (std::size_t i = 3; i < book->sheets.size(); ++i) {
    EXPECT_THAT(TextOf(book->sheets[i]), Not(HasSubstr("区部の自治体")));
  }
}

TEST(Book, QuotationsWithoutAPlaceStandInTheAnnex) {
  const auto book = LayOutBook(QuotingModel(6, ""));
  ASSERT_OK(book);
  ExpectAllInTheStructure(*book);
  EXPECT_THAT(TextOf(book->sheets[2]), Not(HasSubstr("区部の自治体")));
  std::string annex;
  for (std::size_t i = 3; i < book->sheets.size(); ++i) {
    annex += TextOf(book->sheets[i]);
  }
  EXPECT_THAT(annex, HasSubstr("記述3-1　自由記述から"));
  EXPECT_THAT(annex, HasSubstr("区部の自治体"));
}

TEST(Book, QuotationsThatHaveNoRoomAreRefusedWithPageAndBlock) {
  const auto book = LayOutBook(QuotingModel(6, "bottom"));
  ASSERT_FALSE(book.ok());
  EXPECT_EQ(base::ReasonOf(book.status()), "PAGE_OVERFLOW");
  EXPECT_THAT(std::string(base::MessageOf(book.status())),
              HasSubstr("3頁 記述3-1「自由記述から」：引用が枠の高さに入らない"));
  // Half as wide, in one column.
  EXPECT_OK(LayOutBook(QuotingModel(3, "left")));
}

TEST(Book, ASmallBaseIsNotDrawn) {
  const auto read = ReadTemplate(
      "sample",
      Yaml("短い", "      - figure: plan\n        place: left-top\n"));
  ASSERT_OK(read);
  const auto book = LayOutBook(BuildReport(*read, SmallSnapshot(), "0"));
  ASSERT_OK(book);
  EXPECT_THAT(TextOf(book->sheets[2]), HasSubstr("母数が10に満たないため"));
}

TEST(Book, TheCoverTakesTheLinesOfItsTitle) {
  ReportModel model = Model(SmallTemplateYaml());
  model.title_lines = {"見本", "の報告書"};
  const auto book = LayOutBook(model);
  ASSERT_OK(book);
  EXPECT_THAT(TextOf(book->sheets[0]), HasSubstr("\n見本\nの報告書\n"));
  model.title_lines = {"とても長くて一行には入らない表題"};
  const auto wide = LayOutBook(model);
  ASSERT_FALSE(wide.ok());
  EXPECT_THAT(std::string(base::MessageOf(wide.status())),
              HasSubstr("1頁 表題"));
}

TEST(Template, PlacesThatOverlapAreRefused) {
  const auto read = ReadTemplate(
      "sample", Yaml("短い",
                     "      - figure: plan\n        place: left\n"
                     "      - figure: partners\n        place: top\n"));
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(std::string(base::MessageOf(read.status())),
              HasSubstr("The place is taken by"));
  EXPECT_FALSE(ReadTemplate("sample", Yaml("短い",
                                           "      - figure: plan\n"
                                           "        place: middle\n"))
                   .ok());
}

TEST(Template, AKeyFigureStandsInATableOfItsPage) {
  const std::string with_key =
      Yaml("短い",
           "      - figure: partners\n    key: {figure: plan.formulated, "
           "label: 策定済み}\n");
  const auto read = ReadTemplate("sample", with_key);
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(std::string(base::MessageOf(read.status())),
              HasSubstr("stands in no table of the page"));
}

TEST(Book, TheKeyFigureSaysOfHowMany) {
  const auto book =
      LayOutBook(Model(Yaml("短い",
                            "      - figure: plan\n    key: {figure: "
                            "plan.formulated, label: 策定済みの自治体}\n")));
  ASSERT_OK(book);
  const std::string text = TextOf(book->sheets[2]);
  EXPECT_THAT(text, HasSubstr("策定済みの自治体\n50.0\n%\n40自治体のうち20"));
  EXPECT_THAT(text, HasSubstr("令和6年度　33.3%（30自治体のうち10）"));
  // And how many answered at all, of what has no cell for that.
  const auto answered =
      LayOutBook(Model(Yaml("短い",
                            "      - phases: [phases]\n    key: {figure: "
                            "phases.answered, label: 記述した自治体}\n")));
  ASSERT_OK(answered);
  EXPECT_THAT(TextOf(answered->sheets[2]),
              HasSubstr("記述した自治体\n50.0\n%\n40自治体のうち20"));
}

// The right end of the axis of each chart of bars on a sheet, less its left.
std::vector<int> AxisLengths(const Sheet& sheet) {
  std::vector<int> zeros;
  std::vector<int> ends;
  for (const Shape& shape : sheet.drawing.shapes) {
    const auto* text = std::get_if<TextShape>(&shape);
    if (text == nullptr || text->align != Align::kMiddle) continue;
    if (text->text == "0") zeros.push_back(text->x);
    if (text->text == "100%") ends.push_back(text->x);
  }
  std::vector<int> lengths;
  for (std::size_t i = 0; i < zeros.size() && i < ends.size(); ++i) {
    lengths.push_back(ends[i] - zeros[i]);
  }
  return lengths;
}

TEST(Book, EqualSharesAreEquallyLongOnASheet) {
  ReportModel model = Model(Yaml(
      "短い", "      - figure: partners\n        place: left-top\n"
              "      - figure: plan\n        chart: bars\n"
              "        place: right-bottom\n"));
  for (Block& block : model.pages[2].blocks) {
    auto& figure = std::get<Figure>(block);
    if (figure.indicators.front() == "partners") {
      figure.charts.front().categories[0].label =
          "とても長い名前の連携先の一つ";
    }
  }
  const auto book = LayOutBook(model);
  ASSERT_OK(book);
  const std::vector<int> lengths = AxisLengths(book->sheets[2]);
  ASSERT_EQ(lengths.size(), 2U);
  EXPECT_EQ(lengths[0], lengths[1]);
}

// Though the base of one takes two lines.
TEST(Book, BarsSideBySideBeginAtOneHeight) {
  ReportModel model = Model(Yaml(
      "短い", "      - figure: partners\n        place: second\n"
              "      - figure: plan\n        chart: bars\n"
              "        place: third\n"));
  auto& figure = std::get<Figure>(model.pages[2].blocks[0]);
  figure.base =
      "とても長い言い方をする対象の自治体であってその中の一部 n=40（令和6年度 n=30）";
  const auto book = LayOutBook(model);
  ASSERT_OK(book);
  std::set<int> tops;
  for (const Shape& shape : book->sheets[2].drawing.shapes) {
    const auto* line = std::get_if<LineShape>(&shape);
    if (line != nullptr && line->ink == Ink::kAbsence && line->x1 == line->x2) {
      tops.insert(line->y1);
    }
  }
  EXPECT_EQ(tops.size(), 1U);
}

TEST(Book, WordsOfTheAnnexAreNoOverflow) {
  const auto read = ReadTemplate("sample", SmallTemplateYaml());
  ASSERT_OK(read);
  Snapshot snapshot = SmallSnapshot();
  for (Statement& statement : snapshot.statements) {
    statement.published = "2025-06-16/2025-07-11";
    statement.label = std::string(90, 'x');
    for (Reading& reading : statement.readings) {
      reading.population_label = "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm";
      reading.computed = "2025-06-16/2025-07-11、2025-06-16/2025-07-11";
      reading.rule = "https://www.example.jp/rules/2025/nearest-integer.html";
    }
  }
  ASSERT_OK(LayOutBook(BuildReport(*read, snapshot, std::string(64, 'f'))));
}

}  // namespace
}  // namespace welfare::report
