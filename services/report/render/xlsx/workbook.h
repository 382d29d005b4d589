// A workbook while it is written: libxlsxwriter, and what that leaves to its
// callers (texts that are text, names that are legal, the bytes at the end).
#pragma once

#include <xlsxwriter.h>

#include <array>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/report/drawing/palette.h"

namespace welfare::report {

// How a cell looks. Cells of data are plain: nothing but what they say.
enum class CellLook {
  kTitle,
  kTopic,
  kHeadline,
  kMark,
  kText,
  kKeyNumber,
  kFigureTitle,
  kBase,
  kHead,
  kHeadRight,
  kGroup,
  kLabel,
  kWords,
  kSign,        // stands where no number does
  kCount,       // 1,527
  kLowerBound,  // 1,527以上, a number all the same
  kDecimal,     // 76.7
  kMutedLabel,
  kMutedWords,
  kMutedSign,
  kMutedCount,
  kMutedLowerBound,
  kMutedDecimal,
  kNote,
  kLink,
  kDataHead,
  kData,
};
inline constexpr std::size_t kCellLooks =
    static_cast<std::size_t>(CellLook::kData) + 1;

// Used by one thread. A text that no workbook holds ends it: Finish says so.
class Workbook {
 public:
  struct Properties {
    std::string title;
    std::string subject;
    std::string author;
    std::string date;  // 2025-07-11; a clock would make other bytes each time
  };
  // Errors: INTERNAL, reason RENDER_FAILED.
  static absl::StatusOr<std::unique_ptr<Workbook>> Open(
      const Properties& properties);
  Workbook(const Workbook&) = delete;
  Workbook& operator=(const Workbook&) = delete;
  ~Workbook();

  // Adds a sheet named as near to `name` as sheets may be: 31 characters
  // without `[]:*?/\`, unlike the others.
  lxw_worksheet* AddSheet(std::string_view name);
  lxw_chart* AddChart(std::uint8_t type);

  // Text stays text, whatever it begins with: `=1+1` is no formula.
  void Text(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column,
            std::string_view text, CellLook look);
  // A text that CellText returned, and that is not empty.
  void Ready(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column,
             const std::string& cell_text, CellLook look);
  // `number` as it stands in the data: `76.7`.
  void Number(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column,
              std::string_view number, CellLook look);
  // Text over several columns, broken into lines; returns the height of the
  // row in pixels. `width` is that of the columns in characters.
  int WideText(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t last_column,
               int width, std::string_view text, CellLook look);
  // Text that leads to the first cell of a sheet.
  void Link(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column,
            std::string_view sheet_name, std::string_view text);

  lxw_format* Format(CellLook look) const {
    return formats_[static_cast<std::size_t>(look)];
  }
  // Takes the result of a call of the library.
  void Expect(lxw_error error, std::string_view what);

  // Returns the bytes of the file. Call it once, at the end.
  //
  // Errors: INTERNAL, reason RENDER_FAILED.
  absl::StatusOr<std::string> Finish();

 private:
  Workbook() = default;
  void MakeFormats();

  int file_ = -1;  // a file in memory
  lxw_workbook* book_ = nullptr;
  std::array<lxw_format*, kCellLooks> formats_ = {};
  std::set<std::string> names_;
  std::string failure_;  // the first; empty: none
};

// Returns a colour of the palette as the library takes it.
lxw_color_t SheetColour(Ink ink);

// Returns `text` as a cell holds it: valid UTF-8, and what reads like an escape
// of the format (`_x000D_`) escaped itself.
std::string CellText(std::string_view text);

// Returns a sheet's name without what no name has; at most 31 UTF-16 units.
std::string SheetName(std::string_view name);

// Returns how many lines `text` takes in a column of `width` characters, and
// the height of a row with as many, in pixels.
int LinesIn(std::string_view text, int width);
int RowHeight(int lines);

}  // namespace welfare::report
