#include "services/report/render/xlsx/data_sheets.h"

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/report/model/layout.h"
#include "services/text/characters.h"

namespace welfare::report {
namespace {

// A text without what only looks: wide blanks, blanks in a row, and signs that
// not every machine shows.
std::string Plain(std::string_view text) {
  constexpr char32_t kFirstCircled = U'①';
  constexpr char32_t kLastCircled = U'⑳';
  constexpr char32_t kFirstRoman = U'Ⅰ';
  constexpr std::string_view kRoman[] = {"I",  "II",  "III",  "IV", "V",
                                         "VI", "VII", "VIII", "IX", "X"};
  if (text::CountPlain(text).has_value()) return std::string(text);
  std::string out;
  bool blank = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = text::NextCharacter(text, at).value_or(0xFFFD);
    if (text::IsWhiteSpace(c)) {
      blank = !out.empty();
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    if (c >= kFirstCircled && c <= kLastCircled) {
      out += "(" + std::to_string(c - kFirstCircled + 1) + ")";
    } else if (c >= kFirstRoman && c < kFirstRoman + std::size(kRoman)) {
      out += kRoman[c - kFirstRoman];
    } else {
      text::AppendCharacter(c, out);
    }
  }
  return out;
}

// A sheet of records below a header.
class Records {
 public:
  Records(Workbook& book, std::string_view name,
          const std::vector<std::string_view>& header)
      : book_(book), sheet_(book.AddSheet(name)) {
    for (const std::string_view title : header) {
      book_.Text(sheet_, 0, column_++, title, CellLook::kDataHead);
    }
    worksheet_set_column(sheet_, 0, static_cast<lxw_col_t>(header.size() - 1),
                         16, nullptr);
    Next();
  }

  // Cells from left to right. An empty one stays empty.
  void Text(std::string_view text) {
    if (column_ >= above_.size()) above_.resize(column_ + std::size_t{1});
    // Most of a record is said by the one above as well.
    Said& said = above_[column_];
    if (said.text != text) {
      said = {std::string(text), CellText(Plain(text))};
    }
    if (!said.cell.empty()) {
      book_.Ready(sheet_, row_, column_, said.cell, CellLook::kData);
    }
    ++column_;
  }
  void Number(std::string_view number) {
    if (!number.empty()) {
      book_.Number(sheet_, row_, column_, number, CellLook::kData);
    }
    ++column_;
  }
  void Number(int number) { Number(std::to_string(number)); }
  void Next() {
    ++row_;
    column_ = 0;
  }

 private:
  // A text, and the cell that it became.
  struct Said {
    std::string text;
    std::string cell;
  };

  Workbook& book_;
  lxw_worksheet* sheet_;
  std::vector<Said> above_;  // by column
  lxw_row_t row_ = 0;
  lxw_col_t column_ = 0;
};

// Names that stand in one cell where people read them, each a datum.
std::vector<std::string_view> DataOf(const TableCell& cell,
                                     const Column& column) {
  std::vector<std::string_view> data;
  std::string_view rest = cell.data;
  if (!column.list) return {rest};
  while (!rest.empty()) {
    const std::size_t end = rest.find(kBetweenNames);
    data.push_back(rest.substr(0, end));
    rest = end == std::string_view::npos
               ? std::string_view()
               : rest.substr(end + kBetweenNames.size());
  }
  if (data.empty()) data.emplace_back();
  return data;
}

void WriteValues(const ReportModel& model, const Page& page,
                 const Figure& figure, Records& out) {
  for (const TableRow& row : figure.table.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const TableCell& cell = row.cells[i];
      const Column& column = figure.table.columns[i];
      const bool number = column.kind == Column::Kind::kNumber;
      const bool previous = IsOfPreviousYear(column);
      int place = 0;
      for (const std::string_view datum : DataOf(cell, column)) {
        out.Text(figure.id);
        out.Text(figure.title);
        out.Text(page.label);
        out.Number(model.fiscal_year - (previous ? 1 : 0));
        out.Text(figure.base.empty() ? SymbolText(Symbol::kNotApplicable)
                                     : figure.base);
        out.Number(figure.multiple_answer ? 1 : 0);
        out.Text(row.key);
        out.Text(row.label);
        out.Text(column.key);
        out.Text(LabelWithGroup(column));
        out.Number(++place);
        out.Text(column.unit);
        out.Number(number ? datum : std::string_view());
        out.Text(number ? std::string_view() : datum);
        out.Text(SymbolName(cell.symbol));
        out.Number(previous ? (figure.previous_synthetic ? 1 : 0)
                            : (figure.synthetic ? 1 : 0));
        out.Text(EditionWords(figure.edition));
        if (!figure.restriction.empty()) out.Text(figure.restriction);
        out.Next();
      }
    }
  }
}

}  // namespace

void WriteDataSheets(const ReportModel& model, Workbook& book) {
  std::vector<std::string_view> headings = {
       "表の符号", "表の題", "頁", "調査年度（西暦）", "母数", "複数回答",
       "行の符号", "行の名称", "列の符号", "列の名称", "順番", "単位", "数値",
       "文字", "記号", "架空データ", "版の種別"};
  if (!model.restriction.empty()) headings.push_back("対象者");
  Records values(book, kDataSheet, headings);
  for (const Page& page : model.pages) {
    for (const auto& block : page.blocks) {
      if (const auto* figure = std::get_if<Figure>(&block)) {
        WriteValues(model, page, *figure, values);
      }
    }
  }
  struct Meaning {
    std::string_view column;
    std::string_view type;
    std::string_view words;
  };
  constexpr Meaning kMeanings[] = {
      {"表の符号", "文字",
       "表ごとに一つ。CSVのファイル名、HTMLの図表の符号と同じ"},
      {"表の題", "文字", "尋ねたこと"},
      {"頁", "文字", "表のある頁"},
      {"調査年度（西暦）", "数値", "値を得た調査の年度。2025は令和7年度"},
      {"母数", "文字", "対象とその数。定まった母数がない表では -"},
      {"複数回答", "数値", "複数回答の設問は1、ほかは0"},
      {"行の符号", "文字", "表の中で行ごとに一つ"},
      {"行の名称", "文字", "選択肢、階級、区分、年度など"},
      {"列の符号", "文字",
       "表の中で列ごとに一つ。previous_ で始まるものは前回の調査の値"},
      {"列の名称", "文字", "回答数、割合など"},
      {"順番", "数値", "一つの行と列に文字が並ぶときの順番。1から"},
      {"単位", "文字", "数値の単位"},
      {"数値", "数値", "値。数値がないときは空欄で、理由は記号の列にある"},
      {"文字", "文字", "文字の値"},
      {"記号", "文字",
       "NOT_APPLICABLE 該当なし、NO_ANSWER 無回答、NOT_COUNTED "
       "カウントしていない、UNKNOWN 不詳、SUPPRESSED 秘匿、LOST "
       "原典にない、LOWER_BOUND 少なくともこの値"},
      {"架空データ", "数値", "架空のデータは1、実際のデータは0"},
  };
  Records columns(book, kDataColumnsSheet, {"列", "型", "意味"});
  for (const Meaning& meaning : kMeanings) {
    columns.Text(meaning.column);
    columns.Text(meaning.type);
    columns.Text(meaning.words);
    columns.Next();
  }
}

}  // namespace welfare::report
