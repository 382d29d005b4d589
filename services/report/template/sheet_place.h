// Where a block stands on its sheet of paper.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace welfare::report {

// The cells of a sheet's grid. Two places of a page may not overlap.
enum class SheetPlace {
  kLeftTop,
  kRightTop,
  kLeftBottom,
  kRightBottom,
  kLeft,  // both cells of a column
  kRight,
  kTop,  // both cells of a row
  kBottom,
  kFirst,  // a third of the width, as high as both rows
  kSecond,
  kThird,
  kWide,  // two thirds
  kSideTop,
  kSideBottom,
  kWhole,  // all of it
};

inline constexpr std::array<std::pair<std::string_view, SheetPlace>, 15>
    kSheetPlaces = {{{"left-top", SheetPlace::kLeftTop},
                     {"right-top", SheetPlace::kRightTop},
                     {"left-bottom", SheetPlace::kLeftBottom},
                     {"right-bottom", SheetPlace::kRightBottom},
                     {"left", SheetPlace::kLeft},
                     {"right", SheetPlace::kRight},
                     {"top", SheetPlace::kTop},
                     {"bottom", SheetPlace::kBottom},
                     {"first", SheetPlace::kFirst},
                     {"second", SheetPlace::kSecond},
                     {"third", SheetPlace::kThird},
                     {"wide", SheetPlace::kWide},
                     {"side-top", SheetPlace::kSideTop},
                     {"side-bottom", SheetPlace::kSideBottom},
                     {"whole", SheetPlace::kWhole}}};

// Columns (of twelve) and rows (of two) of a place.
struct SheetSpan {
  int first_column = 1;
  int columns = 12;
  int first_row = 1;
  int rows = 2;
};
constexpr SheetSpan SpanOf(SheetPlace place) {
  switch (place) {
    case SheetPlace::kLeftTop:
      return {1, 6, 1, 1};
    case SheetPlace::kRightTop:
      return {7, 6, 1, 1};
    case SheetPlace::kLeftBottom:
      return {1, 6, 2, 1};
    case SheetPlace::kRightBottom:
      return {7, 6, 2, 1};
    case SheetPlace::kLeft:
      return {1, 6, 1, 2};
    case SheetPlace::kRight:
      return {7, 6, 1, 2};
    case SheetPlace::kTop:
      return {1, 12, 1, 1};
    case SheetPlace::kBottom:
      return {1, 12, 2, 1};
    case SheetPlace::kFirst:
      return {1, 4, 1, 2};
    case SheetPlace::kSecond:
      return {5, 4, 1, 2};
    case SheetPlace::kThird:
      return {9, 4, 1, 2};
    case SheetPlace::kWide:
      return {1, 8, 1, 2};
    case SheetPlace::kSideTop:
      return {9, 4, 1, 1};
    case SheetPlace::kSideBottom:
      return {9, 4, 2, 1};
    case SheetPlace::kWhole:
      return {1, 12, 1, 2};
  }
  return {};
}

// Whether two places have a cell in common.
constexpr bool Overlap(SheetPlace a, SheetPlace b) {
  const SheetSpan one = SpanOf(a);
  const SheetSpan two = SpanOf(b);
  return one.first_column < two.first_column + two.columns &&
         two.first_column < one.first_column + one.columns &&
         one.first_row < two.first_row + two.rows &&
         two.first_row < one.first_row + one.rows;
}

}  // namespace welfare::report
