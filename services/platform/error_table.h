// Every failure the platform names: what errors.h is made of, and what tests
// and lists of reasons are held to. Reasons are part of the API.
#pragma once

#include "services/base/error.h"

namespace welfare::platform {

// Japanese stands where a caller can meet the failure; what ends a start is
// read by operators, mostly in English.
inline constexpr base::ErrorRow kErrorTable[] = {
    // --- data layer ---
    {"DEADLINE_EXCEEDED", absl::StatusCode::kDeadlineExceeded,
     "The deadline passed ({what}); repeat the call with more time.",
     "時間内に終わりませんでした（{what}）。時間を長くして、もう一度お試しくだ"
     "さい。"},
    {"CANCELLED", absl::StatusCode::kCancelled,
     "The call was cancelled ({what}).",
     "呼び出しが取り消されました（{what}）。"},
    {"UNIQUE_VIOLATION", absl::StatusCode::kAlreadyExists,
     "Something with this key exists already.",
     "同じキーのものがすでにあります。"},
    {"CONSTRAINT_VIOLATION", absl::StatusCode::kFailedPrecondition,
     "The change contradicts a rule of the database.",
     "この変更はデータベースの規則に反します。"},
    {"DATABASE_BUSY", absl::StatusCode::kAborted,
     "Another writer was in the way; repeat the call.",
     "ほかの書き込みと重なりました。もう一度お試しください。"},
    {"DATABASE_UNAVAILABLE", absl::StatusCode::kUnavailable,
     "The database cannot be reached; repeat the call later.",
     "データベースに接続できません。しばらくしてから、もう一度お試しください"
     "。"},
    {"STORAGE_FULL", absl::StatusCode::kResourceExhausted,
     "The disk of the database is full; nothing was stored. Repeat the call "
     "when its operator has made room.",
     "データベースのディスクに空きがなく、何も保存していません。管理者が空きを"
     "作ってから、もう一度お試しください。"},
    {"TEXT_INVALID", absl::StatusCode::kInvalidArgument,
     "A text holds a NUL character or is not UTF-8; send it without.",
     "文字列に使えない文字（NUL、またはUTF-8でないもの）があります。取り除いて"
     "ください。"},
    {"DATABASE_STATEMENT", absl::StatusCode::kInternal,
     "The statement {query} failed: {cause}", ""},
    {"COLUMN_MISMATCH", absl::StatusCode::kInternal,
     "Column {column} of {query} is not {expected}.", ""},
    {"NO_ROW", absl::StatusCode::kInternal,
     "The statement {query} answered no row.", ""},
    {"UNCAUGHT_EXCEPTION", absl::StatusCode::kInternal,
     "An exception left {where}: {what}", ""},
    {"MIGRATION_CHANGED", absl::StatusCode::kFailedPrecondition,
     "Migration {number} ({name}) differs from the one this database was made "
     "with; run the program that made it.",
     ""},
    {"DATABASE_TOO_NEW", absl::StatusCode::kFailedPrecondition,
     "The database is at migration {found}, this program knows {known}; run a "
     "newer program.",
     ""},
    {"MIGRATION_NUMBERS", absl::StatusCode::kInternal,
     "Migration {expected} is missing: found {found}.", ""},
    {"DATABASE_URL_INVALID", absl::StatusCode::kInvalidArgument,
     "The database URL cannot be used: {why}.", ""},
    {"DATABASE_UNSUITABLE", absl::StatusCode::kFailedPrecondition,
     "The database cannot be used: {why}.", ""},
    {"DATABASE_IN_USE", absl::StatusCode::kFailedPrecondition,
     "Another process uses the database {path}; stop it, or set another "
     "--data-dir.",
     ""},
    {"AUDIT_LOG_DAMAGED", absl::StatusCode::kDataLoss,
     "The audit log is damaged at record {sequence}: it is missing, was "
     "changed "
     "or stands out of its order. Keep the database as it is and compare it "
     "with a backup.",
     "監査記録の {sequence} "
     "番が、失われているか、書き換えられているか、順序どお"
     "りにありません。データベースをそのまま保存し、バックアップと比べてくださ"
     "い。"},
    {"AUDIT_REQUEST_INVALID", absl::StatusCode::kInvalidArgument,
     "The request for the audit log is wrong; each problem is listed.",
     "監査記録への要求に誤りがあります。誤りは一つずつ示しています。"},
    {"AUDIT_HEAD_NOT_REACHED", absl::StatusCode::kOutOfRange,
     "The audit log has {size} records and never had {asked}; a head of more "
     "was taken from another log, or records were cut off.",
     "監査記録は {size} 件で、{asked} "
     "件になったことはありません。別の記録の件数を指定したか、末尾の記録が失わ"
     "れ"
     "ています。"},
    {"REQUEST_ID_REUSED", absl::StatusCode::kInvalidArgument,
     "The request_id was used for another request; make a new one.",
     "この request_id は別の要求で使われています。新しいものにしてください。"},
    {"STORE_RESTORED", absl::StatusCode::kFailedPrecondition,
     "Version {version} of {resource} is one of another store: this one was "
     "restored or replaced, and its versions of that number may say something "
     "else. Read the current version, or leave the incarnation out.",
     "{resource} の版 {version} "
     "は別のデータベースのものです（復元または入れ替え"
     "の前のもの）。現在の版を読むか、incarnation を付けずにお試しください。"},

    // --- server ---
    {"CONTRACT_INVALID", absl::StatusCode::kFailedPrecondition, "{why}", ""},
    {"ACCESS_DENIED", absl::StatusCode::kPermissionDenied,
     "You may not make this call; ask whoever gives out grants for one of "
     "{roles}.",
     "この操作をする権限がありません。必要な権限（{roles}）のいずれかを管理者に"
     "申請してください。"},
    {"CREDENTIALS_MISSING", absl::StatusCode::kUnauthenticated,
     "This call needs one of {roles}; send a token, or an API key, that has "
     "it.",
     "この操作には権限（{roles}）のいずれかが必要です。権限のあるトークンかAPI"
     "キーを送ってください。"},
    {"MESSAGE_UNREADABLE", absl::StatusCode::kInvalidArgument,
     "The request is no message of the expected type.",
     "要求を読み取れません。この呼び出しの形式ではありません。"},
    {"REQUEST_ID_INVALID", absl::StatusCode::kInvalidArgument,
     "request_id is a UUID, at most 64 letters, digits and -.",
     "request_id はUUID（英数字と - で64字まで）にしてください。"},
    {"REPLY_TOO_LARGE", absl::StatusCode::kResourceExhausted,
     "The answer has more than 4 MiB; ask for less.",
     "応答が4 MiBを超えます。範囲を小さくしてお試しください。"},
    {"OVERLOADED", absl::StatusCode::kResourceExhausted,
     "The service has more work than it can do; repeat the call later.",
     "混み合っています。しばらくしてから、もう一度お試しください。"},
    {"TOO_MANY_WAITING", absl::StatusCode::kResourceExhausted,
     "Too many calls wait for a version; repeat the call later, or read "
     "without min_version.",
     "版の更新を待つ呼び出しが多すぎます。しばらくしてから、または min_version "
     "なしでお試しください。"},
    {"TOO_MANY_STREAMS", absl::StatusCode::kResourceExhausted,
     "Too many streams are open; repeat the call later.",
     "開いているストリームが多すぎます。しばらくしてから、もう一度お試しくださ"
     "い。"},
    {"STREAM_STALLED", absl::StatusCode::kAborted,
     "Nothing of the stream was read for {limit_ms} milliseconds, so it was "
     "ended (STREAM_STALLED); begin it again and read what comes.",
     "ストリームが {limit_ms} "
     "ミリ秒の間読まれなかったため、終了しました。読み込"
     "みをやり直してください。"},
    {"RESOURCES_INVALID", absl::StatusCode::kInvalidArgument,
     "The resources to watch are wrong; each problem is listed.",
     "監視するリソースの指定に誤りがあります。誤りは一つずつ示しています。"},
    {"SHUTTING_DOWN", absl::StatusCode::kUnavailable,
     "The service is stopping; repeat the call.",
     "サービスを停止しています。もう一度お試しください。"},

    // --- life-cycle: sentences for the person who starts the process ---
    {"SETTING_INVALID", absl::StatusCode::kInvalidArgument, "{setting}: {why}",
     ""},
    {"ADDRESS_UNAVAILABLE", absl::StatusCode::kFailedPrecondition,
     "Cannot listen on {address}: {why}.", ""},
    {"DATA_FOLDER_UNUSABLE", absl::StatusCode::kFailedPrecondition,
     "The data folder {path} cannot be used: {why}. Let the user of this "
     "process write it, or set --data-dir to a folder that it may write.",
     ""},
    {"DATABASE_FAILED_AT_START", absl::StatusCode::kFailedPrecondition,
     "The database of {module} cannot be used: {why}. See that its disk has "
     "room and its files can be written, then start again.",
     ""},
    {"BACKUP_REFUSED", absl::StatusCode::kFailedPrecondition,
     "No backup was made: {why}.", ""},
    {"BACKUP_FAILED", absl::StatusCode::kUnavailable,
     "The backup failed at {file}: {why}. Nothing of it was kept.", ""},
    {"ASSET_NOT_FOUND", absl::StatusCode::kNotFound,
     "The data file {path} is missing; set --assets-dir to the folder that has "
     "it.",
     ""},
    {"CACHE_URL_INVALID", absl::StatusCode::kInvalidArgument,
     "The Redis URL cannot be used: {why}.", ""},

    // --- TLS files: what ends a start, and what a running process logs ---
    {"TLS_SETTING_MISSING", absl::StatusCode::kFailedPrecondition,
     "--{setting} is set without --{missing}; set both, or neither.",
     "--{setting} だけが設定されています。--{missing} "
     "も設定するか、どちらも外し"
     "てください。"},
    {"TLS_FILE_UNREADABLE", absl::StatusCode::kFailedPrecondition,
     "--{setting}: {path} cannot be read ({why}); check the path and that the "
     "user of this process may read it.",
     "--{setting}: {path} を読めません（{why}）。パスと、このプロセスの利用者の"
     "読み取り権限を確認してください。"},
    {"TLS_CERTIFICATE_INVALID", absl::StatusCode::kFailedPrecondition,
     "{path} holds no certificate that can be read; give a chain in PEM form, "
     "the server's own certificate first.",
     "{path} に証明書がありません。サーバー自身の証明書を先頭にした PEM "
     "形式の証"
     "明書チェーンを指定してください。"},
    {"TLS_CERTIFICATE_EXPIRED", absl::StatusCode::kFailedPrecondition,
     "The certificate of {subject} in {path} expired at {time}; put a renewed "
     "one in its place.",
     "{path} の証明書（{subject}）は {time} "
     "に有効期限が切れています。更新した証"
     "明書に差し替えてください。"},
    {"TLS_CERTIFICATE_NOT_YET_VALID", absl::StatusCode::kFailedPrecondition,
     "The certificate of {subject} in {path} is not valid before {time}; check "
     "the clock of this machine, or wait with it.",
     "{path} の証明書（{subject}）は {time} "
     "まで有効になりません。この機器の時計"
     "を確認するか、有効になってから使用してください。"},
    {"TLS_CERTIFICATE_WEAK", absl::StatusCode::kFailedPrecondition,
     "The certificate of {subject} in {path} has too weak a key or signature; "
     "have one made with RSA of 2048 bits or more, or P-256, and SHA-256.",
     "{path} の証明書（{subject}）は鍵または署名の強度が足りません。RSA 2048 "
     "ビッ"
     "ト以上または P-256 と、SHA-256 で作り直してください。"},
    {"TLS_CERTIFICATE_PURPOSE", absl::StatusCode::kFailedPrecondition,
     "The certificate of {subject} in {path} is not made for {usage}; have one "
     "made with that extended key usage.",
     "{path} の証明書（{subject}）は {usage} 用ではありません。拡張鍵用途に "
     "{usage} を含めて作り直してください。"},
    {"TLS_CERTIFICATE_FOREIGN", absl::StatusCode::kFailedPrecondition,
     "The certificate of {subject} in {path} was signed by no authority in "
     "{authorities}, so that no other process would take it; give the "
     "authority of the platform's processes, and certificates that it signed.",
     "{path} の証明書（{subject}）は {authorities} の認証局が署名したものでは"
     "ないため、ほかのプロセスに受け入れられません。プロセス用の認証局と、その"
     "認証局が署名した証明書を指定してください。"},
    {"TLS_PROCESS_NAME", absl::StatusCode::kFailedPrecondition,
     "The certificate of {subject} in {path} must carry {name}, and the name "
     "of no other process, as a DNS name (subjectAltName); have one made so.",
     "{path} の証明書（{subject}）の subjectAltName には、プロセスの DNS 名とし"
     "て {name} だけが必要です。そのように作り直してください。"},
    {"TLS_KEY_INVALID", absl::StatusCode::kFailedPrecondition,
     "{path} holds no private key that can be read; give one in PEM form.",
     "{path} に秘密鍵がありません。PEM 形式の秘密鍵を指定してください。"},
    {"TLS_KEY_ENCRYPTED", absl::StatusCode::kFailedPrecondition,
     "The private key in {path} is encrypted, and nobody is there to type its "
     "password; store it unencrypted, readable by this process alone.",
     "{path} の秘密鍵は暗号化されています。パスワードを入力できないため、暗号化"
     "せず、このプロセスだけが読めるようにして置いてください。"},
    {"TLS_KEY_MISMATCH", absl::StatusCode::kFailedPrecondition,
     "The private key in {path} is not that of the first certificate in "
     "{certificate}; give the two that belong together.",
     "{path} の秘密鍵は、{certificate} の先頭の証明書のものではありません。組に"
     "なっているものを指定してください。"},
    {"TLS_KEY_EXPOSED", absl::StatusCode::kFailedPrecondition,
     "The private key in {path} is open to others (mode {mode}); take their "
     "rights away: chmod 600, or 640 for a group.",
     "{path} の秘密鍵をほかの利用者が利用できます（モード {mode}）。chmod 600（"
     "グループで使う場合は 640）で権限を外してください。"},
    {"TLS_CA_EMPTY", absl::StatusCode::kFailedPrecondition,
     "{path} holds no certificate of an authority; give those that sign the "
     "certificates of the other side, in PEM form.",
     "{path} に認証局の証明書がありません。相手側の証明書に署名する認証局の証明"
     "書を PEM 形式で指定してください。"},
    {"TLS_CA_INVALID", absl::StatusCode::kFailedPrecondition,
     "{subject} in {path} is no authority, or the one above it is missing; "
     "give certificates of authorities alone, up to the root.",
     "{path} の {subject} "
     "は認証局の証明書ではないか、その上位の認証局の証明書が"
     "ありません。認証局の証明書だけを、ルートまで含めて指定してください。"},
    {"TLS_CRL_INVALID", absl::StatusCode::kFailedPrecondition,
     "{path} holds no revocation list that can be read; give the lists of all "
     "authorities of --tls-client-ca-file, in PEM form.",
     "{path} に失効リストがありません。--tls-client-ca-file "
     "のすべての認証局の失"
     "効リストを PEM 形式で指定してください。"},
    {"TLS_CRL_FOREIGN", absl::StatusCode::kFailedPrecondition,
     "The revocation list of {issuer} in {path} was signed by no authority of "
     "--tls-client-ca-file; give the lists of those authorities alone.",
     "{path} の失効リスト（{issuer}）は --tls-client-ca-file の認証局が署名した"
     "ものではありません。その認証局の失効リストだけを指定してください。"},
    {"TLS_CRL_MISSING", absl::StatusCode::kFailedPrecondition,
     "{path} has no revocation list of {subject}, so that every certificate "
     "under it would be refused; add it.",
     "{path} に {subject} "
     "の失効リストがありません。このままではその証明書がすべ"
     "て拒否されます。追加してください。"},
    {"PEERS_WITHOUT_TLS", absl::StatusCode::kInvalidArgument,
     "--auth {auth}: processes that run apart prove to each other who they "
     "are; set --peer-ca-file, with a certificate and its key (--peer-cert-"
     "file, --peer-key-file).",
     "--auth {auth}: 別々に動くプロセスは互いに証明書で名乗ります。--peer-ca-"
     "file と、証明書とその秘密鍵（--peer-cert-file、--peer-key-file）を設定し"
     "てください。"},
};

static_assert(base::HasGoodReasons(kErrorTable));

// What is wrong with one field.
inline constexpr base::ViolationRow kViolationTable[] = {
    {"REQUEST_ID_REUSED", "Used for another request before.",
     "別の要求で使われています。"},
    {"REQUEST_ID_INVALID", "Use a UUID.", "UUIDにしてください。"},
    {"TOO_MANY",
     "There are {found} names; send at most {most}, or none to watch "
     "everything.",
     "{found} 個あります。{most} 個までにするか、すべてを監視するなら空にしてく"
     "ださい。"},
    {"TOO_LONG",
     "The name has more than {most} bytes; no resource has such a "
     "name.",
     "名前が {most} バイトを超えています。そのようなリソースはありません。"},
    {"AUDIT_NUMBER_NEGATIVE", "Records are counted from 0.",
     "記録は0から数えます。負の数は指定できません。"},
    {"AUDIT_QUESTION_UNCLEAR",
     "Ask for one proof: `sequence` for a record, or `old_size` for an earlier "
     "head.",
     "証明するものを一つ指定してください。記録なら "
     "sequence、以前の記録全体なら "
     "old_size です。"},
    {"AUDIT_BEYOND_HEAD", "The head has {size} records; ask for what it holds.",
     "指定された範囲の記録は {size} 件です。その中から指定してください。"},
};

static_assert(base::HasGoodReasons(kViolationTable));

}  // namespace welfare::platform
