// Every failure the report service names: what errors.h is made of, and what
// tests and lists of reasons are held to. Reasons are part of the API.
#pragma once

#include "services/base/error.h"

namespace welfare::report {

// Japanese stands where a caller can meet the failure: what is INTERNAL shows
// its request id alone, and what ends a start is read by operators.
inline constexpr base::ErrorRow kErrorTable[] = {
    {"REPORT_INVALID", absl::StatusCode::kInvalidArgument,
     "The report cannot be created; correct every field listed.",
     "報告書を作れません。示された項目をすべて直してください。"},
    {"FORMAT_UNKNOWN", absl::StatusCode::kInvalidArgument,
     "The report {report} has no format '{format}'; ask for {formats}.",
     "報告書 {report} に形式「{format}」はありません。{formats} "
     "から選んでください。"},
    {"OFFSET_INVALID", absl::StatusCode::kInvalidArgument,
     "The offset {offset} is negative; give the number of bytes to leave out.",
     "offset "
     "が負の数（{offset}）になっています。読み飛ばすバイト数を指定してくだ"
     "さい。"},
    {"REPORT_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no report {report}; see ListReports.",
     "報告書 {report} はありません。ListReports で名前を確かめてください。"},
    {"TEMPLATE_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no report template '{template}'.",
     "報告書のひな形「{template}」はありません。名前を確かめてください。"},
    {"ROUND_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no round {round}; see ListRounds.",
     "調査回 {round} はありません。ListRounds で名前を確かめてください。"},
    {"VERSION_NOT_REACHED", absl::StatusCode::kOutOfRange,
     "The round {round} has not reached revision {data_version}.",
     "調査回 {round} はまだ版 {data_version} "
     "になっていません。現在の版を指定するか、空にしてください。"},
    {"ROUND_STATE", absl::StatusCode::kFailedPrecondition,
     "The round {round} is planned; open it before a report is made.",
     "調査回 {round} はまだ計画中です。開いてから報告書を作ってください。"},
    {"NAME_INVALID", absl::StatusCode::kInvalidArgument,
     "'{name}' names no codebook; write surveys/jusou/codebooks/2025-1.",
     "「{name}」は調査票の名前ではありません。surveys/jusou/codebooks/2025-1 "
     "のように書いてください。"},
    {"CODEBOOK_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no codebook {codebook}; see ListCodebooks.",
     "調査票 {codebook} はありません。ListCodebooks "
     "で名前を確かめてください。"},
    {"TEMPLATE_INVALID", absl::StatusCode::kInvalidArgument,
     "The report template {file} is wrong:{faults}",
     "報告書のひな形 {file} に誤りがあります。{faults_ja}"},
    {"TEMPLATE_REQUEST_INVALID", absl::StatusCode::kInvalidArgument,
     "The template cannot be stored or found so; correct every field listed.",
     "ひな形を保存または表示できません。示された項目をすべて直してください。"},
    {"EXCERPT_INVALID", absl::StatusCode::kInvalidArgument,
     "The excerpt cannot be stored or found so; correct every field listed.",
     "引用を保存または表示できません。示された項目をすべて直してください。"},
    {"EXCERPT_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no excerpt {excerpt}; see ListExcerpts.",
     "引用 {excerpt} はありません。ListExcerpts で名前を確かめてください。"},
    {"EXCERPT_EXISTS", absl::StatusCode::kAlreadyExists,
     "There is an excerpt {excerpt}; change it, or choose another id.",
     "引用 {excerpt} "
     "は既にあります。それを変更するか、別の識別子にしてください。"},
    {"EXCERPT_SOURCE_EMPTY", absl::StatusCode::kFailedPrecondition,
     "Nothing that was handed in is written at {item} of {submission}; name an "
     "answer that has a text.",
     "提出された {submission} の {item} "
     "には何も書かれていません。記述のある回答を指定してください。"},
    {"EXCERPT_OTHER_TEXT", absl::StatusCode::kFailedPrecondition,
     "The digest is not that of what would be printed of {excerpt}; read it "
     "again with ListExcerptProposals and give the digest that stands there.",
     "ダイジェストが引用 {excerpt} の掲載内容のものではありません。"
     "ListExcerptProposals で掲載案をもう一度読み、そのダイジェストを指定してくださ"
     "い。"},
    {"EXCERPT_CONSENT_RESERVED", absl::StatusCode::kFailedPrecondition,
     "The respondent has answered for the excerpt {excerpt} itself, and it alone "
     "can consent to what would be printed; ask it to use ConsentToExcerpt.",
     "引用 {excerpt} "
     "については回答者自身が可否を示しています。掲載に同意できるのは回答者だけで"
     "す。ConsentToExcerpt による同意を求めてください。"},
    {"EXCERPT_NOT_RELEASED", absl::StatusCode::kFailedPrecondition,
     "Excerpts may not be shown; have the respondents consent to what is "
     "printed, or take them out of the template: {what}",
     "掲載できない引用があります。掲載する文への同意を得るか、ひな形から外して"
     "ください。{what_ja}"},
    {"SUBMISSION_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no submission {submission}; see ListSubmissions.",
     "回答 {submission} はありません。ListSubmissions "
     "で名前を確かめてください。"},
    {"ETAG_MISMATCH", absl::StatusCode::kAborted,
     "{name} was changed since; read it again. Its etag is {etag}.",
     "{name} "
     "はほかの人が変更しました。もう一度読み込んでください（etag は "
     "{etag}）。"},
    {"INDICATOR_UNAVAILABLE", absl::StatusCode::kUnavailable,
     "The indicator service did not answer; try again.",
     "集計のサービスが応答しません。しばらくしてから、もう一度お試しください"
     "。"},
    {"SURVEY_UNAVAILABLE", absl::StatusCode::kUnavailable,
     "The survey service did not answer; try again.",
     "調査のサービスが応答しません。しばらくしてから、もう一度お試しください"
     "。"},
    {"REGISTRY_UNAVAILABLE", absl::StatusCode::kUnavailable,
     "The registry service did not answer; try again.",
     "台帳のサービスが応答しません。しばらくしてから、もう一度お試しください"
     "。"},
    {"PEER_ANSWER_INVALID", absl::StatusCode::kInternal,
     "The {peer} service gave an answer that cannot be used: {what}", ""},
    {"RENDER_FAILED", absl::StatusCode::kInternal,
     "The format {format} could not be written: {what}", ""},
    {"PAGE_OVERFLOW", absl::StatusCode::kFailedPrecondition,
     "The report does not fit on its sheets of paper; shorten texts or labels, "
     "or move a figure to the annex: {what}",
     "報告書が紙面に収まりません。文や区分の言い方を短くするか、図を資料編に移"
     "してください。{what}"},
    {"GLYPH_MISSING", absl::StatusCode::kFailedPrecondition,
     "The print font has no glyph for '{character}' in '{text}'; write it with "
     "another character.",
     "印刷の書体に「{character}」の字形がありません（「{text}」）。別の文字で"
     "書いてください。"},
    {"FONT_MISSING", absl::StatusCode::kFailedPrecondition,
     "The print font {file} cannot be read; install the package "
     "fonts-ipaexfont-gothic.",
     ""},
    {"WORDING_UNFIT", absl::StatusCode::kFailedPrecondition,
     "Words of the template do not fit the figures of the round; change the "
     "sentences: {what}",
     "ひな形の言い回しが集計値に合いません。文を直してください。{what}"},
    {"RESPONSE_RATE_LOW", absl::StatusCode::kFailedPrecondition,
     "Of {expected} who were asked {received} have answered; a final report "
     "needs {percent}%.",
     "対象{expected}のうち回答したのは{received}です。確報を作るには{percent}"
     "%以上の回収が必要です。"},
    {"SUBMISSIONS_NOT_ACCEPTED", absl::StatusCode::kFailedPrecondition,
     "{open} of {received} submissions are not accepted yet; accept or return "
     "them before a final report is made.",
     "提出された{received}件のうち{open}"
     "件がまだ受理されていません。受理するか差し戻してから、確報を作ってくださ"
     "い。"},
    {"CORRECTS_NOT_FINAL", absl::StatusCode::kFailedPrecondition,
     "The report {report} cannot be corrected by this one; name one of the "
     "same template and round that is published as final or as a correction.",
     "報告書 {report} "
     "は、この報告書で訂正できません。同じひな形と調査回の、確報または訂正とし"
     "て公表したものを指定してください。"},
    {"PUBLICATION_INVALID", absl::StatusCode::kInvalidArgument,
     "The report cannot be published or withdrawn so; correct every field "
     "listed.",
     "報告書を公表または撤回できません。示された項目をすべて直してください。"},
    {"REPORT_STATE", absl::StatusCode::kFailedPrecondition,
     "The report {report} is {state}; only a created one can be published, and "
     "only a published one withdrawn.",
     "報告書 {report} の状態は {state} "
     "です。公表できるのは作成済みのもの、撤回できるのは公表済みのものだけで"
     "す。"},
    {"EDITION_MISSING", absl::StatusCode::kFailedPrecondition,
     "The report {report} was made before reports were marked by edition; make "
     "it again.",
     "報告書 {report} "
     "は版の種別を付ける前に作られました。もう一度作ってください。"},
    {"EDITION_ORDER", absl::StatusCode::kFailedPrecondition,
     "The report {report} is {edition} and cannot follow {current}; what was "
     "published as final is followed by a correction of it alone.",
     "報告書 {report}（{edition}）は {current} "
     "の次に公表できません。確報の次に公表できるのは、その訂正だけです。"},
    {"REPORT_WITHDRAWN", absl::StatusCode::kFailedPrecondition,
     "The report {report} was withdrawn; its files are no longer public.",
     "報告書 {report} は撤回されました。ファイルは公開していません。"},
    {"FILE_NOT_SIGNED", absl::StatusCode::kFailedPrecondition,
     "The {format} of the report {report} is not signed: it is not published, "
     "or was published by a service without a signing key.",
     "報告書 {report} の {format} に署名はありません。公表されていないか、署名鍵"
     "のないサービスが公表したためです。"},
    {"SIGNING_KEY_UNUSABLE", absl::StatusCode::kFailedPrecondition,
     "The file of --signing-key-file cannot be used ({why}); it is one private "
     "key of Ed25519 in PEM form, unencrypted, which its owner and group alone "
     "may read.",
     "--signing-key-file のファイルを使えません（{why}）。PEM形式の暗号化していな"
     "いEd25519の秘密鍵を一つだけ、所有者とグループだけが読める形で置いてくださ"
     "い。"},
    {"SNAPSHOT_TOO_LARGE", absl::StatusCode::kFailedPrecondition,
     "What the report is made from has {size} bytes; {limit} are kept at most.",
     "報告書のもとになる内容が {size} "
     "バイトあります。保存できるのは {limit} バイトまでです。"},
    {"SNAPSHOT_MISSING", absl::StatusCode::kFailedPrecondition,
     "The report {report} was made before what reports are made from was kept, "
     "so it cannot be rendered again; its files are those that were stored.",
     "報告書 {report} は、作成のもとになる内容を保存する前に作られたため、作り直"
     "して検証することができません。ファイルは保存したもののままです。"},
    {"SNAPSHOT_UNREADABLE", absl::StatusCode::kFailedPrecondition,
     "What the report {report} was made from cannot be used by this program "
     "({why}); use the version that made it.",
     "報告書 {report} のもとになる内容を、このプログラムでは使えません（{why}"
     "）。作成したときの版を使ってください。"},
    {"AUDIENCE_WIDER", absl::StatusCode::kFailedPrecondition,
     "The report {report} names respondents for stakeholders alone and cannot "
     "be published as {level}; publish it to stakeholders, or make one for "
     "everybody.",
     "報告書 {report} は関係者限りの団体名を含むため、{level} "
     "では公表できません。関係者限りで公表するか、一般向けの報告書を作ってくだ"
     "さい。"},
    {"FEEDBACK_INVALID", absl::StatusCode::kInvalidArgument,
     "The feedback sheet cannot be made or answered so; correct every field "
     "listed.",
     "回答確認票の操作ができません。示された項目をすべて直してください。"},
    {"FEEDBACK_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no feedback sheet {sheet}; see ListFeedbackSheets.",
     "回答確認票 {sheet} はありません。ListFeedbackSheets "
     "で名前を確かめてください。"},
    {"FEEDBACK_EXISTS", absl::StatusCode::kAlreadyExists,
     "The report {report} has its feedback sheets; see ListFeedbackSheets.",
     "報告書 {report} の回答確認票は、もう作ってあります。ListFeedbackSheets "
     "で確かめてください。"},
    {"FEEDBACK_LATE", absl::StatusCode::kFailedPrecondition,
     "The report {report} was published; make another report to ask its "
     "respondents again.",
     "報告書 {report} は公表済みです。もう一度確認を求めるには、新しい報告書を"
     "作ってください。"},
    {"FEEDBACK_OF_PAIR", absl::StatusCode::kFailedPrecondition,
     "The sheet {sheet} is of a pair and is confirmed by nobody; confirm the "
     "sheet of each respondent.",
     "{sheet} "
     "は対照票です。確認や異議は、団体ごとの回答確認票で申し出てください。"},
    {"FEEDBACK_NOT_SIGNED", absl::StatusCode::kFailedPrecondition,
     "The {format} of the sheet {sheet} is not signed: it was made by a service "
     "without a signing key.",
     "回答確認票 {sheet} の {format} に署名はありません。署名鍵のないサービスが"
     "作ったためです。"},
    {"FEEDBACK_OTHER_CONTENT", absl::StatusCode::kFailedPrecondition,
     "The digest is not that of {sheet}; read the sheet again and give the one "
     "printed on it.",
     "確認番号が {sheet} "
     "のものではありません。票をもう一度読み、印刷されている確認番号を指定し"
     "てください。"},
    {"FILE_DAMAGED", absl::StatusCode::kDataLoss,
     "What is stored of {file} is not the file that was stored; have it "
     "restored from a backup.",
     "保存されている {file} "
     "の内容が、保存したときのものではありません。管理者に、バックアップからの"
     "復元を依頼してください。"},
    {"ROUND_MOVED", absl::StatusCode::kAborted,
     "The round {round} changed while the snapshot was taken; try again.",
     "報告書を作る間に調査回 {round} が変わりました。もう一度お試しください。"},
};

static_assert(base::HasGoodReasons(kErrorTable));

// What is wrong with one field of a request.
inline constexpr base::ViolationRow kViolationTable[] = {
    {"REQUIRED", "Name one, for example '{example}'.",
     "{example} のように指定してください。"},
    {"ID_INVALID", "A template id has only a-z, 0-9, - and _.",
     "ひな形の名前は英小文字、数字、- と _ だけで書いてください。"},
    {"NAME_INVALID", "{why} Its pattern is {pattern}.",
     "{pattern} の形で書いてください。"},
    {"ENUM_UNKNOWN", "Use PROVISIONAL or FINAL.",
     "PROVISIONAL（速報）か FINAL（確報）にしてください。"},
    {"EDITION_UNKNOWN",
     "Use EDITION_PROVISIONAL, EDITION_FINAL or EDITION_CORRECTED.",
     "EDITION_PROVISIONAL（速報）、EDITION_FINAL（確報）、EDITION_CORRECTED（訂"
     "正）のどれかにしてください。"},
    {"EXCERPT_ID",
     "An excerpt's id has only a-z, 0-9, - and _, 63 characters at most.",
     "引用の識別子は英小文字、数字、- と _ で、63文字までにしてください。"},
    {"EXCERPT_ROUND", "The submission is of another round than the excerpt.",
     "引用と同じ調査回の回答を指定してください。"},
    {"ATTRIBUTION_UNKNOWN",
     "Use ATTRIBUTION_KIND, ATTRIBUTION_AREA or ATTRIBUTION_NAMED.",
     "ATTRIBUTION_KIND（種別）、ATTRIBUTION_AREA（地域と種別）、ATTRIBUTION_"
     "NAMED（名称）のどれかにしてください。"},
    {"CONSENT_UNKNOWN", "Use CONSENT_GIVEN or CONSENT_WITHDRAWN.",
     "CONSENT_GIVEN（同意あり）か CONSENT_WITHDRAWN（撤回）にしてください。"},
    {"CONSENT_LEVEL",
     "Say for which readers: stakeholders, aggregate or public.",
     "同意の範囲を stakeholders、aggregate、public のどれかにしてください。"},
    {"PATH_UNKNOWN",
     "'{path}' is no field that can be changed; use edited_text, category, "
     "attribution or *.",
     "「{path}」は変更できる項目ではありません。edited_text、category、"
     "attribution、* を使ってください。"},
    {"EXCERPT_NOT_RELEASED",
     "The excerpt '{excerpt}' may not be shown: {why}. Leave it out, or have "
     "its respondent consent.",
     "引用「{excerpt}」は掲載できません（{why_ja}）。外すか、回答者の同意を得て"
     "ください。"},
    {"DIGEST_INVALID", "Give a SHA-256 as 64 hexadecimal digits, in a-f.",
     "SHA-256 を16進64桁（英小文字）で指定してください。"},
    {"TEMPLATE_TOO_LARGE", "A template has at most {most} bytes; shorten it.",
     "ひな形は{most}バイトまでです。短くしてください。"},
    {"TEMPLATE_OTHER",
     "The text is of the template '{template}' of the survey '{survey}'; write "
     "'{wanted}' of '{wanted_survey}', or store it as that one.",
     "この文は調査「{survey}」のひな形「{template}」です。「{wanted_survey}」の"
     "「{wanted}」に直すか、そのひな形として保存してください。"},
    {"GLYPH_MISSING",
     "The print font has no glyph for {character}; write another character.",
     "印刷の書体に {character} の字形がありません。別の文字で書いてください。"},
    {"PAGE_OVERFLOW",
     "Filled with the answers of the round it does not fit on its sheet of "
     "paper: {what}",
     "この調査回の回答を入れると紙面に収まりません。{what}"},
    {"AUDIENCE_UNKNOWN", "Use AUDIENCE_EVERYBODY or AUDIENCE_STAKEHOLDERS.",
     "AUDIENCE_EVERYBODY（一般）か AUDIENCE_STAKEHOLDERS（関係者限り）にしてくだ"
     "さい。"},
    {"NOT_A_CORRECTION", "Leave it empty, or make a correction.",
     "訂正でない報告書では、空にしてください。"},
    {"TEXT_INVALID", "{why}", "{why_ja}"},
    {"LEVEL_UNKNOWN", "Name a level of publication.",
     "公開の範囲を指定してください。"},
    {"NEGATIVE", "Give a round revision, or 0 for the current one.",
     "調査回の版か、現在の版なら 0 にしてください。"},
    {"SURVEY_MISMATCH",
     "The template is of the survey '{survey}'; name a round of it.",
     "このひな形は調査「{survey}」のものです。その調査回を指定してください。"},
};

static_assert(base::HasGoodReasons(kViolationTable));

}  // namespace welfare::report
