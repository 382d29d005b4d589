#include "services/report/model/printed_texts.h"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "services/report/template/placeholder.h"

namespace welfare::report {

void ForEachText(Page& page, const std::function<void(std::string&)>& visit) {
  const auto line = [&](Line& runs) {
    for (Run& run : runs) visit(run.text);
  };
  const auto figure = [&](Figure& one) {
    visit(one.title);
    visit(one.short_title);
    visit(one.base);
    visit(one.sheet.short_base);
    for (std::string& remark : one.sheet.remarks) visit(remark);
    visit(one.year);
    visit(one.table.row_label);
    for (Column& column : one.table.columns) {
      visit(column.label);
      visit(column.group);
    }
    for (TableRow& row : one.table.rows) {
      visit(row.label);
      for (TableCell& cell : row.cells) {
        visit(cell.text);
        visit(cell.data);
      }
    }
    for (Chart& chart : one.charts) {
      visit(chart.title);
      visit(chart.unit);
      visit(chart.aside);
      for (Chart::Tile& tile : chart.tiles) {
        visit(tile.name);
        visit(tile.words);
      }
      for (Chart::Category& category : chart.categories) visit(category.label);
      for (Chart::Series& series : chart.series) {
        visit(series.label);
        visit(series.item);
        for (Chart::Point& point : series.points) visit(point.label);
      }
    }
    for (std::string& note : one.notes) visit(note);
  };
  visit(page.topic);
  visit(page.headline);
  if (page.key.has_value()) {
    visit(page.key->label);
    visit(page.key->before);
    visit(page.key->number);
    visit(page.key->unit);
    visit(page.key->detail);
    visit(page.key->last_year);
  }
  for (Block& block : page.blocks) {
    std::visit(
        [&](auto& one) {
          using One = std::decay_t<decltype(one)>;
          if constexpr (std::is_same_v<One, Heading>) {
            visit(one.text);
          } else if constexpr (std::is_same_v<One, Paragraph>) {
            line(one.line);
          } else if constexpr (std::is_same_v<One, BulletList>) {
            for (Line& item : one.items) line(item);
          } else if constexpr (std::is_same_v<One, DefinitionList>) {
            for (DefinitionList::Item& item : one.items) {
              visit(item.term);
              for (Line& text : item.lines) line(text);
            }
          } else if constexpr (std::is_same_v<One, NameList>) {
            visit(one.heading);
            visit(one.count);
            line(one.names);
          } else {
            figure(one);
          }
        },
        block);
  }
}

std::vector<std::string> ReplaceRawPlaceholders(Page& page) {
  std::vector<std::string> found;
  ForEachText(page, [&found](std::string& text) {
    while (const auto raw = FindRawPlaceholder(text)) {
      text.replace(raw->at, raw->size, "〔" + raw->name + "〕");
      if (std::ranges::find(found, raw->name) == found.end()) {
        found.push_back(raw->name);
      }
    }
  });
  return found;
}

}  // namespace welfare::report
