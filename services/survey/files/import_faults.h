// What an import refuses of a file of answers or headers, beside the faults of
// single answers (submission/violation.h) and of its form. Reasons are part of
// the API.
#pragma once

#include <string_view>

#include "services/base/error.h"

namespace welfare::survey {

inline constexpr base::ViolationRow kImportFaults[] = {
    {"SUBMISSION_REJECTED", "Another record of this submission is wrong.",
     "同じ回答のほかの行に誤りがあります。"},
    {"STATE_UNKNOWN", "Write the state as an export writes it, or nothing.",
     "state は書き出したファイルのとおりに書くか、空にしてください。"},
    {"NOT_HANDED_IN",
     "A draft or returned submission is not handed in by a file; leave its "
     "rows out.",
     "下書きと差し戻しの回答は、ファイルでは提出できません。その行を除いてくだ"
     "さい。"},
    {"MARK_UNKNOWN", "Write 架空 for synthetic answers, else nothing.",
     "架空の回答なら「架空」と書き、そうでなければ空にしてください。"},
    {"SYNTHETIC_ANSWERS",
     "The answers are marked as synthetic and the round is not; they do not "
     "belong here.",
     "架空と書かれた回答です。架空でない調査回には取り込めません。"},
    {"ABSENCE_UNKNOWN", "Write NO_ANSWER, NOT_COUNTED or UNKNOWN.",
     "NO_ANSWER、NOT_COUNTED、UNKNOWNのいずれかを書いてください。"},
    {"TOO_MANY_ANSWERS",
     "The submission has {rows} rows, and its codebook has not so many "
     "questions; send one row for each.",
     "この回答には{rows}行あり、調査票の設問より多くあります。"
     "設問ごとに一行にしてください。"},
    {"HEADER_REPEATED", "The submission has two header records.",
     "同じ回答者の行が二つあります。一つにしてください。"},
    {"ROUND_NOT_OPEN", "The round was never opened; open it first.",
     "この調査回はまだ受付を始めていません。先に始めてください。"},
    {"UNKNOWN_MUNICIPALITY", "The round's population has no such respondent.",
     "調査回の対象に、この回答者はありません。"},
    {"SUBMISSION_NOT_FOUND",
     "The header belongs to no submission; send its answers in the same "
     "batch.",
     "対応する回答がありません。回答と一緒に送ってください。"},
    {"ANSWER_OMITTED",
     "The submission holds an answer here and the file has no row of it; send "
     "the answer again, or NO_ANSWER to erase it.",
     "すでに回答がありますが、ファイルに行がありません。"
     "もう一度書くか、消す場合はNO_ANSWERと書いてください。"},
    {"MAPPING_OTHER_CODEBOOK",
     "The mapping gives answers of the codebook {codebook}, and the round has "
     "another.",
     "読替え表の調査票は {codebook} で、この調査回の調査票ではありません。"},
    {"MARKS_DIFFER",
     "Rows of one submission say different things of it; write the same in all "
     "of them.",
     "一つの回答の行で、書かれている内容が異なります。すべての行に同じものを書"
     "い"
     "てください。"},
    {"TOO_MANY_SUBMISSIONS",
     "The batch names more submissions than any round has; send fewer.",
     "一度に送れる回答の数を超えています。分けて送ってください。"},
};

static_assert(base::HasGoodReasons(kImportFaults));

// A reason that is not in the table does not compile.
consteval const base::ViolationRow& ImportFault(std::string_view reason) {
  return base::FindRow(kImportFaults, reason);
}

// Why a submission is refused whose rows have no fault of their own: what does
// not tell its respondent may belong to it. All have the reason
// SUBMISSION_REJECTED.
inline constexpr base::ViolationRow kMayLackALine = {
    "SUBMISSION_REJECTED",
    "Line {line} does not tell its respondent and may belong to this "
    "submission; mend that line and send both again.",
    "{line}行目はどの回答者のものか分からず、この回答の行かもしれません。"
    "直してから、両方をもう一度送ってください。"};
inline constexpr base::ViolationRow kMayLackARow = {
    "SUBMISSION_REJECTED",
    "A row elsewhere in the file does not tell its respondent and may belong "
    "to this submission; mend it and send both again.",
    "ファイルの別の場所に、どの回答者のものか分からない行があり、この回答の行か"
    "もしれません。直してから、両方をもう一度送ってください。"};
inline constexpr base::ViolationRow kMayHaveAHeaderLine = {
    "SUBMISSION_REJECTED",
    "Header line {line} may belong to this submission; mend it and send both "
    "again.",
    "回答者ファイルの{line}行目は、この回答のものかもしれません。直してから、"
    "両方をもう一度送ってください。"};
inline constexpr base::ViolationRow kMayHaveAHeader = {
    "SUBMISSION_REJECTED",
    "A header of this batch does not tell its respondent and may belong to "
    "this submission; mend it and send both again.",
    "回答者ファイルに、どの回答者のものか分からない行があり、この回答のものかも"
    "し"
    "れません。直してから、両方をもう一度送ってください。"};

}  // namespace welfare::survey
