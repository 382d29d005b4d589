// Every failure that welfarectl names itself; those of the services are printed
// as they come.
#pragma once

#include "services/base/error.h"

namespace welfare::ctl {

inline constexpr base::ErrorRow kErrorTable[] = {
    // --- the command line ---
    {"ARGUMENT_MISSING", absl::StatusCode::kInvalidArgument,
     "Something is missing: {detail}. --help says what there is.",
     "必要な指定がありません（{detail}）。使い方は --help で確認できます。"},
    {"ARGUMENT_UNKNOWN", absl::StatusCode::kInvalidArgument,
     "{command} has no {word}.{near} --help says what there is.",
     "{command} に {word} はありません。{near_ja}使い方は --help で確認でき"
     "ます。"},
    {"ARGUMENT_INVALID", absl::StatusCode::kInvalidArgument,
     "The command line cannot be used: {detail}. --help says what there is.",
     "この指定は使えません（{detail}）。使い方は --help で確認できます。"},
    {"DATE_FORMAT", absl::StatusCode::kInvalidArgument,
     "--date is a day such as 2027-04-01.",
     "--date は 2027-04-01 のような日付で指定してください。"},
    {"MOMENT_FORMAT", absl::StatusCode::kInvalidArgument,
     "--known-at is a time such as 2025-06-01T00:00:00+09:00 or a date.",
     "--known-at は 2025-06-01T00:00:00+09:00 "
     "のような日時か日付で指定してください。"},
    {"ASSIGNMENT_FORMAT", absl::StatusCode::kInvalidArgument,
     "--set {assignment}: write field=value with {fields}; type is "
     "special_ward, city, town or village, council.name_checked yes or no.",
     "--set {assignment} を読めません。項目=値 "
     "の形で指定してください。項目は {fields} です。type は "
     "special_ward、city、"
     "town、village のいずれか、council.name_checked は yes か no です。"},
    {"NOTHING_TO_CHANGE", absl::StatusCode::kInvalidArgument,
     "Say what to change: --title, --purpose, --method, --publisher, "
     "--window-start or --window-end.",
     "変更する内容を "
     "--title、--purpose、--method、--publisher、--window-start、"
     "--window-end で指定してください。"},

    // --- who calls ---
    {"CREDENTIAL_FORMAT", absl::StatusCode::kInvalidArgument,
     "{path} holds no token or key: one word in ASCII, and nothing else.",
     "{path} にトークンやキーがありません。ASCIIの一語だけを書いてください。"},
    {"CREDENTIAL_WITHOUT_TLS", absl::StatusCode::kInvalidArgument,
     "A token or key is not shown to a network without TLS; give the "
     "authority of the server with --ca-file.",
     "TLSを使わずにトークンやキーをネットワークに送ることはできません。サーバー"
     "の認証局を --ca-file で指定してください。"},
    {"EXPIRY_FORMAT", absl::StatusCode::kInvalidArgument,
     "--expires is a day to come, such as 2027-03-31.",
     "--expires は 2027-03-31 のような、これから来る日で指定してください。"},
    {"KEY_UNKNOWN", absl::StatusCode::kNotFound,
     "The file has no key {id}; key list shows those it has.",
     "ファイルにキー {id} はありません。key list で確認してください。"},
    {"KEYS_FULL", absl::StatusCode::kResourceExhausted,
     "The file holds {limit} keys, which is all it may; take out lines of keys "
     "that are revoked or over.",
     "ファイルのキーが上限の{limit}件に達しています。失効または期限切れのキーの"
     "行を取り除いてください。"},

    // --- files ---
    {"FILE_UNREADABLE", absl::StatusCode::kNotFound,
     "Cannot read {path}; check the path.",
     "{path} を読めません。パスを確認してください。"},
    {"FILE_UNWRITABLE", absl::StatusCode::kUnavailable,
     "Cannot write {path}; check the path, and that the disk has room.",
     "{path} "
     "に書き込めません。パスと、ディスクの空きを確認してください。"},
    {"FILE_KIND", absl::StatusCode::kInvalidArgument,
     "{path} is neither a file of answers (it has no column item_id) nor one "
     "of headers (municipality_code with department, contact or received_on). "
     "Nothing is sent.",
     "{path} は回答のファイル（item_id の列があるもの）でも、見出し情報のファイ"
     "ル（municipality_code と、department、contact、received_on のいずれかの列"
     "があるもの）でもありません。何も送っていません。"},
    {"CSV_EMPTY", absl::StatusCode::kInvalidArgument,
     "{path} is empty; it needs a header line.",
     "{path}は空です。見出し行が必要です。"},
    {"CELL_COUNT", absl::StatusCode::kInvalidArgument,
     "{path} line {line}: The record has {found} cells where the header has "
     "{expected}.",
     "{path} {line}行目：列の数が {found} "
     "で、見出し行の {expected} と異なります。"},
    {"MUNICIPALITY_TYPE", absl::StatusCode::kInvalidArgument,
     "{path} line {line}: The type is special_ward, city, town or village.",
     "{path} {line}行目：type は special_ward、city、town、village "
     "のいずれかにしてください。"},
    {"ROWS_NOT_TOGETHER", absl::StatusCode::kInvalidArgument,
     "{path} line {line}: the rows of {respondent} do not stand together, and "
     "what lies between does not fit one message; sort the file by respondent.",
     "{path} {line}行目：{respondent} の行が離れていて、間の行を含めると一度に"
     "送れません。回答者ごとに並べ替えてください。"},
    {"ANSWERS_REPEATED", absl::StatusCode::kInvalidArgument,
     "{respondent} stands in {first_path} line {first_line} and in {path} line "
     "{line}; put the answers of a respondent into one file. Nothing is sent.",
     "{respondent} が {first_path} の {first_line} 行目と {path} の {line} 行目"
     "にあります。一つの回答者の回答は一つのファイルにまとめてください。何も送"
     "っていません。"},
    {"HEADER_REPEATED", absl::StatusCode::kInvalidArgument,
     "{respondent} stands in {first_path} line {first_line} and in {path} line "
     "{line}; keep one line for each respondent. Nothing is sent.",
     "{respondent} が {first_path} の {first_line} 行目と {path} の {line} 行目"
     "にあります。一つの回答者につき一行だけにしてください。何も送っていません"
     "。"},
    {"SUBMISSION_FORMAT", absl::StatusCode::kInvalidArgument,
     "{path} is no submission: {why}",
     "{path} を提出物として読めません（{why}）。"},
    {"AUDIT_HEADS_FORMAT", absl::StatusCode::kInvalidArgument,
     "{path} holds no heads as `audit head --out` saves them: {why}",
     "{path} は `audit head --out` "
     "で保存した検証値として読めません（{why}）。"},

    // --- signatures of reports ---
    {"PUBLIC_KEY_FORMAT", absl::StatusCode::kInvalidArgument,
     "{path} does not hold public keys of Ed25519 in PEM form, and nothing "
     "else.",
     "{path} "
     "はPEM形式のEd25519の公開鍵だけのファイルではありません。"},
    {"SIGNATURE_MISSING", absl::StatusCode::kNotFound,
     "There is no signature {path}; download the file with its signature, or "
     "name it with --signature.",
     "署名 {path} がありません。ファイルを署名とともにダウンロードするか、"
     "--signature で指定してください。"},
    {"SIGNATURE_FORMAT", absl::StatusCode::kInvalidArgument,
     "{path} is no signature of a report or of a feedback sheet; line {line} is "
     "none of its lines.",
     "{path} は報告書や回答確認票の署名として読めません（{line}行目）。"},
    {"SIGNATURE_KEY_OTHER", absl::StatusCode::kFailedPrecondition,
     "The signature is by the key {key}, and --key gives {keys}; ask the "
     "publisher for that key, and trust no other.",
     "署名した鍵は {key} ですが、--key の鍵は {keys} です。公表者からその鍵を入"
     "手してください。"},
    {"SIGNATURE_FALSE", absl::StatusCode::kFailedPrecondition,
     "The signature is false: the key {key} did not sign these lines. They "
     "were altered, or somebody else wrote them.",
     "署名が正しくありません。鍵 {key} はこの内容に署名していません。内容が書き"
     "換えられたか、別の者が作ったものです。"},
    {"SIGNATURE_OF_ANOTHER_FILE", absl::StatusCode::kFailedPrecondition,
     "The signature is right, and of another file: the {format} of {report}. "
     "{path} is of another format.",
     "署名は正しいものの、別のファイル（{report} の {format}）のものです。{path} "
     "は別の形式です。"},
    {"FILE_NOT_AS_SIGNED", absl::StatusCode::kFailedPrecondition,
     "{path} is not the file of {report} that was signed: it has {found} bytes "
     "where {size} were signed, and its SHA-256 is {digest}. It was altered, or "
     "is the file of another report.",
     "{path} は署名された {report} のファイルではありません（{found} バイト、署名"
     "時は {size} バイト、SHA-256 は {digest}）。書き換えられたか、別の報告書のフ"
     "ァイルです。"},
    {"REPORT_DAMAGED", absl::StatusCode::kFailedPrecondition,
     "Stored files of {report} are not what was stored; restore the database "
     "from a backup.",
     "保存されている {report} のファイルが、保存したときと異なります。データベー"
     "スをバックアップから復元してください。"},
    {"REPORT_DIFFERENT", absl::StatusCode::kFailedPrecondition,
     "Rendering {report} again gives other bytes than those stored, with the "
     "same font and renderers.",
     "同じ書体とプログラムで {report} を作り直した結果が、保存されているファイル"
     "と異なります。"},
    {"RENDERERS_OTHER", absl::StatusCode::kFailedPrecondition,
     "Rendering {report} again gives other bytes, and the font or the renderers "
     "are not those that made it; run the version that made it.",
     "{report} を作り直した結果が異なりますが、書体またはプログラムが作成時のもの"
     "ではありません。作成したときの版で実行してください。"},

    // --- backfill ---
    {"BACKFILL_KIND", absl::StatusCode::kInvalidArgument,
     "{path} is no file of municipalities (code), statuses (program), rounds "
     "(codebook) or answers (item_id).",
     "{path} は自治体（code の列）、実施状況（program の列）、調査回（codebook "
     "の列）、回答（item_id の列）のどのファイルでもありません。"},
    {"RECORD_CELLS", absl::StatusCode::kInvalidArgument,
     "The record has another number of cells than the header line.",
     "セルの数が見出し行と違います。"},
    {"ROUND_REPEATED", absl::StatusCode::kInvalidArgument,
     "{round} is described twice; keep one record.",
     "{round} の行が二つあります。一つにしてください。"},
    {"ROUND_DIFFERS", absl::StatusCode::kFailedPrecondition,
     "{round} is there and has another {column}; correct the record, or the "
     "round with `welfarectl round update`.",
     "{round} はすでにあり、{column} が違います。行を直すか、welfarectl round "
     "update で調査回を直してください。"},
    {"ROUND_NOT_PLANNED", absl::StatusCode::kFailedPrecondition,
     "The plan has refused {round}, which would be taken now; plan again.",
     "計画では拒否された {round} "
     "は、今なら受け入れられます。計画を作り直してくだ"
     "さい。"},
    {"ROUNDS_BEFORE_STATUSES", absl::StatusCode::kFailedPrecondition,
     "Rounds are opened on what the registry knows, and this plan would change "
     "that first; plan and apply the files of the registry by themselves.",
     "調査回は台帳の内容で開始しますが、この計画はその前に台帳を変えます。台帳"
     "の"
     "ファイルだけを先に計画し、適用してください。"},
    {"HEADERS_DIFFER", absl::StatusCode::kInvalidArgument,
     "{path} and {first_path} are of one kind and have other header lines; "
     "give them one.",
     "{path} と {first_path} は同じ種類のファイルですが、見出し行が異なります。"
     "そろえてください。"},
    {"UTF16_TOO_LARGE", absl::StatusCode::kInvalidArgument,
     "{path} is in UTF-16 and has more than {limit} bytes; save it in UTF-8.",
     "{path} "
     "はUTF-16で、{limit}バイトを超えています。UTF-8で保存してください。"},
    {"ARCHIVE_BROKEN", absl::StatusCode::kInvalidArgument,
     "{path} cannot be unpacked ({why}); it is gzip, zstd, or zip with one "
     "file "
     "in it, as a whole.",
     "{path} を展開できません（{why}）。gzip、zstd "
     "か、ファイルを一つだけ含む zip を、"
     "欠けのない形で渡してください。"},
    {"BYTES_ILLEGAL", absl::StatusCode::kInvalidArgument,
     "The record holds bytes that are no text in the encoding of the file.",
     "ファイルの文字コードでは読めないバイトがあります。"},
    {"LINE_TOO_LONG", absl::StatusCode::kInvalidArgument,
     "{path} line {line} has more than {limit} bytes; it is no file of "
     "records.",
     "{path} "
     "の{line}行目は{limit}バイトを超えています。記録のファイルではありま"
     "せん。"},
    {"JSON_RECORD", absl::StatusCode::kInvalidArgument,
     "The line is no JSON object ({why}); write one object on each line.",
     "JSONのオブジェクトとして読めない行です（{why}"
     "）。一行に一つのオブジェクトを"
     "書いてください。"},
    {"JSON_MEMBERS", absl::StatusCode::kInvalidArgument,
     "The members of the object are not those of the file's first one: "
     "{member}.",
     "ファイルの最初のオブジェクトと項目が異なります（{member}）。"},
    {"JSON_VALUE", absl::StatusCode::kInvalidArgument,
     "{member} holds what no cell of a table can say; write a text, a whole "
     "number, null, or a list of words.",
     "{member} の値は表のセルとして表せません。文字列、整数、null、または語の並"
     "びで書いてください。"},
    {"RESPONDENT_APART", absl::StatusCode::kInvalidArgument,
     "{path} line {line}: the rows of {respondent} do not stand together, or "
     "are too many for one message; sort the file by round and respondent.",
     "{path} {line}行目：{respondent} "
     "の行が離れているか、一度に送れないほど多く"
     "あります。調査回と回答者の順に並べ替えてください。"},
    {"MUNICIPALITIES_TOO_MANY", absl::StatusCode::kInvalidArgument,
     "{path} is too large to be planned with what comes after it; apply it "
     "first, in a plan of its own.",
     "{path} は大きすぎて、後に続くファイルと一緒に計画できません。先に、単独の"
     "計画で反映してください。"},
    {"MAX_ERRORS_FORMAT", absl::StatusCode::kInvalidArgument,
     "--max-errors {text}: write a number of records, or a share such as 0.5%.",
     "--max-errors {text} は、件数か、0.5% のような割合で指定してください。"},
    {"TOO_MANY_REJECTED", absl::StatusCode::kOutOfRange,
     "{rejected} of {rows} records are refused, which is more than "
     "--max-errors; it stops here.",
     "{rows}件のうち{rejected}件が拒否され、--max-errors を超えました。ここで止"
     "めます。"},
    {"RECORDS_UNACCOUNTED", absl::StatusCode::kInternal,
     "{path} from line {line}: the service was sent {sent} records and answers "
     "for {answered}; it may be older than this welfarectl. It stops here, and "
     "what this batch has done is not known.",
     "{path} の{line}行目から{sent}件を送りましたが、サービスの回答は{answered}件"
     "分です。サービスが welfarectl より古い可能性があります。ここで止めます。こ"
     "の束の結果は分かりません。"},
    {"MOVED_WHILE_PLANNING", absl::StatusCode::kAborted,
     "{resource} was changed while the plan was made; plan again.",
     "計画を作っている間に {resource} が変更されました。もう一度計画を作ってく"
     "ださい。"},
    {"FILE_MOVED", absl::StatusCode::kFailedPrecondition,
     "{path} is another file than the one that was planned; plan again.",
     "{path} は計画を作ったときのファイルと異なります。計画を作り直してくださ"
     "い。"},
    {"EXPORT_FOLDER", absl::StatusCode::kFailedPrecondition,
     "{path} is no empty folder, or cannot be made; name another.",
     "{path} は空のフォルダーではないか、作れません。別の場所を指定してくださ"
     "い。"},
    {"MAPPING_WRONG", absl::StatusCode::kInvalidArgument,
     "{path} has {faults} faults; mend them and plan again.",
     "{path} に誤りが{faults}件あります。直して、計画を作り直してください。"},
    {"PLAN_FORMAT", absl::StatusCode::kInvalidArgument,
     "{path} is no plan as `backfill plan` writes it ({why}); plan again.",
     "{path} は `backfill plan` が作った計画として読めません（{why}）。計画を作"
     "り直してください。"},
    {"PLAN_RUNNING", absl::StatusCode::kFailedPrecondition,
     "Another process is applying {path}; wait for its end.",
     "別のプロセスが {path} を反映しています。終わるまで待ってください。"},
    {"OUTCOME_DIFFERS", absl::StatusCode::kInternal,
     "All is written, and not as it was planned ({planned}); look at what was "
     "changed, with `backfill verify`.",
     "すべて書き込みましたが、計画（{planned}）と結果が異なります。`backfill "
     "verify` で確認してください。"},
    {"VERIFY_WHAT", absl::StatusCode::kInvalidArgument,
     "Say what to compare: --plan, or files and the --strategy by which they "
     "were written.",
     "比べるものを指定してください。--plan か、ファイルと、書き込んだときの "
     "--strategy です。"},

    // --- calls ---
    {"SERVER_UNREACHABLE", absl::StatusCode::kUnavailable,
     "The platform cannot be reached ({cause}).",
     "サーバーに接続できません（{cause}）。"},
    {"SERVER_NOT_TRUSTED", absl::StatusCode::kUnavailable,
     "The server's certificate is signed by no authority of --ca-file, or not "
     "in force; nothing was sent. Check --server and --ca-file.",
     "サーバーの証明書は --ca-file の認証局が署名したものではないか、有効ではあ"
     "りません。何も送っていません。--server と --ca-file "
     "を確認してください。"},
    {"SERVER_NAME_MISMATCH", absl::StatusCode::kUnavailable,
     "The server's certificate does not name the host of --server; nothing was "
     "sent. Give the name that stands in the certificate.",
     "サーバーの証明書に --server "
     "のホスト名がありません。何も送っていません。証"
     "明書にある名前を指定してください。"},
    {"SERVER_WITHOUT_TLS", absl::StatusCode::kUnavailable,
     "The server does not speak TLS; check --server, or leave --ca-file out.",
     "サーバーはTLSに対応していません。--server を確認するか、--ca-file "
     "を外して"
     "ください。"},
    {"CONNECTION_CLOSED", absl::StatusCode::kUnavailable,
     "The server closed the connection at once; where it speaks TLS, give its "
     "authority with --ca-file.",
     "サーバーがすぐに接続を閉じました。TLSを使うサーバーの場合は、その認証局を"
     " "
     "--ca-file で指定してください。"},
    {"CLIENT_NOT_ACCEPTED", absl::StatusCode::kUnavailable,
     "The server broke the connection off; where it asks for certificates, "
     "give one that it accepts with --cert-file and --key-file.",
     "サーバーが接続を打ち切りました。クライアント証明書が必要なサーバーの場合"
     "は、受け入れられるものを --cert-file と --key-file で指定してください。"},
    {"TLS_FILES_UNUSABLE", absl::StatusCode::kUnavailable,
     "The files of --ca-file, --cert-file and --key-file cannot be used; give "
     "certificates and their key in PEM form, the key unencrypted.",
     "--ca-file、--cert-file、--key-file "
     "のファイルを使えません。証明書とその秘密"
     "鍵（暗号化していないもの）をPEM形式で指定してください。"},
    {"NO_ANSWER", absl::StatusCode::kDeadlineExceeded,
     "There was no answer in time ({cause}).",
     "時間内に応答がありませんでした（{cause}）。"},
    {"ANSWER_EMPTY", absl::StatusCode::kUnknown,
     "The server answered {code} without a word; check that --server is the "
     "gRPC address of the platform.",
     "サーバーの応答は {code} だけでした。--server がプラットフォームのgRPCのア"
     "ドレスか確認してください。"},
    {"DOWNLOAD_CUT", absl::StatusCode::kDataLoss,
     "Got {got} of {size} bytes; run it again.",
     "{size} バイトのうち {got} "
     "バイトしか受け取れませんでした。もう一度実行してください。"},
};

static_assert(base::HasGoodReasons(kErrorTable));

consteval const base::ErrorRow& CtlRow(std::string_view reason) {
  return base::FindRow(kErrorTable, reason);
}

}  // namespace welfare::ctl
