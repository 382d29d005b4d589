#include "services/report/render/xlsx/workbook.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <mutex>
#include <optional>
#include <system_error>
#include <tuple>

#include "services/report/drawing/palette.h"
#include "services/report/errors.h"
#include "services/text/characters.h"
#include "services/text/display_width.h"

namespace welfare::report {
namespace {

constexpr std::size_t kMostName = 31;
constexpr int kLineHeight = 20;  // pixels
constexpr const char* kFont = "Yu Gothic";

absl::Status XlsxFailed(std::string_view what) {
  return RenderFailed("xlsx", what);
}

std::size_t Utf16Units(char32_t character) {
  return character > 0xFFFF ? 2 : 1;
}

bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') ||
         (c >= 'a' && c <= 'f');
}

// Whether `_xHHHH_` begins at `at`.
bool IsEscape(std::string_view text, std::size_t at) {
  constexpr std::size_t kLength = 7;
  return text.size() - at >= kLength && text[at] == '_' &&
         text[at + 1] == 'x' && IsHex(text[at + 2]) && IsHex(text[at + 3]) &&
         IsHex(text[at + 4]) && IsHex(text[at + 5]) && text[at + 6] == '_';
}

std::string QuotedSheet(std::string_view sheet_name) {
  std::string out = "'";
  for (const char c : sheet_name) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

// The beginning of `2025-07-11`; that of 1980 where it is no date.
std::time_t DateOf(std::string_view date) {
  int year = 1980;
  unsigned month = 1;
  unsigned day = 1;
  const auto part = [&](std::size_t at, std::size_t length, auto& into) {
    if (date.size() < at + length) return;
    std::from_chars(date.data() + at, date.data() + at + length, into);
  };
  part(0, 4, year);
  part(5, 2, month);
  part(8, 2, day);
  const std::chrono::sys_seconds when =
      std::chrono::sys_days(std::chrono::year(year) /
                            std::chrono::month(month) / std::chrono::day(day));
  return std::chrono::system_clock::to_time_t(when);
}

}  // namespace

lxw_color_t SheetColour(Ink ink) {
  const Colour colour = ColourOf(ink);
  return static_cast<lxw_color_t>((colour.red << 16) | (colour.green << 8) |
                                  colour.blue);
}

std::string CellText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t kept = 0;  // from there on it is taken as it stands
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    if (IsEscape(text, begin)) {
      out.append(text.substr(kept, begin - kept)).append("_x005F");
      kept = begin;
    }
    if (text::NextCharacter(text, at).has_value()) continue;
    out.append(text.substr(kept, begin - kept));
    text::AppendCharacter(0xFFFD, out);
    kept = at;
  }
  out.append(text.substr(kept));
  return out;
}

std::string SheetName(std::string_view name) {
  std::string out;
  std::size_t units = 0;
  for (std::size_t at = 0; at < name.size();) {
    const auto character = text::NextCharacter(name, at);
    if (!character.has_value() || text::IsControl(*character)) continue;
    if (std::u32string_view(U"[]:*?/\\'").find(*character) !=
        std::u32string_view::npos) {
      continue;
    }
    if (units + Utf16Units(*character) > kMostName) break;
    units += Utf16Units(*character);
    text::AppendCharacter(*character, out);
  }
  return out.empty() ? "-" : out;
}

int LinesIn(std::string_view text, int width) {
  int lines = 0;
  // A little is lost at the edges and where a word does not fit.
  const int room = std::max(width - 1, 2);
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const int wide =
        static_cast<int>(text::DisplayWidth(text.substr(begin, end - begin)));
    lines += std::max(1, (wide + room - 1) / room);
    begin = end + 1;
  }
  return lines;
}

int RowHeight(int lines) {
  // 409 points are the most that a row can have.
  return std::min(lines * kLineHeight, 545);
}

absl::StatusOr<std::unique_ptr<Workbook>> Workbook::Open(
    const Properties& properties) {
  std::unique_ptr<Workbook> result(new Workbook);
  result->file_ = memfd_create("report.xlsx", MFD_CLOEXEC);
  if (result->file_ < 0) return XlsxFailed("No file in memory can be made.");
  const std::string path = "/proc/self/fd/" + std::to_string(result->file_);
  result->book_ = workbook_new(path.c_str());
  if (result->book_ == nullptr) return XlsxFailed("Not enough memory.");
  std::string title = CellText(properties.title);
  std::string subject = CellText(properties.subject);
  std::string author = CellText(properties.author);
  lxw_doc_properties said = {};
  said.title = title.data();
  said.subject = subject.data();
  said.author = author.data();
  said.created = DateOf(properties.date);
  result->Expect(workbook_set_properties(result->book_, &said), "properties");
  result->MakeFormats();
  return result;
}

Workbook::~Workbook() {
  if (book_ != nullptr) lxw_workbook_free(book_);
  if (file_ >= 0) close(file_);
}

void Workbook::MakeFormats() {
  struct Look {
    CellLook look;
    double size = 10.5;
    Ink ink = Ink::kText;
    bool bold = false;
    bool wraps = false;
    std::uint8_t align = LXW_ALIGN_NONE;
    const char* number = nullptr;
    std::uint8_t top = LXW_BORDER_NONE;
    std::uint8_t bottom = LXW_BORDER_NONE;
    std::optional<Ink> fill = std::nullopt;

    // Whether both are written alike.
    bool Equals(const Look& other) const {
      return std::tie(size, ink, bold, wraps, align, number, top, bottom,
                      fill) ==
                 std::tie(other.size, other.ink, other.bold, other.wraps,
                          other.align, other.number, other.top, other.bottom,
                          other.fill) &&
             (look == CellLook::kLink) == (other.look == CellLook::kLink);
    }
  };
  constexpr const char* kWhole = "#,##0";
  constexpr const char* kTenths = "#,##0.0";
  constexpr const char* kAtLeast = "#,##0\"以上\"";
  constexpr std::uint8_t kThin = LXW_BORDER_THIN;
  constexpr std::uint8_t kHair = LXW_BORDER_HAIR;
  const auto cell = [](CellLook look, bool muted, std::uint8_t align,
                       const char* number, bool wraps) {
    return Look{look,
                10.5,
                muted ? Ink::kSecondary : Ink::kText,
                false,
                wraps,
                align,
                number,
                LXW_BORDER_NONE,
                kHair};
  };
  using enum CellLook;
  const Look looks[] = {
      {.look = kTitle, .size = 20, .ink = Ink::kNavy, .bold = true},
      {.look = kTopic, .size = 10.5, .ink = Ink::kSecondary},
      {.look = kHeadline,
       .size = 16,
       .ink = Ink::kNavy,
       .bold = true,
       .wraps = true},
      {.look = kMark, .size = 10.5, .ink = Ink::kMark, .bold = true},
      {.look = kText, .wraps = true},
      {.look = kKeyNumber,
       .size = 14,
       .ink = Ink::kNavy,
       .bold = true,
       .wraps = true,
       .fill = Ink::kWash},
      {.look = kFigureTitle, .size = 11, .ink = Ink::kNavy, .bold = true},
      {.look = kBase, .size = 9, .ink = Ink::kSecondary},
      {.look = kHead,
       .ink = Ink::kSecondary,
       .wraps = true,
       .align = LXW_ALIGN_LEFT,
       .top = kThin,
       .bottom = kThin},
      {.look = kHeadRight,
       .ink = Ink::kSecondary,
       .wraps = true,
       .align = LXW_ALIGN_RIGHT,
       .top = kThin,
       .bottom = kThin},
      {.look = kGroup,
       .ink = Ink::kSecondary,
       .align = LXW_ALIGN_CENTER,
       .top = kThin},
      cell(kLabel, false, LXW_ALIGN_LEFT, nullptr, true),
      cell(kWords, false, LXW_ALIGN_LEFT, nullptr, true),
      cell(kSign, false, LXW_ALIGN_RIGHT, nullptr, false),
      cell(kCount, false, LXW_ALIGN_RIGHT, kWhole, false),
      cell(kLowerBound, false, LXW_ALIGN_RIGHT, kAtLeast, false),
      cell(kDecimal, false, LXW_ALIGN_RIGHT, kTenths, false),
      cell(kMutedLabel, true, LXW_ALIGN_LEFT, nullptr, true),
      cell(kMutedWords, true, LXW_ALIGN_LEFT, nullptr, true),
      cell(kMutedSign, true, LXW_ALIGN_RIGHT, nullptr, false),
      cell(kMutedCount, true, LXW_ALIGN_RIGHT, kWhole, false),
      cell(kMutedLowerBound, true, LXW_ALIGN_RIGHT, kAtLeast, false),
      cell(kMutedDecimal, true, LXW_ALIGN_RIGHT, kTenths, false),
      {.look = kNote, .size = 9, .ink = Ink::kSecondary, .wraps = true},
      {.look = kLink, .ink = Ink::kNavy},
      {.look = kDataHead},
      {.look = kData},
  };
  for (const Look& look : looks) {
    lxw_format*& format = formats_[static_cast<std::size_t>(look.look)];
    // The library looks for a format like this one again for every cell of the
    // second of two that are alike.
    const auto* const first = std::ranges::find_if(
        looks, [&](const Look& other) { return look.Equals(other); });
    if (first != &look) {
      format = Format(first->look);
      continue;
    }
    format = workbook_add_format(book_);
    format_set_font_name(format, kFont);
    format_set_font_size(format, look.size);
    format_set_font_color(format, SheetColour(look.ink));
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    if (look.bold) format_set_bold(format);
    if (look.wraps) format_set_text_wrap(format);
    if (look.align != LXW_ALIGN_NONE) format_set_align(format, look.align);
    if (look.number != nullptr) format_set_num_format(format, look.number);
    if (look.look == kLink) {
      format_set_underline(format, LXW_UNDERLINE_SINGLE);
    }
    if (look.top != LXW_BORDER_NONE) format_set_top(format, look.top);
    if (look.bottom != LXW_BORDER_NONE) format_set_bottom(format, look.bottom);
    if (look.fill.has_value()) {
      format_set_pattern(format, LXW_PATTERN_SOLID);
      format_set_bg_color(format, SheetColour(*look.fill));
    }
  }
}

lxw_worksheet* Workbook::AddSheet(std::string_view name) {
  std::string unique = SheetName(name);
  for (int again = 2; !names_.insert(unique).second; ++again) {
    const std::string end = " " + std::to_string(again);
    // Cut by characters, so that the end has room.
    std::string shorter;
    for (std::size_t at = 0; at < name.size();) {
      const auto character = text::NextCharacter(name, at);
      if (!character.has_value()) continue;
      if (shorter.size() + end.size() > kMostName) break;
      text::AppendCharacter(*character, shorter);
    }
    unique = SheetName(shorter + end);
  }
  lxw_worksheet* sheet = workbook_add_worksheet(book_, unique.c_str());
  if (sheet == nullptr) {
    Expect(LXW_ERROR_SHEETNAME_ALREADY_USED, unique);
    // One to write on until Finish says what was wrong.
    sheet = workbook_add_worksheet(book_, nullptr);
  }
  return sheet;
}

lxw_chart* Workbook::AddChart(std::uint8_t type) {
  return workbook_add_chart(book_, type);
}

void Workbook::Text(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column,
                    std::string_view text, CellLook look) {
  if (text.empty()) {
    Expect(worksheet_write_blank(sheet, row, column, Format(look)), "blank");
    return;
  }
  Ready(sheet, row, column, CellText(text), look);
}

void Workbook::Ready(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column,
                     const std::string& cell_text, CellLook look) {
  Expect(worksheet_write_string(sheet, row, column, cell_text.c_str(),
                                Format(look)),
         cell_text);
}

void Workbook::Number(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column,
                      std::string_view number, CellLook look) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size()) {
    Expect(LXW_ERROR_PARAMETER_VALIDATION, number);
    return;
  }
  Expect(worksheet_write_number(sheet, row, column, value, Format(look)),
         number);
}

int Workbook::WideText(lxw_worksheet* sheet, lxw_row_t row,
                       lxw_col_t last_column, int width, std::string_view text,
                       CellLook look) {
  // Large type takes half as much again in either direction.
  const bool large =
      look == CellLook::kHeadline || look == CellLook::kKeyNumber;
  const int lines = LinesIn(text, large ? width * 2 / 3 : width);
  const int height = RowHeight(large ? (lines * 3 + 1) / 2 : lines);
  Expect(worksheet_merge_range(sheet, row, 0, row, last_column,
                               CellText(text).c_str(), Format(look)),
         text);
  Expect(worksheet_set_row_pixels(sheet, row,
                                  static_cast<std::uint32_t>(height), nullptr),
         "height");
  return height;
}

void Workbook::Link(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column,
                    std::string_view sheet_name, std::string_view text) {
  const std::string url = "internal:" + QuotedSheet(sheet_name) + "!A1";
  const std::string words = CellText(text);
  Expect(
      worksheet_write_url_opt(sheet, row, column, url.c_str(),
                              Format(CellLook::kLink), words.c_str(), nullptr),
      text);
}

void Workbook::Expect(lxw_error error, std::string_view what) {
  if (error == LXW_NO_ERROR || !failure_.empty()) return;
  failure_ = std::string(lxw_strerror(error)) + " " +
             std::string(what.substr(0, kMostName));
}

absl::StatusOr<std::string> Workbook::Finish() {
  // libxlsxwriter writes the date of a book by gmtime, whose result is one for
  // the process: books of two dates would take each other's.
  static std::mutex one_at_a_time;
  const lxw_error closed = [&] {
    const std::lock_guard lock(one_at_a_time);
    return workbook_close(book_);
  }();
  book_ = nullptr;  // freed, whatever came of it
  Expect(closed, "close");
  if (!failure_.empty()) return XlsxFailed(failure_);
  struct stat file = {};
  if (fstat(file_, &file) != 0) return XlsxFailed("The file is gone.");
  std::string bytes(static_cast<std::size_t>(file.st_size), '\0');
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t read = pread(file_, bytes.data() + at, bytes.size() - at,
                               static_cast<off_t>(at));
    if (read <= 0) return XlsxFailed("The file cannot be read back.");
    at += static_cast<std::size_t>(read);
  }
  return bytes;
}

}  // namespace welfare::report
