// What a report says, before anybody decides how it looks: pages of headings,
// paragraphs, lists, figures and rosters. Renderers read it and add nothing.
#pragma once

#include <set>
#include <string>
#include <variant>
#include <vector>

namespace welfare::report {

// Symbols and words that stand in a table where no number can. Printed with a
// legend on every page that uses them. Written to CSV by name.
enum class Symbol {
  kNone,
  kZero,           // 0: a true zero
  kNotApplicable,  // -: no figure by definition
  kNoAnswer,       // 無回答
  kNotCounted,     // カウントしていない
  kUnknown,        // 不詳
  kSuppressed,     // X
  kLost,           // …: lost in the published document
  kLowerBound,     // 以上: stands behind a number; more may be missing
};

// Part of a line of text.
struct Run {
  enum class Style {
    kPlain,
    kNewcomer,
    kStrong,
    kLeftOut,  // stands where something of the template was left out
  };
  std::string text;
  Style style = Style::kPlain;
};
using Line = std::vector<Run>;

struct Heading {
  std::string text;
};
struct Paragraph {
  Line line;
};
struct BulletList {
  std::vector<Line> items;
};
// Names and their values: 調査時期 and its dates.
struct DefinitionList {
  struct Item {
    std::string term;
    std::vector<Line> lines;
  };
  std::vector<Item> items;
};
// A list of names under a year, newcomers marked.
struct NameList {
  std::string heading;  // 令和7年度
  std::string count;    // 30自治体（新規 7）
  std::vector<Run> names;
};

struct Column {
  enum class Kind { kText, kNumber };
  std::string key;  // column name in CSV, snake_case
  std::string label;
  Kind kind = Kind::kNumber;
  std::string group = {};  // heading over columns that stand together: a year
};

// One cell of a table. `data` is the machine-readable datum; it is empty where
// `symbol` says why there is none (kZero and kLowerBound stand with a number).
struct TableCell {
  std::string text;
  std::string data;
  Symbol symbol = Symbol::kNone;
};

struct TableRow {
  std::string key;  // row name in CSV
  std::string label;
  std::vector<TableCell> cells;  // one per column
  bool muted = false;            // an absence or a note, not an option
};

// A table whose first column is the row's label.
struct Table {
  std::string row_key;    // name of the first column in CSV
  std::string row_label;  // and in print
  std::vector<Column> columns;
  std::vector<TableRow> rows;
};

// A chart of counts. Lengths are computed from `amount` and `whole`, integers
// both; `label` is what is written.
struct Chart {
  enum class Kind {
    kBars,     // horizontal bars, one per category, one series per year
    kStacked,  // one bar per series, divided into categories
    kColumns,  // vertical columns, one per category
    kSteps,    // a dot and its value per category, joined by steps
  };
  struct Point {
    int amount = 0;
    std::string label;  // `23（76.7%）`
    int whole = 0;      // what a full bar stands for; 0: the series'
    bool absent =
        false;  // there is no number: `label` says so, nothing is drawn
  };
  struct Series {
    std::string label;          // 令和7年度 n=30
    int whole = 0;              // what a full bar stands for; kStacked, kBars
    std::vector<Point> points;  // one per category
  };
  struct Category {
    std::string label;
    bool muted = false;  // 無回答 and its like: drawn in grey
  };
  Kind kind = Kind::kBars;
  std::string title;  // carries n
  std::string unit;   // of the axis: % or 自治体
  std::string mark;  // says that the numbers are synthetic; empty: they are not
  std::vector<Category> categories;
  std::vector<Series> series;  // the reported year first
};

// One figure: always a table, perhaps a chart of the same numbers.
struct Figure {
  std::string id;     // unique in the report; the name of its CSV
  std::string title;  // what was asked
  std::string base;   // n=30（令和7年度 実施自治体）
  std::string year;   // 令和7年度 or 令和6年度の実績
  bool multiple_answer = false;
  bool synthetic = false;     // this year's numbers are demonstration data
  bool has_previous = false;  // last year's stand beside them
  bool previous_synthetic = false;  // and are demonstration data
  Table table;
  std::vector<Chart> charts;
  std::vector<std::string> notes;
};

using Block = std::variant<Heading, Paragraph, BulletList, DefinitionList,
                           NameList, Figure>;

struct Page {
  std::string id;     // `p04`, unique
  std::string label;  // `4`, or 附表1
  std::string topic;  // 実施計画
  std::string headline;
  std::vector<Block> blocks;
  std::set<Symbol> symbols;  // used on the page
  bool newcomers = false;    // the page marks newcomers
  bool cover = false;
};

struct ReportModel {
  std::string id;  // jusou-2025
  std::string title;
  std::string subtitle;
  std::string publisher;
  std::string year;                 // 令和7年度(2025年度)
  bool synthetic = false;           // this year's answers are made up
  bool previous_synthetic = false;  // those of the year before are
  std::string snapshot_id;
  std::vector<Page> pages;
};

// The mark that stands wherever synthetic numbers do: 架空データ;
// 前回は架空データ where only last year's are; empty where none are.
std::string SyntheticMark(bool synthetic, bool previous_synthetic);

// What `symbol` looks like in a table: `-`, 無回答, …; empty for kNone.
std::string SymbolText(Symbol symbol);
// What it means, for the legend.
std::string SymbolMeaning(Symbol symbol);
// Its name in CSV: NOT_APPLICABLE; empty for kNone.
std::string SymbolName(Symbol symbol);

}  // namespace welfare::report
