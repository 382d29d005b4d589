#include "services/report/model/pages/errata_page.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/report/model/errata/compare.h"
#include "services/report/model/words.h"

namespace welfare::report {
namespace {

std::string_view CauseWords(ChangeCause cause) {
  switch (cause) {
    case ChangeCause::kLateSubmission:
      return "追加の回答";
    case ChangeCause::kCorrection:
      return "回答の訂正";
    case ChangeCause::kReturned:
      return "回答の差戻し";
    case ChangeCause::kRegistry:
      return "台帳の変更";
    case ChangeCause::kDefinition:
      return "集計定義の変更";
    case ChangeCause::kRendering:
      return "様式の変更";
  }
  return "";
}

// A number as it is printed, a text as it is.
std::string PrintedDatum(std::string_view datum) {
  return datum.find_first_not_of("-.0123456789") == std::string_view::npos
             ? PrintedNumber(datum)
             : std::string(datum);
}

// `841 LOWER_BOUND` as a table prints it, `841以上`.
std::string Printed(const SymbolProfile& profile, std::string_view text) {
  constexpr std::array kSymbols = {
      Symbol::kNotApplicable, Symbol::kNoAnswer,   Symbol::kNotCounted,
      Symbol::kUnknown,       Symbol::kSuppressed, Symbol::kLost,
      Symbol::kLowerBound};
  const std::size_t space = text.rfind(' ');
  const std::string_view last =
      space == std::string_view::npos ? text : text.substr(space + 1);
  for (const Symbol symbol : kSymbols) {
    if (last != SymbolName(symbol)) continue;
    return space == std::string_view::npos
               ? profile.SignOf(symbol)
               : PrintedDatum(text.substr(0, space)) + profile.SignOf(symbol);
  }
  return PrintedDatum(text);
}

std::string TextOf(const SymbolProfile& profile, const Change& change,
                   bool there, const std::string& text) {
  if (!there) return change.was_there ? "（削除）" : "（なし）";
  return text.empty() ? "（空欄）" : Printed(profile, text);
}

std::string CausesOf(const Change& change) {
  std::string words;
  for (const ChangeCause cause : change.causes) {
    if (!words.empty()) words += "、";
    words += CauseWords(cause);
  }
  return words;
}

}  // namespace

void AddErrata(const Snapshot& snapshot, ReportModel& model) {
  if (snapshot.edition != Edition::kCorrected) return;
  const auto turned = std::ranges::count_if(
      snapshot.errata, [](const Change& change) { return change.sign_changed; });
  Page page;
  page.id = "annex-3";
  page.label = "附表3";
  page.topic = "正誤表";
  page.headline =
      snapshot.errata.empty()
          ? "訂正前の報告書から改めた数値はない"
          : "訂正前の報告書から" + std::to_string(snapshot.errata.size()) +
                "か所を改めた";
  std::string about = "訂正の理由：" + snapshot.correction_reason + "。";
  if (turned > 0) {
    about += "前の年度との大小が入れ替わる" + std::to_string(turned) +
             "か所を先に示す。";
  }
  page.blocks.push_back(Paragraph{{{std::move(about)}}});
  if (!snapshot.errata.empty()) {
    Figure figure;
    figure.id = std::string(kErrataFigure);
    figure.title = "正誤表";
    figure.base = "改めた箇所 " + std::to_string(snapshot.errata.size());
    figure.table.row_key = "number";
    figure.table.row_label = "番号";
    figure.table.columns = {{"page", "頁", Column::Kind::kText},
                            {"table", "表", Column::Kind::kText},
                            {"row", "行", Column::Kind::kText},
                            {"column", "列", Column::Kind::kText},
                            {"before", "誤", Column::Kind::kText},
                            {"after", "正", Column::Kind::kText},
                            {"turned", "大小の入替り", Column::Kind::kText},
                            {"cause", "原因", Column::Kind::kText}};
    for (const Change& change : snapshot.errata) {
      const std::string number = std::to_string(figure.table.rows.size() + 1);
      const PrintedCell& place = change.place;
      TableRow row{number, number, {}, false};
      for (const std::string& text :
           {place.page, place.title, place.row_label, place.column_label,
            TextOf(model.symbols, change, change.was_there, change.before),
            TextOf(model.symbols, change, change.is_there, change.after),
            std::string(change.sign_changed ? "入れ替わる" : ""),
            CausesOf(change)}) {
        row.cells.push_back(TextCell(text));
      }
      figure.table.rows.push_back(std::move(row));
    }
    page.blocks.push_back(std::move(figure));
  }
  model.pages.push_back(std::move(page));
}

}  // namespace welfare::report
