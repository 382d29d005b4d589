// Every failure the survey service names: what errors.h is made of, and what
// tests and lists of reasons are held to. Reasons are part of the API.
#pragma once

#include "services/base/error.h"

namespace welfare::survey {

// A word with `_ja` stands for the same in Japanese.
inline constexpr base::ErrorRow kErrorTable[] = {
    // --- requests ---
    {"NAME_INVALID", absl::StatusCode::kInvalidArgument, "{cause}",
     "{cause_ja}"},
    {"CHECK_DIGIT", absl::StatusCode::kInvalidArgument, "{cause}",
     "{cause_ja}"},
    {"CODE_AMBIGUOUS", absl::StatusCode::kInvalidArgument, "{cause}",
     "{cause_ja}"},
    {"VERSION_NEGATIVE", absl::StatusCode::kInvalidArgument,
     "Revisions count from 1; use 0 as the request says.",
     "版は1から数えます。指定しないときは0にしてください。"},
    {"REASON_REQUIRED", absl::StatusCode::kInvalidArgument, "Say {why}.",
     "{why_ja}を入力してください。"},
    {"ETAG_MISMATCH", absl::StatusCode::kAborted,
     "Somebody else changed it; read it again and repeat.",
     "ほかの人が変更しました。読み直してから、もう一度操作してください。"},
    {"VERSION_NOT_REACHED", absl::StatusCode::kOutOfRange,
     "The revision asked for lies ahead of the current one.",
     "指定された版はまだありません（現在の版は {current} です）。"},
    {"FILTER_INVALID", absl::StatusCode::kInvalidArgument,
     "Use a value the field's type names, or leave it out.",
     "{field} には決められた値を指定するか、指定を外してください。"},

    // --- codebooks ---
    {"CODEBOOK_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no such codebook; see ListCodebooks.",
     "この調査票はありません。調査票の一覧を確かめてください。"},
    {"CODEBOOK_INVALID", absl::StatusCode::kInvalidArgument,
     "The codebook's sheets are wrong; mend every violation and import them "
     "again.",
     "調査票のシートに誤りがあります。すべて直してから、もう一度取り込んでくだ"
     "さい。"},
    {"CODEBOOK_PUBLISHED", absl::StatusCode::kFailedPrecondition,
     "The codebook is published and never changes; import the new content as "
     "another version.",
     "公開済みの調査票は変更できません。別の版として取り込んでください。"},
    {"CODEBOOK_NOT_PUBLISHED", absl::StatusCode::kFailedPrecondition,
     "The codebook is absent or a draft; publish it first.",
     "調査票がないか、下書きのままです。先に公開してください。"},

    // --- mappings ---
    {"MAPPING_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no such mapping; import it first.",
     "この読替え表はありません。先に取り込んでください。"},
    {"MAPPING_INVALID", absl::StatusCode::kInvalidArgument,
     "The mapping is wrong; mend every violation and import it again.",
     "読替え表に誤りがあります。すべて直してから、もう一度取り込んでください。"},
    {"MAPPING_EXISTS", absl::StatusCode::kFailedPrecondition,
     "Another mapping has this id already; change a comment and import it "
     "again.",
     "同じ識別子の別の読替え表があります。注釈を変えて、もう一度取り込んでくださ"
     "い。"},
    {"MAPPING_UNUSABLE", absl::StatusCode::kInvalidArgument,
     "The batch cannot be read by a mapping: {why}.",
     "読替え表を使えません。{why_ja}。"},

    // --- rounds ---
    {"ROUND_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no such round; see ListRounds.",
     "この調査回はありません。調査回の一覧を確かめてください。"},
    {"ROUND_EXISTS", absl::StatusCode::kAlreadyExists,
     "The fiscal year has a round already; use it.",
     "この年度の調査回はすでにあります。そちらを使ってください。"},
    {"ROUND_INVALID", absl::StatusCode::kInvalidArgument,
     "The round is wrong; mend every violation.",
     "調査回の内容に誤りがあります。すべての指摘を直してください。"},
    {"ROUND_STATE", absl::StatusCode::kFailedPrecondition,
     "The round is {state}; for this it must {wanted}.",
     "この調査回は{state_ja}です。この操作ができるのは{wanted_ja}の調査回です"
     "。"},
    {"ROUND_NOT_OPEN", absl::StatusCode::kFailedPrecondition,
     "The round is {state} and takes no submissions; ask for it to be opened.",
     "この調査回は受付中ではありません（{state_ja}）。受付の開始を担当者に依頼"
     "してください。"},
    {"REGISTRY_INCOMPLETE", absl::StatusCode::kFailedPrecondition,
     "The registry knows no status of the programme for the round's year; "
     "import it first.",
     "調査年度（{fiscal_year}年度）の事業の実施状況が台帳にありません。先に取"
     "り込んでください。"},
    {"STATUS_UNKNOWN", absl::StatusCode::kFailedPrecondition,
     "The registry does not know for every municipality whether it implements "
     "the programme in the round's year; record the statuses, or name these "
     "in unknown_municipalities.",
     "調査年度の実施状況が台帳にない自治体があります。台帳に登録するか、不明と"
     "して明示してください。"},
    {"ROUND_HAS_SUBMISSIONS", absl::StatusCode::kFailedPrecondition,
     "Somebody has begun to answer the round, so it cannot be deleted; close "
     "it instead.",
     "回答のある調査回は削除できません。締め切ってください。"},
    {"REGISTRY_UNAVAILABLE", absl::StatusCode::kUnavailable,
     "The registry did not answer; try again later.",
     "台帳から応答がありません。しばらくしてから、もう一度お試しください。"},

    // --- submissions ---
    {"SUBMISSION_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no such submission; see ListSubmissions.",
     "この回答はありません。回答の一覧を確かめてください。"},
    {"SUBMISSION_EXISTS", absl::StatusCode::kAlreadyExists,
     "The respondent has a submission; use UpdateSubmission.",
     "この回答者の回答はすでにあります。そちらを更新してください。"},
    {"SUBMISSION_INVALID", absl::StatusCode::kInvalidArgument,
     "The submission is wrong; mend every violation and send it again.",
     "回答に誤りがあります。すべての指摘を直してください。"},
    {"SUBMISSION_STATE", absl::StatusCode::kFailedPrecondition,
     "The submission is {state}; for this it must {wanted}.",
     "この回答は{state_ja}です。この操作ができるのは{wanted_ja}の回答です。"},

    // --- storage: read by operators ---
    {"STORED_VALUE_INVALID", absl::StatusCode::kInternal,
     "A stored value cannot be read.", ""},
};

static_assert(base::HasGoodReasons(kErrorTable));

// What is wrong with one field of a call.
inline constexpr base::ViolationRow kFieldTable[] = {
    {"NAME_INVALID", "{cause}", "{cause_ja}"},
    {"CHECK_DIGIT", "{cause}", "{cause_ja}"},
    {"CODE_AMBIGUOUS", "{cause}", "{cause_ja}"},
    {"NAME_CONTRADICTS", "The name and {id} disagree.",
     "名前と {id} が一致しません。"},
    {"PATH_UNKNOWN", "The mask names {known}, not '{path}'.",
     "更新できるのは {known} です。「{path}」は指定できません。"},
    {"MAPPING_UNUSABLE", "Change it: {why}.", "{why_ja}。"},
    {"VERSION_NEGATIVE", "Use 0 or more.", "0以上にしてください。"},
    {"REQUIRED", "Say {why}.", "{why_ja}を入力してください。"},
    {"FILTER_INVALID", "The number has no meaning.",
     "この番号に対応する値はありません。"},
    {"UNKNOWN_MUNICIPALITY",
     "The round's population has no respondent {respondent}.",
     "調査対象に {respondent} はありません。"},
    {"RECEIVED_ON_RESERVED",
     "Whoever runs the survey records the day of receipt; leave it out.",
     "受付日は調査の担当者が記録します。この項目は送らないでください。"},
};

static_assert(base::HasGoodReasons(kFieldTable));

// What is wrong with a round.
inline constexpr base::ViolationRow kRoundTable[] = {
    {"REQUIRED", "Give {what}.", "{what_ja}を入力してください。"},
    {"WINDOW_ORDER", "The window ends before it begins.",
     "受付期間の終わりが始まりより前です。"},
    {"OTHER_SURVEY", "The codebook belongs to another survey.",
     "別の調査の調査票です。"},
    {"STATUS_KNOWN",
     "{municipality} has a status in the round's year, or is not in its "
     "population; leave it out.",
     "{municipality} は調査年度の実施状況が台帳にあるか、調査対象ではありませ"
     "ん。指定から外してください。"},
};

static_assert(base::HasGoodReasons(kRoundTable));

// What is wrong with an answer, or with all of them.
inline constexpr base::ViolationRow kAnswerTable[] = {
    {"UNKNOWN_ITEM",
     "The codebook has no item of this id; use an id of the codebook.",
     "調査票にない設問です。調査票の設問IDを使ってください。"},
    {"ROW_UNKNOWN",
     "Name a row of the table, and none where the item is no table.",
     "表の設問では表にある行を指定し、表でない設問では行を指定しないでください"
     "。"},
    {"WRONG_RESPONDENT_KIND",
     "The item is not a question to a {kind}; leave it out.",
     "{kind_ja}への設問ではありません。回答から除いてください。"},
    {"DUPLICATE_ANSWER", "The item is answered twice; send one answer.",
     "同じ設問に回答が二つあります。一つにしてください。"},
    {"EMPTY_ANSWER",
     "The answer has neither a value nor an absence; send NO_ANSWER for a "
     "blank.",
     "値も欠測の区分もありません。無回答のときは NO_ANSWER としてください。"},
    {"ABSENCE_AND_VALUE",
     "An answer is a value or an absence; send one of them.",
     "値と欠測の区分の両方があります。どちらか一方にしてください。"},
    {"ABSENCE_NOT_SENDABLE",
     "The platform computes {absence}; leave the item out.",
     "{absence} は自動で付く区分です。この設問は回答から除いてください。"},
    {"ABSENCE_NOT_OFFERED",
     "The item does not take {absence}; send a value, or an absence that it "
     "takes.",
     "この設問では {absence} を使えません。値か、設問が認める欠測の区分を入力し"
     "てください。"},
    {"TYPE_MISMATCH", "The item takes {expected}.",
     "この設問には{expected_ja}を入力してください。"},
    {"SINGLE_ANSWER", "The item takes exactly one option.",
     "選択肢は一つだけ選んでください。"},
    {"OPTION_NOT_OFFERED", "The item does not offer '{code}'.",
     "「{code}」はこの設問の選択肢にありません。"},
    {"OPTION_REPEATED", "The option '{code}' is chosen twice.",
     "選択肢「{code}」が二度選ばれています。"},
    {"EXCLUSIVE_OPTION",
     "An option that excludes the others stands beside another.",
     "ほかと同時に選べない選択肢が、ほかの選択肢とともに選ばれています。"},
    {"NUMBER_RANGE", "The number has more than twelve digits.",
     "数は12桁以内にしてください。"},
    {"EMPTY_TEXT", "The text is blank; send NO_ANSWER for a blank.",
     "文字がありません。無回答のときは NO_ANSWER としてください。"},
    {"TEXT_TOO_LONG", "It is longer than {most}; shorten it.",
     "{most_ja}を超えています。短くしてください。"},
    {"TEXT_INVALID", "{fault}", "{fault_ja}"},
    {"OTHER_TEXT_REQUIRED",
     "The chosen option needs a text of its own in other_text.",
     "選んだ選択肢には記述（other_text）が必要です。"},
    {"OTHER_TEXT_UNEXPECTED",
     "No chosen option takes a text; leave other_text empty.",
     "記述を伴う選択肢が選ばれていません。other_text を空にしてください。"},
    {"NOT_ASKED_BY_ROUTING",
     "The question is not asked of this respondent; leave it out.",
     "ほかの回答により、この設問の対象ではありません。回答から除いてください"
     "。"},
    {"CONSTRAINT", "The value breaks the item's rule.",
     "設問の決まりに合わない値です。"},
    {"ANSWER_MISSING", "The question is asked; send a value{or_blank}.",
     "回答がありません。値{or_blank_ja}を入力してください。"},
    {"ANSWER_DIFFERS",
     "The submission holds {stored} here; name that, or nothing, to take it "
     "back.",
     "ここにある回答は {stored} です。消すには同じ値を書くか、空にしてくださ"
     "い。"},
    {"TOO_MANY_ANSWERS",
     "{found} answers are more than the codebook has questions; send one for "
     "each.",
     "回答が {found} 件あり、調査票の設問より多くあります。設問ごとに一つにして"
     "ください。"},
    {"TEXTS_TOO_LONG",
     "All texts together have more than {most} bytes; shorten them.",
     "記述の合計が {most} バイトを超えています。短くしてください。"},
};

static_assert(base::HasGoodReasons(kAnswerTable));

}  // namespace welfare::survey
