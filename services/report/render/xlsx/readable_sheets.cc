#include "services/report/render/xlsx/readable_sheets.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "services/report/model/layout.h"
#include "services/report/render/xlsx/native_charts.h"
#include "services/report/sheets/figure_numbers.h"
#include "services/text/display_width.h"

namespace welfare::report {
namespace {

constexpr std::string_view kCoverSheet = "表紙と目次";
constexpr std::string_view kNumbersSheet = "図の数値";

// Widths in characters, heights in pixels.
constexpr int kLabelWidth = 46;
constexpr int kNumberWidth = 12;
constexpr int kLeastTextWidth = 14;
constexpr int kMostTextWidth = 44;
constexpr int kPlainRow = 20;
constexpr std::size_t kMostBreaks = 1000;  // a sheet has 1023
constexpr int kAfterFigure = 2;  // rows
constexpr std::size_t kLeastColumns = 8;
constexpr int kBesideTable = 24;
constexpr int kBelowBreak = 4;  // a frame on the edge of paper shows on both
constexpr int kA4 = 9;
constexpr double kMarginSides = 0.5;  // inches
constexpr double kMarginTop = 0.7;
constexpr double kMarginBottom = 0.6;
constexpr double kPixelsOfInch = 96;
// What the margins of A4, landscape, leave.
constexpr double kPaperWidth =
    (11.69 - 2 * kMarginSides) * kPixelsOfInch;  // pixels
constexpr double kPaperHeight =
    (8.27 - kMarginTop - kMarginBottom) * kPixelsOfInch;
// Programs differ in how wide a column is.
constexpr double kOfPaper = 0.95;

// Of a column of so many characters in the type of the book.
int ColumnPixels(int characters) { return characters * 7 + 5; }

std::string SheetOf(const Page& page) {
  return page.cover ? std::string(kCoverSheet)
                    : SheetName(page.label + " " + page.topic);
}

std::string PlainWords(const Line& line) {
  std::string text;
  for (const Run& run : line) text += run.text;
  return text;
}

CellLook LookOf(const TableCell& cell, const Column& column, bool muted) {
  if (column.kind == Column::Kind::kText) {
    return muted ? CellLook::kMutedWords : CellLook::kWords;
  }
  if (cell.data.empty()) return muted ? CellLook::kMutedSign : CellLook::kSign;
  if (cell.symbol == Symbol::kLowerBound) {
    return muted ? CellLook::kMutedLowerBound : CellLook::kLowerBound;
  }
  if (cell.data.find('.') != std::string::npos) {
    return muted ? CellLook::kMutedDecimal : CellLook::kDecimal;
  }
  return muted ? CellLook::kMutedCount : CellLook::kCount;
}

// Fills one sheet from the top.
class SheetWriter {
 public:
  SheetWriter(const ReportModel& model, Workbook& book, ChartNumbers& numbers,
              lxw_worksheet* sheet, const Page& page)
      : model_(model), book_(book), numbers_(numbers), sheet_(sheet),
        page_(page) {
    MeasureColumns();
  }

  void Write() {
    Head();
    const auto figures = NumbersOf(page_);
    for (std::size_t i = 0; i < page_.blocks.size(); ++i) {
      const auto found = figures.find(i);
      number_ = found == figures.end() ? "" : found->second.table;
      // A heading stays with what it heads.
      const bool headed =
          i > 0 && std::holds_alternative<Heading>(page_.blocks[i - 1]);
      if (!headed) BeginPart();
      std::visit([this](const auto& one) { Add(one); }, page_.blocks[i]);
    }
    BeginPart();
    Legend();
  }

  // Says where the printed sheet goes on with the next sheet of paper, once all
  // is written: never within a chart, and within a figure only where that is
  // higher than the paper. A chart is lower than that.
  void BreakPages() {
    const double scale = std::min(1.0, kPaperWidth / wide_);
    const int room = static_cast<int>(kPaperHeight / scale * kOfPaper);
    std::vector<lxw_row_t> breaks;
    int begin = 0;
    for (lxw_row_t row = 1; row < row_; ++row) {
      const int y = YOf(row);
      if (EndOfKept(row, room) - begin <= room) continue;
      const bool in_chart = std::ranges::any_of(charts_, [&](const Span& one) {
        return one.begin < y && y < one.end;
      });
      if (in_chart) continue;
      breaks.push_back(row);
      begin = y;
      if (breaks.size() == kMostBreaks) break;
    }
    if (breaks.empty()) return;
    breaks.push_back(0);
    book_.Expect(worksheet_set_h_pagebreaks(sheet_, breaks.data()), "breaks");
  }

  // The contents, below the cover's own blocks.
  void Contents(const std::vector<std::pair<std::string, std::string>>& links) {
    Wide(kContentsTitle, CellLook::kFigureTitle);
    for (const auto& [name, headline] : links) {
      book_.Link(sheet_, row_, 0, name, name);
      book_.Text(sheet_, row_, 1, headline, CellLook::kTopic);
      Down();
    }
  }

 private:
  // Columns of all tables of the sheet stand below each other.
  void MeasureColumns() {
    widths_.assign(kLeastColumns, kNumberWidth);
    for (const auto& block : page_.blocks) {
      const auto* figure = std::get_if<Figure>(&block);
      if (figure == nullptr) continue;
      const Table& table = figure->table;
      if (table.columns.size() > widths_.size()) {
        widths_.resize(table.columns.size(), kNumberWidth);
      }
      table_columns_ = std::max(table_columns_, table.columns.size());
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].kind != Column::Kind::kText) continue;
        int widest = kLeastTextWidth;
        for (const TableRow& row : table.rows) {
          widest = std::max(
              widest,
              static_cast<int>(text::DisplayWidth(row.cells[i].text)) + 2);
        }
        widths_[i] = std::max(widths_[i], std::min(widest, kMostTextWidth));
      }
    }
    worksheet_set_column(sheet_, 0, 0, kLabelWidth, nullptr);
    all_ = kLabelWidth;
    wide_ = beside_ = ColumnPixels(kLabelWidth);
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i + 1);
      worksheet_set_column(sheet_, column, column, widths_[i], nullptr);
      all_ += widths_[i];
      wide_ += ColumnPixels(widths_[i]);
      if (i < table_columns_) beside_ += ColumnPixels(widths_[i]);
    }
    worksheet_set_landscape(sheet_);
    worksheet_set_paper(sheet_, kA4);
    worksheet_fit_to_pages(sheet_, 1, 0);
    worksheet_gridlines(sheet_, LXW_HIDE_ALL_GRIDLINES);
    worksheet_set_margins(sheet_, kMarginSides, kMarginSides, kMarginTop,
                          kMarginBottom);
    const std::string mark = ReportMark(model_);
    // An ampersand begins a code of headers and footers.
    const std::string header = mark.empty() ? "" : "&R【" + mark + "】";
    if (!header.empty()) {
      book_.Expect(worksheet_set_header(sheet_, header.c_str()), "header");
    }
    book_.Expect(worksheet_set_footer(sheet_, "&L&F　&A&R&P / &N"), "footer");
  }

  void Head() {
    const std::string mark = ReportMark(model_);
    if (page_.cover) {
      Wide(model_.title, CellLook::kHeadline);
      Wide(model_.subtitle + "　" + model_.year, CellLook::kText);
      if (!mark.empty()) {
        Wide("【" + mark + "】" + std::string(SyntheticBanner(model_)),
             CellLook::kMark);
      }
      return;
    }
    book_.Text(sheet_, row_, 0, page_.label + "　" + page_.topic,
               CellLook::kTopic);
    if (!mark.empty()) {
      book_.Text(sheet_, row_, 1, "【" + mark + "】", CellLook::kMark);
    }
    Down();
    book_.Link(sheet_, row_, 0, std::string(kCoverSheet), "目次へ");
    Down();
    Wide(page_.headline, CellLook::kHeadline);
    if (page_.key.has_value()) {
      const KeyFigure& key = *page_.key;
      Wide(key.label + "　" + key.before + key.number + key.unit + "　" +
               key.detail +
               (key.last_year.empty() ? "" : "　（" + key.last_year + "）"),
           CellLook::kKeyNumber);
    }
    Down();
  }

  void Add(const Heading& heading) {
    Wide(heading.text, CellLook::kFigureTitle);
  }
  void Add(const Paragraph& paragraph) {
    Wide(PlainWords(paragraph.line), CellLook::kText);
  }
  void Add(const BulletList& list) {
    for (const Line& item : list.items) {
      Wide("・" + PlainWords(item), CellLook::kText);
    }
    Down();
  }
  void Add(const DefinitionList& list) {
    for (const DefinitionList::Item& item : list.items) {
      std::string words;
      for (const Line& line : item.lines) {
        words += (words.empty() ? "" : "　") + PlainWords(line);
      }
      Wide(item.term + "：" + words, CellLook::kText);
    }
    Down();
  }
  void Add(const NameList& list) {
    std::string words;
    for (const Run& name : list.names) {
      words += (words.empty() ? std::string() : std::string(kBetweenNames)) +
               name.text +
               (name.style == Run::Style::kNewcomer ? "（新規）" : "");
    }
    Wide(list.heading + "　" + list.count + "　" +
             (words.empty() ? std::string(kNoNames) : words),
         CellLook::kText);
    Down();
  }

  void Add(const Figure& figure) {
    const lxw_row_t top = row_;
    const int begin = y_;
    const std::string mark = MarkOf(figure);
    book_.Text(sheet_, row_, 0,
               NumberedTitle(figure) +
                   (figure.multiple_answer ? std::string(kMultipleAnswer)
                                           : ""),
               CellLook::kFigureTitle);
    Down();
    book_.Text(sheet_, row_, 0,
               figure.base + (figure.year.empty() ? "" : "　" + figure.year) +
                   (mark.empty() ? "" : "　【" + mark + "】"),
               CellLook::kBase);
    Down();
    WriteTable(figure.table);
    for (const std::string& note : figure.notes) {
      book_.Text(sheet_, row_, 0, "注　" + note, CellLook::kBase);
      Down();
    }
    PlaceCharts(figure, top, begin);
    for (int i = 0; i < kAfterFigure; ++i) Down();
  }

  std::string NumberedTitle(const Figure& figure) const {
    return (number_.empty() ? "" : number_ + "　") + figure.title;
  }

  // Beside the widest table of the sheet, one below the other.
  void PlaceCharts(const Figure& figure, lxw_row_t top, int begin) {
    int offset = kBelowBreak;
    for (const Chart& chart : figure.charts) {
      const NativeChart native = numbers_.Add(chart, NumberedTitle(figure));
      if (native.chart == nullptr) continue;
      lxw_chart_options options = {};
      options.x_offset = kBesideTable;
      options.y_offset = offset;
      options.x_scale = native.width / 480.0;
      options.y_scale = native.height / 288.0;
      std::string words = CellText(native.words);
      options.description = words.data();
      book_.Expect(
          worksheet_insert_chart_opt(
              sheet_, top, static_cast<lxw_col_t>(table_columns_ + 1),
              native.chart, &options),
          figure.title);
      charts_.push_back({begin + offset, begin + offset + native.height});
      wide_ = std::max(wide_, beside_ + kBesideTable + native.width);
      offset += native.height + kPlainRow;
      while (y_ - begin < offset) Down();
    }
  }

  void WriteTable(const Table& table) {
    if (const std::vector<ColumnGroup> groups = GroupsOf(table);
        !groups.empty()) {
      book_.Text(sheet_, row_, 0, "", CellLook::kGroup);
      lxw_col_t column = 1;
      for (const ColumnGroup& group : groups) {
        const auto last = static_cast<lxw_col_t>(column + group.columns - 1);
        if (group.columns > 1 && !group.heading.empty()) {
          book_.Expect(worksheet_merge_range(
                           sheet_, row_, column, row_, last,
                           CellText(group.heading).c_str(),
                           book_.Format(CellLook::kGroup)),
                       group.heading);
        } else {
          for (lxw_col_t at = column; at <= last; ++at) {
            book_.Text(sheet_, row_, at, group.heading, CellLook::kGroup);
          }
        }
        column = static_cast<lxw_col_t>(last + 1);
      }
      Down();
    }
    int lines = LinesIn(table.row_label, kLabelWidth);
    book_.Text(sheet_, row_, 0, table.row_label, CellLook::kHead);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      lines = std::max(lines, LinesIn(table.columns[i].label, widths_[i]));
      book_.Text(sheet_, row_, static_cast<lxw_col_t>(i + 1),
                 table.columns[i].label,
                 table.columns[i].kind == Column::Kind::kText
                     ? CellLook::kHead
                     : CellLook::kHeadRight);
    }
    Down(lines);
    for (const TableRow& row : table.rows) WriteRow(table, row);
  }

  void WriteRow(const Table& table, const TableRow& row) {
    int lines = LinesIn(row.label, kLabelWidth);
    book_.Text(sheet_, row_, 0, row.label,
               row.muted ? CellLook::kMutedLabel : CellLook::kLabel);
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const TableCell& cell = row.cells[i];
      const auto column = static_cast<lxw_col_t>(i + 1);
      const CellLook look = LookOf(cell, table.columns[i], row.muted);
      if (table.columns[i].kind == Column::Kind::kNumber &&
          !cell.data.empty()) {
        book_.Number(sheet_, row_, column, cell.data, look);
      } else {
        lines = std::max(lines, LinesIn(cell.text, widths_[i]));
        book_.Text(sheet_, row_, column, cell.text, look);
      }
    }
    Down(lines);
  }

  void Legend() {
    for (const LegendEntry& entry : LegendOf(page_)) {
      book_.Text(sheet_, row_, 0, entry.sign + "　" + entry.meaning,
                 CellLook::kBase);
      Down();
    }
  }

  // What follows is another part than what stands above it.
  void BeginPart() {
    if (parts_.empty() || parts_.back() != row_) parts_.push_back(row_);
  }
  // Where a row begins.
  int YOf(lxw_row_t row) const { return row < ys_.size() ? ys_[row] : y_; }

  // Where that ends which stays on one sheet of paper from `row` on: the row, a
  // chart that begins beside it, and the part where it is the first of one that
  // has `room`.
  int EndOfKept(lxw_row_t row, int room) const {
    const int y = YOf(row);
    int end = YOf(row + 1);
    for (const Span& chart : charts_) {
      if (y <= chart.begin && chart.begin < YOf(row + 1)) {
        end = std::max(end, chart.end);
      }
    }
    const auto part = std::ranges::lower_bound(parts_, row);
    if (part == parts_.end() || *part != row) return end;
    const auto next = std::next(part);
    const int part_end = next == parts_.end() ? y_ : YOf(*next);
    return part_end - y <= room ? std::max(end, part_end) : end;
  }

  void Wide(std::string_view text, CellLook look) {
    ys_.push_back(y_);
    y_ += book_.WideText(sheet_, row_, static_cast<lxw_col_t>(widths_.size()),
                         all_, text, look);
    ++row_;
  }

  // Leaves a row that has `lines` lines.
  void Down(int lines = 1) {
    const int height = RowHeight(lines);
    ys_.push_back(y_);
    book_.Expect(worksheet_set_row_pixels(
                     sheet_, row_, static_cast<std::uint32_t>(height), nullptr),
                 "height");
    y_ += height;
    ++row_;
  }

  const ReportModel& model_;
  Workbook& book_;
  ChartNumbers& numbers_;
  lxw_worksheet* sheet_;
  const Page& page_;
  std::vector<int> widths_;  // of the columns behind the labels
  std::size_t table_columns_ = 0;
  int all_ = 0;         // of all columns
  int wide_ = 0;        // the same in pixels, or to the end of the last chart
  int beside_ = 0;      // where the widest table ends, in pixels
  std::string number_;  // of the block's table: 表4-2
  lxw_row_t row_ = 0;
  int y_ = 0;            // of the next row, in pixels
  std::vector<int> ys_;  // of each row before
  std::vector<lxw_row_t> parts_;  // their first rows
  struct Span {
    int begin = 0;
    int end = 0;
  };
  std::vector<Span> charts_;  // from where to where they stand
};

}  // namespace

void WriteReadableSheets(const ReportModel& model, Workbook& book) {
  // Sheets stand in the order in which they are added; the numbers of the
  // charts behind all that are read.
  std::vector<lxw_worksheet*> sheets;
  for (const Page& page : model.pages) {
    sheets.push_back(book.AddSheet(SheetOf(page)));
  }
  ChartNumbers numbers(book, kNumbersSheet);
  std::vector<std::pair<std::string, std::string>> links;
  for (const Page* page : ContentsOf(model)) {
    links.emplace_back(SheetOf(*page), page->headline);
  }
  for (std::size_t i = 0; i < model.pages.size(); ++i) {
    SheetWriter writer(model, book, numbers, sheets[i], model.pages[i]);
    writer.Write();
    if (model.pages[i].cover) writer.Contents(links);
    writer.BreakPages();
  }
}

}  // namespace welfare::report
