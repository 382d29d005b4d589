// Every failure that base names itself, most of them of a text that is no value
// of its type. Reasons are part of the API.
#pragma once

#include "services/base/error.h"

namespace welfare::base {

inline constexpr ErrorRow kErrorTable[] = {
    // --- numbers and times ---
    {"NUMBER_FORMAT", absl::StatusCode::kInvalidArgument,
     "Write the number with the digits 0 to 9, optionally a minus sign and a "
     "decimal point.",
     "数は0から9の数字で書いてください。負号と小数点は使えます。"},
    {"NUMBER_RANGE", absl::StatusCode::kInvalidArgument,
     "The number does not fit; use at most 18 digits.",
     "桁が多すぎます。18桁までにしてください。"},
    {"DATE_FORMAT", absl::StatusCode::kInvalidArgument,
     "Write the date as YYYY-MM-DD.",
     "日付は2025-04-01のように書いてください。"},
    {"DATE_INVALID", absl::StatusCode::kInvalidArgument,
     "There is no such day; put it right.",
     "その日付は存在しません。直してください。"},
    {"TIMESTAMP_INVALID", absl::StatusCode::kInvalidArgument,
     "Write the time as RFC 3339, for example 2025-06-16T09:00:00+09:00, with "
     "at most six decimals.",
     "日時は2025-06-16T09:00:00+09:00のように（RFC 3339）、秒の小数は6桁までで"
     "書いてください。"},
    {"FISCAL_YEAR_FORMAT", absl::StatusCode::kInvalidArgument,
     "Write the fiscal year as four digits, for example 2025.",
     "年度は2025のように4桁の数字で書いてください。"},
    {"FISCAL_YEAR_RANGE", absl::StatusCode::kInvalidArgument,
     "A fiscal year is 1900 to 2999; put it right.",
     "年度は1900から2999までです。直してください。"},
    {"ERA_FORMAT", absl::StatusCode::kInvalidArgument,
     "Write the {what} like {examples}.",
     "{what_ja}は{examples_ja}のように書いてください。"},
    {"ERA_YEAR_ZERO", absl::StatusCode::kInvalidArgument,
     "Eras begin with the year 1 (元年); put the year right.",
     "元号の年は元年（1年）からです。直してください。"},
    {"ERA_YEAR_RANGE", absl::StatusCode::kInvalidArgument,
     "The era did not have this year; put it right.",
     "その元号にない年です。直してください。"},
    {"ERA_MISMATCH", absl::StatusCode::kInvalidArgument,
     "The two years named are not the same; put one right.",
     "和暦と西暦が合いません。どちらかを直してください。"},

    // --- names ---
    {"CODE_FORMAT", absl::StatusCode::kInvalidArgument,
     "Write the municipality code as {digits}.",
     "市区町村コードは{digits_ja}で書いてください。"},
    {"CODE_AMBIGUOUS", absl::StatusCode::kInvalidArgument,
     "Five digits may lack the check digit or the leading zero; write all "
     "six{named}.",
     "市区町村コードは5桁では決まりません。検査数字まで6桁で書いてください{"
     "named_ja}。"},
    {"CHECK_DIGIT", absl::StatusCode::kInvalidArgument,
     "The check digit does not fit the first five digits{named}; compare the "
     "code with the national table.",
     "市区町村コードの検査数字（6桁目）が合いません。確かめて直してください{"
     "named_ja}。"},
    {"CODE_PREFECTURE", absl::StatusCode::kInvalidArgument,
     "The first two digits are no prefecture (01 to 47).",
     "先頭2桁の都道府県がありません。市区町村コードを確かめてください。"},
    {"CODE_OF_PREFECTURE", absl::StatusCode::kInvalidArgument,
     "This is the code of a prefecture; write that of a municipality.",
     "都道府県のコードです。市区町村コードを書いてください。"},
    {"NAME_FORMAT", absl::StatusCode::kInvalidArgument,
     "The resource name does not follow its pattern.",
     "リソース名の形が正しくありません（{pattern}）。"},
    {"NAME_ID", absl::StatusCode::kInvalidArgument, "An id is {form}.",
     "IDは{form_ja}にしてください。"},
    {"RESPONDENT_KIND", absl::StatusCode::kInvalidArgument,
     "The respondent kind is municipality or council.",
     "回答者の区分はmunicipalityかcouncilにしてください。"},
    {"RESPONDENT_FORMAT", absl::StatusCode::kInvalidArgument,
     "Write the respondent as code and kind, for example 131016-council.",
     "回答者は131016-councilのようにコードと区分で書いてください。"},
    {"ABSENCE_UNKNOWN", absl::StatusCode::kInvalidArgument,
     "There is no such kind of absence.",
     "そのような無回答の区分はありません。"},

    // --- pages ---
    {"PAGE_TOKEN_INVALID", absl::StatusCode::kInvalidArgument,
     "Repeat the request of the page before with its next_page_token, or begin "
     "without one.",
     "前のページと同じ要求に、そのnext_page_tokenを付けて送ってください。または"
     "page_tokenなしで最初から読んでください。"},
    {"PAGE_SIZE_INVALID", absl::StatusCode::kInvalidArgument,
     "page_size is 0 (for 50) to 1000.",
     "page_sizeは0（50件）から1000までにしてください。"},

    // --- data files ---
    {"WORDING_PROFILE", absl::StatusCode::kInvalidArgument,
     "The wording profile has rules that make no sense.",
     "表現の規則に意味の通らないものがあります。"},

    // --- expressions and the values they speak of ---
    {"EXPRESSION_SYNTAX", absl::StatusCode::kInvalidArgument,
     "The expression cannot be read at column {column}. {description}",
     "式の{column}文字目を読めません。{description_ja}"},
    {"EXPRESSION_TYPE", absl::StatusCode::kInvalidArgument,
     "The expression does not fit the items it speaks of.",
     "式が、参照する項目に合いません。"},
    {"OPTION_UNKNOWN", absl::StatusCode::kInvalidArgument,
     "The item does not offer this code.",
     "この項目の選択肢にないコードです。"},
    {"OPTION_REPEATED", absl::StatusCode::kInvalidArgument,
     "The answer names a code twice.", "同じコードが二度あります。"},
    {"INTEGER_EXPECTED", absl::StatusCode::kInvalidArgument,
     "A whole number belongs here.", "整数を書いてください。"},
};

static_assert(HasGoodReasons(kErrorTable));

// What is wrong with one field.
inline constexpr ViolationRow kViolationTable[] = {
    {"PAGE_TOKEN_INVALID",
     "Send next_page_token unchanged, with the other fields as they were.",
     "next_page_tokenをそのまま、ほかの項目も変えずに送ってください。"},
    {"PAGE_SIZE_INVALID", "Use 0 or more.", "0以上にしてください。"},
};

static_assert(HasGoodReasons(kViolationTable));

// The rows, looked up while compiling.
consteval const ErrorRow& BaseRow(std::string_view reason) {
  return FindRow(kErrorTable, reason);
}
consteval const ViolationRow& BaseFault(std::string_view reason) {
  return FindRow(kViolationTable, reason);
}

}  // namespace welfare::base
