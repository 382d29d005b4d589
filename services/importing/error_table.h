// Every failure that imports of all services share: what errors.h is made of,
// and what lists of reasons are held to. Reasons are part of the API.
#pragma once

#include <string_view>

#include "services/base/error.h"

namespace welfare::importing {

inline constexpr base::ErrorRow kErrorTable[] = {
    {"CSV_INVALID", absl::StatusCode::kInvalidArgument,
     "The text is no CSV of the form expected; mend every violation.",
     "CSVの形式が正しくありません。示された誤りをすべて直してください。"},
    {"FILE_TOO_LARGE", absl::StatusCode::kInvalidArgument,
     "A file has at most {limit} {of} in one transaction; send it as several "
     "files.",
     "一度に取り込めるのは{limit}{of_ja}までです。ファイルを分けて送ってくださ"
     "い。"},
    {"REJECTS_TOKEN_INVALID", absl::StatusCode::kInvalidArgument,
     "rejects_token comes from the answer to the same batch and goes into a "
     "dry run of it.",
     "rejects_token には、同じ内容の取り込みの応答にあった値を指定し、試行"
     "（validate_only）として送ってください。"},
    {"BASE_MOVED", absl::StatusCode::kAborted,
     "{resource} has moved since the plan was made: {actor} changed it at "
     "{time}. Plan again.",
     "計画を作った後に {resource} が変更されました（{time}、{actor}）。"
     "計画を作り直してください。"},
    {"BASE_ROUNDS", absl::StatusCode::kInvalidArgument,
     "A batch that names the version it was planned on is of one round; this "
     "one is of {rounds}.",
     "前提とした版を示す束は一つの調査回のものにしてください（{rounds}回分あり"
     "ます）。"},
    {"COUNTS_DO_NOT_ADD_UP", absl::StatusCode::kInternal,
     "Of {rows} records {found} are accounted for; nothing was written.", ""},
};

static_assert(base::HasGoodReasons(kErrorTable));

// What is wrong with one record, or with one field of a batch. A line is that
// of the violation's place.
inline constexpr base::ViolationRow kViolationTable[] = {
    {"CSV_CELLS", "The record has {cells} cells, the header {columns}.",
     "セルが{cells}個あります。見出しに合わせて{columns}個にしてください。"},
    {"SUBJECT_COLUMN", "Keep exactly one of {columns}.",
     "次の列のうち一つだけを残してください：{columns}。"},
    {"CSV_HEADER", "Begin with the header line.",
     "最初の行に見出し（列名）を書いてください。"},
    {"QUOTE_OVER_RECORDS",
     "A quote opened here takes the records after it into one cell; close or "
     "remove it.",
     "ここで開いた引用符（\"）が後の行までを一つのセルにしています。閉じるか、"
     "取り除いてください。"},
    {"CSV_TWICE", "Send the text once, as csv or as csv_bytes.",
     "本文は csv と csv_bytes のどちらか一方だけにしてください。"},
    {"CSV_NOT_UTF8",
     "The bytes from offset {offset} on are no UTF-8; send UTF-8 text.",
     "{offset}バイト目からがUTF-8の文字ではありません。UTF-"
     "8で送ってください。"},
    {"LINE_NEGATIVE", "Use 0 or more: lines count from 1, and 0 is line 2.",
     "0以上にしてください。行は1から数え、0は2行目のことです。"},
    {"REJECTS_TOKEN_INVALID",
     "It is no token of this batch, or the call is no dry run.",
     "この取り込みの値でないか、試行として送られていません。"},
};

static_assert(base::HasGoodReasons(kViolationTable));

// The same reason for a cell that no column of the header is.
inline constexpr base::ViolationRow kUnnamedCell = {
    "CSV_CELLS",
    "A cell stands in a column without name; name the column or empty the "
    "cell.",
    "列名のない列に値があります。列名を付けるか、値を消してください。"};

// A reason that is not in the table does not compile.
consteval const base::ViolationRow& Fault(std::string_view reason) {
  return base::FindRow(kViolationTable, reason);
}

}  // namespace welfare::importing
