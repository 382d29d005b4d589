// A report template as values: what each page shows, in which order, and the
// sentences around it. Read from YAML by template_reader.h.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "services/base/error.h"
#include "services/base/wording/wording.h"
#include "services/report/template/sheet_place.h"
#include "services/report/template/symbols.h"

namespace welfare::report {

// One block of a page.
struct TemplateBlock {
  enum class Kind {
    kHeading,    // `text`
    kText,       // `text`
    kList,       // `items`
    kFigure,     // one indicator: table, chart, notes
    kTexts,      // how many wrote something to each of `indicators`
    kPhases,     // `indicators` by the cells they share, as one matrix
    kCover,      // publisher, year, mark of synthetic data
    kOutline,    // purpose, targets, window, method
    kReturns,    // response by group
    kRosters,    // who implements, year by year
    kPreparing,  // who prepares
    kAreas,      // implementing municipalities by area
    kMap,        // municipalities as tiles, by their first year
    kExcerpts,   // written answers, by the ids of `excerpts`
  };
  // How a figure is drawn. kAuto: by its measure.
  // kDonut is refused for multiple answers.
  enum class ChartStyle { kAuto, kNone, kBars, kStacked, kColumns, kDonut };
  // Whether options have an order of their own, which colours and rows keep.
  // kAuto: single answers do, multiple answers stand by their counts.
  enum class Scale { kAuto, kOrdered, kUnordered };

  Kind kind = Kind::kText;
  std::string text;
  std::vector<std::string> items;
  std::vector<std::string> indicators;
  // kPhases: what each of them is called in the matrix; empty: as in the
  // questionnaire.
  std::vector<std::string> labels;
  std::vector<std::string> excerpts;
  ChartStyle chart = ChartStyle::kAuto;
  Scale scale = Scale::kAuto;
  std::optional<SheetPlace> place;  // on paper; none: in the annex alone
  std::string short_title;          // on paper, where the title is too long
  // The published report had a chart here whose numbers are lost.
  bool published_chart_lost = false;
  std::string title;               // instead of the indicator's label
  std::vector<std::string> notes;  // beside those that follow from the figures
  std::string path;                // where it stands, for messages
};

// The one number that carries a page: a cell, `plan_formulated.formulated`, how
// many answered at all, `new_initiatives.answered`, or `returns.all`.
struct TemplateKey {
  std::string figure;
  std::string label;
  std::string noun = "自治体";  // what is counted
};

struct TemplatePage {
  int number = 0;
  std::string topic;
  std::string headline;
  std::optional<TemplateKey> key;
  std::vector<TemplateBlock> blocks;
  std::string path;
};

// Where a municipality stands on the map, from 1.
struct TemplateTile {
  int column = 0;
  int row = 0;
};

// By the code of the municipality.
using TemplateTiles = std::map<std::string, TemplateTile, std::less<>>;

// What is declared of an indicator and its values in earlier rounds.
struct Comparability {
  // What changed between the rounds; kNone: nothing.
  enum class Break { kNone, kWording, kClasses, kPopulation };
  int since = 0;  // rounds of this year and later ask the same; kNone
  Break broken = Break::kNone;
  std::string note;  // what changed, in words of a note; not kNone
  std::string path;  // where it stands, for messages
};

// By indicator. Of what is not listed nobody knows.
using Comparabilities = std::map<std::string, Comparability, std::less<>>;

struct ReportTemplate {
  std::string id;  // `jusou`
  std::string survey;
  std::string program;  // whose rosters it shows
  int first_roster_year = 0;
  // Of 100 who were asked so many have to have answered before a report is final.
  int final_response_percent = 100;
  std::string title;
  // The same in the lines of a cover; empty: broken where it fits.
  std::vector<std::string> title_lines;
  std::string subtitle;
  std::vector<TemplatePage> pages;
  TemplateTiles tiles;
  Comparabilities comparability;  // of years
  SymbolProfile symbols;  // signs of its tables
  base::WordingProfile wordings;  // what words for shares mean
  std::string text;               // what it was read from
  std::string digest;             // SHA-256 of `text`, hexadecimal
  // Where each path stands in the text: `line 12, column 5`.
  std::map<std::string, std::string, std::less<>> marks;
};

// Returns `pages[4].blocks[2].items[0]`: an element of a list at `path`.
std::string ElementPath(std::string_view path, std::string_view list,
                        std::size_t index);

// Returns where `path` stands in the text of `report_template`, or what holds
// it: `line 12, column 5`. Empty where nobody knows.
std::string MarkOf(const ReportTemplate& report_template,
                   std::string_view path);
// The line of the same, from 1; 0 where nobody knows.
int LineOf(const ReportTemplate& report_template, std::string_view path);

// Returns the ids of the excerpts that it shows, in the order of its pages, and
// the path of each.
struct NamedExcerpt {
  std::string id;
  std::string path;
};
std::vector<NamedExcerpt> ExcerptsOf(const ReportTemplate& report_template);

// Calls `look` with each text that may be printed, and its path.
void ForEachText(const ReportTemplate& report_template,
                 const std::function<void(const std::string& path,
                                          const std::string& text)>& look);

// Finds every fault of `report_template`: pages out of order or empty, an
// indicator shown twice on a page, a placeholder that is unknown or whose
// figure does not stand in a table of the same page (so that a reader can
// always check a sentence against the table below it).
std::vector<base::Violation> FindTemplateFaults(
    const ReportTemplate& report_template);

}  // namespace welfare::report
