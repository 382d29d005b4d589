#include "services/report/sheets/figure_numbers.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

namespace welfare::report {

std::map<std::size_t, FigureNumber> NumbersOf(const Page& page) {
  std::map<std::size_t, FigureNumber> numbers;
  int tables = 0;
  int quotations = 0;
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    const auto* figure = std::get_if<Figure>(&page.blocks[i]);
    if (figure == nullptr) continue;
    FigureNumber number;
    number.table =
        figure->quoted
            ? "記述" + page.label + "-" + std::to_string(++quotations)
            : "表" + page.label + "-" + std::to_string(++tables);
    number.target = "t-" + figure->id;
    numbers.emplace(i, std::move(number));
  }
  // Figures are counted as they are read: by rows.
  std::vector<std::pair<std::size_t, SheetSpan>> placed;
  for (const auto& [index, place] : page.places) {
    placed.emplace_back(index, SpanOf(place));
  }
  std::ranges::sort(placed, [](const auto& a, const auto& b) {
    return std::pair(a.second.first_row, a.second.first_column) <
           std::pair(b.second.first_row, b.second.first_column);
  });
  int figures = 0;
  for (const auto& [index, span] : placed) {
    const auto found = numbers.find(index);
    if (found == numbers.end()) continue;
    const auto& figure = std::get<Figure>(page.blocks[index]);
    if (!figure.charts.empty()) {
      found->second.figure =
          "図" + page.label + "-" + std::to_string(++figures);
    } else {
      // It stands on its page already.
      found->second.in_annex = false;
      found->second.target = FigureTarget(figure);
    }
  }
  return numbers;
}

std::string PageTarget(const Page& page) { return "p-" + page.id; }
std::string FigureTarget(const Figure& figure) { return "f-" + figure.id; }

}  // namespace welfare::report
