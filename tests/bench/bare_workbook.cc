#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

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

lxw_row_t Row(int row) { return static_cast<lxw_row_t>(row); }

}  // namespace

std::vector<BareSheet> ReadBareSheets(const std::string& path) {
  std::vector<BareSheet> sheets;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> fields = FieldsOf(line);
    fields.resize(6);
    if (fields[0] == "sheet") {
      sheets.push_back({.name = fields[1], .cells = {}, .charts = {}});
    } else if (fields[0] == "cell") {
      sheets.back().cells.push_back(
          {.row = std::atoi(fields[1].c_str()),
           .column = std::atoi(fields[2].c_str()),
           .format = std::atoi(fields[3].c_str()),
           .number = fields[4] == "n",
           .text = fields[5],
           .value = std::strtod(fields[5].c_str(), nullptr)});
    } else if (fields[0] == "chart") {
      sheets.back().charts.push_back(
          {.row = std::atoi(fields[1].c_str()), .series = {}});
    } else if (fields[0] == "series") {
      sheets.back().charts.back().series.push_back(
          {.categories = fields[1], .values = fields[2]});
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
        format_set_font_size(format, 8 + static_cast<double>(formats.size()) / 4);
        formats.push_back(format);
      }
    }
  }
  for (const BareSheet& sheet : sheets) {
    lxw_worksheet* to = workbook_add_worksheet(book, sheet.name.c_str());
    for (const BareCell& cell : sheet.cells) {
      lxw_format* format = formats[static_cast<std::size_t>(cell.format)];
      const auto column = static_cast<lxw_col_t>(cell.column);
      if (cell.number) {
        worksheet_write_number(to, Row(cell.row), column, cell.value, format);
      } else if (cell.text.empty()) {
        worksheet_write_blank(to, Row(cell.row), column, format);
      } else {
        worksheet_write_string(to, Row(cell.row), column, cell.text.c_str(),
                               format);
      }
    }
    for (const BareChart& chart : sheet.charts) {
      lxw_chart* drawn = workbook_add_chart(book, LXW_CHART_BAR);
      for (const BareChart::Series& series : chart.series) {
        chart_add_series(drawn, series.categories.c_str(),
                         series.values.c_str());
      }
      worksheet_insert_chart(to, Row(chart.row), 0, drawn);
    }
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
