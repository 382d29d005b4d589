#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "tests/bench/bare_documents.h"

namespace welfare::bench {
namespace {

std::vector<std::string> FieldsOf(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream text(line);
  for (std::string field; std::getline(text, field, '\t');) {
    fields.push_back(field);
  }
  return fields;
}

int Number(const std::string& field) { return std::atoi(field.c_str()); }

double Real(const std::string& field) {
  return std::strtod(field.c_str(), nullptr);
}

lxw_color_t Colour(const std::string& hex) {
  return static_cast<lxw_color_t>(std::strtoul(hex.c_str(), nullptr, 16));
}

lxw_row_t Row(int row) { return static_cast<lxw_row_t>(row); }

lxw_col_t Column(int column) { return static_cast<lxw_col_t>(column); }

void Read(const std::vector<std::string>& fields, BareSheet& sheet) {
  const std::string& kind = fields[0];
  if (kind == "column") {
    sheet.columns.push_back(
        {Number(fields[1]), Number(fields[2]), Real(fields[3])});
  } else if (kind == "height") {
    if (!fields[2].empty()) {
      sheet.heights.push_back({Number(fields[1]), Real(fields[2])});
    }
  } else if (kind == "break") {
    sheet.breaks.push_back(Number(fields[1]));
  } else if (kind == "merge") {
    sheet.merged.push_back({Number(fields[1]), Number(fields[2]),
                            Number(fields[3]), Number(fields[4])});
  } else if (kind == "cell") {
    sheet.cells.push_back({.row = Number(fields[1]),
                           .column = Number(fields[2]),
                           .format = Number(fields[3]),
                           .number = fields[4] == "n",
                           .text = fields[5],
                           .value = Real(fields[5]),
                           .link = fields[6]});
  } else if (kind == "chart") {
    sheet.charts.push_back({.row = Number(fields[1]),
                            .kind = fields[2],
                            .legend = fields[3] == "1",
                            .number_format = fields[4],
                            .most = fields[5],
                            .title = fields[6],
                            .words = fields[7],
                            .series = {}});
  } else if (kind == "series") {
    sheet.charts.back().series.push_back({.categories = fields[1],
                                          .values = fields[2],
                                          .name = fields[3],
                                          .fill = fields[4],
                                          .outline = fields[5],
                                          .labels = {},
                                          .points = {}});
  } else if (kind == "label") {
    sheet.charts.back().series.back().labels.push_back(fields[1]);
  } else if (kind == "point") {
    sheet.charts.back().series.back().points.push_back(Number(fields[1]));
  }
}

std::uint8_t KindOf(const BareChart& chart) {
  if (chart.kind == "stacked") return LXW_CHART_BAR_STACKED_PERCENT;
  if (chart.kind == "col") return LXW_CHART_COLUMN;
  if (chart.kind == "lineChart") return LXW_CHART_LINE;
  if (chart.kind == "doughnutChart") return LXW_CHART_DOUGHNUT;
  return LXW_CHART_BAR;
}

void AddSeries(const BareChart::Series& from, lxw_chart* chart,
               lxw_chart_font& font) {
  lxw_chart_series* series =
      chart_add_series(chart, from.categories.c_str(), from.values.c_str());
  if (!from.name.empty()) {
    chart_series_set_name(series, from.name.c_str());
  }
  lxw_chart_fill fill = {};
  fill.color = Colour(from.fill);
  if (!from.fill.empty()) chart_series_set_fill(series, &fill);
  lxw_chart_line line = {};
  line.color = Colour(from.outline);
  line.width = 1;
  if (!from.outline.empty()) chart_series_set_line(series, &line);
  if (!from.labels.empty()) {
    std::vector<lxw_chart_data_label> labels(from.labels.size());
    std::vector<lxw_chart_data_label*> pointers;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (from.labels[i].empty()) {
        labels[i].hide = 1;
      } else {
        labels[i].value = const_cast<char*>(from.labels[i].c_str());
        labels[i].font = &font;
      }
      pointers.push_back(&labels[i]);
    }
    pointers.push_back(nullptr);
    chart_series_set_labels(series);
    chart_series_set_labels_custom(series, pointers.data());
  }
  if (!from.points.empty()) {
    lxw_chart_fill grey = {};
    grey.color = 0xB0B7BF;
    std::vector<lxw_chart_point> points(
        static_cast<std::size_t>(from.points.back()) + 1);
    std::vector<lxw_chart_point*> pointers;
    for (lxw_chart_point& point : points) pointers.push_back(&point);
    for (const int at : from.points) {
      points[static_cast<std::size_t>(at)].fill = &grey;
    }
    pointers.push_back(nullptr);
    chart_series_set_points(series, pointers.data());
  }
}

void AddChart(const BareChart& from, lxw_workbook* book, lxw_worksheet* to) {
  lxw_chart* chart = workbook_add_chart(book, KindOf(from));
  lxw_chart_font font = {};
  font.size = 9;
  font.color = 0x1A1F26;
  for (const BareChart::Series& series : from.series) {
    AddSeries(series, chart, font);
  }
  chart_title_set_name(chart, from.title.c_str());
  chart_title_set_name_font(chart, &font);
  chart_legend_set_position(chart, from.legend ? LXW_CHART_LEGEND_BOTTOM
                                               : LXW_CHART_LEGEND_NONE);
  if (from.kind != "doughnutChart") {
    const bool upright = from.kind == "col" || from.kind == "lineChart";
    lxw_chart_axis* values = upright ? chart->y_axis : chart->x_axis;
    chart_legend_set_font(chart, &font);
    chart_axis_set_num_font(chart->x_axis, &font);
    chart_axis_set_num_font(chart->y_axis, &font);
    lxw_chart_line line = {};
    line.color = 0xE1E5E9;
    line.width = 0.75F;
    chart_axis_major_gridlines_set_visible(values, LXW_TRUE);
    chart_axis_major_gridlines_set_line(values, &line);
    chart_axis_set_min(values, 0);
    if (!from.most.empty()) chart_axis_set_max(values, Real(from.most));
    if (!from.number_format.empty()) {
      chart_axis_set_num_format(values, from.number_format.c_str());
    }
    if (!upright) {
      chart_axis_set_reverse(chart->y_axis);
      chart_axis_set_label_position(chart->x_axis,
                                    LXW_CHART_AXIS_LABEL_POSITION_HIGH);
    }
  }
  lxw_chart_options options = {};
  options.x_scale = 1.25;
  options.y_scale = 1.25;
  options.description = const_cast<char*>(from.words.c_str());
  worksheet_insert_chart_opt(to, Row(from.row), 0, chart, &options);
}

void SetUp(const BareSheet& sheet, lxw_worksheet* to) {
  for (const BareSheet::Columns& columns : sheet.columns) {
    worksheet_set_column(to, Column(columns.first), Column(columns.last),
                         columns.width, nullptr);
  }
  for (const BareSheet::Height& height : sheet.heights) {
    worksheet_set_row(to, Row(height.row), height.points, nullptr);
  }
  if (sheet.printed) {
    worksheet_set_landscape(to);
    worksheet_set_paper(to, 9);
    worksheet_fit_to_pages(to, 1, 0);
    worksheet_gridlines(to, LXW_HIDE_ALL_GRIDLINES);
    worksheet_set_margins(to, 0.5, 0.5, 0.7, 0.6);
  }
  if (!sheet.breaks.empty()) {
    std::vector<lxw_row_t> breaks;
    for (const int row : sheet.breaks) breaks.push_back(Row(row));
    breaks.push_back(0);
    worksheet_set_h_pagebreaks(to, breaks.data());
  }
  if (!sheet.header.empty()) worksheet_set_header(to, sheet.header.c_str());
  if (!sheet.footer.empty()) worksheet_set_footer(to, sheet.footer.c_str());
}

void AddCell(const BareCell& cell, lxw_format* format, lxw_worksheet* to) {
  const lxw_row_t row = Row(cell.row);
  const lxw_col_t column = Column(cell.column);
  if (!cell.link.empty()) {
    worksheet_write_url_opt(to, row, column, ("internal:" + cell.link).c_str(),
                            format, cell.text.c_str(), nullptr);
  } else if (cell.number) {
    worksheet_write_number(to, row, column, cell.value, format);
  } else if (cell.text.empty()) {
    worksheet_write_blank(to, row, column, format);
  } else {
    worksheet_write_string(to, row, column, cell.text.c_str(), format);
  }
}

}  // namespace

std::vector<BareSheet> ReadBareSheets(const std::string& path) {
  constexpr std::size_t kMostFields = 8;
  std::vector<BareSheet> sheets;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> fields = FieldsOf(line);
    fields.resize(kMostFields);
    if (fields[0] == "sheet") {
      BareSheet sheet;
      sheet.name = fields[1];
      sheet.printed = fields[2] == "1";
      sheet.header = fields[3];
      sheet.footer = fields[4];
      sheets.push_back(std::move(sheet));
    } else if (!sheets.empty()) {
      Read(fields, sheets.back());
    }
  }
  return sheets;
}

std::string BareWorkbook(const std::vector<BareSheet>& sheets) {
  // It writes files alone: one in memory, as the product has it.
  const int file = memfd_create("bare.xlsx", MFD_CLOEXEC);
  if (file < 0) return {};
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  lxw_workbook* book = workbook_new(path.c_str());
  lxw_doc_properties properties = {};
  properties.created = 1752192000;  // no clock
  workbook_set_properties(book, &properties);
  std::vector<lxw_format*> formats;
  for (const BareSheet& sheet : sheets) {
    for (const BareCell& cell : sheet.cells) {
      while (static_cast<int>(formats.size()) <= cell.format) {
        lxw_format* format = workbook_add_format(book);
        format_set_font_name(format, "Yu Gothic");
        format_set_font_size(format,
                             8 + static_cast<double>(formats.size()) / 4);
        formats.push_back(format);
      }
    }
  }
  for (const BareSheet& sheet : sheets) {
    lxw_worksheet* to = workbook_add_worksheet(book, sheet.name.c_str());
    SetUp(sheet, to);
    for (const BareSheet::Range& range : sheet.merged) {
      worksheet_merge_range(to, Row(range.top), Column(range.left),
                            Row(range.bottom), Column(range.right), "",
                            formats.back());
    }
    for (const BareCell& cell : sheet.cells) {
      AddCell(cell, formats[static_cast<std::size_t>(cell.format)], to);
    }
    for (const BareChart& chart : sheet.charts) AddChart(chart, book, to);
  }
  std::string bytes;
  if (workbook_close(book) == LXW_NO_ERROR) {
    std::ifstream written(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(written), {});
  }
  close(file);
  return bytes;
}

}  // namespace welfare::bench
