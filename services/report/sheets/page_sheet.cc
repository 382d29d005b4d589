#include "services/report/sheets/page_sheet.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "services/base/numbers/percent.h"
#include "services/report/drawing/charts/draw_chart.h"
#include "services/report/drawing/text_measure.h"
#include "services/report/model/layout.h"
#include "services/report/model/words.h"
#include "services/report/sheets/figure_numbers.h"
#include "services/report/sheets/figure_panels.h"
#include "services/report/sheets/quote_drawing.h"
#include "services/report/sheets/sheet_frame.h"
#include "services/report/sheets/table_drawing.h"

namespace welfare::report {
namespace {

constexpr int kBaseBaseline = Millimetres(39.2);
constexpr int kFirstPoint = Millimetres(46.6);
constexpr std::size_t kMostPointLines = 4;
constexpr int kBullet = Millimetres(1.6);
constexpr int kBulletIndent = Millimetres(4.6);
constexpr int kKeyTop = Millimetres(37);
constexpr int kKeyHeight = Millimetres(25.6);
constexpr int kKeyPadding = Millimetres(5);
constexpr int kNoteIndent = Millimetres(5.6);
constexpr int kNoteLeading = Millimetres(3.6);
constexpr std::size_t kMostBlocks = 4;

std::string TextOf(const Line& line) {
  std::string text;
  for (const Run& run : line) text += run.text;
  return text;
}

// What stands for sentences that were left out: the annex lists them with their
// reasons, which would take the room of the others here.
constexpr std::string_view kLeftOutPoint =
    "この回の調査票に合わないため、省いた文がある（資料編に示す）。";

// The points: the first list, or the first paragraph where there is none.
std::vector<std::string> PointsOf(const Page& page) {
  std::vector<std::string> points;
  bool left_out = false;
  const auto add = [&](const Line& line) {
    if (!line.empty() && line.front().style == Run::Style::kLeftOut) {
      left_out = true;
    } else {
      points.push_back(TextOf(line));
    }
  };
  const auto list = std::ranges::find_if(page.blocks, [](const Block& block) {
    return std::holds_alternative<BulletList>(block);
  });
  if (list != page.blocks.end()) {
    for (const Line& line : std::get<BulletList>(*list).items) add(line);
  } else {
    for (std::size_t i = 0; i < page.blocks.size() && points.empty(); ++i) {
      const auto* paragraph = std::get_if<Paragraph>(&page.blocks[i]);
      if (paragraph != nullptr && !page.places.contains(i)) {
        add(paragraph->line);
      }
    }
  }
  if (left_out) points.emplace_back(kLeftOutPoint);
  return points;
}

// `n=30、n=23` as one sentence on how much one answer weighs.
std::string SmallBaseWords(const std::set<int>& bases) {
  std::string words;
  for (auto base = bases.rbegin(); base != bases.rend(); ++base) {
    words += (words.empty() ? "n=" : "、n=") + std::to_string(*base) + "では" +
             (words.empty() ? "1件が" : "") +
             base::FormatPercent(1, *base).value_or("-") + "ポイント";
  }
  return words.empty() ? "" : words + "に当たる。";
}

class PageSheet {
 public:
  PageSheet(const ReportModel& model, const Page& page)
      : page_(page), numbers_(NumbersOf(page)), pen_(model, page.label) {
    pen_.Target(0, 0, PageTarget(page));
    pen_.Frame(page.topic, page.headline);
    base_ = CommonBase();
    pen_.As(Structure::kParagraph, [&] {
      pen_.Text(kSheetLeft, kBaseBaseline, kLabelSize, base_, Ink::kSecondary);
    });
    const int width = page.key.has_value() ? ColumnsWidth(8) : kTextWidth;
    if (TextWidth(base_, kLabelSize) > width) {
      pen_.Fault("母数の行", "1行に入らない。");
    }
    DrawPoints(width);
    if (page.key.has_value()) {
      pen_.As(Structure::kParagraph, [&] { DrawKey(*page.key); });
    }
    if (page.places.size() > kMostBlocks) {
      pen_.Fault("図", "一枚に置けるのは4つまで。");
    }
    panels_ = AlignBars(
        page, [this](const Figure& figure) { return BaseOf(figure); });
    for (const auto& [index, place] : page.places) {
      const SheetArea area = AreaOf(place);
      std::visit([&](const auto& block) { Draw(block, index, area); },
                 page.blocks[index]);
    }
    DrawNotes();
  }

  Sheet Take() && { return std::move(pen_).Take(); }

 private:
  // The base that most of the drawn figures have; where none has one, as on a
  // page of quotations, that of a table of the page.
  std::string CommonBase() const {
    std::string common;
    long most = 0;
    for (const auto& [index, place] : page_.places) {
      const auto* figure = std::get_if<Figure>(&page_.blocks[index]);
      if (figure == nullptr || figure->base.empty()) continue;
      const long times =
          std::ranges::count_if(page_.places, [&](const auto& other) {
            const auto* one = std::get_if<Figure>(&page_.blocks[other.first]);
            return one != nullptr && one->base == figure->base;
          });
      if (times > most) {
        most = times;
        common = figure->base;
      }
    }
    for (std::size_t i = 0; i < page_.blocks.size() && common.empty(); ++i) {
      const auto* figure = std::get_if<Figure>(&page_.blocks[i]);
      if (figure != nullptr) common = figure->base;
    }
    return common;
  }

  void DrawPoints(int width) {
    int y = kFirstPoint;
    std::size_t lines = 0;
    const auto item = [&](const std::vector<std::string>& broken) {
      for (const std::string& line : broken) {
        pen_.Text(kSheetLeft + kBulletIndent, y, kPointSize, line);
        y += kPointLeading;
      }
    };
    const std::vector<std::string> points = PointsOf(page_);
    const auto list = [&] {
      for (const std::string& point : points) {
        const std::vector<std::string> broken =
            BreakPhrases(point, kPointSize, width - kBulletIndent);
        pen_.Box(kSheetLeft, y - kPointSize * 36 / 100 - kBullet / 2, kBullet,
                 kBullet, Ink::kNavy);
        pen_.As(Structure::kListItem, [&] { item(broken); });
        lines += broken.size();
      }
    };
    if (!points.empty()) pen_.As(Structure::kList, list);
    if (lines > kMostPointLines) {
      pen_.Fault("要点", std::to_string(lines) + "行あり、4行に入らない。");
    }
  }

  void DrawKey(const KeyFigure& key) {
    constexpr int kNumberSize = Points(30);
    constexpr int kUnitSize = Points(16);
    const int left = ColumnLeft(9);
    const int width = ColumnsWidth(4);
    pen_.Box(left, kKeyTop, width, kKeyHeight, Ink::kWash);
    int x = left + kKeyPadding;
    const int room = width - 2 * kKeyPadding;
    pen_.Text(x, kKeyTop + Millimetres(6.2), kLabelSize, key.label,
              Ink::kSecondary);
    const int baseline = kKeyTop + Millimetres(18.2);
    int used = 0;
    const auto put = [&](std::string_view text, int size, Ink ink, int gap) {
      if (text.empty()) return;
      pen_.Text(x + used, baseline, size, text, ink);
      used += TextWidth(text, size) + gap;
    };
    put(key.before, kPointSize, Ink::kText, Millimetres(1));
    put(key.number, kNumberSize, Ink::kNavy, Millimetres(1));
    put(key.unit, kUnitSize, Ink::kNavy, Millimetres(2.4));
    put(key.detail, kPointSize, Ink::kText, 0);
    pen_.Text(x, kKeyTop + Millimetres(23.6), kTableSize, key.last_year,
              Ink::kSecondary);
    if (used > room || TextWidth(key.label, kLabelSize) > room ||
        TextWidth(key.last_year, kTableSize) > room) {
      pen_.Fault("主な数値", "枠に入らない。");
    }
  }

  // What a figure says of its base, where the line of the page says the rest.
  const std::string& BaseOf(const Figure& figure) const {
    const bool same = figure.base == base_ && !figure.sheet.short_base.empty();
    return same ? figure.sheet.short_base : figure.base;
  }

  // The head of a block; returns what is left of its area.
  SheetArea Head(const SheetArea& area, std::string_view number,
                 std::string_view title, std::string_view base,
                 std::size_t base_lines = 1) {
    pen_.Rule(area.x, area.y, area.width, Ink::kNavy, Millimetres(0.3));
    const int baseline = area.y + Millimetres(5);
    const int x = number.empty()
                      ? area.x
                      : area.x + TextWidth(number, kLabelSize) + kLabelSize;
    pen_.As(Structure::kSubheading, [&] {
      pen_.Text(area.x, baseline, kLabelSize, number, Ink::kNavy);
      pen_.Text(x, baseline, kPointSize, title);
    });
    if (x + TextWidth(title, kPointSize) > area.x + area.width) {
      pen_.Fault(std::string(number) + "「" + std::string(title) + "」",
                 "題が1行に入らない。short を与える。");
    }
    if (base.empty()) {
      const int head = FigureHead(0);
      return {area.x, area.y + head, area.width, area.height - head};
    }
    const std::vector<std::string> lines =
        BreakPhrases(base, kTableSize, area.width);
    if (lines.size() > 2) {
      pen_.Fault(std::string(number), "母数が2行に入らない。");
    }
    int y = area.y + Millimetres(9.5);
    pen_.As(Structure::kParagraph, [&] {
      for (const std::string& line : lines) {
        pen_.Text(area.x, y, kTableSize, line, Ink::kSecondary);
        y += kBaseLeading;
      }
    });
    const int head = FigureHead(std::max(lines.size(), base_lines));
    return {area.x, area.y + head, area.width, area.height - head};
  }

  void Draw(const Figure& figure, std::size_t index, const SheetArea& area) {
    const FigureNumber& number = numbers_.at(index);
    const std::string& shown =
        number.figure.empty() ? number.table : number.figure;
    std::string title =
        figure.short_title.empty() ? figure.title : figure.short_title;
    if (figure.multiple_answer && !number.figure.empty()) {
      title += kMultipleAnswer;
    }
    const std::string& base = BaseOf(figure);
    const auto found = panels_.find(index);
    const FigurePanel panel =
        found == panels_.end() ? FigurePanel{} : found->second;
    const SheetArea body = Head(area, shown, title, base, panel.base_lines);
    pen_.Target(area.x, area.y, FigureTarget(figure));
    const std::string block = shown + "「" + title + "」";
    if (!figure.charts.empty() && !IsDrawn(figure)) {
      // Of so few a picture says more about one than about all.
      DrawText("母数が10に満たないため、件数だけを資料編の" + number.table +
                   "に示す。",
               body);
      return;
    }
    if (figure.quoted) {
      const Drawing quotes = QuotesInColumns(figure, body.width);
      if (quotes.height > body.height) {
        pen_.Fault(block,
                   "引用が枠の高さに入らない。引用を減らすか、別の場所に分ける。");
      }
      pen_.Place(quotes, body.x, body.y, block);
      return;
    }
    if (figure.charts.empty()) {
      Drawing table =
          WholeTable(DrawTable(figure.table, body.width, kTableSize));
      if (table.height > body.height) {
        pen_.Fault(block, "表が枠の高さに入らない。");
      }
      pen_.As(Structure::kTable,
              [&] { pen_.Place(table, body.x, body.y, block); });
      return;
    }
    ChartSpace space = {body.width, body.height, kLabelSize, kTableSize,
                        kNoteSize};
    // A sheet shows the first chart of a figure, a screen all of them. The
    // years stand beside the base, where there is room for them.
    const Chart& chart = figure.charts.front();
    space.longest = panel.longest;
    const auto draw = [&] {
      if ((chart.kind == Chart::Kind::kBars ||
           chart.kind == Chart::Kind::kColumns) &&
          panel.keys_beside && HasRoomForKeys(chart, base, area.width)) {
        const Drawing keys = SeriesKeys(chart, kTableSize);
        pen_.Place(keys, area.x + area.width - keys.width,
                   area.y + Millimetres(9.5) - kTableSize * 11 / 10, block);
        space.series_keys = false;
      }
      pen_.Place(DrawChart(chart, space), body.x, body.y, block);
    };
    pen_.As(Structure::kFigure, draw, DescribeChart(chart));
  }

  void Draw(const DefinitionList& list, std::size_t, const SheetArea& area) {
    constexpr int kTermWidth = Millimetres(24);
    constexpr int kLeading = Millimetres(4.9);
    pen_.Rule(area.x, area.y, area.width, Ink::kNavy, Millimetres(0.3));
    int y = area.y + Millimetres(6);
    for (const DefinitionList::Item& item : list.items) {
      pen_.As(Structure::kParagraph, [&] {
        pen_.Text(area.x, y, kLabelSize, item.term, Ink::kNavy);
        for (const Line& line : item.lines) {
          y = pen_.Lines(area.x + kTermWidth, y, area.width - kTermWidth,
                         kLabelSize, kLeading, TextOf(line));
        }
      });
      y += Millimetres(2);
    }
    if (y > area.y + area.height + kLeading) {
      pen_.Fault("概要", "枠の高さに入らない。");
    }
  }

  void Draw(const Paragraph& paragraph, std::size_t, const SheetArea& area) {
    DrawText(TextOf(paragraph.line), area);
  }
  void Draw(const Heading& heading, std::size_t, const SheetArea& area) {
    DrawText(heading.text, area);
  }
  void Draw(const BulletList& list, std::size_t, const SheetArea& area) {
    std::string text;
    for (const Line& line : list.items) text += "・" + TextOf(line) + "\n";
    DrawText(text, area);
  }
  void Draw(const NameList& list, std::size_t, const SheetArea& area) {
    std::string text = list.heading + "　" + list.count + "\n";
    for (std::size_t i = 0; i < list.names.size(); ++i) {
      if (i > 0) text += kBetweenNames;
      text += list.names[i].text;
    }
    DrawText(text, area);
  }

  void DrawText(const std::string& text, const SheetArea& area) {
    pen_.Rule(area.x, area.y, area.width, Ink::kNavy, Millimetres(0.3));
    int end = 0;
    pen_.As(Structure::kParagraph, [&] {
      end = pen_.Lines(area.x, area.y + Millimetres(6), area.width, kPointSize,
                       kPointLeading, text);
    });
    if (end > area.y + area.height + kPointLeading) {
      pen_.Fault("文", "枠の高さに入らない。");
    }
  }

  // One sentence for each thing that holds of figures of the sheet.
  std::string NoteWords() const {
    bool previous = false;
    bool multiple = false;
    bool rounding = false;
    std::set<int> small;
    std::vector<std::string> remarks;
    for (const auto& [index, place] : page_.places) {
      const auto* figure = std::get_if<Figure>(&page_.blocks[index]);
      if (figure == nullptr) continue;
      previous = previous || figure->has_previous;
      multiple = multiple || figure->multiple_answer;
      rounding = rounding || figure->sheet.rounding;
      small.insert(figure->sheet.small_bases.begin(),
                   figure->sheet.small_bases.end());
      for (const std::string& remark : figure->sheet.remarks) {
        if (std::ranges::find(remarks, remark) == remarks.end()) {
          remarks.push_back(remark);
        }
      }
    }
    std::string words;
    if (previous) {
      words += "二つの年度は対象が異なるため、件数ではなく割合で比べる。";
    }
    if (multiple) words += "複数回答の合計は100%を超えることがある。";
    if (rounding) {
      words += "割合は四捨五入のため、合計が100.0%にならない図がある。";
    }
    for (const std::string& remark : remarks) words += remark;
    words += SmallBaseWords(small);
    std::string first;
    std::string last;
    for (const auto& [index, number] : numbers_) {
      if (!number.in_annex ||
          std::get<Figure>(page_.blocks[index]).quoted) {
        continue;
      }
      if (first.empty()) first = number.table;
      last = number.table;
    }
    if (!first.empty()) {
      words += "全ての値は資料編の" + first +
               (first == last ? "" : "から" + last) + "に示す。";
    }
    return words;
  }

  void DrawNotes() {
    const std::string words = NoteWords();
    if (words.empty()) return;
    int end = 0;
    pen_.As(Structure::kParagraph, [&] {
      pen_.Text(kSheetLeft, kNotesTop + kNoteSize, kNoteSize, "注",
                Ink::kSecondary);
      end = pen_.Lines(kSheetLeft + kNoteIndent, kNotesTop + kNoteSize,
                       kTextWidth - kNoteIndent, kNoteSize, kNoteLeading,
                       words, Ink::kSecondary);
    });
    if (end - kNoteLeading > kNotesEnd) pen_.Fault("注", "3行に入らない。");
  }

  const Page& page_;
  std::map<std::size_t, FigureNumber> numbers_;
  std::string base_;
  std::map<std::size_t, FigurePanel> panels_;  // by the index of the block
  SheetPen pen_;
};

}  // namespace

Sheet LayOutPage(const ReportModel& model, const Page& page) {
  return PageSheet(model, page).Take();
}

}  // namespace welfare::report
