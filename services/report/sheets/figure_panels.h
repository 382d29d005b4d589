// Figures that stand side by side on a sheet, as far as they are laid out alike.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "services/report/drawing/drawing.h"
#include "services/report/model/report_model.h"

namespace welfare::report {

// Between the lines of a base.
inline constexpr int kBaseLeading = Millimetres(3.7);

// Returns how high the head of a figure is: its title, and `base_lines` of its
// base.
int FigureHead(std::size_t base_lines);

// Whether a figure is drawn on its sheet: fewer than ten are counted.
bool IsDrawn(const Figure& figure);

// Whether the years of a chart have room beside its base, in a place of this
// width.
bool HasRoomForKeys(const Chart& chart, std::string_view base, int width);

// How a figure is laid out where others stand beside it.
struct FigurePanel {
  std::size_t base_lines = 1;
  bool keys_beside = true;  // the years stand beside the base
  int longest = 0;          // how long 100% is; 0: as there is room
};

// Returns the panels of the bars of a page, by the index of their block. Bars in
// places of one width have one scale, so that equal shares are equally long; those
// that stand side by side begin at the same height, where all of them have room
// for that. `base_of`: what a figure says of its base.
std::map<std::size_t, FigurePanel> AlignBars(
    const Page& page,
    const std::function<std::string(const Figure&)>& base_of);

}  // namespace welfare::report
