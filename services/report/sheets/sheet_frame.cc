#include "services/report/sheets/sheet_frame.h"

#include <utility>

#include "services/report/drawing/text_measure.h"
#include "services/report/model/layout.h"

namespace welfare::report {
namespace {

constexpr int kBandTop = Millimetres(10.6);
constexpr int kBandHeight = Millimetres(5.6);
constexpr int kBandBlock = Millimetres(2.2);
constexpr int kHeadlineBaseline = Millimetres(28.6);
constexpr int kHeadRule = Millimetres(33.2);
constexpr int kFooterBaseline = Millimetres(202.2);

}  // namespace

SheetPen::SheetPen(const ReportModel& model, std::string label)
    : model_(model) {
  sheet_.label = std::move(label);
  sheet_.drawing.width = kSheetWidth;
  sheet_.drawing.height = kSheetHeight;
}

void SheetPen::Frame(std::string_view topic, std::string_view headline) {
  const std::string mark = ReportMark(model_);
  const int middle = kBandTop + kBandHeight / 2;
  if (!topic.empty()) {
    Box(kSheetLeft, kBandTop, kBandBlock, kBandHeight, Ink::kNavy);
    As(Structure::kParagraph, [&] {
      Text(kSheetLeft + 2 * kBandBlock, middle + kLabelSize * 36 / 100,
           kLabelSize, topic, Ink::kNavy);
    });
  }
  if (!mark.empty()) {
    const int width = TextWidth(mark, kLabelSize) + Millimetres(5);
    sheet_.drawing.shapes.emplace_back(
        BoxShape{kSheetRight - width, kBandTop, width, kBandHeight + 600,
                 std::nullopt, Ink::kMark, Millimetres(0.4)});
    As(Structure::kParagraph, [&] {
      Text(kSheetRight - width / 2, middle + 300 + kLabelSize * 36 / 100,
           kLabelSize, mark, Ink::kMark, Align::kMiddle);
    });
  }
  if (!headline.empty()) {
    As(Structure::kHeading, [&] { Headline(headline); });
    Rule(kSheetLeft, kHeadRule, kTextWidth, Ink::kNavy, Millimetres(0.6));
  }
  Rule(kSheetLeft, kFooterRule, kTextWidth, Ink::kGrid, Millimetres(0.3));
  Text(kSheetLeft, kFooterBaseline, kNoteSize,
       RunningTitle(model_) + "　" + model_.subtitle, Ink::kSecondary);
  Text(kSheetRight, kFooterBaseline, kPointSize, sheet_.label, Ink::kNavy,
       Align::kEnd);
  if (!mark.empty()) {
    Text(kSheetRight - Millimetres(14), kFooterBaseline, kNoteSize, mark,
         Ink::kMark, Align::kEnd);
  }
}

void SheetPen::Headline(std::string_view headline) {
  if (TextWidth(headline, kHeadlineSize) <= kTextWidth) {
    Text(kSheetLeft, kHeadlineBaseline, kHeadlineSize, headline);
  } else {
    const std::vector<std::string> lines =
        BreakPhrases(headline, kLongHeadlineSize, kTextWidth);
    if (lines.size() > 2) Fault("見出し", "2行に入らない。");
    // Two lines stand around the place of one.
    const auto more = static_cast<int>(lines.size() - 1);
    int y = kHeadlineBaseline + more * (Millimetres(2) - Millimetres(6.6));
    for (const std::string& line : lines) {
      Text(kSheetLeft, y, kLongHeadlineSize, line);
      y += Millimetres(6.6);
    }
  }
}

void SheetPen::Text(int x, int y, int size, std::string_view text, Ink ink,
                    Align align) {
  if (text.empty()) return;
  const int width = TextWidth(text, size);
  const int left = align == Align::kStart ? x
                   : align == Align::kEnd ? x - width
                                          : x - width / 2;
  if (left < kSheetLeft - 100 || left + width > kSheetRight + 100) {
    Fault(text, "紙の幅に入らない。");
  }
  sheet_.drawing.shapes.emplace_back(
      TextShape{x, y, size, std::string(text), ink, align});
}

void SheetPen::Box(int x, int y, int width, int height, Ink fill) {
  sheet_.drawing.shapes.emplace_back(
      BoxShape{x, y, width, height, fill, std::nullopt, 0});
}

void SheetPen::Rule(int x, int y, int width, Ink ink, int thickness) {
  sheet_.drawing.shapes.emplace_back(
      LineShape{x, y, x + width, y, thickness, ink});
}

int SheetPen::Lines(int x, int y, int width, int size, int leading,
                    std::string_view text, Ink ink) {
  for (const std::string& line : BreakPhrases(text, size, width)) {
    Text(x, y, size, line, ink);
    y += leading;
  }
  return y;
}

void SheetPen::Place(const Drawing& part, int x, int y,
                     std::string_view block) {
  Drawing moved = part;
  for (const std::string& fault : moved.faults) Fault(block, fault);
  moved.faults.clear();
  report::Place(moved, x, y, sheet_.drawing);
}

void SheetPen::Target(int x, int y, std::string name) {
  sheet_.targets.push_back({x, y, std::move(name)});
}

void SheetPen::Fault(std::string_view block, std::string_view what) {
  sheet_.drawing.faults.push_back(sheet_.label + "頁 " + std::string(block) +
                                  "：" + std::string(what));
}

}  // namespace welfare::report
