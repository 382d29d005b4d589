// What can be wrong with a template, whoever wrote it. Reasons are part of the
// API. What the form of its YAML gets wrong is named by services/yaml.
#pragma once

#include <string_view>

#include "services/base/error.h"

namespace welfare::report {

inline constexpr base::ViolationRow kTemplateFaults[] = {
    {"FILE", "{why}", "{why_ja}"},
    {"FIELD_MISSING", "The field `{field}` is needed here.",
     "項目 {field} が必要です。"},
    {"RESPONSE_PERCENT", "It is a share of those asked, 0 to 100.",
     "0から100までの割合にしてください。"},
    {"TITLE_LINES", "Together the lines are the title, letter by letter.",
     "行をつなげると題名と同じになるようにしてください。"},
    {"PAGE_NUMBER", "Number the pages 1, 2, 3 ...; here {number} is expected.",
     "頁の番号は1から順に付けてください。ここは{number}です。"},
    {"PAGE_EMPTY", "Give the page a block.",
     "頁に一つは項目を置いてください。"},
    {"BLOCK_KIND", "A block is of one kind; say which, once.",
     "項目の種類を一つだけ書いてください。"},
    {"LIST_EMPTY", "Give the list an item.",
     "箇条書きに項目を書いてください。"},
    {"TEXT_EMPTY", "Write the text.", "文を書いてください。"},
    {"INDICATOR_MISSING", "Name an indicator to show.",
     "示す指標を書いてください。"},
    {"INDICATOR_REPEATED", "The page shows {indicator} twice; show it once.",
     "この頁に {indicator} が2回あります。1回にしてください。"},
    {"LABELS_NUMBER",
     "Give each indicator of a phases block one label, or none at all.",
     "labels は phases の指標ごとに一つずつ書くか、省いてください。"},
    {"PLACE_OF_SEVERAL", "A place holds one figure; name one indicator.",
     "一つの場所に置ける図は一つです。指標を一つにしてください。"},
    {"PLACE_TAKEN", "The place is taken by {other}; choose another.",
     "この場所は {other} が使っています。別の場所にしてください。"},
    {"KEY_UNKNOWN", "Name a cell, `indicator.cell`, or `returns.all`.",
     "indicator.cell の形か returns.all にしてください。"},
    {"PLACEHOLDER_UNKNOWN", "{why}",
     "集計値の差込み（{ }）の書き方が正しくありません。"},
    {"PLACEHOLDER_WITHOUT_TABLE",
     "{figure} stands in no table of the page; show the indicator on the page.",
     "{figure} の表がこの頁にありません。指標を頁に置いてください。"},
    {"WORDING_UNKNOWN",
     "The wordings of the template have no rule for '{wording}'.",
     "言い回し「{wording}」の規則が wordings にありません。"},
    {"WORDINGS", "{rule}: {why}",
     "言い回しの規則 {rule} が正しくありません（{why}）。"},
    {"EXCERPTS_NUMBER",
     "Name one to twelve excerpts; use another page for more.",
     "引用を1件から12件まで書いてください。多い場合は頁を分けてください。"},
    {"EXCERPT_ID", "An excerpt's id has only a-z, 0-9, - and _.",
     "引用の識別子は英小文字、数字、- と _ だけです。"},
    {"EXCERPT_REPEATED", "The excerpt {excerpt} stands twice; show it once.",
     "引用 {excerpt} が2回あります。1回にしてください。"},
    {"SYMBOL_LENGTH", "A sign has one to four characters.",
     "記号は1文字から4文字にしてください。"},
    {"SYMBOL_NUMBER", "A sign may not read as a number.",
     "数字は記号に使えません。"},
    {"SYMBOL_TAKEN",
     "The sign '{sign}' means something else already; choose another.",
     "記号「{sign}」は別の意味で使っています。別の記号にしてください。"},
    {"TILE_TAKEN", "The tile is that of {other}; choose another.",
     "この位置には {other} があります。別の位置にしてください。"},
    {"COMPARABILITY",
     "Say `since` which year it can be compared, or what has `broken` that: "
     "one of both.",
     "比べられる最初の年度（since）か、比べられなくなった理由（broken）の"
     "どちらか一方を書いてください。"},
    {"COMPARABILITY_NOTE",
     "Say in `note` what changed where something is `broken`, and only there.",
     "変わった点を note に書いてください。note は broken のときだけ書きます。"},
    {"COMPARABILITY_TWICE",
     "The indicator {indicator} is declared twice; declare it once.",
     "指標 {indicator} が2回書かれています。1回にしてください。"},
};

static_assert(base::HasGoodReasons(kTemplateFaults));

// One that is not in the table does not compile.
consteval const base::ViolationRow& TemplateFault(std::string_view reason) {
  return base::FindRow(kTemplateFaults, reason);
}

}  // namespace welfare::report
