// What can be wrong with a mapping, and with what is read by one. Reasons are
// part of the API.
#pragma once

#include <string_view>

#include "services/base/error.h"

namespace welfare::survey {

inline constexpr base::ViolationRow kMappingFaults[] = {
    {"MAPPING_TOO_LONG", "A mapping has at most {most} bytes; shorten it.",
     "読替え表は{most}バイトまでです。短くしてください。"},
    {"MAPPING_SURVEY", "The mapping is of the survey {survey}.",
     "この読替え表は調査 {survey} のものです。"},
    {"MAPPING_CODEBOOK",
     "There is no published codebook {version}; publish it first, or leave "
     "from_codebook out where the platform never had it.",
     "公開済みの調査票 {version} がありません。先に公開してください。"
     "登録したことのない旧調査票なら from_codebook を省いてください。"},
    {"MAPPING_CONCEPTS", "concepts needs from_codebook.",
     "concepts には from_codebook が必要です。"},
    {"MAPPING_CONCEPT_TWICE",
     "Several items have the concept {concept}; list {item} under items.",
     "concept {concept} の設問がいくつもあります。{item} を items に書いてくださ"
     "い。"},
    {"MAPPING_ITEM_TWICE", "{item} is listed twice.",
     "{item} が二度書かれています。"},
    {"MAPPING_TARGET_TWICE",
     "Two items are read as {item}; one would overwrite the other.",
     "二つの設問が {item} に読み替えられています。一つにしてください。"},
    {"MAPPING_OLD_ITEM_UNKNOWN",
     "The codebook {version} has no {item}{nearest}.",
     "調査票 {version} に {item} はありません{nearest_ja}。"},
    {"MAPPING_ITEM_UNKNOWN", "The codebook {version} has no {item}{nearest}.",
     "調査票 {version} に {item} はありません{nearest_ja}。"},
    {"MAPPING_TABLE_ROW",
     "{item} is a table on one side only; write item/row on both.",
     "{item} は片方だけが表です。両方に 設問/行 と書いてください。"},
    {"MAPPING_TO_OR_DROP", "Give `to`, or `drop` with the reason; not both.",
     "to か、理由を書いた drop のどちらか一方を書いてください。"},
    {"MAPPING_TYPE", "{from} cannot be read as {item}: {why}.",
     "{from} は {item} に読み替えられません（{why_ja}）。"},
    {"MAPPING_VALUES_MISSING",
     "Say in `values` what each word means, or `values: same` where words are "
     "the codes of {item}.",
     "values に言葉ごとのコードを書くか、{item} のコードと同じなら values: same "
     "と書いてください。"},
    {"MAPPING_VALUES_UNEXPECTED", "{item} has no codes; leave values out.",
     "{item} は選択肢の設問ではありません。values を除いてください。"},
    {"MAPPING_CODE_UNKNOWN", "{item} has no code {code}{nearest}.",
     "{item} にコード {code} はありません{nearest_ja}。"},
    {"MAPPING_WORD_UNKNOWN",
     "The old item {item} has no option {word}, by code or label{nearest}.",
     "旧設問 {item} に {word} という選択肢はありません{nearest_ja}。"},
    {"MAPPING_WORD_TWICE", "The word {word} stands twice.",
     "{word} が二度書かれています。"},
    {"MAPPING_ABSENCE",
     "{item} takes no absence {absence}; write one of: {known}.",
     "{item} では {absence} を使えません。使えるのは {known} です。"},
    {"MAPPING_SCALE",
     "Write what a number is multiplied by, a decimal or a quotient as 1/1000, "
     "not 0.",
     "scale には掛ける数を、小数か 1/1000 のような分数で書いてください（0は不"
     "可）。"},
    {"MAPPING_SCALE_UNEXPECTED", "{item} is no number; leave scale out.",
     "{item} は数の設問ではありません。scale を除いてください。"},
    {"MAPPING_ROUND", "round is half_up, or is left out.",
     "round に書けるのは half_up だけです。"},
    {"MAPPING_UNIT",
     "The unit of {from} is {old} and that of {item} is {new}; say the scale.",
     "{from} の単位は {old}、{item} の単位は {new} です。scale を書いてくださ"
     "い。"},
    {"MAPPING_UNIT_DIFFERS", "The old codebook says that the unit is {old}.",
     "旧調査票での単位は {old} です。"},

    // --- of a record that is read by one ---
    {"ITEM_UNMAPPED",
     "The mapping does not say what this item is{nearest}; add it, with `to` or "
     "`drop`.",
     "読替え表にない設問です{nearest_ja}。to か drop を書いて加えてください。"},
    {"WORD_UNMAPPED",
     "The mapping does not say what '{word}' means for {item}{nearest}.",
     "「{word}」が {item} の何にあたるか、読替え表にありません{nearest_ja}。"},
    {"NUMBER_UNREADABLE", "'{word}' is no decimal number of at most 18 digits.",
     "「{word}」は18桁以内の小数として読めません。"},
    {"NUMBER_NOT_WHOLE",
     "By the scale of the mapping this is {word}, and {item} takes whole "
     "numbers; mend it, or write `round: half_up` in the mapping.",
     "読替え表の scale を掛けると {word} になり、{item} の整数になりません。直すか"
     "、読替え表に round: half_up と書いてください。"},
};

static_assert(base::HasGoodReasons(kMappingFaults));

// A reason that is not in the table does not compile.
consteval const base::ViolationRow& MappingFault(std::string_view reason) {
  return base::FindRow(kMappingFaults, reason);
}

}  // namespace welfare::survey
