// A small report, built, and its parts.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/report/files/template_reader.h"
#include "services/report/model/pages/model_builder.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/status_matchers.h"

namespace welfare::report::testing {

inline constexpr std::string_view kId = "snapshot";

inline ReportTemplate SmallTemplate() {
  auto read = ReadTemplate("sample", SmallTemplateYaml());
  EXPECT_OK(read);
  return *read;
}

inline ReportModel Build(const Snapshot& snapshot) {
  return BuildReport(SmallTemplate(), snapshot, kId);
}

inline Figure FigureOf(const ReportModel& model, std::string_view id) {
  for (const Page& page : model.pages) {
    for (const Block& block : page.blocks) {
      const auto* figure = std::get_if<Figure>(&block);
      if (figure != nullptr && figure->id == id) return *figure;
    }
  }
  ADD_FAILURE() << "no figure " << id;

  return Figure();
}

inline std::vector<std::string> RowOf(const Figure& figure,
                                      std::string_view key) {
  for (const TableRow& row : figure.table.rows) {
    if (row.key != key) continue;
    std::vector<std::string> cells;
    for (const TableCell& cell : row.cells) cells.push_back(cell.text);
    return cells;
  }
  return {};
}

inline std::vector<std::string> ListOf(const Page& page) {
  std::vector<std::string> lines;
  for (const Block& block : page.blocks) {
    if (const auto* list = std::get_if<BulletList>(&block)) {
      for (const Line& line : list->items) lines.push_back(line.front().text);
    }
  }
  return lines;
}

// A snapshot of which nobody gave a number of supports and contacts.
inline Snapshot WithoutNumbers() {
  Snapshot snapshot = SmallSnapshot();
  for (const char* id : {"supports", "contacts"}) {
    IndicatorValue& value = snapshot.values.at(id);
    value.answered = 0;
    value.flags.clear();
    value.absences = {{base::Absence::kNotCounted, value.base, "100.0"}};
    for (ValueCell& cell : value.cells) {
      cell.value.reset();
      cell.count = 0;
      cell.flags = {CellFlag::kUndefined};
    }
  }
  return snapshot;
}

}  // namespace welfare::report::testing
