#include "services/report/sheets/table_drawing.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/report/drawing/text_measure.h"
#include "services/report/model/layout.h"

namespace welfare::report {
namespace {

constexpr int kCellPadding = Millimetres(1.1);
constexpr int kRowPadding = Millimetres(1.5);
// Narrower columns are not read.
constexpr int kLeastText = Millimetres(16);
// A word or path up to here stays whole if there is room.
constexpr int kMostPiece = Millimetres(42);
constexpr int kGoodLabel = Millimetres(26);
constexpr int kHairline = Millimetres(0.15);
constexpr int kHeadLine = Millimetres(0.35);

int LineOf(int size) { return size * 125 / 100; }

// What keeps one line.
enum class Whole {
  kNothing,
  kPieces,  // words, short texts, and paths and dates between two `/`
  kWords,   // paths and dates as well
};

// So little is that of two characters: a heading is folded, and takes what its
// longest part needs.
constexpr int kFoldedHead = Millimetres(8);

int HeadWidth(std::string_view label, int size, int most) {
  const int whole = TextWidth(label, size);
  if (whole <= most || most > kFoldedHead) return std::min(whole, most);
  int widest = 0;
  for (const std::string& line : BreakPhrases(label, size, most)) {
    widest = std::max(widest, TextWidth(line, size));
  }
  return widest;
}

// How much a table gives way, a step after the other.
struct Tightness {
  int most_head;    // a heading takes as much before it is broken
  int least_label;  // of a table of numbers
  Whole whole;
};
constexpr Tightness kSteps[] = {
    {Millimetres(20), kGoodLabel, Whole::kWords},
    {Millimetres(20), kGoodLabel, Whole::kPieces},
    {Millimetres(13), kGoodLabel, Whole::kPieces},
    {Millimetres(13), kLeastText, Whole::kPieces},
    {Millimetres(13), kLeastText, Whole::kNothing},
    // A matrix of two years has many columns of small numbers.
    {kFoldedHead, kLeastText, Whole::kNothing},
};

// What a column takes and what it cannot do without.
struct Wish {
  int natural = 0;
  int least = 0;
  std::vector<int> texts = {};  // how wide the text of each row is
};

void WidenFor(Wish& wish, std::string_view text, int size, Whole whole) {
  const int natural = TextWidth(text, size) + 2 * kCellPadding;
  wish.natural = std::max(wish.natural, natural);
  int least = kLeastText;
  if (whole != Whole::kNothing) {
    const int piece = WidestPiece(text, size, whole == Whole::kPieces);
    least = std::max(least, std::min(piece, kMostPiece) + 2 * kCellPadding);
  }
  wish.least = std::max(wish.least, std::min(natural, least));
}

// How many lines a text of `natural` takes in a column of `width`, in
// thousandths: what is over of one counts for the whole of it.
long long LinesOf(int natural, int width) {
  constexpr int kThousand = 1000;
  return natural <= width ? kThousand
                          : static_cast<long long>(natural) * kThousand / width;
}

// How much lower a table becomes where each column alone is wider by `step`: in
// those rows that are as high as this column makes them.
std::vector<long long> Gains(const std::vector<Wish>& wishes,
                             const std::vector<int>& widths,
                             const std::vector<std::vector<long long>>& lines,
                             int step) {
  std::vector<long long> gains(wishes.size());
  for (std::size_t row = 0; row < lines.front().size(); ++row) {
    std::size_t highest = 0;
    long long second = 0;
    for (std::size_t i = 1; i < wishes.size(); ++i) {
      if (lines[i][row] > lines[highest][row]) {
        second = lines[highest][row];
        highest = i;
      } else {
        second = std::max(second, lines[i][row]);
      }
    }
    const long long wider =
        LinesOf(wishes[highest].texts[row], widths[highest] + step);
    gains[highest] += lines[highest][row] - std::max(second, wider);
  }
  return gains;
}

// Shares `room` out: everybody has his least, and what is left goes, a little
// at a time, where the table becomes lower by it.
std::vector<int> Share(const std::vector<Wish>& wishes, int room) {
  constexpr int kStep = Millimetres(2);
  std::vector<int> widths;
  std::vector<std::vector<long long>> lines;
  const auto measure = [&](std::size_t i) {
    lines[i].clear();
    for (const int text : wishes[i].texts) {
      lines[i].push_back(LinesOf(text, widths[i]));
    }
  };
  for (const Wish& wish : wishes) {
    widths.push_back(wish.least);
    lines.emplace_back();
    measure(widths.size() - 1);
    room -= wish.least;
  }
  while (room > 0 && wishes.size() > 1) {
    const int step = std::min(kStep, room);
    const std::vector<long long> gains = Gains(wishes, widths, lines, step);
    const auto best = std::ranges::max_element(gains);
    if (*best <= 0) break;
    const auto column = static_cast<std::size_t>(best - gains.begin());
    widths[column] += step;
    measure(column);
    room -= step;
  }
  // What makes nothing lower goes to those who have more to say.
  for (std::size_t i = 0; i < wishes.size() && room > 0; ++i) {
    const int more = std::clamp(wishes[i].natural - widths[i], 0, room);
    widths[i] += more;
    room -= more;
  }
  // The last takes what is over: nothing, or the rest of the line.
  widths.back() += room;
  return widths;
}

// How wide the columns are, the label's first; nothing where they have no room.
std::optional<std::vector<int>> Widths(const Table& table, int width, int size,
                                       const Tightness& step) {
  const std::vector<ColumnWidth> kinds = WidthsOf(table);
  std::vector<int> widths(table.columns.size() + 1);
  std::vector<Wish> wishes(1);
  std::vector<std::size_t> sharing = {0};
  WidenFor(wishes[0], table.row_label, size, step.whole);
  for (const TableRow& row : table.rows) {
    WidenFor(wishes[0], row.label, size, step.whole);
    wishes[0].texts.push_back(TextWidth(row.label, size) + 2 * kCellPadding);
  }
  int room = width;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const bool number = kinds[i] == ColumnWidth::kNumber;
    const bool rigid =
        number || (step.whole != Whole::kNothing &&
                   kinds[i] == ColumnWidth::kShort);
    Wish wish;
    for (const TableRow& row : table.rows) {
      WidenFor(wish, row.cells[i].text, size, step.whole);
      wish.texts.push_back(TextWidth(row.cells[i].text, size) +
                           2 * kCellPadding);
    }
    const int head =
        HeadWidth(table.columns[i].label, size, step.most_head) +
        2 * kCellPadding;
    wish.natural = std::max(wish.natural, head);
    wish.least = rigid ? wish.natural
                       : std::max(wish.least, std::min(head, kLeastText));
    if (rigid) {
      widths[i + 1] = wish.natural;
      room -= wish.natural;
    } else {
      sharing.push_back(i + 1);
      wishes.push_back(std::move(wish));
    }
  }
  // Numbers stand at the right; their label takes the rest.
  if (wishes.size() == 1) {
    wishes[0].least = std::min(wishes[0].natural, step.least_label);
  }
  long long least = 0;
  for (const Wish& wish : wishes) least += wish.least;
  if (least > room) return std::nullopt;
  const std::vector<int> shares = Share(wishes, room);
  for (std::size_t i = 0; i < shares.size(); ++i) widths[sharing[i]] = shares[i];
  if (step.most_head <= kFoldedHead && sharing.size() == 1) {
    // What the labels leave is the numbers', whose headings need it more.
    const int more = std::max(0, widths[0] - wishes[0].natural) /
                     static_cast<int>(table.columns.size());
    for (std::size_t i = 1; i < widths.size(); ++i) {
      widths[i] += more;
      widths[0] -= more;
    }
  }
  return widths;
}

// As wide as the least step asks; what has no room then is a fault.
std::vector<int> WidthsOrFault(const Table& table, int width, int size,
                               std::vector<std::string>& faults) {
  for (const Tightness& step : kSteps) {
    if (auto widths = Widths(table, width, size, step); widths.has_value()) {
      return *std::move(widths);
    }
  }
  faults.emplace_back("表の列が幅に入らない。");
  return std::vector<int>(
      table.columns.size() + 1,
      std::max(width / static_cast<int>(table.columns.size() + 1),
               3 * kCellPadding));
}

// One row of texts; returns its height.
int DrawCells(Drawing& out, const std::vector<std::string>& texts,
              const std::vector<int>& widths, const std::vector<bool>& right,
              int y, int size, Ink ink, Structure cell) {
  std::size_t most = 1;
  std::vector<std::vector<std::string>> lines;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    lines.push_back(BreakPhrases(texts[i], size, widths[i] - 2 * kCellPadding,
                               LongPieces::kBreak));
    for (const std::string& line : lines.back()) {
      if (TextWidth(line, size) > widths[i] - kCellPadding) {
        out.faults.push_back("「" + line + "」が列に入らない。");
      }
    }
    most = std::max(most, lines.back().size());
  }
  const int height = static_cast<int>(most) * LineOf(size) + kRowPadding;
  int x = 0;
  out.shapes.emplace_back(StructureMark{Structure::kRow});
  for (std::size_t i = 0; i < texts.size(); ++i) {
    int baseline = y + kRowPadding / 2 + LineOf(size) - size * 28 / 100;
    // The first cell of a row names it.
    out.shapes.emplace_back(
        StructureMark{i == 0 ? Structure::kHeaderCell : cell});
    for (const std::string& line : lines[i]) {
      if (!line.empty()) {
        out.shapes.emplace_back(TextShape{
            right[i] ? x + widths[i] - kCellPadding
                     : x + (i == 0 ? 0 : kCellPadding),
            baseline, size, line, ink, right[i] ? Align::kEnd : Align::kStart});
      }
      baseline += LineOf(size);
    }
    out.shapes.emplace_back(StructureMark{});
    x += widths[i];
  }
  out.shapes.emplace_back(StructureMark{});
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
  const std::vector<int> widths = WidthsOrFault(table, width, size, head.faults);
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
    head.shapes.emplace_back(StructureMark{Structure::kRow});
    for (const ColumnGroup& group : groups) {
      int group_width = 0;
      for (std::size_t i = 0; i < group.columns; ++i) {
        group_width += widths[column++];
      }
      const std::vector<std::string> lines =
          BreakPhrases(group.heading, size, group_width - 2 * kCellPadding,
                     LongPieces::kBreak);
      most = std::max(most, lines.size());
      int baseline = y + kRowPadding / 2 + LineOf(size) - size * 28 / 100;
      head.shapes.emplace_back(StructureMark{Structure::kHeaderCell});
      for (const std::string& line : lines) {
        if (!line.empty()) {
          head.shapes.emplace_back(TextShape{x + group_width - kCellPadding,
                                             baseline, size, line,
                                             Ink::kSecondary, Align::kEnd});
        }
        baseline += LineOf(size);
      }
      head.shapes.emplace_back(StructureMark{});
      x += group_width;
    }
    head.shapes.emplace_back(StructureMark{});
    y += static_cast<int>(most) * LineOf(size) + kRowPadding / 2;
  }
  y += DrawCells(head, labels, widths, right, y, size, Ink::kSecondary,
                 Structure::kHeaderCell);
  DrawRule(head, width, y, Ink::kNavy, kHeadLine);
  head.height = y;
  result.height = y;
  for (const TableRow& row : table.rows) {
    Drawing drawn;
    drawn.width = width;
    std::vector<std::string> texts = {row.label};
    for (const TableCell& cell : row.cells) texts.push_back(cell.text);
    drawn.height = DrawCells(drawn, texts, widths, right, 0, size,
                             row.muted ? Ink::kSecondary : Ink::kText,
                             Structure::kCell);
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
