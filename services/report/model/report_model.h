// What a report says, before anybody decides how it looks: pages of headings,
// paragraphs, lists, figures and rosters. Renderers read it and add nothing.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "services/base/absence.h"
#include "services/report/snapshot/edition.h"
#include "services/report/template/sheet_place.h"
#include "services/report/template/symbols.h"

namespace welfare::report {

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
  std::string unit = {};   // of its numbers: 件, %
  bool list = false;       // texts are lists of names
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
    kBars,      // horizontal bars, one per category, one series per year
    kStacked,   // one bar per series, divided into categories
    kDonut,     // the first series as a ring; never of multiple answers
    kColumns,   // columns over a strip that holds their numbers
    kLine,      // points over time, joined where nothing parts them
    kTimeline,  // columns over time; a second series is a part of the first
    kMatrix,    // series by categories, a number in each cell
    kTileMap,   // a tile per municipality
  };
  struct Point {
    int amount = 0;
    std::string label;  // `23（76.7%）`
    int whole = 0;      // what a full bar stands for; 0: the series'
    bool absent =
        false;  // there is no number: `label` says so, nothing is drawn
    bool breaks = false;  // kLine: measured otherwise than the one before
  };
  struct Series {
    std::string label;          // 令和7年度　n=30
    int whole = 0;              // what a full bar stands for; kStacked, kBars
    std::vector<Point> points;  // one per category
    // kMatrix: what the series is a year of. The years of one follow each
    // other, the reported one first; empty: there is one year.
    std::string item = {};
  };
  struct Category {
    std::string label;
    // Set: it is no answer, but this kind of absence; stands behind the rest.
    std::optional<base::Absence> absence = std::nullopt;
  };
  struct Tile {
    int column = 0;  // from 1
    int row = 0;
    std::string name;
    std::string words = {};    // 令和6; empty: none
    std::size_t category = 0;  // which of the categories fills it
  };
  Kind kind = Kind::kBars;
  std::string title;  // carries n
  std::string unit;   // of the axis: % or 自治体
  std::string mark;  // says that the numbers are synthetic; empty: they are not
  bool ordered = true;  // whether the classes run from strong to weak
  std::vector<Category> categories;
  std::vector<Series> series;  // the reported year first
  std::vector<Tile> tiles;     // kTileMap
  std::string aside;  // what is said below it; what is not drawn, above all
};

// What the notes of a sheet of paper are made of: one sentence for all figures
// that stand on it.
struct SheetFacts {
  std::string short_base;            // n=30（令和6年度 n=23）
  int n = 0;                         // 0: it has no base of its own
  bool rounding = false;             // printed shares do not add up to 100.0
  std::vector<int> small_bases;      // where one answer weighs much
  std::vector<std::string> remarks;  // sentences of this figure alone
};

// One figure: always a table, perhaps a chart of the same numbers.
struct Figure {
  std::string id;           // unique in the report; the name of its CSV
  std::string title;        // what was asked
  std::string base;         // n=30（令和7年度 実施自治体）
  std::string short_title;  // where `title` is too long; empty: it is not
  SheetFacts sheet;
  std::string year;  // 令和7年度 or 令和6年度の実績
  std::vector<std::string> indicators;  // whose values it shows; empty: none
  bool multiple_answer = false;
  bool synthetic = false;     // this year's numbers are demonstration data
  bool has_previous = false;  // last year's stand beside them
  bool previous_synthetic = false;  // and are demonstration data
  Edition edition = Edition::kFinal;
  std::string restriction = {};  // as of the report
  Table table;
  std::map<Symbol, std::string> symbols;  // used in the table, with their signs
  // The rows of its table are what was written, by category: who reads it sees
  // quotations (`QuotesOf`), who computes with it a table.
  bool quoted = false;
  std::vector<Chart> charts;
  std::vector<std::string> notes;
};

using Block = std::variant<Heading, Paragraph, BulletList, DefinitionList,
                           NameList, Figure>;

// The one number that carries a page.
struct KeyFigure {
  std::string label;      // 策定済みの自治体
  std::string before;     // 少なくとも, or nothing
  std::string number;     // 76.7
  std::string unit;       // %
  std::string detail;     // 30自治体のうち23
  std::string last_year;  // 令和6年度　65.2%（23自治体のうち15）
};

struct Page {
  std::string id;     // `p04`, unique
  std::string label;  // `4`, or 附表1
  std::string topic;  // 実施計画
  std::string headline;
  std::optional<KeyFigure> key;
  std::vector<Block> blocks;
  // Where blocks stand on paper, by their index. Points are the first list,
  // or the first paragraph of a page without one.
  std::map<std::size_t, SheetPlace> places;
  // Sentences whose words do not fit their figures, with their place: such a
  // report is refused.
  std::vector<std::string> unfit;
  std::map<Symbol, std::string> symbols;  // used on the page, with their signs
  bool newcomers = false;    // the page marks newcomers
  bool cover = false;
};

struct ReportModel {
  std::string id;  // jusou-2025
  std::string title;
  std::vector<std::string> title_lines;  // on the cover; empty: as it fits
  std::string subtitle;
  std::string publisher;
  std::string year;                 // 令和7年度(2025年度)
  int fiscal_year = 0;              // the same, 2025
  bool synthetic = false;           // this year's answers are made up
  bool previous_synthetic = false;  // those of the year before are
  Edition edition = Edition::kFinal;
  // Whom alone it is for, as it is marked with: 関係者限り; empty: everybody.
  std::string restriction = {};
  std::string file_mark = {};  // the same in names of files: stakeholders-
  std::string snapshot_id;
  std::string date;  // 2025-07-11, the last day of the survey
  SymbolProfile symbols;  // which signs its tables use
  std::vector<Page> pages;
};

// The mark that stands wherever synthetic numbers do: 架空データ;
// 前回は架空データ where only last year's are; empty where none are.
std::string SyntheticMark(bool synthetic, bool previous_synthetic);

}  // namespace welfare::report
