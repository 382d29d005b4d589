// What may be wrong with an expression that can be read. `{is}` and `{wanted}`
// are types.
#pragma once

#include "services/base/error.h"

namespace welfare::base {

inline constexpr ViolationRow kNoTruth = {
    "RESULT_TYPE", "A condition must be true or false; this is {is}.",
    "条件は真偽になる式にしてください（これは{is_ja}です）。"};
inline constexpr ViolationRow kNoMeasure = {
    "RESULT_TYPE", "A measure must be a number; this is {is}.",
    "数になる式にしてください（これは{is_ja}です）。"};
inline constexpr ViolationRow kOtherType = {
    "OPERAND_TYPE", "{wanted} belongs here; this is {is}.",
    "ここには{wanted_ja}が必要です（これは{is_ja}です）。"};
inline constexpr ViolationRow kNoItem = {"ITEM_UNKNOWN",
                                         "There is no item `{item}`.",
                                         "項目 `{item}` はありません。"};
inline constexpr ViolationRow kNoCurrentItem = {
    "CURRENT_ITEM", "`.` has a meaning only in the constraint of an item.",
    "`.` は項目の制約の中でだけ使えます。"};
inline constexpr ViolationRow kTooManyOptions = {
    "TOO_MANY_OPTIONS", "Items in expressions have at most 256 options.",
    "式で使える項目の選択肢は256個までです。"};
inline constexpr ViolationRow kNoOption = {
    "OPTION_UNKNOWN", "`{code}` is none of the item's options.",
    "`{code}` はこの項目の選択肢にありません。"};
inline constexpr ViolationRow kNotComparable = {
    "TYPE_MISMATCH", "This compares {is} with {wanted}.{advice}",
    "{is_ja}と{wanted_ja}は比べられません。{advice_ja}"};
inline constexpr ViolationRow kItemListsDiffer = {
    "OPTION_LISTS_DIFFER", "The two items have different lists of options.",
    "二つの項目の選択肢が異なります。"};
inline constexpr ViolationRow kNoOrder = {
    "TYPE_MISMATCH", "Only numbers and dates have an order.",
    "大小を比べられるのは数と日付だけです。"};
inline constexpr ViolationRow kNoOptionItem = {
    "OPERAND_TYPE", "An item with options belongs here; this is {is}.",
    "ここには選択肢のある項目が必要です（これは{is_ja}です）。"};
inline constexpr ViolationRow kNoDate = {
    "DATE_INVALID", "date() takes a quoted date such as '2025-06-16'.",
    "date() には '2025-06-16' のように引用符で囲んだ日付を書いてください。"};
inline constexpr ViolationRow kNoCode = {
    "OPERAND_TYPE", "selected() asks for a quoted code.",
    "selected() には引用符で囲んだコードを書いてください。"};
inline constexpr ViolationRow kAlternativesDiffer = {
    "TYPE_MISMATCH", "The alternatives are {is} and {wanted}.",
    "二つの場合の値が{is_ja}と{wanted_ja}で異なります。"};
inline constexpr ViolationRow kAlternativeListsDiffer = {
    "OPTION_LISTS_DIFFER", "The alternatives have different lists of options.",
    "二つの場合の選択肢が異なります。"};
inline constexpr ViolationRow kNoFact = {
    "REGISTRY_FACT", "The facts are 'implementing' and 'preparation'.",
    "事実は 'implementing' か 'preparation' です。"};
inline constexpr ViolationRow kNoOffset = {
    "REGISTRY_OFFSET", "The offset is a whole number of years from -50 to 50.",
    "ずれは-50から50までの整数（年）です。"};

}  // namespace welfare::base
