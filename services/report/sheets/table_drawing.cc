#include "services/report/sheets/table_drawing.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "services/report/drawing/text_measure.h"
#include "services/report/model/layout.h"

namespace welfare::report {
namespace {

constexpr int kCellPadding = Millimetres(1.1);
constexpr int kRowPadding = Millimetres(1.5);
constexpr int kLeastLabel = Millimetres(26);
constexpr int kLeastText = Millimetres(16);
constexpr int kLeastHead = Millimetres(13);
constexpr int kMostHead = Millimetres(20);
constexpr int kHairline = Millimetres(0.15);
constexpr int kHeadLine = Millimetres(0.35);

int LineOf(int size) { return size * 125 / 100; }

// How wide the columns are, the label's first. A heading takes up to
// `most_head` before it is broken.
std::vector<int> Widths(const Table& table, int width, int size, int most_head,
                        std::vector<std::string>& faults) {
  const auto natural = [&](std::size_t column) {
    int widest = 0;
    for (const TableRow& row : table.rows) {
      widest = std::max(widest, TextWidth(row.cells[column].text, size));
    }
    const int head =
        std::min(TextWidth(table.columns[column].label, size), most_head);
    return std::max(widest, head) + 2 * kCellPadding;
  };
  const std::vector<ColumnWidth> kinds = WidthsOf(table);
  std::vector<int> widths = {0};
  int fixed = 0;
  std::vector<std::size_t> texts;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    widths.push_back(natural(i));
    if (kinds[i] == ColumnWidth::kText) {
      texts.push_back(i + 1);
    } else {
      fixed += widths.back();
    }
  }
  int label = TextWidth(table.row_label, size);
  for (const TableRow& row : table.rows) {
    label = std::max(label, TextWidth(row.label, size));
  }
  widths[0] = label + 2 * kCellPadding;
  const int room = width - fixed;
  if (texts.empty()) {
    // Numbers stand at the right; the label takes the rest.
    widths[0] = room;
    if (room < std::min(kLeastLabel, label + 2 * kCellPadding)) {
      faults.emplace_back("表の列が幅に入らない。");
      widths[0] = std::max(room, kCellPadding * 3);
    }
    return widths;
  }
  // Texts and the label share what is left, by what they would take, and none
  // gets less than it can be read in.
  texts.insert(texts.begin(), 0);
  long long wanted = 0;
  for (const std::size_t column : texts) wanted += widths[column];
  if (wanted <= room) {
    widths[texts.back()] += static_cast<int>(room - wanted);
    return widths;
  }
  // Long texts give way first: halves of what is above the average are cut
  // until all fits.
  const int least = std::min(kLeastText, room / static_cast<int>(texts.size()));
  int left = room;
  std::vector<std::size_t> order = texts;
  std::ranges::stable_sort(order, {},
                           [&](std::size_t column) { return widths[column]; });
  for (std::size_t i = 0; i < order.size(); ++i) {
    const int share = left / static_cast<int>(order.size() - i);
    widths[order[i]] =
        std::max(std::min(widths[order[i]], share), std::min(least, share));
    left -= widths[order[i]];
  }
  if (room < least * static_cast<int>(texts.size()) || least < kLeastText) {
    faults.emplace_back("表の列が幅に入らない。");
  }
  return widths;
}

// One row of texts; returns its height.
int DrawCells(Drawing& out, const std::vector<std::string>& texts,
              const std::vector<int>& widths, const std::vector<bool>& right,
              int y, int size, Ink ink) {
  std::size_t most = 1;
  std::vector<std::vector<std::string>> lines;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    lines.push_back(BreakLines(texts[i], size, widths[i] - 2 * kCellPadding));
    for (const std::string& line : lines.back()) {
      if (TextWidth(line, size) > widths[i] - kCellPadding) {
        out.faults.push_back("「" + line + "」が列に入らない。");
      }
    }
    most = std::max(most, lines.back().size());
  }
  const int height = static_cast<int>(most) * LineOf(size) + kRowPadding;
  int x = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    int baseline = y + kRowPadding / 2 + LineOf(size) - size * 28 / 100;
    for (const std::string& line : lines[i]) {
      if (!line.empty()) {
        out.shapes.emplace_back(TextShape{
            right[i] ? x + widths[i] - kCellPadding
                     : x + (i == 0 ? 0 : kCellPadding),
            baseline, size, line, ink, right[i] ? Align::kEnd : Align::kStart});
      }
      baseline += LineOf(size);
    }
    x += widths[i];
  }
  return height;
}

void DrawRule(Drawing& out, int width, int y, Ink ink, int thickness) {
  out.shapes.emplace_back(LineShape{0, y, width, y, thickness, ink});
}

}  // namespace

TableDrawing DrawTable(const Table& table, int width, int size) {
  TableDrawing result;
  Drawing& head = result.head;
  head.width = width;
  std::vector<int> widths = Widths(table, width, size, kMostHead, head.faults);
  if (!head.faults.empty()) {
    head.faults.clear();
    widths = Widths(table, width, size, kLeastHead, head.faults);
  }
  std::vector<bool> right = {false};
  std::vector<std::string> labels = {table.row_label};
  for (const Column& column : table.columns) {
    right.push_back(column.kind == Column::Kind::kNumber);
    labels.push_back(column.label);
  }
  int y = 0;
  DrawRule(head, width, y, Ink::kNavy, kHeadLine);
  const std::vector<ColumnGroup> groups = GroupsOf(table);
  if (!groups.empty()) {
    int x = widths[0];
    std::size_t column = 1;
    std::size_t most = 1;
    for (const ColumnGroup& group : groups) {
      int group_width = 0;
      for (std::size_t i = 0; i < group.columns; ++i) {
        group_width += widths[column++];
      }
      const std::vector<std::string> lines =
          BreakLines(group.heading, size, group_width - 2 * kCellPadding);
      most = std::max(most, lines.size());
      int baseline = y + kRowPadding / 2 + LineOf(size) - size * 28 / 100;
      for (const std::string& line : lines) {
        if (!line.empty()) {
          head.shapes.emplace_back(TextShape{x + group_width - kCellPadding,
                                             baseline, size, line,
                                             Ink::kSecondary, Align::kEnd});
        }
        baseline += LineOf(size);
      }
      x += group_width;
    }
    y += static_cast<int>(most) * LineOf(size) + kRowPadding / 2;
  }
  y += DrawCells(head, labels, widths, right, y, size, Ink::kSecondary);
  DrawRule(head, width, y, Ink::kNavy, kHeadLine);
  head.height = y;
  result.height = y;
  for (const TableRow& row : table.rows) {
    Drawing drawn;
    drawn.width = width;
    std::vector<std::string> texts = {row.label};
    for (const TableCell& cell : row.cells) texts.push_back(cell.text);
    drawn.height = DrawCells(drawn, texts, widths, right, 0, size,
                             row.muted ? Ink::kSecondary : Ink::kText);
    DrawRule(drawn, width, drawn.height, Ink::kGrid, kHairline);
    result.height += drawn.height;
    result.rows.push_back(std::move(drawn));
  }
  return result;
}

Drawing WholeTable(const TableDrawing& table) {
  Drawing whole = table.head;
  int y = table.head.height;
  for (const Drawing& row : table.rows) {
    Place(row, 0, y, whole);
    y += row.height;
  }
  whole.height = y;
  return whole;
}

}  // namespace welfare::report
