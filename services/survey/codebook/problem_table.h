// What can be wrong with the sheets of a codebook, a table for each part that
// is read. Reasons are part of the API.
//
// `{ref_fy_ja}` is the placeholder of labels and stays as it is.
#pragma once

#include "services/base/error.h"

namespace welfare::survey {

// Of questions, once they are read. The id stands before the sentence.
inline constexpr base::ViolationRow kItemTable[] = {
    {"SHEET_EMPTY", "The sheet holds no item.", "シートに設問がありません。"},
    {"NAME_INVALID",
     "an id is a-z, 0-9 and _, begins with a letter and has at most 63 "
     "characters.",
     "IDは英小文字で始まる63字以内の英小文字・数字・_ にしてください。"},
    {"NAME_DUPLICATE", "the id is used twice.", "IDが二度使われています。"},
    {"RESPONDENT_MISSING", "say who is asked: municipality, council or both.",
     "だれへの設問かを municipality、council、または両方で書いてください。"},
    {"LABEL_MISSING", "the question has no text.", "設問文がありません。"},
    {"LABEL_PLACEHOLDER", "the only placeholder is {ref_fy_ja}, not {found}.",
     "使える置き換えは {ref_fy_ja} だけです。{found} は使えません。"},
    {"REFERENCE_YEAR_OFFSET", "the offset is 0 or -1.",
     "基準年度のずれは0か-1にしてください。"},
    {"ABSENCE_NOT_SENDABLE", "{absence} is computed and cannot be offered.",
     "{absence} は自動で付く区分なので、選べるようにはできません。"},
    {"LIST_EMPTY", "the list of choices is empty.", "選択肢の一覧が空です。"},
    {"TOO_MANY_OPTIONS", "an item has at most 64 options; it has {found}.",
     "選択肢は64個までです（{found} 個あります）。"},
    {"OPTION_INVALID", "the code '{code}' is not an id.",
     "選択肢のコード「{code}」はIDの形ではありません。"},
    {"OPTION_DUPLICATE", "the code '{code}' stands twice in the list.",
     "選択肢のコード「{code}」が一覧に二度あります。"},
    {"PAIR_CONCEPT_INVALID",
     "write concept(code|code) with codes that the item offers, several "
     "separated by `; `, not '{found}'.",
     "concept(code|code) の形で、設問にある選択肢のコードを書いてください（複数"
     "のときは `; ` で区切ります）。「{found}」は使えません。"},
    {"POPULATION_INVALID",
     "name one population for each kind of respondent, each an id without a "
     "year, not '{found}'.",
     "回答者の種類ごとに一つ、年を含まないIDで母集団を書いてください。「{found}"
     "」は使えません。"},
    {"POPULATION_CONTRADICTS", "'{population}' is another set at {item}.",
     "母集団「{population}」は {item} では別の集まりです。"},
    {"EXPRESSION_TYPE", "a table has no value, so it has no constraint.",
     "表の設問には値がないので、制約は書けません。"},
    {"CONDITION_CYCLE", "whether it is asked depends on itself.",
     "たずねるかどうかの条件が、自分自身によって決まっています。"},
    {"CONDITION_LATER",
     "the condition reads {item}, which does not stand before it.",
     "条件が {item} を参照していますが、それより前にありません。"},
    {"CONDITION_OTHER_RESPONDENT", "{item} is not asked of a {kind}.",
     "条件が参照する {item} は、{kind} にはたずねない設問です。"},
    {"UNREACHABLE", "no answers make the condition true, so it is never asked.",
     "条件が成り立つ回答がないので、決してたずねられません。"},
    {"UNANSWERABLE", "no answer makes the rule true, so nobody can give one.",
     "制約に合う回答がないので、だれも回答できません。"},
};

static_assert(base::HasGoodReasons(kItemTable));

// Of the conditions of questions and sections.
inline constexpr base::ViolationRow kConditionTable[] = {
    {"EXPRESSION_SYNTAX", "column {at}: {fault}: {description}",
     "式の{at}文字目に誤りがあります（{fault}）。{description_ja}"},
    {"EXPRESSION_TYPE", "column {at}: {fault}: {description}",
     "式の{at}文字目で型や名前が合いません（{fault}）。{description_ja}"},
};

static_assert(base::HasGoodReasons(kConditionTable));

// Of a sheet as a table, and of the settings.
inline constexpr base::ViolationRow kSheetTable[] = {
    {"CSV_HEADER",
     "A sheet begins with its header line, of at most 100 columns.",
     "シートは見出し行で始め、列は100までにしてください。"},
    {"CSV_CELLS", "The record has {found} cells, the header {expected}.",
     "この行にはセルが {found} 個ありますが、見出しは {expected} 個です。"},
    {"QUOTE_OVER_RECORDS",
     "A quote opened here takes the records after it into one cell; close or "
     "remove it.",
     "ここで始まる引用符が、後の行まで一つのセルにしています。引用符を閉じるか"
     "取り除いてください。"},
    {"SHEET_TOO_LONG",
     "The sheet has more than 20000 rows; this is the first too many.",
     "シートは20000行までです。この行から超えています。"},
    {"COLUMN_UNKNOWN",
     "The sheet has no column '{column}'; remove or rename it.",
     "列「{column}」はこのシートにはありません。取り除くか、名前を直してくださ"
     "い。"},
    {"COLUMN_REPEATED",
     "The column '{column}' stands twice; keep one language.",
     "列「{column}」が二つあります。一つの言語だけにしてください。"},
    {"COLUMN_MISSING", "The sheet lacks the column '{column}'.",
     "列「{column}」がありません。"},
    {"COLUMN_UNNAMED",
     "A cell stands in a column without name; name the column or empty its "
     "cells.",
     "見出しのない列に値があります。見出しを付けるか、値を消してください。"},
    {"TEXT_TOO_LONG", "The cell has more than 10000 bytes; shorten it.",
     "セルが10000バイトを超えています。短くしてください。"},
    {"CODEBOOK_TOO_LARGE",
     "Up to here the questions, each with the options of its list and with its "
     "sections, have more than 2 MiB; shorten lists, titles and conditions.",
     "ここまでの設問（選択肢と章を含む）が2 MiBを超えています。選択肢、題名、条"
     "件を短くしてください。"},
    {"LANGUAGE_DIFFERS",
     "The texts stand in '{language}', this column in '{found}'.",
     "ほかの列の言語は「{language}」ですが、この列は「{found}」です。一つにそろ"
     "えてください。"},
    {"SETTINGS_MISMATCH",
     "The sheet holds one record, with the form_id '{survey}' and the version "
     "'{version}'.",
     "設定は1行とし、form_id は「{survey}」、version "
     "は「{version}」にしてくださ"
     "い。"},
    {"LABEL_MISSING", "The questionnaire has no title.",
     "調査票の題名がありません。"},
};

static_assert(base::HasGoodReasons(kSheetTable));

// COLUMN_UNKNOWN of a column whose capital letters alone are wrong.
inline constexpr base::ViolationRow kColumnMisspelt{
    "COLUMN_UNKNOWN", "The sheet has no column '{column}'; write it '{meant}'.",
    "列「{column}」は「{meant}」と書いてください。"};

// Of single cells: of a question's row, and of a choice's.
inline constexpr base::ViolationRow kCellTable[] = {
    {"WORD_UNKNOWN",
     "Of words the cell takes {words}, each once, not '{found}'.",
     "この欄に書ける語は {words} "
     "です（それぞれ一度だけ）。「{found}」は使えませ"
     "ん。"},
    {"LABEL_PLACEHOLDER",
     "The only placeholder is {ref_fy_ja}, in labels alone; '{found}' is "
     "filled "
     "in nowhere here.",
     "置き換えられるのはラベルの {ref_fy_ja} "
     "だけです。ここの「{found}」は置き換"
     "えられません。"},
    {"REQUIRED_CONTRADICTS",
     "A required item offers no absence, and any other says which it takes.",
     "必須の設問には欠測の区分を付けず、必須でない設問には認める区分を書いてく"
     "ださい。"},
    {"OTHER_MISSING", "The list has no choice 'other'.",
     "一覧に選択肢「other」がありません。"},
    {"LIST_UNKNOWN", "The sheet choices has no list '{list}'.",
     "シート choices に一覧「{list}」がありません。"},
    {"LIST_MISSPELT", "Write the list '{found}' as '{list}'.",
     "一覧「{found}」は「{list}」と書いてください。"},
    {"TYPE_UNKNOWN",
     "'{found}' is none of select_one LIST, select_multiple LIST, integer, "
     "text, table LIST.",
     "「{found}」は使えません。select_one 一覧、select_multiple 一覧、integer、"
     "text、table 一覧のいずれかにしてください。"},
    {"LIST_MISSING", "The choice '{code}' stands in no list.",
     "選択肢「{code}」に一覧の名前がありません。"},
    {"LIST_UNUSED", "No question uses the list '{list}'.",
     "一覧「{list}」を使う設問がありません。"},
    {"OPTION_DUPLICATE", "The list '{list}' has '{code}' twice.",
     "一覧「{list}」に「{code}」が二度あります。"},
    {"OPTION_INVALID",
     "The code '{code}' is not an id: a-z, 0-9 and _, beginning with a letter.",
     "コード「{code}」はIDの形ではありません。英小文字で始まる英小文字・数字・_"
     " "
     "にしてください。"},
    {"TOO_MANY_OPTIONS",
     "The list '{list}' has more than 64 choices; this is the first too many.",
     "一覧「{list}」の選択肢は64個までです。この行から超えています。"},
    {"LABEL_MISSING", "The choice '{code}' has no label.",
     "選択肢「{code}」にラベルがありません。"},
};

static_assert(base::HasGoodReasons(kCellTable));

// Of sections.
inline constexpr base::ViolationRow kSectionTable[] = {
    {"TYPE_UNKNOWN",
     "'{found}' is neither begin_group nor end_group; nothing stands after "
     "these.",
     "「{found}」は使えません。begin_group か end_group "
     "だけを書いてください。"},
    {"NAME_INVALID",
     "The name '{name}' of the section is not an id: a-z, 0-9 and _, beginning "
     "with a letter.",
     "章の名前「{name}"
     "」はIDの形ではありません。英小文字で始まる英小文字・数字・"
     "_ にしてください。"},
    {"NAME_DUPLICATE", "The name '{name}' stands twice, once of a section.",
     "名前「{name}」が二度使われています（一方は章です）。"},
    {"LABEL_MISSING", "The section '{name}' has no title.",
     "章「{name}」に題名がありません。"},
    {"LABEL_PLACEHOLDER",
     "The questions of the section '{name}' speak of different years, so "
     "{ref_fy_ja} has no meaning in its title.",
     "章「{name}」の設問の基準年度がそろっていないので、題名の {ref_fy_ja} は年"
     "度を決められません。"},
    {"CELL_UNUSED",
     "'{column}' means nothing in this row, which takes {columns}; write it at "
     "the section's questions.",
     "この行の「{column}」は使われません（使われるのは "
     "{columns}）。章の設問に書"
     "いてください。"},
    {"GROUP_UNBALANCED",
     "The section that begins as '{begin}' and the end '{end}' do not belong "
     "together; each section ends once, the inner one first.",
     "章の始め「{begin}」と終わり「{end}"
     "」が対応していません。章は内側から順に、"
     "一度ずつ閉じてください。"},
    {"GROUP_EMPTY", "The section '{name}' has no question.",
     "章「{name}」に設問がありません。"},
};

static_assert(base::HasGoodReasons(kSectionTable));

}  // namespace welfare::survey
