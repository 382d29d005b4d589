#include "services/report/render/html/html_renderer.h"

#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "services/report/model/layout.h"
#include "services/report/render/html/style_sheet.h"
#include "services/report/render/markup.h"
#include "services/report/render/svg/svg_chart.h"

namespace welfare::report {
namespace {

// In print every sheet says it, in the margin above whatever a page has run on
// to.
constexpr std::string_view kSheetMark =
    "@page{@top-right{content:\"%\";color:#a33b00;font:600 9pt sans-serif}}\n";

class PageWriter {
 public:
  explicit PageWriter(const ReportModel& model)
      : model_(model), mark_(ReportMark(model)) {}

  std::string Write() {
    Raw("<!DOCTYPE html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">"
        "\n<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<title>");
    Text(DocumentTitle(model_));
    Raw("</title>\n<style>");
    Raw(kStyleSheet);
    if (!mark_.empty()) {
      std::string sheet(kSheetMark);
      Raw(sheet.replace(sheet.find('%'), 1, mark_));
    }
    Raw("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#contents\">");
    Text(kContentsTitle);
    Raw("へ</a>\n<main>\n");
    bool contents_due = true;
    for (const Page& page : model_.pages) {
      WritePage(page);
      if (contents_due && page.cover) {
        WriteContents();
        contents_due = false;
      }
    }
    Raw("</main>\n</body>\n</html>\n");
    return std::move(out_);
  }

 private:
  void Raw(std::string_view markup) { out_ += markup; }
  void Text(std::string_view text) { out_ += EscapeMarkup(text); }
  void Element(std::string_view tag, std::string_view css,
               std::string_view text) {
    Raw("<");
    Raw(tag);
    if (!css.empty()) {
      Raw(" class=\"");
      Raw(css);
      Raw("\"");
    }
    Raw(">");
    Text(text);
    Raw("</");
    Raw(tag);
    Raw(">");
  }

  void WriteLine(const Line& line) {
    for (const Run& run : line) WriteRun(run);
  }

  void WriteRun(const Run& run) {
    switch (run.style) {
      case Run::Style::kPlain:
        Text(run.text);
        return;
      case Run::Style::kNewcomer:
        Element("u", "newcomer", run.text);
        return;
      case Run::Style::kStrong:
        Element("strong", "", run.text);
        return;
      case Run::Style::kLeftOut:
        Element("span", "left-out", run.text);
        return;
    }
  }

  void WriteFoot(const Page& page) {
    Raw("<div class=\"foot\"><span>");
    Text(RunningTitle(model_));
    Raw("</span><span>");
    Text(page.label);
    Raw("</span></div>\n");
  }

  void WriteMark() {
    if (!mark_.empty()) Element("span", "synthetic", mark_);
  }

  void WriteCoverHead(const Page& page) {
    Raw("<div class=\"page-head\"><span></span>");
    WriteMark();
    Raw("</div>\n");
    Element("p", "year", model_.year);
    Raw("\n<h1 id=\"" + page.id + "-title\">");
    Text(model_.title);
    Raw("</h1>\n");
    if (!model_.subtitle.empty()) {
      Element("p", "subtitle", model_.subtitle);
      Raw("\n");
    }
    if (const std::string_view banner = SyntheticBanner(model_);
        !banner.empty()) {
      Element("p", "banner", banner);
      Raw("\n");
    }
  }

  void WritePage(const Page& page) {
    Raw("<section class=\"page");
    if (page.cover) Raw(" cover");
    Raw("\" id=\"" + page.id + "\" aria-labelledby=\"" + page.id +
        "-title\">\n");
    if (page.cover) {
      WriteCoverHead(page);
    } else {
      Raw("<div class=\"page-head\">");
      Element("span", "topic", page.topic);
      WriteMark();
      Raw("</div>\n<h2 id=\"" + page.id + "-title\">");
      Text(page.headline);
      Raw("</h2>\n");
    }
    if (page.key.has_value()) WriteKey(*page.key);
    for (const Block& block : page.blocks) {
      std::visit([&](const auto& one) { WriteBlock(one); }, block);
    }
    WriteLegend(page);
    WriteFoot(page);
    Raw("</section>\n");
  }

  void WriteKey(const KeyFigure& key) {
    Raw("<p class=\"key\">");
    Element("span", "label", key.label);
    Raw("<span class=\"value\">");
    Text(key.before);
    Element("span", "number", key.number);
    Element("span", "unit", key.unit);
    Raw("</span>");
    Element("span", "detail", key.detail);
    if (!key.last_year.empty()) Element("span", "last", key.last_year);
    Raw("</p>\n");
  }

  void WriteContents() {
    Raw("<section class=\"page\" id=\"contents\" "
        "aria-labelledby=\"contents-title\">\n<div class=\"page-head\">");
    Element("span", "topic", kContentsTitle);
    WriteMark();
    Raw("</div>\n<h2 id=\"contents-title\">");
    Text(kContentsTitle);
    Raw("</h2>\n<nav aria-labelledby=\"contents-title\">\n<ol>\n");
    for (const Page* page : ContentsOf(model_)) {
      Raw("<li><span class=\"no\">");
      Text(page->label);
      Raw("</span><a href=\"#" + page->id + "\">");
      Text(page->topic);
      Raw("</a></li>\n");
    }
    Raw("</ol>\n</nav>\n</section>\n");
  }

  void WriteBlock(const Heading& heading) {
    Element("h3", "", heading.text);
    Raw("\n");
  }

  void WriteBlock(const Paragraph& paragraph) {
    Raw("<p>");
    WriteLine(paragraph.line);
    Raw("</p>\n");
  }

  void WriteBlock(const BulletList& list) {
    Raw("<ul>\n");
    for (const Line& item : list.items) {
      Raw("<li>");
      WriteLine(item);
      Raw("</li>\n");
    }
    Raw("</ul>\n");
  }

  void WriteBlock(const DefinitionList& list) {
    Raw("<dl>\n");
    for (const DefinitionList::Item& item : list.items) {
      Element("dt", "", item.term);
      Raw("<dd>");
      for (const Line& line : item.lines) {
        Raw("<span>");
        WriteLine(line);
        Raw("</span>");
      }
      Raw("</dd>\n");
    }
    Raw("</dl>\n");
  }

  void WriteBlock(const NameList& list) {
    Raw("<div class=\"names\"><div>");
    Element("h3", "", list.heading);
    Element("span", "count", list.count);
    Raw("</div><p>");
    for (std::size_t i = 0; i < list.names.size(); ++i) {
      if (i > 0) Raw(kBetweenNames);
      WriteRun(list.names[i]);
    }
    if (list.names.empty()) Text(kNoNames);
    Raw("</p></div>\n");
  }

  void WriteBlock(const Figure& figure) {
    Raw("<figure id=\"" + EscapeMarkup(figure.id) + "\"");
    switch (ShapeOf(figure)) {
      case FigureShape::kPlain:
        break;
      case FigureShape::kWithChart:
        Raw(" class=\"with-chart\"");
        break;
      case FigureShape::kWide:
        Raw(" class=\"wide\"");
        break;
      case FigureShape::kNarrow:
        Raw(" class=\"narrow\"");
        break;
      case FigureShape::kLong:
        Raw(" class=\"long\"");
        break;
    }
    Raw(">\n<figcaption>");
    const std::string mark = MarkOf(figure);
    Element("span", "title", figure.title);
    Raw("<span class=\"base\">");
    Text(figure.base);
    if (!figure.base.empty() && !figure.year.empty()) Text("　");
    Text(figure.year);
    if (figure.multiple_answer) {
      Raw("　");
      Element("span", "mark", kMultipleAnswer);
    }
    if (!mark.empty()) Element("span", "made-up", mark);
    Raw("</span></figcaption>\n<div class=\"body\">\n");
    if (!figure.charts.empty()) {
      Scroller("charts", figure.title + "の図");
      Raw("\n");
      for (std::size_t i = 0; i < figure.charts.size(); ++i) {
        Raw(RenderSvgChart(
            figure.charts[i],
            EscapeMarkup(figure.id) + "-chart" + std::to_string(i + 1)));
      }
      Raw("</div>\n");
    }
    if (figure.quoted) {
      WriteQuotes(figure);
    } else {
      WriteTable(figure);
    }
    Raw("</div>\n");
    if (!figure.notes.empty()) {
      Raw("<ul class=\"notes\">\n");
      for (const std::string& note : figure.notes) {
        Element("li", "", note);
        Raw("\n");
      }
      Raw("</ul>\n");
    }
    Raw("</figure>\n");
  }

  // Whoever hears the page is told how many there are of a category, and of
  // each whom it is from.
  void WriteQuotes(const Figure& figure) {
    Raw("<div class=\"quotes\">\n");
    for (const QuotedCategory& category : QuotesOf(figure)) {
      if (!category.name.empty()) {
        Element("h3", "", category.name);
        Raw("\n");
      }
      Raw("<ul>\n");
      for (const Quote& quote : category.quotes) {
        Raw("<li><blockquote>");
        Element("p", "", quote.text);
        Raw("</blockquote>");
        Element("cite", "", quote.respondent);
        Raw("</li>\n");
      }
      Raw("</ul>\n");
    }
    Raw("</div>\n");
  }

  // What is wider than a screen is scrolled, by keys as well.
  void Scroller(std::string_view css, std::string_view label) {
    Raw("<div class=\"");
    Raw(css);
    Raw("\" role=\"group\" tabindex=\"0\" aria-label=\"");
    Text(label);
    Raw("\">");
  }

  void WriteTable(const Figure& figure) {
    const Table& table = figure.table;
    Scroller("table", figure.title + "の表");
    Raw("<table>\n<caption>");
    Text(CaptionOf(figure));
    Raw("</caption>\n<thead>\n");
    WriteGroups(table);
    Raw("<tr><th scope=\"col\">");
    Text(table.row_label);
    Raw("</th>");
    const std::vector<ColumnWidth> widths = WidthsOf(table);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      Raw("<th scope=\"col\"");
      if (const std::string_view css = ClassOf(widths[i]); !css.empty()) {
        Raw(" class=\"");
        Raw(css);
        Raw("\"");
      }
      Raw(">");
      Text(table.columns[i].label);
      Raw("</th>");
    }
    Raw("</tr></thead>\n<tbody>\n");
    for (const TableRow& row : table.rows) {
      Raw(row.muted ? "<tr class=\"muted\">" : "<tr>");
      Raw("<th scope=\"row\">");
      Text(row.label);
      Raw("</th>");
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        Element("td", ClassOf(widths[i]), row.cells[i].text);
      }
      Raw("</tr>\n");
    }
    Raw("</tbody></table></div>\n");
  }

  static std::string_view ClassOf(ColumnWidth width) {
    switch (width) {
      case ColumnWidth::kNumber:
        return "n";
      case ColumnWidth::kShort:
        return "s";
      case ColumnWidth::kText:
        break;
    }
    return "";
  }

  // A row of headings over the columns that stand together, if any do.
  void WriteGroups(const Table& table) {
    const std::vector<ColumnGroup> groups = GroupsOf(table);
    if (groups.empty()) return;
    Raw("<tr><td></td>");
    for (const ColumnGroup& group : groups) {
      const std::string span = std::to_string(group.columns);
      if (group.heading.empty()) {
        Raw("<td colspan=\"" + span + "\"></td>");
      } else {
        Raw("<th scope=\"colgroup\" class=\"g\" colspan=\"" + span + "\">");
        Text(group.heading);
        Raw("</th>");
      }
    }
    Raw("</tr>\n");
  }

  void WriteLegend(const Page& page) {
    const std::vector<LegendEntry> legend = LegendOf(page);
    if (legend.empty()) return;
    Raw("<p class=\"legend\">");
    for (const LegendEntry& entry : legend) {
      Raw("<span>");
      if (entry.newcomer) {
        Element("u", "newcomer", entry.sign);
        Text("　");
      } else {
        Element("b", "", entry.sign);
      }
      Text(entry.meaning);
      Raw("</span>");
    }
    Raw("</p>\n");
  }

  const ReportModel& model_;
  const std::string mark_;  // of synthetic data; empty: there are none
  std::string out_;
};

}  // namespace

absl::StatusOr<std::string> HtmlRenderer::Render(
    const ReportModel& model) const {
  return PageWriter(model).Write();
}

}  // namespace welfare::report
