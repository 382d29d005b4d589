#include "services/report/render/html/html_renderer.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "services/report/render/html/markup.h"
#include "services/report/render/svg/svg_chart.h"

namespace welfare::report {
namespace {

// Fonts are those of the reader's machine: no font is embedded or fetched.
constexpr std::string_view kStyle = R"css(
:root{--ink:#22303a;--faint:#5d6b75;--rule:#d6dde2;--accent:#1f5c7a;--wash:#f4f7f9;--warn:#8a4b08}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:#e9edf0;color:var(--ink);line-height:1.7;font-size:15px;
font-family:"Hiragino Sans","Yu Gothic Medium","Yu Gothic","Meiryo","Noto Sans CJK JP","Noto Sans JP","IPAexGothic",sans-serif;
font-variant-numeric:tabular-nums;font-feature-settings:"palt" 0}
.page{position:relative;max-width:1180px;min-height:60vh;margin:22px auto;padding:44px 56px 60px;background:#fff;
box-shadow:0 1px 3px rgba(20,40,55,.14)}
.page-head{display:flex;justify-content:space-between;gap:24px;margin:0 0 4px;font-size:13px;color:var(--faint)}
.page-head .topic{color:var(--accent);font-weight:600;letter-spacing:.04em}
h1{margin:0;font-size:34px;line-height:1.45;font-weight:600}
h2{margin:0 0 20px;padding:0 0 14px;border-bottom:2px solid var(--accent);font-size:24px;line-height:1.5;font-weight:600}
h3{margin:28px 0 8px;font-size:17px;line-height:1.5;font-weight:600;color:var(--accent)}
p{margin:0 0 10px;max-width:62em}
ul{margin:0 0 14px;padding-left:1.3em;max-width:62em}
li{margin:0 0 5px}
dl{display:grid;grid-template-columns:max-content 1fr;margin:0 0 16px;border-top:1px solid var(--rule)}
dt,dd{margin:0;padding:9px 0;border-bottom:1px solid var(--rule)}
dt{padding-right:32px;color:var(--faint);font-weight:600}
dd{overflow-wrap:anywhere}
dd span{display:block}
figure{margin:26px 0 30px;break-inside:avoid}
figcaption{margin:0 0 10px;padding-left:12px;border-left:4px solid var(--accent)}
figcaption .title{display:block;font-size:17px;font-weight:600;line-height:1.5}
figcaption .base{font-size:13px;color:var(--faint)}
figcaption .mark{color:var(--ink);font-weight:600}
.table{position:relative}
.body{display:grid;grid-template-columns:minmax(0,1fr);gap:18px;align-items:start}
.with-chart .body{grid-template-columns:minmax(0,11fr) minmax(0,9fr);gap:32px}
.narrow .body{max-width:760px}
.long tbody th{min-width:13em}
.long table{font-size:12.5px}
svg{display:block;width:100%;height:auto;font-family:inherit}
table{width:100%;border-collapse:collapse;font-size:13.5px;line-height:1.5}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th,td{padding:5px 8px;border-bottom:1px solid var(--rule);vertical-align:top;font-weight:400}
thead th{border-bottom:1.5px solid var(--accent);font-size:12px;color:var(--faint);vertical-align:bottom;text-align:left}
tbody th{text-align:left}
th.n,td.n{text-align:right;white-space:nowrap}
th.s,td.s,thead th.n{white-space:nowrap}
tbody th{min-width:6.5em}
thead td{border-bottom:0}
thead th.g{text-align:center;border-bottom:1px solid var(--rule);color:var(--ink);font-weight:600}
tr.muted th,tr.muted td{color:var(--faint)}
tbody tr:nth-child(even){background:var(--wash)}
.notes{margin:10px 0 0;padding:0;list-style:none;font-size:12px;color:var(--faint);line-height:1.6}
.notes li::before{content:"注) "}
.legend{margin:30px 0 0;padding:10px 0 0;border-top:1px solid var(--rule);font-size:12px;color:var(--faint)}
.legend b{color:var(--ink);font-weight:600;margin-right:.5em}
.legend span{display:inline-block;margin-right:2em}
u.newcomer{text-decoration:underline;text-decoration-thickness:2px;text-underline-offset:4px;text-decoration-color:var(--accent);font-weight:600}
.names{display:grid;grid-template-columns:13em 1fr;gap:4px 28px;padding:11px 0;border-bottom:1px solid var(--rule)}
.names h3{margin:0;font-size:16px}
.names .count{font-size:12.5px;color:var(--faint)}
.names p{margin:0;max-width:none}
.synthetic{display:inline-block;padding:1px 10px;border:1px solid var(--warn);border-radius:2px;color:var(--warn);font-size:12px;font-weight:600;white-space:nowrap}
.made-up{display:inline-block;margin-left:10px;padding:0 7px;border:1px solid var(--warn);border-radius:2px;color:var(--warn);font-size:11px;font-weight:600;white-space:nowrap;vertical-align:2px}
.left-out{color:var(--warn);font-size:13px}
.foot{position:absolute;left:56px;right:56px;bottom:22px;display:flex;justify-content:space-between;font-size:12px;color:var(--faint)}
.cover{display:flex;flex-direction:column;justify-content:center;min-height:760px;border-top:10px solid var(--accent)}
.cover .subtitle{margin:14px 0 0;font-size:20px;color:var(--faint)}
.cover .year{margin:0 0 14px;font-size:18px;color:var(--accent);font-weight:600}
.cover dl{margin:70px 0 0;max-width:46em}
.cover .banner{margin:36px 0 0;padding:12px 18px;border-left:5px solid var(--warn);background:#fdf6ec;color:#5a3206;font-size:14px;max-width:60em}
nav ol{columns:2;column-gap:48px;margin:0;padding:0;list-style:none;font-size:14px}
nav li{break-inside:avoid;border-bottom:1px solid var(--rule);margin:0;padding:5px 0;display:flex;gap:12px}
nav .no{flex:0 0 3.4em;color:var(--accent);font-weight:600}
nav a{color:inherit;text-decoration:none}
nav a:hover,nav a:focus{text-decoration:underline}
@media screen and (max-width:900px){.page{padding:28px 20px 56px}.with-chart .body{grid-template-columns:minmax(0,1fr)}.names{grid-template-columns:1fr}nav ol{columns:1}.body{overflow-x:auto}}
@page{size:A4 landscape;margin:12mm 14mm}
@media print{
body{background:#fff;font-size:9pt;line-height:1.55}
h1{font-size:25pt}
h2{font-size:16pt;margin:0 0 10pt;padding:0 0 7pt}
h3{font-size:11pt;margin:10pt 0 4pt;break-after:avoid}
figure{margin:11pt 0 12pt}
figcaption{margin:0 0 5pt}
figcaption .title{font-size:11pt}
figcaption .base,.notes,.legend{font-size:7.5pt}
table{font-size:8pt;line-height:1.35}
thead th,thead th.g{font-size:7.5pt}
th,td{padding:2pt 5pt}
nav ol{font-size:10pt}
.with-chart .body{grid-template-columns:minmax(0,11fr) minmax(0,9fr);gap:18pt}
.names{padding:5pt 0;break-inside:avoid}
.page{max-width:none;min-height:0;margin:0;padding:0 0 9mm;box-shadow:none;break-after:page}
.page:last-of-type{break-after:auto}
.cover{min-height:165mm}
.foot{position:static;margin-top:6mm}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
tr{break-inside:avoid}
thead{display:table-header-group}
.long{break-inside:auto}
.long table{font-size:7pt}
}
)css";

// In print every sheet says it, in the margin above whatever a page has run on
// to.
constexpr std::string_view kSheetMark =
    "@page{@top-right{content:\"%\";color:#8a4b08;font:600 9pt sans-serif}}\n";

constexpr std::string_view kBanner =
    "この報告書の回答は、動作の確認のために作られた架空データである。"
    "自治体と社会福祉協議会の名称、事業の実施年度は実際のものだが、"
    "個々の回答は実在の団体の回答ではない。";
constexpr std::string_view kPreviousBanner =
    "この報告書が並べて示す前回の値は、動作の確認のために作られた架空データに"
    "よる。前回の個々の回答は実在の団体の回答ではない。";

class PageWriter {
 public:
  explicit PageWriter(const ReportModel& model)
      : model_(model),
        mark_(SyntheticMark(model.synthetic, model.previous_synthetic)) {}

  std::string Write() {
    Raw("<!DOCTYPE html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">"
        "\n<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light\">\n"
        "<title>");
    Text((mark_.empty() ? "" : "【" + mark_ + "】") + model_.title + "　" +
         model_.year);
    Raw("</title>\n<style>");
    Raw(kStyle);
    if (!mark_.empty()) {
      std::string sheet(kSheetMark);
      Raw(sheet.replace(sheet.find('%'), 1, mark_));
    }
    Raw("</style>\n</head>\n<body>\n<main>\n");
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
    Text(model_.title + "　" + model_.year);
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
    if (!mark_.empty()) {
      Element("p", "banner", model_.synthetic ? kBanner : kPreviousBanner);
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
    for (const Block& block : page.blocks) {
      std::visit([&](const auto& one) { WriteBlock(one); }, block);
    }
    WriteLegend(page);
    WriteFoot(page);
    Raw("</section>\n");
  }

  void WriteContents() {
    Raw("<section class=\"page\" id=\"contents\" "
        "aria-labelledby=\"contents-title\">\n<div class=\"page-head\">"
        "<span class=\"topic\">目次</span>");
    WriteMark();
    Raw("</div>\n<h2 id=\"contents-title\">目次</h2>\n<nav "
        "aria-labelledby=\"contents-title\">\n<ol>\n");
    for (const Page& page : model_.pages) {
      if (page.cover) continue;
      Raw("<li><span class=\"no\">");
      Text(page.label);
      Raw("</span><a href=\"#" + page.id + "\">");
      Text(page.topic);
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
      if (i > 0) Raw("、");
      WriteRun(list.names[i]);
    }
    if (list.names.empty()) Text("なし");
    Raw("</p></div>\n");
  }

  void WriteBlock(const Figure& figure) {
    const auto& columns = figure.table.columns;
    Raw("<figure id=\"" + EscapeMarkup(figure.id) + "\"");
    if (!figure.charts.empty()) {
      Raw(" class=\"with-chart\"");
    } else if (std::all_of(columns.begin(), columns.end(),
                           [](const Column& column) {
                             return column.kind == Column::Kind::kNumber;
                           })) {
      // Numbers far from their labels are hard to read.
      Raw(" class=\"narrow\"");
    } else if (figure.table.rows.size() > 25) {
      // Longer than a sheet of paper: rows stay whole, the table does not.
      Raw(" class=\"long\"");
    }
    Raw(">\n<figcaption>");
    const std::string mark =
        SyntheticMark(figure.synthetic, figure.previous_synthetic);
    Element("span", "title", figure.title);
    Raw("<span class=\"base\">");
    Text(figure.base);
    if (!figure.year.empty()) Text("　" + figure.year);
    if (figure.multiple_answer) {
      Raw("　");
      Element("span", "mark", "（複数回答）");
    }
    if (!mark.empty()) Element("span", "made-up", mark);
    Raw("</span></figcaption>\n<div class=\"body\">\n");
    if (!figure.charts.empty()) {
      Raw("<div class=\"charts\">\n");
      for (std::size_t i = 0; i < figure.charts.size(); ++i) {
        Raw(RenderSvgChart(
            figure.charts[i],
            EscapeMarkup(figure.id) + "-chart" + std::to_string(i + 1)));
      }
      Raw("</div>\n");
    }
    WriteTable(figure);
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

  void WriteTable(const Figure& figure) {
    const Table& table = figure.table;
    Raw("<div class=\"table\"><table>\n<caption>");
    const std::string mark =
        SyntheticMark(figure.synthetic, figure.previous_synthetic);
    Text((mark.empty() ? "" : "【" + mark + "】") + figure.title + "　" +
         figure.base + (figure.multiple_answer ? "（複数回答）" : ""));
    Raw("</caption>\n<thead>\n");
    WriteGroups(table);
    Raw("<tr><th scope=\"col\">");
    Text(table.row_label);
    Raw("</th>");
    const std::vector<std::string_view> classes = ColumnClasses(table);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      Raw("<th scope=\"col\"");
      if (!classes[i].empty()) {
        Raw(" class=\"");
        Raw(classes[i]);
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
        Element("td", classes[i], row.cells[i].text);
      }
      Raw("</tr>\n");
    }
    Raw("</tbody></table></div>\n");
  }

  // `n` for numbers; `s` for short texts, which are not broken into lines.
  static std::vector<std::string_view> ColumnClasses(const Table& table) {
    constexpr std::size_t kShortColumns = 14;
    std::vector<std::string_view> classes;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (table.columns[i].kind == Column::Kind::kNumber) {
        classes.emplace_back("n");
      } else if (std::all_of(table.rows.begin(), table.rows.end(),
                             [i](const TableRow& row) {
                               return TextColumns(row.cells[i].text) <=
                                      kShortColumns;
                             })) {
        classes.emplace_back("s");
      } else {
        classes.emplace_back();
      }
    }
    return classes;
  }

  // A row of headings over the columns that stand together, if any do.
  void WriteGroups(const Table& table) {
    const auto& columns = table.columns;
    if (std::all_of(columns.begin(), columns.end(), [](const Column& column) {
          return column.group.empty();
        })) {
      return;
    }
    Raw("<tr><td></td>");
    for (std::size_t i = 0; i < columns.size();) {
      std::size_t end = i + 1;
      while (end < columns.size() && columns[end].group == columns[i].group) {
        ++end;
      }
      const std::string span = std::to_string(end - i);
      if (columns[i].group.empty()) {
        Raw("<td colspan=\"" + span + "\"></td>");
      } else {
        Raw("<th scope=\"colgroup\" class=\"g\" colspan=\"" + span + "\">");
        Text(columns[i].group);
        Raw("</th>");
      }
      i = end;
    }
    Raw("</tr>\n");
  }

  void WriteLegend(const Page& page) {
    if (page.symbols.empty() && !page.newcomers) return;
    Raw("<p class=\"legend\">");
    if (page.newcomers) {
      Raw("<span><u class=\"newcomer\">下線</u>　その年度に新しく実施した自治体"
          "</span>");
    }
    for (const Symbol symbol : page.symbols) {
      Raw("<span>");
      Element("b", "", SymbolText(symbol));
      Text(SymbolMeaning(symbol));
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
