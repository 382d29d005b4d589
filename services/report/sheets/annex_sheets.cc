#include "services/report/sheets/annex_sheets.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "services/report/drawing/text_measure.h"
#include "services/report/model/layout.h"
#include "services/report/sheets/figure_numbers.h"
#include "services/report/sheets/quote_drawing.h"
#include "services/report/sheets/sheet_frame.h"
#include "services/report/sheets/table_drawing.h"

namespace welfare::report {
namespace {

constexpr int kAnnexTop = Millimetres(23);
constexpr int kAnnexTopBelowHeadline = Millimetres(39);
constexpr int kAnnexEnd = Millimetres(194.5);
constexpr int kAfterTable = Millimetres(5.5);
constexpr int kAfterText = Millimetres(2.6);
constexpr std::size_t kUnbrokenRows = 12;
constexpr int kDefinitionTerm = Millimetres(34);
constexpr int kAnnexLeading = Millimetres(4.7);
constexpr int kLeastBelowHeading = Millimetres(34);

std::string WordsOf(const Line& line) {
  std::string text;
  for (const Run& run : line) text += run.text;
  return text;
}

// Text of one size as a drawing.
Drawing TextBlock(std::string_view text, int width, int size, int leading,
                  Ink ink, Structure structure = Structure::kParagraph) {
  Drawing drawing;
  drawing.width = width;
  if (!text.empty()) drawing.shapes.emplace_back(StructureMark{structure});
  int y = size;
  for (const std::string& line :
       BreakPhrases(text, size, width, LongPieces::kBreak)) {
    drawing.shapes.emplace_back(TextShape{0, y, size, line, ink});
    y += leading;
  }
  if (!text.empty()) drawing.shapes.emplace_back(StructureMark{});
  drawing.height = y - leading + size * 30 / 100;
  return drawing;
}

// Fills columns and sheets from the top to the end.
class AnnexFlow {
 public:
  // `numbering`: what stands before the numbers of its sheets.
  AnnexFlow(const ReportModel& model, std::string_view numbering, Annex& annex)
      : model_(model), numbering_(numbering), annex_(annex) {}

  // Begins a part on a new sheet.
  void Begin(std::string topic, std::string headline, int columns,
             const std::string& target) {
    Close();
    topic_ = std::move(topic);
    columns_ = columns;
    Open(headline);
    pen_->Target(0, 0, target);
    // Its topic says enough: the contents have to hold the annex of a
    // correction as well.
    annex_.contents.push_back({label_, topic_, "", target});
    annex_.bookmarks.push_back({1, label_ + " " + topic_, target});
  }

  int width() const { return columns_ == 1 ? kTextWidth : ColumnsWidth(6); }

  // Changes the number of columns; begins a new sheet where something stands.
  void SetColumns(int columns) {
    if (columns == columns_) return;
    const bool used = column_ > 0 || y_ > top_;
    if (used) {
      Close();
      columns_ = columns;
      Open("");
    }
    columns_ = columns;
  }

  // Places a piece; one that is higher than what is left begins a new column.
  void Add(const Drawing& piece, int after, std::string_view block) {
    if (y_ + piece.height > kAnnexEnd) NextColumn();
    if (y_ + piece.height > kAnnexEnd) {
      pen_->Fault(block, "一枚の高さに入らない。");
    }
    pen_->Place(piece, Left(), y_, block);
    y_ += piece.height + after;
  }

  // Makes sure that `height` stands together, if a column has so much.
  void Need(int height) {
    if (y_ + height > kAnnexEnd && y_ > top_) NextColumn();
  }

  void Mark(const std::string& target, std::string title) {
    pen_->Target(Left(), y_, target);
    annex_.bookmarks.push_back({2, std::move(title), target});
  }

  // What is added in between are rows of one table, or of a part of it: no part
  // goes on in another column.
  void BeginTable() { pen_->Mark({Structure::kTable}); }
  void EndTable() { pen_->Mark({}); }

  int Room() const { return kAnnexEnd - y_; }
  void NextColumn() {
    if (++column_ < columns_) {
      y_ = top_;
      return;
    }
    Close();
    Open("");
  }

  void Close() {
    if (!pen_.has_value()) return;
    annex_.sheets.push_back(std::move(*pen_).Take());
    pen_.reset();
  }

 private:
  void Open(const std::string& headline) {
    label_ = numbering_ + std::to_string(annex_.sheets.size() + 1);
    pen_.emplace(model_, label_);
    pen_->Frame(topic_, headline);
    top_ = headline.empty() ? kAnnexTop : kAnnexTopBelowHeadline;
    y_ = top_;
    column_ = 0;
  }
  int Left() const { return ColumnLeft(column_ == 0 ? 1 : 7); }

  const ReportModel& model_;
  const std::string numbering_;
  Annex& annex_;
  std::optional<SheetPen> pen_;
  std::string topic_;
  std::string label_;
  int columns_ = 2;
  int column_ = 0;
  int top_ = 0;
  int y_ = 0;
};

// What stands above a table or quotations: number, title and base.
Drawing NamedCaption(const Figure& figure, int width,
                     const std::string& title) {
  Drawing whole = TextBlock(title, width, kLabelSize, kAnnexLeading, Ink::kNavy,
                            Structure::kSubheading);
  std::string base = figure.base;
  if (!figure.year.empty()) {
    base += (base.empty() ? "" : "　") + figure.year;
  }
  const Drawing below = TextBlock(base, width, kNoteSize, Millimetres(3.7),
                                  Ink::kSecondary);
  Place(below, 0, whole.height + Millimetres(0.3), whole);
  whole.height += below.height + Millimetres(1.3);
  return whole;
}

// And below: notes and signs; nothing of the height 0 where there are none.
Drawing NotesOf(const Figure& figure, int width) {
  std::string words;
  for (const std::string& note : figure.notes) words += note;
  words += TableLegend(figure);
  Drawing below;
  if (words.empty()) return below;
  const Drawing notes = TextBlock(words, width, kNoteSize, Millimetres(3.5),
                                  Ink::kSecondary);
  Place(notes, 0, Millimetres(1), below);
  below.height = notes.height + Millimetres(1);
  return below;
}

// Quotations in the columns of the annex, none of them broken.
void AddQuotes(AnnexFlow& flow, const Figure& figure, const std::string& title,
               const std::string& target) {
  const Drawing head = NamedCaption(figure, flow.width(), title);
  const std::vector<QuoteDrawing> quotes = DrawQuotes(figure, flow.width());
  flow.Need(head.height + (quotes.empty() ? 0 : quotes.front().quote.height));
  flow.Mark(target, title);
  flow.Add(head, 0, title);
  for (const QuoteDrawing& one : quotes) {
    const bool fits = one.quote.height <= flow.Room();
    flow.Add(fits ? one.quote : one.on_top, kBelowQuote, title);
  }
  flow.Add(NotesOf(figure, flow.width()), kAfterTable, title);
}

// A table with its number, title and base; the head is repeated where the table
// is broken.
void AddTable(AnnexFlow& flow, const Figure& figure, const std::string& number,
              const std::string& target) {
  std::string title =
      number.empty() ? figure.title : number + "　" + figure.title;
  if (figure.multiple_answer) title += kMultipleAnswer;
  if (figure.quoted) return AddQuotes(flow, figure, title, target);
  const TableDrawing table = DrawTable(figure.table, flow.width(), kTableSize);
  const auto caption = [&](std::string_view more) {
    return NamedCaption(figure, flow.width(), title + std::string(more));
  };
  const Drawing notes = NotesOf(figure, flow.width());
  const Drawing head = caption("");
  const bool whole = table.rows.size() <= kUnbrokenRows;
  const int least =
      whole ? table.height : table.head.height + table.rows.front().height;
  flow.Need(head.height + least + (whole ? notes.height : 0));
  flow.Mark(target, title);
  flow.Add(head, 0, title);
  flow.BeginTable();
  flow.Add(table.head, 0, title);
  for (const Drawing& row : table.rows) {
    if (row.height > flow.Room()) {
      flow.EndTable();
      flow.NextColumn();
      const Drawing again = caption("（続き）");
      // A row that needs the whole height stands without what is repeated.
      const bool repeats =
          again.height + table.head.height + row.height <= flow.Room();
      if (repeats) flow.Add(again, 0, title);
      flow.BeginTable();
      if (repeats) flow.Add(table.head, 0, title);
    }
    flow.Add(row, 0, title);
  }
  flow.EndTable();
  if (notes.height == 0) flow.Need(0);
  flow.Add(notes, kAfterTable, title);
}

void AddBlock(AnnexFlow& flow, const Heading& heading) {
  flow.Need(Millimetres(20));
  flow.Add(TextBlock(heading.text, flow.width(), kPointSize, kPointLeading,
                     Ink::kNavy, Structure::kSubheading),
           kAfterText, heading.text);
}

void AddBlock(AnnexFlow& flow, const Paragraph& paragraph) {
  flow.Add(TextBlock(WordsOf(paragraph.line), flow.width(), kLabelSize,
                     kAnnexLeading, Ink::kText),
           kAfterText, "文");
}

void AddBlock(AnnexFlow& flow, const BulletList& list) {
  for (const Line& item : list.items) {
    flow.Add(TextBlock("・" + WordsOf(item), flow.width(), kLabelSize,
                       kAnnexLeading, Ink::kText),
             Millimetres(1), "箇条");
  }
  flow.Add(Drawing{}, kAfterText, "箇条");
}

void AddBlock(AnnexFlow& flow, const DefinitionList& list) {
  for (const DefinitionList::Item& item : list.items) {
    Drawing whole = TextBlock(item.term, kDefinitionTerm, kLabelSize,
                              kAnnexLeading, Ink::kNavy);
    int y = 0;
    for (const Line& line : item.lines) {
      const Drawing words =
          TextBlock(WordsOf(line), flow.width() - kDefinitionTerm, kLabelSize,
                    kAnnexLeading, Ink::kText);
      Place(words, kDefinitionTerm, y, whole);
      y += words.height;
    }
    whole.height = std::max(whole.height, y);
    flow.Add(whole, Millimetres(1), item.term);
  }
  flow.Add(Drawing{}, kAfterText, "用語");
}

void AddBlock(AnnexFlow& flow, const NameList& list) {
  std::string text = list.heading + "　" + list.count + "　";
  for (std::size_t i = 0; i < list.names.size(); ++i) {
    if (i > 0) text += kBetweenNames;
    text += list.names[i].text;
    if (list.names[i].style == Run::Style::kNewcomer) text += "（新規）";
  }
  flow.Add(TextBlock(text, flow.width(), kLabelSize, kAnnexLeading, Ink::kText),
           kAfterText, list.heading);
}

void AddBlock(AnnexFlow& flow, const Figure& figure) {
  AddTable(flow, figure, "", "t-" + figure.id);
}

}  // namespace

bool IsAnnex(const Page& page) { return page.id.starts_with("annex"); }

Annex LayOutAnnex(const ReportModel& model) {
  Annex annex;
  AnnexFlow flow(model, "資-", annex);
  flow.Begin("資料編A　全ての値", "図表の全ての値", 2, "annex-values");
  for (const Page& page : model.pages) {
    if (IsAnnex(page)) continue;
    const auto numbers = NumbersOf(page);
    for (std::size_t i = 0; i < page.blocks.size(); ++i) {
      if (const auto* names = std::get_if<NameList>(&page.blocks[i])) {
        flow.SetColumns(2);
        AddBlock(flow, *names);
        continue;
      }
      const auto* figure = std::get_if<Figure>(&page.blocks[i]);
      if (figure == nullptr || !numbers.at(i).in_annex) continue;
      AddTable(flow, *figure, numbers.at(i).table, numbers.at(i).target);
    }
  }
  char part = 'B';
  for (const Page& page : model.pages) {
    if (!IsAnnex(page)) continue;
    // Sentences and digests take the width of the sheet.
    flow.Begin(std::string("資料編") + part++ + "　" + page.topic,
               page.headline, 1, PageTarget(page));
    for (const Block& block : page.blocks) {
      std::visit([&](const auto& one) { AddBlock(flow, one); }, block);
    }
  }
  flow.Close();
  return annex;
}

Annex LayOutInColumns(const ReportModel& model, std::size_t first_sheet) {
  Annex annex;
  AnnexFlow flow(model, "", annex);
  for (std::size_t i = 0; i < model.pages.size(); ++i) {
    const Page& page = model.pages[i];
    if (i == 0 || i == first_sheet) {
      // Behind the first sheet the band alone says whose it is.
      flow.Begin(i == 0 ? page.topic : model.subtitle + "　" + model.title,
                 i == 0 ? page.headline : "", 2, PageTarget(page));
    }
    if (i > 0) {
      flow.Need(kLeastBelowHeading);
      if (i != first_sheet) flow.Mark(PageTarget(page), page.topic);
      AddBlock(flow, Heading{page.headline});
    }
    for (const Block& block : page.blocks) {
      std::visit([&](const auto& one) { AddBlock(flow, one); }, block);
    }
  }
  flow.Close();
  return annex;
}

}  // namespace welfare::report
