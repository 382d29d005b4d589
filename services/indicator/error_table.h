// Every failure the indicator service names: what errors.h is made of, and what
// tests and lists of reasons are held to. Reasons are part of the API.
#pragma once

#include "services/base/error.h"

namespace welfare::indicator {

// Japanese stands where a caller can meet the failure: what is INTERNAL shows
// its request id alone, and what ends a start is read by operators.
inline constexpr base::ErrorRow kErrorTable[] = {
    // --- questions about what is not there ---
    {"INDICATOR_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no such indicator; see ListIndicators.",
     "この指標はありません。ListIndicators で名前を確かめてください。"},
    {"SURVEY_NOT_FOUND", absl::StatusCode::kNotFound,
     "There are no indicator definitions for this survey.",
     "この調査には指標の定義がありません。調査の名前を確かめてください。"},
    {"ROUND_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no such round; see ListRounds.",
     "この調査回はありません。ListRounds で名前を確かめてください。"},
    {"CODEBOOK_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no such codebook version; see ListCodebooks.",
     "この版の調査票はありません。ListCodebooks で名前を確かめてください。"},
    {"CELL_UNKNOWN", absl::StatusCode::kInvalidArgument,
     "The value has no such cell; choose one of `cells`.",
     "この指標に区分「{cell}」はありません。あるものから選んでください。"},
    {"NAME_INVALID", absl::StatusCode::kInvalidArgument,
     "The name does not follow its pattern; see the violation.",
     "名前の形が違います。示された形で書いてください。"},
    {"BASIS_UNKNOWN", absl::StatusCode::kInvalidArgument,
     "The basis is neither PROVISIONAL nor FINAL.",
     "集計の対象は PROVISIONAL（速報）か FINAL（確報）のどちらかです。"},
    {"VERSION_NEGATIVE", absl::StatusCode::kInvalidArgument,
     "A version is 0 (the current one) or positive.",
     "版は 0（現在の版）か正の数にしてください。"},

    // --- rounds and peers ---
    {"ITEM_NOT_IN_ROUND", absl::StatusCode::kFailedPrecondition,
     "The round's codebook lacks what the indicator reads; see the violations.",
     "この調査回の調査票では、この指標を計算できません。足りないものは一つずつ"
     "示しています。"},
    {"ROUND_STATE", absl::StatusCode::kFailedPrecondition,
     "The round was never opened; open it first.",
     "この調査回はまだ開かれていません。開いてからお試しください。"},
    {"VERSION_NOT_REACHED", absl::StatusCode::kOutOfRange,
     "The round has not reached this revision.",
     "調査回 {name} はまだ版 {wanted} になっていません（現在は "
     "{current}）。現在の版を読んでください。"},
    {"MIN_VERSION_NOT_REACHED", absl::StatusCode::kDeadlineExceeded,
     "The round did not reach this revision in time.",
     "調査回は時間内に版 {asked} になりませんでした（現在は "
     "{current}）。しばらくしてから、もう一度お試しください。"},
    {"SURVEY_UNAVAILABLE", absl::StatusCode::kUnavailable,
     "The survey service did not answer; try again.",
     "調査のサービスが応答しません。しばらくしてから、もう一度お試しください"
     "。"},
    {"REGISTRY_UNAVAILABLE", absl::StatusCode::kUnavailable,
     "The registry service did not answer; try again.",
     "台帳のサービスが応答しません。しばらくしてから、もう一度お試しください"
     "。"},

    // --- defects that must not reach print ---
    {"COLUMNS_INVALID", absl::StatusCode::kInternal,
     "The columns of the round contradict its codebook.", ""},
    {"FIGURES_INCONSISTENT", absl::StatusCode::kInternal,
     "A computed value breaks an invariant.", ""},
    {"PEER_ANSWER", absl::StatusCode::kInternal,
     "A peer answered with something unreadable.", ""},

    // --- definition data, at start ---
    {"DEFINITION_INVALID", absl::StatusCode::kInvalidArgument,
     "Indicator data is not valid; see the violations.", ""},
};

static_assert(base::HasGoodReasons(kErrorTable));

// What is wrong with one field of a request, or what of a definition the
// codebook lacks: the latter name that first, between backticks (SubjectOf).
inline constexpr base::ViolationRow kViolationTable[] = {
    // --- requests ---
    {"NAME_INVALID", "{why} Its pattern is {pattern}.",
     "{pattern} の形で書いてください。"},
    {"BASIS_UNKNOWN", "Send PROVISIONAL, FINAL or nothing.",
     "PROVISIONAL か FINAL にするか、空にしてください。"},
    {"VERSION_NEGATIVE", "Send 0 or a round revision.",
     "0 か調査回の版にしてください。"},

    // --- what does not fit; printed in reports too, in their style ---
    {"CELL_UNKNOWN",
     "`{cell}` is no cell of the indicator `{indicator}`: {cells}.",
     "指標「{indicator}」に区分「{cell}」がない（あるのは {cells}）。"},
    {"ITEM_UNKNOWN", "The codebook has no item `{item}`.",
     "調査票に設問「{item}」がない。"},
    {"ITEM_TYPE",
     "The measure {measure} does not go with the type of `{item}`.",
     "設問「{item}」の型は、この集計の方法（{measure}）に合わない。"},
    {"OPTION_UNKNOWN", "`{option}` is none of the options of `{item}`.",
     "調査票の設問に選択肢「{option}」がない。"},
    {"RESPONDENT", "The item `{item}` is not asked of the population's kind.",
     "設問「{item}」は、この母集団の回答者には尋ねていない。"},
    {"POPULATION", "There is no population `{population}`.",
     "母集団「{population}」は定義されていない。"},
    {"POPULATION_MISFIT",
     "The population `{population}` cannot be evaluated over this codebook.",
     "母集団「{population}」をこの調査票では判定できない。"},
    {"EXPRESSION", "{why} ({place}`{expression}`)",
     "条件式「{expression}」がこの調査票に合わない。"},
    {"INDICATOR_UNKNOWN",
     "There is no indicator `{indicator}` over this codebook.",
     "この調査票には指標「{indicator}」がない。"},
    {"INDICATOR_MISFIT",
     "The indicator `{indicator}` does not fit this codebook.",
     "指標「{indicator}」をこの調査票では計算できない。"},
};

static_assert(base::HasGoodReasons(kViolationTable));

// The states that must be put right before a call can succeed, by their type.
inline constexpr base::ViolationRow kPreconditionTable[] = {
    {"CODEBOOK",
     "The codebook of the round must carry the items and options of the "
     "definition.",
     "調査回の調査票に、定義が読む設問と選択肢が必要です。"},
    {"ROUND_STATE", "The round must be open, closed or final.",
     "調査回は、開いているか、締め切られているか、確定している必要があります"
     "。"},
};

static_assert(base::HasGoodReasons(kPreconditionTable));

}  // namespace welfare::indicator
