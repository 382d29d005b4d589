#include "services/report/render/xlsx/native_charts.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/numbers/percent.h"
#include "services/report/drawing/charts/draw_chart.h"
#include "services/report/drawing/palette.h"
#include "services/report/model/layout.h"
#include "services/report/model/words.h"
#include "services/text/display_width.h"

namespace welfare::report {
namespace {

constexpr int kChartPixels = 600;  // pixels
constexpr int kPlotPixels = 500;   // of them, beside the axis
constexpr int kBarPixels = 22;
constexpr int kStackedPixels = 52;
constexpr int kAroundPlot = 110;  // title, axis, legend
// LibreOffice breaks labels of bars that are wider than a fifth of the height:
// less would break those with a count and a share.
constexpr int kLeastHeight = 300;
constexpr double kColumnGap = 0.6;  // of a column
constexpr double kSmallType = 9;
constexpr double kSmallTypeWidth = 6.5;  // pixels of a half-width character

int WholeOfPoint(const Chart::Series& series, const Chart::Point& point) {
  return point.whole > 0 ? point.whole : series.whole;
}

// Whether bars stand for shares. Fewer than ten are counted.
bool DrawsShares(const Chart& chart) {
  if (chart.unit != "%") return false;
  return std::ranges::all_of(chart.series, [](const Chart::Series& series) {
    return std::ranges::all_of(series.points, [&](const Chart::Point& point) {
      return point.absent || WholeOfPoint(series, point) >= kFewestForPercent;
    });
  });
}

// What is drawn of a point; nothing where it is absent.
std::string DrawnNumber(const Chart& chart, const Chart::Series& series,
                     const Chart::Point& point, bool shares) {
  if (point.absent) return "";
  if (chart.kind == Chart::Kind::kLine) {
    // The label has the decimal that the drawing leaves out.
    std::string_view label = point.label;
    if (label.ends_with('%')) label.remove_suffix(1);
    const bool number =
        !label.empty() && std::ranges::all_of(label, [](char c) {
          return (c >= '0' && c <= '9') || c == '.';
        });
    return number ? std::string(label) : std::to_string(point.amount);
  }
  if (!shares) return std::to_string(point.amount);
  return base::FormatPercent(point.amount, WholeOfPoint(series, point)).value_or("");
}

// A label in half-width signs, which take less room: `19 (82.6%)`.
std::string NarrowLabel(std::string_view label) {
  std::string narrow;
  constexpr std::string_view kOpens = "（";
  constexpr std::string_view kCloses = "）";
  while (!label.empty()) {
    if (label.starts_with(kOpens)) {
      narrow += " (";
      label.remove_prefix(kOpens.size());
    } else if (label.starts_with(kCloses)) {
      narrow += ')';
      label.remove_prefix(kCloses.size());
    } else {
      narrow += label.front();
      label.remove_prefix(1);
    }
  }
  return narrow;
}

// Whether the label of every column is as wide as it at most.
bool LabelsFitColumns(const Chart& chart) {
  const double pitch =
      kPlotPixels / (static_cast<double>(chart.categories.size()) *
                     (static_cast<double>(chart.series.size()) + kColumnGap));
  return std::ranges::all_of(chart.series, [&](const Chart::Series& series) {
    return std::ranges::all_of(series.points, [&](const Chart::Point& point) {
      return static_cast<double>(
                 text::DisplayWidth(NarrowLabel(point.label))) *
                 kSmallTypeWidth <=
             pitch;
    });
  });
}

// The fill of an absence: grey, and never only grey where two kinds can meet.
struct AbsenceFill {
  lxw_chart_fill fill = {};
  lxw_chart_pattern pattern = {};
  bool patterned = false;
};
AbsenceFill AbsenceFillOf(base::Absence absence) {
  AbsenceFill result;
  result.fill.color = SheetColour(Ink::kAbsence);
  result.pattern.fg_color = SheetColour(Ink::kAbsence);
  result.pattern.bg_color = SheetColour(Ink::kWhite);
  result.patterned = absence != base::Absence::kNotCounted;
  result.pattern.type =
      static_cast<std::uint8_t>(absence == base::Absence::kNoAnswer
                                    ? LXW_CHART_PATTERN_WIDE_UPWARD_DIAGONAL
                                    : LXW_CHART_PATTERN_DOTTED_GRID);
  return result;
}

// Labels as they are printed. The library copies them.
void SetPrintedLabels(Workbook& book, lxw_chart_series* series,
               std::vector<std::string> texts, Ink ink) {
  lxw_chart_font font = {};
  font.size = kSmallType;
  font.color = SheetColour(ink);
  std::vector<lxw_chart_data_label> labels(texts.size());
  std::vector<lxw_chart_data_label*> pointers;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].empty()) {
      labels[i].hide = 1;
    } else {
      labels[i].value = texts[i].data();
      labels[i].font = &font;
    }
    pointers.push_back(&labels[i]);
  }
  pointers.push_back(nullptr);
  chart_series_set_labels(series);
  book.Expect(chart_series_set_labels_custom(series, pointers.data()),
              "labels");
}

// How a series is drawn: this year filled, the year before hollow.
struct SeriesInk {
  Ink line = Ink::kNavy;
  bool hollow = false;
};
SeriesInk SeriesInkOf(const Chart& chart, std::size_t series) {
  if (chart.kind != Chart::Kind::kMatrix) {
    return series == 0 ? SeriesInk{} : SeriesInk{Ink::kLastYear, true};
  }
  // Items of a matrix have no order; the years of one share its colour.
  std::size_t items = 0;
  std::size_t item = 0;
  bool hollow = false;
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    const bool again = s > 0 && !chart.series[s].item.empty() &&
                       chart.series[s].item == chart.series[s - 1].item;
    if (!again) ++items;
    if (s == series) {
      item = items - 1;
      hollow = again;
    }
  }
  items = std::min(items, kMostClasses);
  return {ClassFill(std::min(item, items - 1), items, false), hollow};
}

void SetSeriesFill(lxw_chart_series* series, const SeriesInk& ink) {
  lxw_chart_fill fill = {};
  fill.color = SheetColour(ink.hollow ? Ink::kWhite : ink.line);
  lxw_chart_line line = {};
  line.color = SheetColour(ink.line);
  line.width = 1;
  chart_series_set_fill(series, &fill);
  chart_series_set_line(series, &line);
}

// Absences among the categories are told apart from answers.
void SetAbsences(Workbook& book, const Chart& chart, lxw_chart_series* series) {
  std::vector<AbsenceFill> fills(chart.categories.size());
  std::vector<lxw_chart_point> points(chart.categories.size());
  std::vector<lxw_chart_point*> pointers;
  bool any = false;
  for (std::size_t i = 0; i < chart.categories.size(); ++i) {
    if (const auto& absence = chart.categories[i].absence;
        absence.has_value()) {
      any = true;
      fills[i] = AbsenceFillOf(*absence);
      if (fills[i].patterned) {
        points[i].pattern = &fills[i].pattern;
      } else {
        points[i].fill = &fills[i].fill;
      }
    }
    pointers.push_back(&points[i]);
  }
  if (!any) return;
  pointers.push_back(nullptr);
  book.Expect(chart_series_set_points(series, pointers.data()), "points");
}

void SetSmallType(lxw_chart* chart) {
  lxw_chart_font font = {};
  font.size = kSmallType;
  font.color = SheetColour(Ink::kText);
  chart_axis_set_num_font(chart->x_axis, &font);
  chart_axis_set_num_font(chart->y_axis, &font);
  chart_legend_set_font(chart, &font);
}

// The axis of values begins at 0. It is the x axis of bars, the y axis else.
void SetValueAxis(lxw_chart_axis* axis) {
  lxw_chart_line line = {};
  line.color = SheetColour(Ink::kGrid);
  line.width = 0.75F;
  chart_axis_major_gridlines_set_visible(axis, LXW_TRUE);
  chart_axis_major_gridlines_set_line(axis, &line);
  chart_axis_set_min(axis, 0);
}

// Bars: the first category on top, the axis of values below the last.
void SetFirstOnTop(lxw_chart* chart) {
  chart_axis_set_reverse(chart->y_axis);
  chart_axis_set_label_position(chart->x_axis,
                                LXW_CHART_AXIS_LABEL_POSITION_HIGH);
}

}  // namespace

ChartNumbers::ChartNumbers(Workbook& book, std::string_view sheet_name)
    : book_(book),
      name_(SheetName(sheet_name)),
      sheet_(book.AddSheet(sheet_name)) {
  worksheet_set_column(sheet_, 0, 0, 40, nullptr);
  worksheet_set_column(sheet_, 1, 12, 18, nullptr);
}

NativeChart ChartNumbers::Add(const Chart& chart, std::string_view title) {
  if (chart.kind == Chart::Kind::kTileMap || chart.series.empty() ||
      chart.categories.empty()) {
    return {};
  }
  book_.Text(sheet_, row_++, 0, title, CellLook::kFigureTitle);
  NativeChart result;
  switch (chart.kind) {
    case Chart::Kind::kStacked:
      result = AddStacked(chart);
      break;
    case Chart::Kind::kLine:
    case Chart::Kind::kTimeline:
      result = AddOverTime(chart);
      break;
    default:
      result = AddBars(chart);
      break;
  }
  ++row_;
  result.width = kChartPixels;
  result.words = DescribeChart(chart);
  const std::string name =
      (chart.mark.empty() ? "" : "【" + chart.mark + "】") +
      (chart.title.empty() ? std::string(title) : chart.title);
  lxw_chart_font font = {};
  font.size = 10.5;
  font.color = SheetColour(Ink::kNavy);
  chart_title_set_name(result.chart, CellText(name).c_str());
  chart_title_set_name_font(result.chart, &font);
  if (result.chart->series_list != nullptr && chart.series.size() == 1 &&
      chart.kind != Chart::Kind::kStacked &&
      chart.kind != Chart::Kind::kDonut) {
    chart_legend_set_position(result.chart, LXW_CHART_LEGEND_NONE);
  } else {
    chart_legend_set_position(result.chart, LXW_CHART_LEGEND_BOTTOM);
  }
  return result;
}

lxw_row_t ChartNumbers::WriteNumbers(const Chart& chart, bool shares) {
  const char* const unit = chart.unit.c_str();
  book_.Text(sheet_, row_, 0,
             shares || chart.kind == Chart::Kind::kLine
                 ? std::string("単位：%")
             : chart.unit == "%" ? std::string("単位：件")
                                 : "単位：" + std::string(unit),
             CellLook::kHead);
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    book_.Text(sheet_, row_, static_cast<lxw_col_t>(s + 1),
               chart.series[s].label.empty() ? chart.title
                                             : SeriesName(chart.series[s]),
               CellLook::kHeadRight);
  }
  const lxw_row_t first = ++row_;
  for (std::size_t c = 0; c < chart.categories.size(); ++c, ++row_) {
    book_.Text(sheet_, row_, 0, chart.categories[c].label, CellLook::kLabel);
    for (std::size_t s = 0; s < chart.series.size(); ++s) {
      const std::string number =
          DrawnNumber(chart, chart.series[s], chart.series[s].points[c], shares);
      const auto column = static_cast<lxw_col_t>(s + 1);
      if (number.empty()) {
        book_.Text(sheet_, row_, column, "", CellLook::kSign);
      } else {
        book_.Number(sheet_, row_, column, number,
                     number.find('.') == std::string::npos
                         ? CellLook::kCount
                         : CellLook::kDecimal);
      }
    }
  }
  return first;
}

lxw_chart_series* ChartNumbers::AddSeries(lxw_chart* chart, lxw_row_t first,
                                          std::size_t categories,
                                          std::size_t series) {
  const auto column = static_cast<lxw_col_t>(series + 1);
  const auto last = static_cast<lxw_row_t>(first + categories - 1);
  lxw_chart_series* const result = chart_add_series(chart, nullptr, nullptr);
  chart_series_set_categories(result, name_.c_str(), first, 0, last, 0);
  chart_series_set_values(result, name_.c_str(), first, column, last, column);
  chart_series_set_name_range(result, name_.c_str(), first - 1, column);
  return result;
}

NativeChart ChartNumbers::AddBars(const Chart& chart) {
  const bool columns = chart.kind == Chart::Kind::kColumns;
  const bool donut = chart.kind == Chart::Kind::kDonut;
  const bool shares = DrawsShares(chart);
  // Where columns are narrower than count and share their labels are counts;
  // the axis says the shares.
  const bool whole_labels = !columns || LabelsFitColumns(chart);
  const lxw_row_t first = WriteNumbers(chart, shares);
  NativeChart result;
  result.chart = book_.AddChart(static_cast<std::uint8_t>(
      donut ? LXW_CHART_DOUGHNUT
            : (columns ? LXW_CHART_COLUMN : LXW_CHART_BAR)));
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    lxw_chart_series* const series =
        AddSeries(result.chart, first, chart.categories.size(), s);
    if (!donut) {
      SetSeriesFill(series, SeriesInkOf(chart, s));
      SetAbsences(book_, chart, series);
    }
    std::vector<std::string> labels;
    for (const Chart::Point& point : chart.series[s].points) {
      labels.push_back(point.absent || whole_labels
                           ? NarrowLabel(point.label)
                           : std::to_string(point.amount));
    }
    SetPrintedLabels(book_, series, std::move(labels),
                     SeriesInkOf(chart, s).hollow ? Ink::kSecondary
                                                  : Ink::kText);
  }
  result.height =
      columns || donut
          ? kLeastHeight
          : std::max(kLeastHeight,
                     kAroundPlot + kBarPixels *
                                       static_cast<int>(
                                           chart.categories.size() *
                                           std::max<std::size_t>(
                                               chart.series.size(), 1)));
  if (donut) return result;
  SetSmallType(result.chart);
  lxw_chart_axis* const values =
      columns ? result.chart->y_axis : result.chart->x_axis;
  SetValueAxis(values);
  chart_set_series_gap(result.chart,
                       static_cast<std::uint16_t>(kColumnGap * 100));
  chart_axis_set_num_format(values, shares ? "0\"%\"" : "#,##0");
  if (!columns) {
    if (shares) chart_axis_set_max(values, 100);
    SetFirstOnTop(result.chart);
  }
  return result;
}

NativeChart ChartNumbers::AddStacked(const Chart& chart) {
  // Counts; the chart makes parts of a whole of them.
  const lxw_row_t first = WriteNumbers(chart, false);
  const std::size_t bars = chart.series.size();
  const auto last_column = static_cast<lxw_col_t>(bars);
  NativeChart result;
  result.chart = book_.AddChart(LXW_CHART_BAR_STACKED_PERCENT);
  std::size_t classes = 0;
  for (const Chart::Category& category : chart.categories) {
    if (!category.absence.has_value()) ++classes;
  }
  classes = std::min(classes, kMostClasses);
  std::size_t index = 0;
  for (std::size_t c = 0; c < chart.categories.size(); ++c) {
    const auto row = static_cast<lxw_row_t>(first + c);
    lxw_chart_series* const series =
        chart_add_series(result.chart, nullptr, nullptr);
    chart_series_set_categories(series, name_.c_str(), first - 1, 1, first - 1,
                                last_column);
    chart_series_set_values(series, name_.c_str(), row, 1, row, last_column);
    chart_series_set_name_range(series, name_.c_str(), row, 0);
    Ink ink = Ink::kText;
    if (const auto& absence = chart.categories[c].absence;
        absence.has_value()) {
      AbsenceFill fill = AbsenceFillOf(*absence);
      if (fill.patterned) {
        chart_series_set_pattern(series, &fill.pattern);
      } else {
        chart_series_set_fill(series, &fill.fill);
      }
    } else {
      const Ink used = ClassFill(std::min(index, classes - 1), classes,
                                 chart.ordered);
      ++index;
      ink = InkOn(used);
      lxw_chart_fill fill = {};
      fill.color = SheetColour(used);
      chart_series_set_fill(series, &fill);
      if (NeedsOutline(used)) {
        lxw_chart_line line = {};
        line.color = SheetColour(Ink::kNavy);
        line.width = 0.75F;
        chart_series_set_line(series, &line);
      }
    }
    std::vector<std::string> labels;
    for (const Chart::Series& bar : chart.series) {
      const Chart::Point& point = bar.points[c];
      constexpr int kWideEnough = 4;  // a quarter takes count and share
      const bool wide = point.amount * kWideEnough >= WholeOfPoint(bar, point);
      labels.push_back(point.absent || point.amount == 0 ? ""
                       : wide ? NarrowLabel(point.label)
                              : std::to_string(point.amount));
    }
    SetPrintedLabels(book_, series, std::move(labels), ink);
  }
  SetSmallType(result.chart);
  SetValueAxis(result.chart->x_axis);
  chart_set_series_gap(result.chart, 50);
  chart_set_series_overlap(result.chart, 100);
  chart_axis_set_num_format(result.chart->x_axis, "0%");
  SetFirstOnTop(result.chart);
  result.height = std::max(
      kLeastHeight, kAroundPlot + kStackedPixels * static_cast<int>(bars));
  return result;
}

NativeChart ChartNumbers::AddOverTime(const Chart& chart) {
  const bool line = chart.kind == Chart::Kind::kLine;
  const bool whole_labels = line || LabelsFitColumns(chart);
  const lxw_row_t first = WriteNumbers(chart, false);
  NativeChart result;
  result.chart = book_.AddChart(
      static_cast<std::uint8_t>(line ? LXW_CHART_LINE : LXW_CHART_COLUMN));
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    lxw_chart_series* const series =
        AddSeries(result.chart, first, chart.categories.size(), s);
    std::vector<std::string> labels;
    for (const Chart::Point& point : chart.series[s].points) {
      labels.push_back(point.absent   ? ""
                       : whole_labels ? NarrowLabel(point.label)
                                      : std::to_string(point.amount));
    }
    if (line) {
      lxw_chart_line stroke = {};
      stroke.color = SheetColour(Ink::kNavy);
      stroke.width = 2;
      chart_series_set_line(series, &stroke);
      chart_series_set_marker_type(series, LXW_CHART_MARKER_CIRCLE);
      // Nothing joins what was measured otherwise.
      std::vector<lxw_chart_point> points(chart.categories.size());
      std::vector<lxw_chart_point*> pointers;
      lxw_chart_line none = {};
      none.none = 1;
      for (std::size_t i = 0; i < points.size(); ++i) {
        if (chart.series[s].points[i].breaks) points[i].line = &none;
        pointers.push_back(&points[i]);
      }
      pointers.push_back(nullptr);
      book_.Expect(chart_series_set_points(series, pointers.data()), "points");
    } else {
      SetSeriesFill(series, SeriesInkOf(chart, s));
    }
    SetPrintedLabels(book_, series, std::move(labels), Ink::kText);
  }
  SetSmallType(result.chart);
  SetValueAxis(result.chart->y_axis);
  chart_axis_set_num_format(result.chart->y_axis,
                            chart.unit == "%" ? "0\"%\"" : "#,##0");
  if (!line) {
    chart_set_series_gap(result.chart,
                         static_cast<std::uint16_t>(kColumnGap * 100));
  }
  chart_show_blanks_as(result.chart, LXW_CHART_BLANKS_AS_GAP);
  result.height = kLeastHeight;
  return result;
}

}  // namespace welfare::report
