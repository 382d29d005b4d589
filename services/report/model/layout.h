// How a report is laid out, whatever it is written in: what no format may
// decide otherwise than another.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/report/model/report_model.h"

namespace welfare::report {

// --- the whole report ---

// Returns `【架空データ】重層的… 令和7年度(2025年度)`, the title of a document.
std::string DocumentTitle(const ReportModel& model);
// Returns the same without the mark: what stands at the foot of every page.
std::string RunningTitle(const ReportModel& model);
// Returns the mark of the whole report, `架空データ・速報`; empty where nothing is
// synthetic, provisional, corrected or for some alone.
std::string ReportMark(const ReportModel& model);
// Returns what an edition is called: 速報, 確報, 訂正; empty for kNone.
std::string_view EditionWords(Edition edition);
// Returns what the cover says of synthetic data; empty where there are none.
std::string_view SyntheticBanner(const ReportModel& model);
// Returns what the name of every file of the report begins with: `synthetic-`
// where it holds demonstration data, also where only last year's are; else
// nothing; then for whom alone it is.
std::string FilePrefix(const ReportModel& model);

// The mark of a report for stakeholders, and how its data say so.
inline constexpr std::string_view kStakeholdersOnly = "関係者限り";
inline constexpr std::string_view kStakeholdersDatum = "STAKEHOLDERS";

// The heading of the table of contents, which stands behind the cover.
inline constexpr std::string_view kContentsTitle = "目次";
// Returns the pages it lists: every one but covers.
std::vector<const Page*> ContentsOf(const ReportModel& model);

// --- pages ---

// One sign that a page uses.
struct LegendEntry {
  std::string sign;
  std::string meaning;
  bool newcomer = false;  // `sign` is written as newcomers' names are
};
// Returns the legend of a page; empty where it uses no signs.
std::vector<LegendEntry> LegendOf(const Page& page);

// Returns what the signs in a table mean, in one line, for a sheet of paper:
// `「-」対象外…。`; empty where it uses none. Words explain themselves.
std::string TableLegend(const Figure& figure);

// What stands between the names of a NameList, and in the place of none.
inline constexpr std::string_view kBetweenNames = "、";
inline constexpr std::string_view kNoNames = "なし";

// --- figures ---

// How a figure takes the width of a page.
enum class FigureShape {
  kPlain,
  kWithChart,  // the table beside its charts
  kWide,       // the table below its charts, which take the width
  kNarrow,     // numbers alone: far from their labels they are hard to read
  kLong,       // more rows than a sheet has: rows stay whole, it does not
};
FigureShape ShapeOf(const Figure& figure);

// Returns what a series of a chart is called where it stands alone:
// `個別支援　令和7年度　n=39`.
std::string SeriesName(const Chart::Series& series);

// Returns `title　n=30（…）（複数回答）`: what a chart or a table is of.
std::string TitleWithBase(const Figure& figure);
// Returns what a figure is marked with, as ReportMark the report.
std::string MarkOf(const Figure& figure);
// Returns the title with the mark before it.
std::string CaptionOf(const Figure& figure);
inline constexpr std::string_view kMultipleAnswer = "（複数回答）";

// What was written, as it is quoted.
struct Quote {
  std::string text;
  std::string respondent;  // 区部の自治体
};
struct QuotedCategory {
  std::string name;
  std::vector<Quote> quotes;
};
// Returns the quotations of a figure by their categories, each where the first
// one of it stands. REQUIRES: `figure` is quoted.
std::vector<QuotedCategory> QuotesOf(const Figure& figure);

// How a column of a table takes its width.
enum class ColumnWidth {
  kNumber,
  kShort,  // short texts, which are not broken into lines
  kText,
};
// Returns that of each column.
std::vector<ColumnWidth> WidthsOf(const Table& table);

// Whether a column holds values of the year before.
bool IsOfPreviousYear(const Column& column);
bool HasPreviousYear(const Table& table);
// Returns the key of a column without its year: `count` of `previous_count`.
std::string MeasureKey(const Column& column);
// Returns its label below its heading: `令和7年度 回答数`.
std::string LabelWithGroup(const Column& column);

// What a column of shares is computed from: two columns of its row, or one and
// the same column of the row `n`.
struct ShareSource {
  std::string numerator;
  std::string denominator;  // empty: the numerator's column in the row `n`
};
inline constexpr std::string_view kBaseRow = "n";
// Returns that of a column; nothing where it holds no shares.
std::optional<ShareSource> ShareSourceOf(const Table& table,
                                         const Column& column);

// Columns that stand together under a heading; an empty one over none.
struct ColumnGroup {
  std::string heading;
  std::size_t columns = 0;
};
// Returns the groups from left to right; none where no column has a heading.
std::vector<ColumnGroup> GroupsOf(const Table& table);

}  // namespace welfare::report
