// Every failure the registry names: what errors.h and faults.h are made of, and
// what tests and the list of reasons are held to. Reasons are part of the API.
#pragma once

#include "services/base/error.h"

namespace welfare::registry {

// Japanese stands where a caller can meet the failure; what only operators
// read is in English.
inline constexpr base::ErrorRow kErrorTable[] = {
    // --- INVALID_ARGUMENT: never right ---
    {"NAME_INVALID", absl::StatusCode::kInvalidArgument, "{why}", "{why_ja}"},
    {"VERSION_NEGATIVE", absl::StatusCode::kInvalidArgument,
     "Versions count from 0; use 0 for the last one.",
     "版は0から数えます。最新の版は0としてください。"},
    {"KNOWN_AT_AND_VERSION", absl::StatusCode::kInvalidArgument,
     "Give data_version or known_at, not both.",
     "data_version と known_at は、どちらか一方だけを指定してください。"},
    {"FILTER_INVALID", absl::StatusCode::kInvalidArgument,
     "No municipality can have this value.",
     "この値を持つ市区町村はありません。絞り込みの値を確かめてください。"},
    {"STATUS_INVALID", absl::StatusCode::kInvalidArgument,
     "The status record is wrong; put every violation right.",
     "実施状況の記録に誤りがあります。示された箇所をすべて直してください。"},
    {"MUNICIPALITY_INVALID", absl::StatusCode::kInvalidArgument,
     "The municipality is wrong; put every violation right.",
     "市区町村の内容に誤りがあります。示された箇所をすべて直してください。"},
    {"LINEAGE_INVALID", absl::StatusCode::kInvalidArgument,
     "The lineage event is wrong; put every violation right.",
     "沿革の記録に誤りがあります。示された箇所をすべて直してください。"},
    {"TRANSACTION_MIXED", absl::StatusCode::kInvalidArgument, "{why}",
     "{why_ja}"},
    {"FISCAL_YEAR_INVALID", absl::StatusCode::kInvalidArgument,
     "A fiscal year is 1900 to 2999; 0 where the field may be left out.",
     "年度は1900から2999までです。省略できる項目では0としてください。"},
    {"BOUNDARIES_BACKWARD", absl::StatusCode::kInvalidArgument,
     "Figures are carried to later boundaries only; "
     "FY{boundaries_fiscal_year} lies before FY{fiscal_year}.",
     "数値は後の年度の区域にだけ引き継げます。{boundaries_fiscal_year}年度は"
     "{fiscal_year}年度より前です。"},
    {"BATCH_SIZE", absl::StatusCode::kInvalidArgument,
     "Ask for 1 to {limit} names at a time.",
     "一度に指定できる名前は1個から {limit} 個までです。"},
    {"MASK_INVALID", absl::StatusCode::kInvalidArgument,
     "The mask names {path}, which is no field that can be changed.",
     "update_mask の {path} は、変更できる項目ではありません。"},
    {"NAME_AMBIGUOUS", absl::StatusCode::kInvalidArgument,
     "Several municipalities are called {name}; use one of the codes {codes}.",
     "「{name}」という市区町村が複数あります。市区町村コード（{codes}）のいずれ"
     "かで指定してください。"},
    {"PROGRAMS_INVALID", absl::StatusCode::kInvalidArgument,
     "The data file of programmes is wrong; put every violation right.", ""},

    // --- NOT_FOUND ---
    {"MUNICIPALITY_NOT_FOUND", absl::StatusCode::kNotFound,
     "The registry has no municipality {code}; see ListMunicipalities.",
     "市区町村コード {code} の市区町村は台帳にありません。一覧で確かめてくださ"
     "い。"},
    {"MUNICIPALITY_NOT_IN_YEAR", absl::StatusCode::kNotFound,
     "Municipality {code} does not exist in FY{fiscal_year}; it exists from "
     "{years}.",
     "市区町村 {code} "
     "は{fiscal_year}年度には存在しません（存在する年度：{years_"
     "ja}）。"},
    {"NAME_UNKNOWN", absl::StatusCode::kNotFound,
     "No municipality or council is called {name}; similar names: {similar}; "
     "see ListMunicipalities.",
     "「{name}」という市区町村・社会福祉協議会はありません（似た名称：{similar_"
     "ja}）。一覧で確かめてください。"},
    {"PROGRAM_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no programme {program}; there are: {known}.",
     "事業 {program} はありません。次のいずれかにしてください：{known}。"},
    {"STATUS_NOT_FOUND", absl::StatusCode::kNotFound,
     "Nothing is on record for {code}, programme {program}, FY{fiscal_year}.",
     "{code} の{fiscal_year}年度の事業 {program} の実施状況は記録されていませ"
     "ん。"},
    {"LINEAGE_EVENT_NOT_FOUND", absl::StatusCode::kNotFound,
     "There is no lineage event {number}, or it was taken back; see "
     "ListLineageEvents.",
     "沿革の記録 {number} はないか、取り消されています。一覧で確かめてくださ"
     "い。"},

    // --- ALREADY_EXISTS and ABORTED ---
    {"MUNICIPALITY_EXISTS", absl::StatusCode::kAlreadyExists,
     "Code {code} belongs to a municipality; change that one, or use another "
     "code.",
     "市区町村コード {code} はすでに使われています。その市区町村を変更するか、"
     "別のコードにしてください。"},
    {"ETAG_MISMATCH", absl::StatusCode::kAborted,
     "{resource} was changed since it was read; read it again and repeat the "
     "change.",
     "{resource} は、読み込んだ後に変更されています。もう一度読み込んでから変更"
     "してください。"},

    // --- FAILED_PRECONDITION: fix the state first ---
    {"CODE_RETIRED", absl::StatusCode::kFailedPrecondition,
     "Code {code} belonged to a municipality that no longer exists; codes are "
     "never used again.",
     "市区町村コード {code} "
     "は、廃止された市区町村のものです。コードは再び使われ"
     "ません。現在ある市区町村のコードにしてください。"},
    {"LINEAGE_IN_USE", absl::StatusCode::kFailedPrecondition,
     "Lineage event {number} brought about municipality {code}, which has "
     "status records or takes part in another event; take those back first.",
     "沿革の記録 {number} で生まれた市区町村 {code} には、実施状況またはほかの"
     "沿革の記録があります。先にそれらを取り消してください。"},
    {"MUNICIPALITY_IN_USE", absl::StatusCode::kFailedPrecondition,
     "Municipality {code} has status records or a lineage; take its records "
     "back first, or record its end as a lineage event.",
     "市区町村 {code} "
     "には実施状況または沿革の記録があります。先に記録を取り消す"
     "か、廃止を沿革として記録してください。"},
    {"STATUS_AFTER_END", absl::StatusCode::kFailedPrecondition,
     "Municipality {code} has a status record for FY{fiscal_year}, after its "
     "end; take it back first.",
     "市区町村 {code} には、廃止後の{fiscal_year}年度の実施状況が記録されていま"
     "す。先に取り消してください。"},
    {"CORRECTION_REASON_REQUIRED", absl::StatusCode::kFailedPrecondition,
     "FY{fiscal_year} has another record (implementing {implementing}, "
     "preparation {preparation}); send a correction with a reason.",
     "{fiscal_year}年度には別の記録（implementing={implementing}、preparation="
     "{preparation}）があります。理由を付けて訂正として送ってください。"},
    {"TRANSITION_UNLAWFUL", absl::StatusCode::kFailedPrecondition,
     "Implementing {first} in FY{first_fiscal_year} cannot be followed by "
     "{second} in FY{second_fiscal_year}; record the ending, or send a "
     "correction with a reason.",
     "{first_fiscal_year}年度の implementing={first} の後に、"
     "{second_fiscal_year}年度の {second} "
     "は続けられません。終了を記録するか、理"
     "由を付けて訂正として送ってください。"},

    // --- OUT_OF_RANGE and DEADLINE_EXCEEDED ---
    {"VERSION_NOT_REACHED", absl::StatusCode::kOutOfRange,
     "The registry is at version {current}; ask for that one or an earlier "
     "one.",
     "台帳の最新の版は {current} です。この版か、それより前の版を指定してくださ"
     "い。"},
    {"KNOWN_AT_IN_FUTURE", absl::StatusCode::kOutOfRange,
     "known_at lies ahead; what will be known then cannot be said now.",
     "known_at が未来の時刻です。現在か過去の時刻を指定してください。"},
    {"MIN_VERSION_NOT_REACHED", absl::StatusCode::kDeadlineExceeded,
     "The registry did not reach version {asked} in time; it is at {current}.",
     "台帳は時間内に版 {asked} になりませんでした（現在の版は {current}）。しば"
     "らくしてから、もう一度お試しください。"},
    {"KNOWN_AT_NOT_SETTLED", absl::StatusCode::kDeadlineExceeded,
     "A change of that moment is still being written; ask again.",
     "その時刻の変更を書き込んでいるところです。もう一度お試しください。"},

    // --- INTERNAL ---
    {"HISTORY_GAP", absl::StatusCode::kInternal,
     "Version {found} does not follow version {last}.", ""},
    {"STORED_VALUE_INVALID", absl::StatusCode::kInternal,
     "A stored value of {column} cannot be read: {why}", ""},
};

static_assert(base::HasGoodReasons(kErrorTable));

// The other sentence of a reason that has two.
inline constexpr base::ErrorRow kOtherSentences[] = {
    {"PROGRAM_NOT_FOUND", absl::StatusCode::kNotFound,
     "Nothing is recorded for programme {program} at this version.",
     "この版には、事業 {program} の記録がありません。"},
    {"CODE_RETIRED", absl::StatusCode::kFailedPrecondition,
     "Code {code} was held until FY{last_fiscal_year}; its municipality has "
     "{current_code} now. Say the facts of that code, or of a year in which "
     "the old one was held.",
     "市区町村コード {code} は{last_fiscal_year}年度まで使われ、現在は "
     "{current_code} です。現在のコードで書くか、前のコードの年度の内容として書"
     "いてください。"},
};

static_assert(base::HasGoodReasons(kOtherSentences));

// What is wrong with one value: violations of a request, rejects of a file. As
// a failure each is INVALID_ARGUMENT.
inline constexpr base::ViolationRow kViolationTable[] = {
    // --- values of a record ---
    {"MUNICIPALITY_TYPE", "The type is special_ward, city, town or village.",
     "種別は "
     "special_ward（特別区）、city（市）、town（町）、village（村）のいずれ"
     "かにしてください。"},
    {"AREA_UNKNOWN", "The area is one of {areas}.",
     "地域区分は{areas_ja}のいずれかにしてください。"},
    {"IMPLEMENTING_INVALID",
     "implementing is yes, no or ended; leave the record out where it is not "
     "known.",
     "implementing は yes、no、ended "
     "のいずれかです。不明なときは記録を作らないで"
     "ください。"},
    {"PREPARATION_INVALID", "preparation is yes, no or unknown.",
     "preparation は yes、no、unknown のいずれかにしてください。"},
    {"PREPARATION_WHILE_IMPLEMENTING",
     "A municipality that runs the programme does not prepare for it; set one "
     "of the two facts to no.",
     "実施している市区町村は準備中にはなりません。implementing か preparation "
     "の"
     "どちらかを no にしてください。"},
    {"PROGRAM_INVALID", "A programme's id is 1 to 63 of a-z, 0-9, - and _.",
     "事業のIDは、小文字の英字、数字、- と _ で1文字から63文字までです。"},
    {"PROGRAM_MISMATCH", "Leave program out, or make it equal to parent.",
     "program は省略するか、parent と同じにしてください。"},
    {"YEAR_BEFORE_PROGRAM",
     "Programme {program} began in FY{first_fiscal_year}; FY{fiscal_year} can "
     "have no status.",
     "事業 {program} "
     "は{first_fiscal_year}年度に始まりました。{fiscal_year}年度の"
     "実施状況は記録できません。"},
    {"NAME_MISMATCH",
     "Leave name out, or make it {expected}, as the code says.",
     "name は省略するか、コードのとおり {expected} にしてください。"},
    {"VALUE_MISSING", "A value is required here.", "値を入れてください。"},
    {"REASON_REQUIRED", "Say in {field} why it is taken back.",
     "取り消す理由を {field} に書いてください。"},
    {"BAND_INVALID", "A population band is 1 to 63 of a-z, 0-9, - and _.",
     "人口区分のIDは、小文字の英字、数字、- と _ で1文字から63文字までです。"},
    {"OPERATION_INVALID", "The operation is set, {word} or left empty.",
     "operation は set か {word} にするか、空欄にしてください。"},
    {"LINEAGE_SHAPE",
     "A merger has two predecessors or more and one successor, a split one "
     "predecessor and two successors or more, a rename one predecessor and "
     "the same successor; none twice.",
     "合併は前が2つ以上で後が1つ、分割は前が1つで後が2つ以上、改称は前と後が同"
     "じ"
     "1つです。同じ市区町村を二度書かないでください。"},
    {"LINEAGE_CREATED",
     "A merger or split describes new municipalities that are named among the "
     "successors too, a rename the one municipality with what is new.",
     "合併と分割では、後の市区町村として挙げた新しい市区町村だけを、改称では対"
     "象"
     "の市区町村の新しい内容を、一つだけ書いてください。"},
    {"CELL_COUNT",
     "The record has {cells} cells where the header has {columns}.",
     "見出しは {columns} 列ですが、この行は {cells} "
     "列です。列数をそろえてくださ"
     "い。"},
    {"DUPLICATE_RECORD",
     "Line {first_line} of the file speaks of the same; keep one of them.",
     "{first_line} 行目と同じ対象の行です。どちらか一方にしてください。"},

    // --- fields of a call ---
    {"VERSION_NEGATIVE", "Use 0 or more.", "0以上にしてください。"},
    {"KNOWN_AT_AND_VERSION", "Leave it out where data_version is given.",
     "data_version を指定するときは省いてください。"},
    {"FILTER_INVALID", "Use one of the values the field documents.",
     "項目の説明にある値のいずれかにしてください。"},
    {"TRANSACTION_MIXED",
     "The batches of a file are one transaction or each is one, all have the "
     "same header line, and nothing follows the last; open a stream for "
     "another file.",
     "一つのファイルの各部分は、transaction "
     "の指定と見出し行を同じにし、最後の部"
     "分の後には何も送らないでください。別のファイルは新しいストリームで送って"
     "く"
     "ださい。"},
    {"FISCAL_YEAR_INVALID", "Use the calendar year in which it begins.",
     "年度が始まる年の西暦にしてください。"},
    {"BOUNDARIES_BACKWARD",
     "Use the year of the municipalities or a later one.",
     "市区町村の年度か、それより後の年度にしてください。"},
    {"BATCH_SIZE", "Split the request.", "要求を分けてください。"},
    {"MASK_INVALID", "Use the paths the field documents.",
     "項目の説明にあるパスを使ってください。"},
};

static_assert(base::HasGoodReasons(kViolationTable));

// What must be put right first, by the type of the precondition.
inline constexpr base::ViolationRow kPreconditionTable[] = {
    {"NO_RECORDS", "Take back the records that stand in the way.",
     "妨げになっている記録を先に取り消してください。"},
    {"CODE_RETIRED", "Use a code that a municipality has now.",
     "現在ある市区町村のコードにしてください。"},
    {"RECORD_EXISTS", "Send the record as a correction with a reason.",
     "理由を付けて訂正として送ってください。"},
    {"TRANSITION", "Record the ending, or correct the other year.",
     "終了を記録するか、もう一方の年度を訂正してください。"},
};

static_assert(base::HasGoodReasons(kPreconditionTable));

}  // namespace welfare::registry
