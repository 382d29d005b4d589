#include "services/report/sheets/cover_sheet.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "services/report/drawing/text_measure.h"
#include "services/report/model/layout.h"
#include "services/report/sheets/figure_numbers.h"
#include "services/report/sheets/sheet_frame.h"

namespace welfare::report {
namespace {

constexpr int kTitleSize = Points(28);
constexpr int kTitleLeading = Millimetres(13);
constexpr int kTitleColumns = 5;
constexpr int kTermColumn = Millimetres(24);
constexpr int kCoverLeading = Millimetres(5);
constexpr int kContentsTop = Millimetres(24);
constexpr int kContentsEnd = Millimetres(194);
constexpr int kNumberColumn = Millimetres(11);
// From a topic to what stands below it.
constexpr int LineHeightOf(int size) { return size * 118 / 100; }
constexpr int kHeadlineLeading = Millimetres(3.5);

}  // namespace

Sheet LayOutCover(const ReportModel& model, const Page& cover,
                  const std::vector<ContentsEntry>& contents) {
  SheetPen pen(model, cover.label);
  pen.Target(0, 0, PageTarget(cover));
  pen.Frame("", "");
  const int width = ColumnsWidth(kTitleColumns);

  int y = Millimetres(48);
  const auto paragraph = [&pen](const auto& draw) {
    pen.As(Structure::kParagraph, draw);
  };
  paragraph([&] {
    pen.Text(kSheetLeft, y, kPointSize, model.year, Ink::kNavy);
  });
  y += Millimetres(15);
  const std::vector<std::string> title =
      model.title_lines.empty() ? BreakPhrases(model.title, kTitleSize, width)
                                : model.title_lines;
  constexpr std::size_t kMostTitleLines = 4;
  if (title.size() > kMostTitleLines) pen.Fault("表題", "4行に入らない。");
  pen.As(Structure::kHeading, [&] {
    for (const std::string& line : title) {
      if (TextWidth(line, kTitleSize) > width) {
        pen.Fault("表題", "「" + line + "」が1行に入らない。");
      }
      pen.Text(kSheetLeft, y, kTitleSize, line);
      y += kTitleLeading;
    }
  });
  pen.Rule(kSheetLeft, y - Millimetres(5), width, Ink::kNavy, Millimetres(0.6));
  y += Millimetres(5);
  paragraph([&] {
    pen.Text(kSheetLeft, y, kLongHeadlineSize, model.subtitle,
             Ink::kSecondary);
  });
  y += Millimetres(14);
  for (const Block& block : cover.blocks) {
    const auto* list = std::get_if<DefinitionList>(&block);
    if (list == nullptr) continue;
    for (const DefinitionList::Item& item : list->items) {
      paragraph([&] {
        pen.Text(kSheetLeft, y, kLabelSize, item.term, Ink::kSecondary);
        for (const Line& line : item.lines) {
          std::string text;
          for (const Run& run : line) text += run.text;
          y = pen.Lines(kSheetLeft + kTermColumn, y, width - kTermColumn,
                        kLabelSize, kCoverLeading, text);
        }
      });
      y += Millimetres(1);
    }
  }
  if (const std::string_view banner = SyntheticBanner(model); !banner.empty()) {
    y += Millimetres(5);
    paragraph([&] {
      y = pen.Lines(kSheetLeft, y, width, kLabelSize, kCoverLeading, banner,
                    Ink::kMark);
    });
  }
  if (y > kContentsEnd) pen.Fault("表紙", "高さに入らない。");

  // The contents.
  const int left = ColumnLeft(kTitleColumns + 1);
  const int room = ColumnsWidth(12 - kTitleColumns);
  pen.As(Structure::kSubheading, [&] {
    pen.Text(left, kContentsTop, kPointSize, kContentsTitle, Ink::kNavy);
  });
  pen.Rule(left, kContentsTop + Millimetres(2.4), room, Ink::kNavy,
           Millimetres(0.3));
  int top = kContentsTop + Millimetres(3.4);
  int entries_height = 0;
  std::vector<std::vector<std::string>> headlines;
  for (const ContentsEntry& entry : contents) {
    headlines.push_back(
        entry.headline.empty()
            ? std::vector<std::string>()
            : BreakPhrases(entry.headline, kNoteSize, room - kNumberColumn));
    entries_height +=
        LineHeightOf(kLabelSize) +
        static_cast<int>(headlines.back().size()) * kHeadlineLeading;
  }
  const int spare = kContentsEnd - top - entries_height;
  if (spare < 0) pen.Fault("目次", "高さに入らない。");
  const int gap =
      contents.empty()
          ? 0
          : std::min(Millimetres(1.6),
                     std::max(0, spare) / static_cast<int>(contents.size()));
  for (std::size_t i = 0; i < contents.size(); ++i) {
    const ContentsEntry& entry = contents[i];
    const auto draw = [&] {
      int baseline = top + LineHeightOf(kLabelSize) - Millimetres(0.8);
      pen.Text(left, baseline, kLabelSize, entry.label, Ink::kNavy);
      pen.Text(left + kNumberColumn, baseline, kLabelSize, entry.topic);
      for (const std::string& line : headlines[i]) {
        baseline += kHeadlineLeading;
        pen.Text(left + kNumberColumn, baseline, kNoteSize, line,
                 Ink::kSecondary);
      }
    };
    pen.As(Structure::kParagraph,
           [&] { pen.As(Structure::kLink, draw, entry.target); });
    top += LineHeightOf(kLabelSize) +
           static_cast<int>(headlines[i].size()) * kHeadlineLeading + gap;
  }
  return std::move(pen).Take();
}

}  // namespace welfare::report
